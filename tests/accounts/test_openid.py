"""Signing in at the office's own service, against a real provider (npm oidc-provider) on the loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from http.cookiejar import CookieJar
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from django.test import Client
from tests.cast import PASSWORD, Cast
from tests.web.village import desk, text

from yice.accounts import openid
from yice.accounts.models import Identity
from yice.audit.models import Event
from yice.terms.errors import Problem

HERE = Path(__file__).parent / "provider"
CALLBACK, OUT = "http://testserver/sign-in/openid/back/", "http://testserver/sign-in/"
KEYS = [generate_private_key(65537, 2048) for _ in range(2)]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.openid,
    pytest.mark.skipif(
        shutil.which("node") is None or not (HERE / "node_modules").exists(),
        reason="npm ci --prefix tests/accounts/provider",
    ),
]


class Told(BaseHTTPRequestHandler):
    """Our address for back-channel logout, as the provider reaches it: keeps what it sends."""

    tokens: Queue[str] = Queue()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.tokens.put(parse_qs(body)["logout_token"][0])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return None


class Office:
    """The provider as a process, and a browser that has its cookies."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.listening = ThreadingHTTPServer(("127.0.0.1", 0), Told)
        self.ended = f"http://127.0.0.1:{self.listening.server_port}/"
        Thread(target=self.listening.serve_forever, daemon=True).start()
        self.forget()
        self.start(0)

    def start(self, key: int) -> None:
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[key]))
        environment = {
            **os.environ,
            "JWKS": json.dumps([{**jwk, "kid": f"key-{key}", "use": "sig", "alg": "RS256"}]),
        }
        self.process = subprocess.Popen(
            ["node", "provider.mjs", str(self.port), CALLBACK, OUT, self.ended],
            cwd=HERE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self.process.stdout is not None and b"ready" in self.process.stdout.readline()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()

    def forget(self) -> None:
        class Stay(HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                return None

        self.browser = build_opener(HTTPCookieProcessor(CookieJar()), Stay)

    def open(self, url: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Where it leads, or what it shows."""
        data = urlencode(form).encode() if form else None
        try:
            answer = self.browser.open(Request(url, data))  # noqa: S310 - the loopback
        except HTTPError as error:
            answer = error
        with answer:
            return answer.headers.get("Location", ""), answer.read().decode()

    def sign_in(self, url: str, name: str) -> str:
        """Type a name, consent, and give the address that leads back to us."""
        for _ in range(12):
            to, page = self.open(url)
            if not to:
                form = re.search(r'action="([^"]+)"', page)
                prompt = re.search(r'name="prompt" value="(\w+)"', page)
                assert form and prompt, page[:300]
                to, _page = self.open(
                    urljoin(url, form[1]), {"prompt": prompt[1], "login": name, "password": "x"}
                )
            url = urljoin(url, to)
            if url.startswith(CALLBACK):
                return url
        raise AssertionError(url)


@pytest.fixture(scope="module")
def running() -> Iterator[Office]:
    office = Office()
    yield office
    office.stop()
    office.listening.shutdown()
    office.listening.server_close()


@pytest.fixture
def office(running: Office, settings: Any) -> Office:
    settings.YICE_OPENID = {
        "issuer": running.issuer, "client": "yice", "secret": "a secret of the tests", "name_claim": "",
    }  # fmt: skip
    running.forget()
    return running


def away(client: Client, more: str = "") -> str:
    to: str = client.get(f"/sign-in/openid/?next=/worklist/{more}")["Location"]
    asked = parse_qs(urlsplit(to).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["response_type"] == ["code"]
    assert asked["nonce"] and asked["state"] and "client_secret" not in asked
    return to


def test_who_is_bound_comes_in_by_the_office(cast: Cast, office: Office, settings: Any) -> None:
    settings.YICE_STEP_UP_MINUTES = {"*": 60}
    he = desk(cast.he)
    assert "绑定单位统一身份认证" in text(he.get("/account/"))
    stranger = Client()
    told = stranger.get(office.sign_in(away(stranger), "at-office-he"), follow=True)
    assert "还没有绑定本系统的账号" in text(told)
    he.get(office.sign_in(away(he, "&link=1"), "at-office-he"))  # an address binds nothing
    assert not Identity.objects.exists()
    he = desk(cast.he)
    held = he.session
    proved, held["proved"] = held["proved"], 0
    held.save()
    assert he.post("/account/openid/")["Location"].startswith("/account/confirm/")  # whoever sits there
    held["proved"] = proved
    held.save()
    he.get(office.sign_in(he.post("/account/openid/")["Location"], "at-office-he"))
    assert (
        Identity.objects.get().user == cast.he
        and Event.objects.filter(code="account.identity_linked").exists()
    )
    client = Client()
    back = client.get(office.sign_in(away(client), "at-office-he"))
    assert back["Location"] == "/worklist/" and client.get("/worklist/").status_code == 200
    assert client.get(f"{CALLBACK}?state=x&code=y")["Location"] == "/sign-in/"  # each answer is good once
    out = client.post("/sign-out/")
    assert "也退出单位统一身份认证" in text(client.get(out["Location"]))
    ended = client.get("/sign-out/openid/")["Location"]
    assert ended.startswith(office.issuer) and "post_logout_redirect_uri" in ended
    confirm = office.open(ended)[1]
    assert "logout" in confirm  # the provider asks once more, and leads back to our door
    with pytest.raises(Problem, match="绑定了另一个账号"):
        openid.bind(actor=cast.liang, found={"iss": office.issuer, "sub": "at-office-he"})
    he.post("/account/openid/", {"undo": "1"})
    assert not Identity.objects.exists() and Event.objects.filter(code="account.identity_unlinked").exists()


def test_a_new_key_is_fetched_and_an_old_or_foreign_one_no_longer_opens(
    cast: Cast, office: Office, settings: Any
) -> None:
    settings.YICE_OPENID = {**settings.YICE_OPENID, "name_claim": "login"}
    client = Client()
    assert (
        client.get(office.sign_in(away(client), "at-office-he"))["Location"] == "/worklist/"
    )  # known by the claim
    office.stop()
    office.start(1)
    office.forget()
    other = Client()
    assert other.get(office.sign_in(away(other), "at-office-he"))["Location"] == "/worklist/"
    assert Identity.objects.count() == 1
    assert refused(office, KEYS[0], {}, kid="key-0") == "InvalidKeyError"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"aud": "somebody-else"}, "InvalidAudienceError"),
        ({"iss": "http://127.0.0.1:1"}, "InvalidIssuerError"),
        ({"exp": 1}, "ExpiredSignatureError"),
        ({"azp": "somebody-else"}, "azp"),
        ({"auth_time": 1}, "auth_time"),
        ({"nonce": None}, "MissingRequiredClaimError"),
    ],
)
def test_a_token_that_is_not_for_us_now_is_refused(office: Office, changes: dict[str, Any], why: str) -> None:
    office.stop()
    office.start(1)
    assert refused(office, KEYS[1], changes, kid="key-1") == why


def test_a_token_without_a_signature_and_one_by_a_stranger_are_refused(office: Office) -> None:
    said = claims(office)
    for token in (jwt.encode(said, None, "none"), jwt.encode(said, "a" * 32, "HS256"), "x.y.z"):
        with pytest.raises(Problem, match="没有通过"):
            openid.verified(token, ASKED)
    assert refused(office, generate_private_key(65537, 2048), {}, kid="key-1") == "InvalidSignatureError"


def test_a_state_that_is_not_ours_is_refused_and_a_silent_issuer_is_told(
    office: Office, settings: Any
) -> None:
    client = Client()
    back = office.sign_in(away(client), "at-office-he")
    forged = re.sub(r"state=[^&]+", "state=forged", back)
    assert "没有通过" in text(client.get(forged, follow=True))
    settings.YICE_OPENID = {**settings.YICE_OPENID, "issuer": "http://127.0.0.1:9"}
    assert "unreachable" in text(Client().get("/sign-in/openid/", follow=True))
    settings.YICE_OPENID = {**settings.YICE_OPENID, "issuer": "http://office.example"}
    assert "address" in text(Client().get("/sign-in/openid/", follow=True))  # never without TLS


def test_one_proves_oneself_anew_at_the_office(cast: Cast, office: Office, settings: Any) -> None:
    settings.YICE_STEP_UP_MINUTES = {"*": 10}
    Identity.objects.create(user=cast.he, issuer=office.issuer, subject="at-office-he")
    client = Client()
    client.get(office.sign_in(away(client), "at-office-he"))
    session = client.session
    session["proved"] = int(time.time()) - 3600
    session.save()
    asked = client.post("/worklist/export/?format=csv")
    assert "用单位统一身份认证确认" in text(client.get(asked["Location"]))
    back = client.get(office.sign_in(away(client, "&anew=1"), "at-office-he"))  # asked for the password again
    assert back["Location"] == "/worklist/"
    assert b"".join(client.post("/worklist/export/?format=csv").streaming_content)


def test_signing_out_at_the_office_ends_what_began_there_and_nothing_else(cast: Cast, office: Office) -> None:
    Identity.objects.create(user=cast.he, issuer=office.issuer, subject="at-office-he")
    client, by_password, colleague = Client(), desk(cast.he), desk(cast.liang)
    client.get(office.sign_in(away(client), "at-office-he"))
    form = office.open(client.get("/sign-out/openid/")["Location"])[1]
    to, xsrf = re.search(r'action="([^"]+)"', form), re.search(r'name="xsrf" value="([^"]+)"', form)
    assert to and xsrf and client.get("/worklist/").status_code == 200
    office.open(to[1], {"xsrf": xsrf[1], "logout": "yes"})
    token = Told.tokens.get(timeout=10)  # what the provider itself made and sent
    for wrong in ("x.y.z", token[:-4] + "aaaa", ""):
        assert Client().post("/sign-in/openid/ended/", {"logout_token": wrong}).status_code == 400
    assert client.get("/worklist/").status_code == 200
    answer = Client(enforce_csrf_checks=True).post("/sign-in/openid/ended/", {"logout_token": token})
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    assert client.get("/worklist/").status_code == 302
    assert by_password.get("/worklist/").status_code == colleague.get("/worklist/").status_code == 200
    assert Event.objects.get(code="account.signed_out_by_office").values == {"count": 1}
    assert Client().get("/sign-in/openid/ended/")["Location"] == "/sign-in/"


@pytest.mark.parametrize("changes", [{"nonce": "n"}, {"events": {}}, {"iat": 1}, {"sub": None}, {"aud": "x"}])
def test_a_token_that_is_no_logout_ends_nothing(office: Office, changes: dict[str, Any]) -> None:
    office.stop()
    office.start(1)
    now = int(time.time())
    good = {
        "iss": office.issuer, "aud": "yice", "sub": "at-office-he", "iat": now, "exp": now + 120, "jti": "j",
        "events": {openid.LOGOUT: {}},
    }  # fmt: skip
    assert openid.signed_out_there(jwt.encode(good, KEYS[1], "RS256", {"kid": "key-1"})) == 0
    said = {name: value for name, value in {**good, **changes}.items() if value is not None}
    with pytest.raises(Problem):
        openid.signed_out_there(jwt.encode(said, KEYS[1], "RS256", {"kid": "key-1"}))


ASKED = openid.Asked(state="s", nonce="n", verifier="v", onward="/")


def claims(office: Office) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": office.issuer, "aud": "yice", "sub": "at-office-he", "iat": now, "exp": now + 600, "nonce": "n",
        "auth_time": now,
    }  # fmt: skip


def refused(office: Office, key: Any, changes: dict[str, Any], *, kid: str) -> str:
    """Why a token with these changes is refused; the same token without them is good."""
    asked = replace(ASKED, anew="auth_time" in changes)
    said = {name: value for name, value in {**claims(office), **changes}.items() if value is not None}
    if changes:
        assert openid.verified(jwt.encode(claims(office), key, "RS256", {"kid": kid}), asked)["sub"]
    with pytest.raises(Problem) as told:
        openid.verified(jwt.encode(said, key, "RS256", {"kid": kid}), asked)
    found = re.search(r"（(\w+)）", str(told.value))
    return found[1] if found else str(told.value)


def test_a_password_still_opens_the_door_of_who_is_bound(cast: Cast, office: Office) -> None:
    assert Client().post("/sign-in/", {"username": "he", "password": PASSWORD})["Location"] == "/"
