"""What somebody with ill intent tries at the desk, each attack by its name in docs/asvs.md."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import COUNTY, PASSWORD, STAFF, VILLAGE, Cast
from tests.web.desk_world import World, at_work
from tests.web.joined import join
from tests.web.roles import READERS
from tests.web.walk import addresses, guesses, text_of, visit

import yice
from yice.accounts import pace
from yice.accounts.models import Post, User
from yice.audit.models import Event
from yice.loop.identify.models import Batch, Person
from yice.web.desk.paging import digits

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    made = at_work(cast, tmp_path)
    # What is made when first asked for would count as written by an attack.
    for name, value in vars(World).items():
        if isinstance(value, cached_property):
            getattr(made, name)
    return made


def desk(user: User, **more: Any) -> Client:
    client = Client(raise_request_exception=False, **more)
    client.force_login(user)
    return client


@pytest.mark.parametrize("who", ["pan", "zhou", "nobody", "admin", "school.free"])
def test_idor_nobody_writes_to_what_is_not_theirs(who: str, world: World) -> None:
    """Every key of the house posted to every address by those who have nothing to do with it: refused, unchanged."""
    if who not in STAFF:
        join(world)
    actor, reader = User.objects.get(username=who), READERS[who]
    client = desk(actor)
    written = Event.objects.exclude(code="account.refused")  # of which the record tells
    before, wrong = written.count(), []
    for address in [*addresses(world), *guesses(world, reader)]:
        if not address.sample.kwargs or set(address.expected(reader)) & {200}:
            continue
        status = client.post(address.href, {"reason": "想看一看", "version": "0"}).status_code
        if status not in (403, 404, 405):
            wrong.append((address.name, status))
    assert wrong == []
    assert written.count() == before and Event.objects.filter(code="account.refused", actor=actor).exists()


def test_csrf_no_page_takes_a_post_without_its_token(world: World) -> None:
    client = desk(world.cast.he, enforce_csrf_checks=True)
    wrong = [
        address.name
        for address in addresses(world)
        if address.name != "openid-ended"  # the issuer's signature stands there for the token
        and client.post(address.href).status_code not in (403, 405)
    ]
    assert wrong == []


def test_automation_more_than_a_hand_opens_or_sends_in_a_minute_is_refused(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tenth and the second still go through; what was refused is not done, and the neighbour is answered."""
    monkeypatch.setattr("yice.accounts.pace.time", SimpleNamespace(time=lambda: 90.0))
    settings.YICE_PAGE_RATE = 10
    pace.forget()
    chen, said = desk(cast.chen), {"old": "wrong", "new": "a", "again": "a"}
    assert [chen.post("/account/", said).status_code for _ in range(3)] == [422, 422, 429]
    assert [chen.get("/account/").status_code for _ in range(8)] == [200] * 7 + [429]
    late = chen.get("/account/")
    assert late["Retry-After"] == "30" and late["Cache-Control"] == "no-store" and "太快了" in text_of(late)
    assert desk(cast.he).get("/account/").status_code == 200
    assert chen.get("/sign-in/").status_code != 429  # the door counts for itself
    pace.forget()


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1e3", "9" * 19, "9" * 5000])
def test_odd_numbers_in_an_address_or_a_form_are_none_and_no_fault(text: str) -> None:
    assert digits(text) is None and digits("9" * 18) == 10**18 - 1


@pytest.mark.parametrize(
    "next_page",
    ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "https:/example.org", "\t//x.org"],
)  # fmt: skip
def test_open_redirect_the_door_leads_nowhere_else(cast: Cast, next_page: str) -> None:
    answer = Client().post(
        "/sign-in/", {"username": "chen", "password": PASSWORD, "next": next_page}, query_params={"next": next_page}
    )  # fmt: skip
    assert answer.status_code == 302 and answer["Location"] == "/"


@pytest.mark.parametrize("path", ["//example.org/", "///example.org", "/\\example.org/"])
def test_open_redirect_choosing_a_language_leads_nowhere_else(cast: Cast, path: str) -> None:
    answer = Client().get("/" + path, query_params={"language": "en"})
    assert re.match(r"/(?![/\\])", answer.get("Location", "/"))


def test_mass_assignment_fields_nobody_asked_for_are_not_taken(cast: Cast) -> None:
    said = {
        "username": "newcomer", "name": "新来的", "password": "four unlike words here", "is_active": "", "id": "1",
        "is_superuser": "1", "is_staff": "1", "role": "county_federation", "posts": "1", "last_login": "2020-01-01",
    }  # fmt: skip
    desk(cast.admin).post("/accounts/new/", said)
    made = User.objects.get(username="newcomer")
    assert made.is_active and made.last_login is None and made.pk != 1
    assert not Post.objects.filter(user=made).exists()


def test_mass_assignment_a_new_password_changes_nothing_else(cast: Cast) -> None:
    said = {"old": PASSWORD, "new": "four unlike words here", "again": "four unlike words here"}
    desk(cast.chen).post(
        "/account/", {**said, "username": "admin2", "name": "别人", "role": "county_federation"}
    )
    chen = User.objects.get(pk=cast.chen.pk)
    assert chen.check_password("four unlike words here")
    assert (chen.username, chen.name, chen.posts.get().role) == ("chen", "陈专委", "village_commissioner")


@pytest.mark.parametrize("name", ["../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "a/../../evil.csv"])
def test_path_traversal_a_delivery_stays_in_its_folder(cast: Cast, name: str) -> None:
    file = SimpleUploadedFile("x.csv", "姓名,身份证号\n林小禾,1\n".encode())
    file._name = name  # as an ill-meaning client would send it, past what the framework strips
    form = {"kind": "registry", "area": COUNTY, "whole": "yes"}
    day = {"as_of_0": "2020", "as_of_1": "6", "as_of_2": "1"}
    desk(cast.he).post("/imports/new/", {**form, **day, "file": file})
    root = Path(site.VAR)
    outside = [path for path in root.rglob("*evil*") if path.relative_to(root).parts[0] != "uploads"]
    assert outside == [] and not (root.parent / "evil.csv").exists() and not Path("/etc/evil.csv").exists()
    for batch in Batch.objects.exclude(file_name=""):
        assert "/" not in batch.file_name and "\\" not in batch.file_name and ".." not in batch.file_name


@pytest.mark.parametrize(
    "path",
    [
        "/static/../keys/seal.key",
        "/static/%2e%2e/keys/seal.key",
        "/static/..%2f..%2fkeys/seal.key",
        "/uploads/",
        "/media/x",
        f"/county/{VILLAGE}/../../keys/",
        "/policy/..%2f..%2fetc%2fpasswd/",
    ],
)
def test_path_traversal_no_address_reads_a_file(cast: Cast, path: str) -> None:
    assert desk(cast.he).get(path).status_code in (400, 403, 404)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)"])
def test_formula_injection_no_export_runs_a_name(form: str, name: str, world: World) -> None:
    """Every file of every kind that somebody of the county can take away, with people named like a formula."""
    Person.objects.update(name=name)
    client, files = desk(world.cast.he), 0
    for address in addresses(world):
        if not address.is_file or (address.name == "import-refused" and form == "csv"):
            continue
        response = client.post(f"{address.href}?format={form}")
        if response.status_code != 200:
            continue
        content, kind = response.getvalue(), response["Content-Type"]
        if "csv" not in kind and "spreadsheet" not in kind:
            continue  # a document or a picture calculates nothing
        files += 1
        if "csv" in kind:
            cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
            assert [
                cell for cell in cells if cell.startswith(FORMULAS) and not re.fullmatch(r"-?[\d.]+", cell)
            ] == []
        else:
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                sheets = [book.read(one) for one in book.namelist() if one.startswith("xl/worksheets/")]
            assert sheets and not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    assert files >= 4


def test_ssrf_only_the_offices_own_sign_in_is_ever_asked_for_anything() -> None:
    """No other module can reach out at all, so no address that somebody types, imports or sends back is fetched."""
    reach = re.compile(
        r"^\s*(?:import|from) (?:urllib\.request|urllib3|requests|httpx|aiohttp|http\.client|ftplib|smtplib)\b",
        re.M,
    )
    source = Path(yice.__file__).parent
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if reach.search(path.read_text("utf-8"))
    }
    assert found == {"accounts/openid.py"}


@pytest.mark.parametrize(
    "more", ["iss=https://10.0.0.1/", "redirect_uri=https://10.0.0.1/", "jwks_uri=file:///etc/passwd"]
)
def test_ssrf_a_callback_that_names_an_address_is_asked_for_nothing(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    settings.YICE_OPENID = {
        "issuer": "https://127.0.0.1:9",
        "client": "yice",
        "secret": "x",
        "name_claim": "",
    }
    reached: list[str] = []
    monkeypatch.setattr("http.client.HTTPConnection.connect", lambda self: reached.append(self.host) or 1 / 0)
    answer = Client(raise_request_exception=False).get(f"/sign-in/openid/back/?code=x&state=y&{more}")
    assert reached == [] and answer.status_code < 500


def test_script_injection_nothing_is_written_into_a_page(world: World) -> None:
    """No inline script, style or handler anywhere: the policy of the pages forbids them, and none is needed."""
    Person.objects.update(name='<script>alert("x")</script>')
    client, wrong = desk(world.cast.he), []
    for address in addresses(world):
        if address.is_file or address.name == "sign-out":
            continue
        text = text_of(visit(client, address))
        found = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<[^>]*\s(?:on[a-z]+|style)=|javascript:", text)
        wrong += [(address.name, one) for one in found]
    assert wrong == []
