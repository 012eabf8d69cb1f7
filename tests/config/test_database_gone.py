"""The database is not there, is full, or goes away in mid-request: 503, never 200, wherever it is noticed."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from tests import factories as make
from tests.cast import Cast
from tests.web.village import desk

from yice.accounts import guard
from yice.accounts.models import SignIn
from yice.accounts.services import install
from yice.audit.services import record
from yice.audit.verifying import verify
from yice.loop.identify.models import Need
from yice.loop.identify.models.needs import NeedVoice
from yice.terms import clock

CAUSES: dict[str, tuple[type[Exception], Exception]] = {
    "nobody listens": (OperationalError, psycopg.OperationalError("connection failed: Connection refused")),
    "killed in mid-request": (OperationalError, psycopg.errors.AdminShutdown()),
    "starting up": (OperationalError, psycopg.errors.CannotConnectNow()),
    "its disk is full": (OperationalError, psycopg.errors.DiskFull()),
    "connection lost": (InterfaceError, psycopg.InterfaceError("the connection is closed")),
    "SQLite's disk is full": (OperationalError, sqlite3.OperationalError("database or disk is full")),
    "SQLite is locked": (OperationalError, sqlite3.OperationalError("database is locked")),
}


def noting(request: HttpRequest, *_: Any) -> HttpResponse:
    request.session["note"] = "已登记"
    return HttpResponse("")


@pytest.mark.parametrize("why", CAUSES)
@pytest.mark.parametrize("where", ["the session", "the page", "the session's end"])
def test_a_database_that_is_not_there_is_a_503(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, why: str, where: str
) -> None:
    kind, cause = CAUSES[why]
    client = Client(raise_request_exception=False)
    client.force_login(cast.chen)

    def gone(*_: Any, **__: Any) -> None:
        raise kind(str(cause)) from cause

    if where == "the session":
        monkeypatch.setattr(SessionStore, "load", gone)
    elif where == "the session's end":  # what was to be said on the next page does not get into it any more
        monkeypatch.setattr("yice.web.desk.pages.home.render", noting)
        monkeypatch.setattr(SignIn, "save", gone)
    else:
        monkeypatch.setattr("yice.web.desk.pages.home.render", gone)
    answer = client.get("/")
    assert answer.status_code == 503 and answer["Retry-After"]


def test_a_fault_of_ours_is_no_503(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.chen)
    monkeypatch.setattr("yice.web.desk.pages.home.render", lambda *_, **__: 1 / 0)
    assert client.get("/").status_code == 500


def test_a_clock_that_jumps_signs_nobody_in_for_longer(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forward it ends what has run out; back, a sign-in that began in the future still ends at its time."""
    client = desk(cast.he)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 7 * 24 * 3600)
    assert client.get("/").status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 9 * 3600)
    assert client.get("/").status_code == 302
    assert guard.limits(cast.he).whole == 8 * 3600 and clock.today() == dt.date(2020, 6, 30)


def test_a_record_goes_on_over_a_clock_that_was_put_back(cast: Cast, clock_at: Any) -> None:
    for day in ("2020-07-02", "2020-06-29", "2020-07-01"):
        clock_at(day)
        record(actor=cast.he, code="glass.nobody")
    assert verify() == []


def test_a_line_cut_between_commit_and_answer_is_asked_again_with_the_same_answer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away after the write: 503, and the same form sent again is told the need it has made."""
    install(demo=True)
    person = make.person("林小禾")
    client = Client(raise_request_exception=False)
    client.force_login(cast.chen)
    form = {"key": "k" * 32, "kind": "device", "channel": "visit", "said": "想要轮椅"}
    address = f"/person/{person.uuid}/need/"

    def gone(*_: Any) -> None:
        raise OperationalError("the connection is closed") from psycopg.OperationalError()

    with monkeypatch.context() as patch:
        patch.setattr(guard, "touch", gone)
        assert client.post(address, form).status_code == 503
    made = NeedVoice.objects.get().need
    for _ in range(2):
        again = client.post(address, form)
        assert (again.status_code, again["Location"]) == (302, f"/needs/{made.uuid}/")
    assert NeedVoice.objects.count() == 1 and Need.objects.get().times == 1
