"""The second factor at the door, proving oneself anew, how long a sign-in holds, and a lost telephone."""

from __future__ import annotations

import json
import re
import time
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import PublicKeyCredentialRpEntity
from tests.cast import PASSWORD, Cast
from tests.web.village import desk, text

from yice.accounts import access, factors, guard, passkeys, sessions, tokens
from yice.accounts.models import Factor, RecoveryCode, SignIn, User
from yice.audit.models import Event
from yice.identifiers import sealing
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Move the machine's clock on by seconds; the day of the demo stays."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def later(seconds: float) -> None:
        now[0] += seconds

    return later


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set up an authenticator by the pages; gives its secret as copied from the page, and the recovery codes."""
    page = text(client.get("/account/second-factor/totp/"))
    sealed = re.search(r'name="secret" value="([^"]+)"', page)
    shown = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", page)
    assert sealed and shown and "data:image/svg+xml" in page and "style=" not in page
    secret = shown[0].replace(" ", "")
    wrong = client.post("/account/second-factor/totp/", {"secret": sealed[1], "code": "000000"})
    assert wrong.status_code == 422 and secret in text(wrong).replace(" ", "")  # the same one, not a new one
    page = text(client.post("/account/second-factor/totp/", {"secret": sealed[1], "code": code(secret)}))
    return secret, re.findall(r"\b[a-z2-7]{4}(?:-[a-z2-7]{4}){6}\b", page)


def code(secret: str) -> str:
    return factors.code_at(secret, int(time.time()) // factors.STEP)


def first(who: str = "he") -> Client:
    """Name and password are shown: the second factor is asked for, and nothing else opens."""
    client = Client()
    answer = client.post("/sign-in/?next=/worklist/", {"username": who, "password": PASSWORD})
    assert answer["Location"] == "/sign-in/code/" and client.get("/")["Location"].startswith("/sign-in/")
    return client


def test_an_authenticator_is_set_up_and_asked_for_and_no_code_works_twice(cast: Cast, at: Any) -> None:
    secret, codes = set_up(desk(cast.he))
    assert len(set(codes)) == 10
    kept = Factor.objects.get()
    assert secret.encode() not in bytes(kept.secret) and sealing.open_sealed("totp", kept.secret) == secret
    assert (
        first().post("/sign-in/code/", {"code": code(secret)}).status_code == 422
    )  # used when it was set up
    at(30)
    inside = first()
    assert inside.post("/sign-in/code/", {"code": code(secret)})["Location"] == "/worklist/"
    assert inside.get("/worklist/").status_code == 200
    assert first().post("/sign-in/code/", {"code": code(secret)}).status_code == 422
    assert Event.objects.filter(code="account.code_again", actor=cast.he).count() == 2
    assert (
        len(codes[3]) == 34 and first().post("/sign-in/code/", {"code": codes[3].upper()}).status_code == 302
    )
    assert first().post("/sign-in/code/", {"code": codes[3]}).status_code == 422
    old = factors._digest("abcdefgh23456722")  # drawn when codes had sixteen letters
    RecoveryCode.objects.create(user=cast.he, digest=old)
    assert first().post("/sign-in/code/", {"code": "abcd-efgh-2345-6722"}).status_code == 302


def test_codes_are_not_guessed_and_guessing_shuts_nobody_out(cast: Cast, at: Any) -> None:
    secret, codes = set_up(desk(cast.he))
    at(60)
    for _ in range(factors.MISSES):
        assert not factors.take_code(user=cast.he, code="000000")
    assert not factors.take_code(user=cast.he, code=code(secret))  # it rests
    assert factors.take_code(user=cast.he, code=codes[0])  # and the owner comes in all the same
    assert Event.objects.filter(code="account.codes_rest").count() == 1
    Factor.objects.update(missed_at=timezone.now() - factors.REST)
    assert factors.take_code(user=cast.he, code=code(secret))


def test_the_code_of_one_authenticator_is_no_miss_of_the_other(cast: Cast, at: Any) -> None:
    first_one = factors.new_secret()
    factors.add_totp(actor=cast.he, secret=first_one, code=code(first_one))
    second_one, _codes = set_up(desk(cast.he))
    at(60)
    assert factors.take_code(user=cast.he, code=code(second_one))
    assert list(Factor.objects.values_list("misses", flat=True)) == [0, 0]


@pytest.mark.parametrize(
    ("stood", "says", "copy"), [(0, 0, False), (3, 4, False), (3, 3, True), (3, 0, True)]
)
def test_a_copied_passkey_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, stood: int, says: int, copy: bool
) -> None:
    """The signature holds (it is the same key); what tells the copy is the count it was left at."""
    kept = Factor.objects.create(
        user=cast.he, kind="passkey", credential=b"c", secret=b"s", counter=stood, added_at=timezone.now()
    )
    monkeypatch.setattr(
        passkeys, "_server", lambda _request: SimpleNamespace(authenticate_complete=lambda *_: None)
    )
    monkeypatch.setattr(passkeys, "AttestedCredentialData", lambda public: public)
    said = {"authenticatorData": websafe_encode(bytes(32) + b"\x05" + says.to_bytes(4, "big"))}
    answer = json.dumps({"rawId": websafe_encode(b"c"), "response": said})
    request = SimpleNamespace(session={passkeys.STATE: {}})
    if copy:
        with pytest.raises(Problem):
            passkeys.shown(request, answer)
    else:
        assert passkeys.shown(request, answer) == cast.he
    assert Factor.objects.get(pk=kept.pk).counter == (stood if copy else says)


def test_a_passkey_of_an_algorithm_that_was_not_offered_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`alg` is the third entry of a COSE key; -65535 is RSA with SHA-1."""
    for alg, kept in ((-65535, 0), (-7, 1)):
        made = type("Made", (bytes,), {"credential_id": b"c", "public_key": {3: alg}})(b"key")
        server = SimpleNamespace(
            register_complete=lambda *_, made=made: SimpleNamespace(credential_data=made, counter=0),
            allowed_algorithms=Fido2Server(PublicKeyCredentialRpEntity(name="", id="x")).allowed_algorithms,
        )
        monkeypatch.setattr(passkeys, "_server", lambda _request, server=server: server)
        with pytest.raises(Problem) if not kept else nullcontext():
            passkeys.add(SimpleNamespace(session={passkeys.STATE: {}}), cast.he, "{}", "")
        assert Factor.objects.count() == kept


def test_what_did_not_hold_stands_in_the_record_with_the_check_and_a_mark_of_the_address(cast: Cast) -> None:
    _secret, _codes = set_up(desk(cast.he))
    first().post("/sign-in/code/", {"code": "000000"})
    first().post("/sign-in/passkey/", {"answer": "{}"})
    Client().post("/sign-in/passkey/", {"answer": "{}"})
    Client().post("/welcome/", {"username": "he", "code": "a", "password": "b"})
    Client().post("/sign-in/", {"username": "he", "password": "wrong"}, REMOTE_ADDR="127.0.0.77")
    desk(cast.liang).post("/account/confirm/", {"password": "wrong"})
    told = [
        (one.values["check"], one.actor, one.values["from"])
        for one in Event.objects.filter(code="account.sign_in_failed").order_by("id")
    ]
    assert [one[:2] for one in told] == [
        ("code", cast.he),
        ("passkey", cast.he),
        ("passkey", None),
        ("invitation", None),
        ("password", None),
        ("password", cast.liang),
    ]
    assert told[0][2] == told[3][2] != told[4][2] and "127.0.0" not in str(told)


def test_the_half_open_door_shuts_after_ten_minutes_and_with_a_new_password(cast: Cast, at: Any) -> None:
    secret, _codes = set_up(desk(cast.he))
    waiting, other = first(), first()
    at(601)
    assert waiting.post("/sign-in/code/", {"code": code(secret)})["Location"] == "/sign-in/"
    other = first()
    cast.he.set_password("another pass phrase")
    cast.he.save()
    assert other.post("/sign-in/code/", {"code": code(secret)})["Location"] == "/sign-in/"


def test_a_post_that_asks_for_a_second_factor_opens_nothing_before_there_is_one(
    cast: Cast, settings: Any
) -> None:
    settings.YICE_SECOND_FACTOR = frozenset({"system_administrator"})
    admin, he = desk(cast.admin), desk(cast.he)
    assert admin.get("/accounts/")["Location"] == "/account/second-factor/"
    assert "设好才能继续" in text(admin.get("/account/second-factor/"))
    assert he.get("/worklist/").status_code == 200
    set_up(admin)
    assert admin.get("/accounts/").status_code == 200


def test_what_is_most_sensitive_asks_who_sits_there(cast: Cast, settings: Any, at: Any) -> None:
    settings.YICE_STEP_UP_MINUTES = {"*": 10}
    client = desk(cast.he)
    export = "/worklist/export/?format=csv"

    def taken() -> bool:
        return b"".join(client.post(export).streaming_content) != b""

    assert taken()  # signed in just now
    at(601)
    asked = client.post(export, HTTP_REFERER="http://testserver/worklist/")
    assert asked["Location"] == "/account/confirm/?next=%2Fworklist%2F"
    assert client.get("/worklist/").status_code == 200
    wrong = client.post("/account/confirm/", {"password": "wrong", "next": "/worklist/"})
    assert wrong.status_code == 422
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/worklist/"
    assert taken()
    secret, _codes = set_up(client)
    at(1200)
    page = text(client.get("/account/confirm/"))
    assert 'name="code"' in page and 'name="password"' not in page  # the stronger one, once there is one
    assert client.post("/account/confirm/", {"code": code(secret), "next": "//evil.test"})["Location"] == "/"
    assert taken()
    assert Event.objects.filter(code="account.proved").count() == 2


def test_a_sign_in_ends_when_nothing_is_done_and_at_the_end_of_its_time(
    cast: Cast, settings: Any, at: Any
) -> None:
    settings.YICE_SESSION_MINUTES = {"*": (30, 120)}
    client = desk(cast.he)
    for _ in range(5):
        at(25 * 60)
        if _ == 2:
            client.get("/jobs/", HTTP_HX_REQUEST="true")  # a page that renews itself is nobody sitting there
            at(6 * 60)
            break
        assert client.get("/").status_code == 200
    idle, idle.cookies = Client(), client.cookies
    idle.get("/desk/patterns/")  # anybody's page: the sign-in is over there, too
    assert not SignIn.objects.filter(user=cast.he).exists()
    client = desk(cast.he)
    at(31 * 60)
    over = client.get("/worklist/?sort=name")
    assert over["Location"] == "/sign-in/?next=%2Fworklist%2F%3Fsort%3Dname&over=idle"
    assert "登录已超时" in text(client.get(over["Location"]))

    client = desk(cast.he)
    for _ in range(4):
        at(29 * 60)
        assert client.get("/").status_code == 200
    page = text(client.get("/account/session/"))
    assert "30 分钟没有任何操作" in page
    client.post("/account/confirm/", {"password": PASSWORD})  # extended: another two hours
    at(29 * 60)
    assert client.get("/").status_code == 200
    for _ in range(3):
        at(29 * 60)
        assert client.get("/").status_code == 200
    at(29 * 60)
    assert client.post("/account/sign-ins/")["Location"].endswith("over=unsaved")


def test_the_mark_of_being_here_is_another_sessions_nowhere(cast: Cast, settings: Any, at: Any) -> None:
    settings.YICE_SESSION_MINUTES = {"*": (30, 120)}
    old, other = desk(cast.he), desk(cast.liang)
    at(1900)
    fresh = desk(cast.chen)
    at(61)
    fresh.get("/")
    other.cookies[guard.SEEN] = fresh.cookies[guard.SEEN].value
    assert other.get("/").status_code == 302 and old.get("/").status_code == 302
    assert fresh.get("/").status_code == 200


def test_a_lost_telephone_is_forgotten_by_the_security_administrator_alone(cast: Cast) -> None:
    client = desk(cast.he)
    _secret, codes = set_up(client)
    address = f"/accounts/{cast.he.pk}/"
    said = {"forget": "1", "forget-reason": "手机丢失，已当面核对"}
    assert desk(cast.admin).post(address, said).status_code == 403
    assert desk(cast.an).post(address, {**said, "forget-reason": ""}).status_code == 422
    assert desk(cast.an).post(address, said).status_code == 302
    assert client.get("/").status_code == 302
    assert not factors.take_code(user=cast.he, code=codes[0])
    assert Client().post("/sign-in/", {"username": "he", "password": PASSWORD})["Location"] == "/"
    assert Event.objects.get(code="account.factors_forgotten").actor == cast.an
    with pytest.raises(access.Forbidden):
        factors.forget_factors(actor=cast.an, user=cast.an, reason="手机丢失")


def test_what_was_done_to_an_account_is_told_its_owner_at_the_next_sign_in(cast: Cast, clock_at: Any) -> None:
    mine = Client()

    def told(client: Client = mine) -> str:
        client.post("/sign-out/")
        client.post("/sign-in/", {"username": "he", "password": PASSWORD})
        return text(client.get("/"))

    assert "您的账号有这些改动" not in told()
    clock_at("2020-07-01")
    factors.forget_factors(actor=cast.an, user=cast.he, reason="手机丢失，已当面核对")
    clock_at("2020-07-02")
    page = told()
    assert "您的账号有这些改动" in page and "重置了 he 的二次验证" in page
    assert "您的账号有这些改动" not in told()
    clock_at("2020-07-03")
    told(Client(headers={"user-agent": PHONE}))  # who has the password, at a browser of theirs
    tokens.make_token(actor=User.objects.get(pk=cast.he.pk), name="区财政", actions=["need.read"], days=9)
    clock_at("2020-07-04")
    page = told()
    assert "在没有用过的浏览器上登录：手机 · Android · Chrome" in page and "两周内到期" in page


def test_one_sees_where_one_is_signed_in_and_ends_one_or_all_others(
    cast: Cast, settings: Any, at: Any
) -> None:
    settings.YICE_STEP_UP_MINUTES = {"*": 10}
    here, other, phone = desk(cast.he), desk(cast.he), Client(headers={"user-agent": PHONE})
    phone.post("/sign-in/", {"username": "he", "password": PASSWORD})
    SignIn.objects.filter(pk=phone.session.session_key).update(seen_at=timezone.now() - factors.REST)
    page = text(here.get("/account/sign-ins/"))
    marks = re.findall(r'name="end" value="(\w+)"', page)
    assert "手机 · Android · Chrome" in page and page.count("就是这里") == 1 and len(marks) == 2
    assert not any(one.session.session_key in page for one in (here, other, phone))
    assert desk(cast.liang).post("/account/sign-ins/", {"end": marks[1]}).status_code == 404  # another's
    here.post("/account/sign-ins/", {"end": marks[1]})  # the one seen longest ago
    assert phone.get("/").status_code == 302 and other.get("/").status_code == 200
    at(601)
    assert here.post("/account/sign-ins/", {"others": "1"})["Location"].startswith("/account/confirm/")
    here.post("/account/confirm/", {"password": PASSWORD})
    here.post("/account/sign-ins/", {"others": "1"})
    assert here.get("/").status_code == 200 and other.get("/").status_code == 302
    before = SignIn.objects.get(user=cast.he).seen_at
    at(guard.NOTED)
    here.get("/")
    assert SignIn.objects.get(user=cast.he).seen_at > before
    SignIn.objects.update(expire_date=timezone.now() - sessions.KEPT)
    assert sessions.forget() == 2 and not SignIn.objects.exists()


def test_ones_own_factors_are_taken_away_and_with_the_last_the_codes(cast: Cast) -> None:
    client = desk(cast.he)
    set_up(client)
    assert "还有 10 个没有用过" in text(client.get("/account/second-factor/"))
    page = text(client.post("/account/second-factor/", {"codes": "1"}))
    assert len(re.findall(r"\b[a-z2-7]{4}(?:-[a-z2-7]{4}){6}\b", page)) == 10
    others = Factor.objects.get()
    assert desk(cast.liang).post("/account/second-factor/", {"remove": str(others.pk)}).status_code == 404
    client.post("/account/second-factor/", {"remove": str(others.pk)})
    he = User.objects.get(pk=cast.he.pk)
    assert not he.factors.exists() and not he.recovery_codes.exists()
