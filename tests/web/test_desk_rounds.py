"""The pages of a yearly round: one touch at the door, everything wrong at once, photographs behind the policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.loop.test_rounds import SAID
from tests.web.desk_world import World, at_work

from yice.audit.models import Event
from yice.jobs.leases import claim
from yice.jobs.runner import attempt
from yice.loop.identify.models import Reply, ReplyPhoto

pytestmark = pytest.mark.django_db
# One grey pixel.
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "08" * 64 + "ffc0000b080001000101011100"
    "ffc4001400010000000000000000000000000000000affc40014100100000000000000000000000000000000"
    "ffda0008010100003f00d2cf20ffd9"
)  # fmt: skip


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


def form(client: Client, reply: Reply, **more: object) -> dict[str, object]:
    reply.refresh_from_db()
    return {
        "key": f"k{reply.version}", "version": reply.version, "versions": "", "status": "6", "mode": "visit",
        "declarant": "self", **more,
    }  # fmt: skip


def test_a_form_at_the_door(world: World, client: Client, django_assert_max_num_queries: object) -> None:
    reply, here = world.reply, reverse("desk:round-form", args=[world.reply.uuid])
    client.force_login(world.cast.chen)
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        page = client.get(here)
    assert page.status_code == 200 and len(page.content) < 100_000
    assert "两人登记得不一样" in page.content.decode()

    wrong = client.post(here, form(client, reply, R13="3", declarant="guardian", photos=_file(b"GIF89a")))
    text = wrong.content.decode()
    assert wrong.status_code == 422
    assert "只收 JPEG 或 PNG" in text and 'value="guardian" id="id_declarant_1" checked' in text
    wrong = client.post(here, form(client, reply, R13="3", declarant="guardian"))
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "请写明申报人姓名" in text and "请填写“是否识字”" in text
    assert '<option value="3" selected>初中' in text
    reply.refresh_from_db()
    assert "R13" not in reply.answers

    keep = client.post(here, {"keep": f"{reply.disputes.get().pk}:now"})
    assert keep.status_code == 302
    answers = {
        name: value.split(";") if ";" in value or name in ("R20", "R22", "R27", "R28", "R35", "R36", "R37", "R39") else value
        for name, value in SAID.items() if name != "R10"
    } | {
        "R3": "2", "R8": "3", "R9": "1", "R16a": "2", "G1": "汉族", "G2": "4", "G3": "2", "G7": "2", "G9": "12000",
        "G12": "2", "G14": "2", "G15": ["9"], "G17": ["6"], "G18": ["6"],
    }  # fmt: skip
    answers.pop("R11")
    sent = form(client, reply, **answers)
    done = client.post(here, {**sent, "photos": [_file(JPEG), _file(JPEG)]})
    errors = done.context["form"].errors.as_text() if done.context else ""
    assert done.status_code == 302, errors
    reply.refresh_from_db()
    assert reply.state == "filled"
    client.post(here, {**sent, "photos": [_file(JPEG), _file(JPEG)]})  # a double click
    many = form(client, reply, photos=[_file(JPEG), _file(JPEG)])
    assert "照片最多 3 张，已有 2 张" in client.post(here, many).content.decode()
    photo = ReplyPhoto.objects.order_by("id")[0]
    assert ReplyPhoto.objects.count() == 2
    address = reverse("desk:round-photo", args=[photo.uuid])
    shown = client.get(address)
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "no-store")
    client.force_login(world.cast.zhou)
    assert client.get(address).status_code == 404
    assert client.get(here).status_code == 404
    assert Event.objects.get(code="person.photo_seen").actor != world.cast.zhou  # who was refused saw nothing


def test_an_unchanged_household_is_one_touch(world: World, client: Client) -> None:
    """Everything was recorded before: the page says so, one button hands everybody in."""
    first = world.reply
    for other in Reply.objects.filter(round=first.round).exclude(person=None).exclude(pk=first.pk)[:1]:
        Reply.objects.filter(pk__in=[first.pk, other.pk]).update(
            household=world.lin.household, village=first.village, state="waiting"
        )
    client.force_login(world.cast.chen)
    here = reverse("desk:round-form", args=[first.uuid])
    assert "都没有变化，提交" not in client.get(here).content.decode()  # not while something is to be asked
    versions = ";".join(f"{one.uuid}:{one.version}" for one in Reply.objects.filter(round=first.round))
    refused = client.post(here, form(client, first, act="home", versions=versions))
    assert refused.status_code == 422 and "项要问，请单独登记" in refused.content.decode()


def test_a_village_returns_its_own_form_on_a_telephone(
    world: World, client: Client, django_assert_max_num_queries: object
) -> None:
    reply = world.own_return
    here = reverse("desk:round-form", args=[reply.uuid])
    client.force_login(world.cast.chen)
    progress = client.get(reverse("desk:round", args=[reply.round.uuid])).content.decode()
    assert here in progress and "村（社区）的表已交 0 份，共 1 份" in progress
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        page = client.get(here).content.decode()
    assert "江南社区居委会" in page and "社区康复协调员人数" in page and 'name="declarant"' not in page
    said = {"key": "a", "version": 0, "status": "1", "V1": "true", "V2": "1", "V3": "2"}
    wrong = client.post(here, said)
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "专职委员中的残疾人不会多于专职委员" in text
    assert "请填写“助残志愿者人数”" in text and 'value="2"' in text
    rest = {f"V{n}": "false" for n in (5, 7, 8, 9, 10, 11, 12, 13, 15)}
    rest |= {"V3": "0", "V4": "300", "V6": "0", "V14": ["entrance"], "V16": "3", "V17": "9"}
    assert client.post(here, {**said, **rest}).status_code == 302
    reply.refresh_from_db()
    assert (reply.state, reply.answers["V6"]) == ("filled", 0)
    client.force_login(world.cast.zhou)
    assert client.get(here).status_code == 404
    client.force_login(world.cast.liang)
    check = client.get(reverse("desk:round-check", args=[reply.round.uuid])).content.decode()
    assert "江南社区居委会" in check
    client.force_login(world.cast.he)
    made = client.post(reverse("desk:round-export", args=[reply.round.uuid]) + "?of=village&format=csv")
    assert "440704001001,江南社区居委会,正常,是,1" in b"".join(made.streaming_content).decode("utf-8-sig")


def test_the_township_and_the_county(
    world: World, client: Client, django_assert_max_num_queries: object
) -> None:
    of = world.reply.round
    client.force_login(world.cast.he)
    for name in ("round", "round-left", "round-check", "round-lock", "round-official"):
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            assert client.get(reverse(f"desk:{name}", args=[of.uuid])).status_code == 200
    client.force_login(world.cast.liang)
    check = reverse("desk:round-check", args=[of.uuid])
    filled = Reply.objects.get(round=of, person=world.zhou)
    assert "周大山" in client.get(check).content.decode()
    assert client.post(check, {"key": "a"}).status_code == 422
    chosen = f"{filled.uuid}:{filled.version}"
    assert client.post(check, {"key": "a", "chosen": [chosen]}).status_code == 302
    client.force_login(world.cast.he)
    lock = reverse("desk:round-lock", args=[of.uuid])
    refused = client.post(lock, {"area": of.area}).content.decode()
    assert "江南社区居委会还有 2 份没有审核" in refused
    made = client.post(reverse("desk:round-export", args=[of.uuid]) + "?format=csv")
    text = b"".join(made.streaming_content).decode("utf-8-sig")
    official = reverse("desk:round-official", args=[of.uuid])
    sent = client.post(official, {"file": SimpleUploadedFile("a.csv", text.encode("utf-8-sig"))})
    assert sent.status_code == 302 and "/jobs/" in sent["Location"]
    while (job := claim("test")) is not None:
        attempt(job)
    assert client.get(sent["Location"])["Location"] == official
    told = client.get(official).content.decode()
    assert "读了 3 行：0 项填入，3 行没有变化。" in told and "没有采用" not in told
    assert client.post(official, {"file": SimpleUploadedFile("a.csv", b"\x00")}).status_code == 422


def _file(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", data, "image/jpeg")
