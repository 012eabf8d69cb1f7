"""A live site behind TLS: no warning of the framework's own check, and what every answer says to the browser."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.answers import unsaid
from tests.cast import PASSWORD, Cast

from yice.web.ui.middleware import HEADERS, POLICY

ANSWER = """
import django, json
django.setup()
from django.test import Client
answer = Client().get("/", secure=True, HTTP_HOST="yice.example.org")
plain = Client().get("/", HTTP_HOST="yice.example.org")
from django.conf import settings as s
print(json.dumps({**dict(answer.headers), "redirect": plain.get("Location", ""), "debug": s.DEBUG,
    "cookies": [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE],
    "names": [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME], "path": s.SESSION_COOKIE_PATH, "domain": s.SESSION_COOKIE_DOMAIN}))
"""


@pytest.fixture
def live(tmp_path: Path) -> dict[str, str]:
    """The environment of a live site: its own folder, TLS in front, nothing else chosen."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YICE_")}
    return {
        **kept,
        "YICE_VAR": str(tmp_path / "var"),
        "YICE_HTTPS": "1",
        "YICE_HOSTS": "yice.example.org",
        "YICE_ORIGINS": "https://yice.example.org",
        "DJANGO_SETTINGS_MODULE": "yice.config.settings",
    }


def test_the_framework_warns_of_nothing(live: dict[str, str]) -> None:
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=live, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_a_live_site_tells_the_browser_to_stay_on_tls(live: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ANSWER], env=live, capture_output=True, text=True, check=True
    )
    import json

    said = json.loads(done.stdout.splitlines()[-1])
    assert said["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert said["redirect"] == "https://yice.example.org/"
    assert said["cookies"] == [True, True, True, "Lax"] and said["debug"] is False
    assert said["names"] == ["__Host-sessionid", "__Host-csrftoken"]
    assert (said["path"], said["domain"]) == ("/", None)
    assert said["Referrer-Policy"] == "same-origin" and said["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("word", ["unsafe-inline", "unsafe-eval", "http:", "https:", "*", "blob:"])
def test_the_pages_policy_lets_nothing_in(word: str) -> None:
    assert word not in POLICY


def test_every_answer_carries_the_headers(cast: Cast, settings: Any) -> None:
    client = Client(raise_request_exception=False)
    for path in ("/sign-in/", "/nowhere/", "/", "/healthz", "/readyz", "/static/ui/build/yice.css"):
        answer = client.get(path)
        assert unsaid(answer) == [], path
        assert all(answer[name] == value for name, value in HEADERS.items()), path
    client.force_login(cast.he)
    for path, host, status in (
        ("/search/?" + "a=1&" * 3000, "testserver", 400),
        ("/", "evil.example.org", 400),
    ):
        settings.ALLOWED_HOSTS = ["testserver"]
        answer = client.get(path, headers={"host": host})
        assert answer.status_code == status and answer["Cache-Control"] == "no-store", path[:20]
        assert all(answer[name] == value for name, value in HEADERS.items()), path[:20]
    assert [client.trace(path).status_code for path in ("/", "/sign-in/")] == [405, 405]


def test_a_new_sign_in_has_a_new_session(cast: Cast) -> None:
    """Whoever planted a session's key before has nothing of it after."""
    client = Client()
    client.get("/sign-in/")
    client.session.save()
    before = client.session.session_key
    client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    cookie = client.cookies["sessionid"]
    assert cookie.value != before and cookie["httponly"] and cookie["samesite"] == "Lax"


def test_signing_out_ends_the_session_on_the_server(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.chen)
    key = client.cookies["sessionid"].value
    client.post("/sign-out/")
    stolen = Client()
    stolen.cookies["sessionid"] = key
    assert stolen.get("/").status_code == 302
