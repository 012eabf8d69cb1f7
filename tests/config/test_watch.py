"""What a site says of itself: log lines that lead from a page to its cause and name nobody, figures, readiness."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory
from structlog.contextvars import bound_contextvars
from tests.cast import COUNTY, Cast
from tests.logged import as_logged, told

from yice.audit.models import Anchor
from yice.config import commands
from yice.config.backup import last
from yice.config.watch import figures, logs, ready
from yice.config.watch.requests import number_of
from yice.jobs.models import Job
from yice.jobs.registry import handler
from yice.jobs.runner import Worker
from yice.jobs.services import enqueue
from yice.shelf.scanner import looked
from yice.terms import clock

NUMBER = "0123456789abcdef0123456789abcdef"
TOKEN = "a token long enough to be one"
NEAR = {"REMOTE_ADDR": "127.0.0.1"}


@handler("test.stumble")
def _stumble(work: Any) -> None:
    raise ValueError("林小禾 44079919900101001X")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    with as_logged() as written:
        yield written


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (NUMBER, True),
        ("01234567-89AB-cdef-0123-456789abcdef", True),
        ("440799199001010013", False),
        (NUMBER + "\n", False),
        ("林小禾", False),
        ("", False),
    ],
)
def test_only_a_number_that_a_proxy_makes_is_taken_over(given: str, taken: bool) -> None:
    number = number_of(RequestFactory().get("/", headers={"X-Request-ID": given}))
    assert re.fullmatch("[0-9a-f]{32}", number) and (number == NUMBER) == taken


def test_a_fault_has_one_number_in_the_answer_the_page_and_each_line(
    cast: Cast, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        logging.getLogger("yice.anything").warning("about 13900000000")
        raise ValueError("44079919900101001X")

    monkeypatch.setattr("yice.web.desk.pages.home.render", fail)
    client = Client(raise_request_exception=False)
    client.force_login(cast.chen)
    answer = client.get("/?text=44079919900101001X", headers={"X-Request-ID": NUMBER})
    assert answer["X-Request-ID"] == NUMBER and "0123 4567" in answer.content.decode()
    aside, fault, request = told(lines)
    assert {line["request"] for line in (aside, fault, request)} == {NUMBER}
    assert (
        aside["event"] == "about […]" and fault["error"] == "ValueError" and "test_watch.py:" in fault["at"]
    )
    assert (request["view"], request["status"], request["level"]) == ("desk:home", 500, "error")
    assert "440799" not in lines.getvalue()


def test_a_refusal_is_logged_with_the_account_and_without_the_address(cast: Cast, lines: io.StringIO) -> None:
    client = Client()
    client.force_login(cast.chen)
    client.get(f"/county/{COUNTY}/")
    (line,) = [one for one in told(lines) if one["status"] == 403]
    assert (line["level"], line["account"]) == ("warning", cast.chen.pk) and COUNTY not in lines.getvalue()
    # Each refusal that reads as not there, and what was not taken as it was sent; a stranger's 404 is none.
    for _ in range(2):
        client.get(f"/person/{UUID(int=1)}/")
    client.post("/account/", {"old": "x"})
    Client().get("/nowhere/")
    found = [
        (one["view"], one["status"], one.get("account")) for one in told(lines) if one["level"] == "warning"
    ]
    chen, gone = cast.chen.pk, ("desk:person", 404)
    assert found == [
        ("desk:county-at", 403, chen),
        (*gone, chen),
        (*gone, chen),
        ("desk:password", 422, chen),
    ]


def test_a_job_and_a_command_are_named_in_their_lines(
    cast: Cast, lines: io.StringIO, monkeypatch: Any
) -> None:
    with bound_contextvars(request=NUMBER):
        job = enqueue(actor=cast.he, kind="test.stumble", arguments={}, area=COUNTY)
    monkeypatch.setattr("yice.jobs.runner.signal.signal", lambda *_: None)
    monkeypatch.setattr("yice.jobs.leases.MAX_ATTEMPTS", 1)
    Worker().run(until_empty=True)
    asked, failed, ended = told(lines)
    assert asked["request"] == NUMBER and str(job.uuid) in asked["event"]
    assert failed["job"] == ended["job"] == str(job.uuid) and failed["kind"] == "test.stumble"
    assert "440799" not in lines.getvalue() and "林" not in lines.getvalue()
    assert commands.name_of(["yice", "--lang=en", "search", "44079919900101001X"]) == "search"


@pytest.mark.parametrize("form", ["json", "text"])
def test_lines_are_for_machines_or_for_reading(form: str) -> None:
    record = logging.LogRecord("yice", logging.WARNING, "", 1, "a thing\r\n2026 forged \x1b[2K", None, None)
    line = logs.formatter(form).format(record)
    assert line.startswith("{") == (form == "json") and "a thing" in line and "2026 forged" in line
    assert not {"\n", "\r", "\x1b[2K"} & {*line, line[-4:]}


# Machines


@pytest.mark.parametrize(
    ("setting", "headers", "meta", "given"),
    [
        ("", {}, NEAR, False),
        ("loopback", {}, NEAR, True),
        ("loopback", {}, {"REMOTE_ADDR": "::1"}, True),
        ("loopback", {}, {"REMOTE_ADDR": "10.0.0.1"}, False),
        ("loopback", {"X-Forwarded-For": "127.0.0.1"}, NEAR, False),
        ("loopback", {"X-Forwarded-Proto": "https"}, NEAR, False),
        ("loopback", {}, {"REMOTE_ADDR": ""}, False),
        (TOKEN, {}, NEAR, False),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}"}, {"REMOTE_ADDR": "10.0.0.1"}, True),
        (TOKEN, {"Authorization": "Bearer 林小禾"}, NEAR, False),
        ("short", {"Authorization": "Bearer short"}, NEAR, False),
    ],
)
def test_figures_are_for_this_machine_or_a_token(
    setting: str, headers: dict[str, str], meta: dict[str, str], given: bool, settings: Any
) -> None:
    settings.YICE_METRICS = setting
    assert figures.may_have(RequestFactory().get("/metrics", headers=headers, **meta)) == given


def test_figures_count_and_name_nobody(cast: Cast, settings: Any, client: Client, tmp_path: Path) -> None:
    settings.YICE_METRICS, settings.VAR = "loopback", tmp_path
    Job.objects.create(kind="import.commit", owner=cast.he, created_at=clock.now() - dt.timedelta(seconds=90))
    client.post("/sign-in/", {"username": "chen", "password": "wrong"})
    last.note()
    Anchor.objects.create(day=clock.today() - dt.timedelta(days=3), event_id=0, hash=b"")
    looked.send(None, outcome="away")
    text = client.get("/metrics").content.decode()
    figure = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert figure['yice_jobs{kind="import.commit",state="waiting"}'] == "1.0"
    assert (
        90 <= float(figure["yice_job_oldest_waiting_seconds"]) < 200 and figure["yice_database_up"] == "1.0"
    )
    assert figure["yice_anchor_age_days"] == "3.0" and "yice_doors_locked_total" in figure
    assert float(figure["yice_sign_in_failures_total"]) >= 1 and float(figure["yice_backup_age_seconds"]) < 60
    assert float(figure['yice_requests_total{method="POST",status="200",view="desk:sign-in"}']) >= 1
    ours = [line for line in text.splitlines() if line.startswith("yice_")]
    labels = {"view", "method", "status", "kind", "state", "le", "outcome"}
    assert set(re.findall(r'(\w+)="', "\n".join(ours))) <= labels
    assert not any(re.search(r"[\u4e00-\u9fff]|\d{11}", line.rpartition(" ")[0]) for line in ours)
    alerts = (Path(__file__).resolve().parents[2] / "deploy/prometheus/yice.rules.yaml").read_text("utf-8")
    known = {re.split(r"[{ ]", line)[0] for line in figure}
    known |= {name.removesuffix("_bucket").removesuffix("_total") for name in known} | known
    assert set(re.findall(r"\byice_\w+", alerts)) <= known | {"yice_database_errors_total"}


def test_a_site_is_ready_when_database_tables_keys_and_room_are_there(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said() -> tuple[int, str]:
        ready._look.cache_clear()
        answer = client.get("/readyz", headers={"Host": "10.0.0.7:8000"})
        return answer.status_code, answer.content.decode().strip()

    assert said() == (200, "ready")
    with monkeypatch.context() as broken:
        broken.setattr(ready, "NO_ROOM", 1 << 62)
        assert said() == (503, "room")
    with monkeypatch.context() as broken:
        broken.setattr(ready, "open_sample", lambda: ready.Sample.SHUT)
        assert said() == (503, "keys")
    with monkeypatch.context() as broken:
        broken.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: [1])
        assert said() == (503, "tables")
    with monkeypatch.context() as broken:

        def away(*_: Any) -> None:
            raise OperationalError

        broken.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", away)
        assert said() == (503, "database")
        assert client.get("/healthz").content == b"ok\n"


def test_who_posts_there_or_asks_for_figures_unasked_finds_no_page(cast: Cast, client: Client) -> None:
    assert [client.get("/metrics").status_code, client.post("/healthz").status_code] == [404, 404]
