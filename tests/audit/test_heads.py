"""The head of the chain, noted outside the database: whoever cuts the record's end and sets the head back is told of."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection, transaction
from tests.cast import Cast

from yice.audit import heads
from yice.audit.heads import Noted, Noting, missing, noted
from yice.audit.keeping import shred
from yice.audit.models import Anchor, ChainHead, Event
from yice.audit.services import START, record
from yice.audit.verifying import verify
from yice.config.cli import run
from yice.config.record import noted_outside
from yice.config.watch import asked
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _anchors_here(settings: Any, tmp_path: Path) -> None:
    settings.YICE_ANCHORS = str(tmp_path / "anchors.txt")


@pytest.fixture
def every_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a minute lay between any two writes."""
    monkeypatch.setattr(heads, "EVERY", 0.0)


def steps(count: int) -> list[Event]:
    return [record(actor=None, code="test.step", values={"step": n}) for n in range(count)]


def cut(after: Event | None, *, reuse: bool = False) -> None:
    """What whoever has the database's password can do: the end is gone, and the head fits what is left."""
    last = after.pk if after else 0
    Event.objects.filter(pk__gt=last).delete()
    ChainHead.objects.update(hash=bytes(after.hash) if after else START)
    if reuse:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = 'audit_event'", [last])
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence('audit_event', 'id'), %s)", [last])


def found() -> list[tuple[int, str]]:
    return [(one.event_id, one.kind) for one in verify(noted=noted_outside())]


def gauge() -> float:
    told = {one.name: one.samples[0].value for one in asked._anchor()}
    return float(told["yice_record_noted_missing"])


def test_what_is_cut_since_the_last_anchor_is_told(every_head: None, capsys: Any) -> None:
    one, two, three = steps(3)
    assert [one.event_id for one in noted()] == [one.pk, two.pk, three.pk]
    assert found() == [] and gauge() == 0
    cut(one)
    assert verify() == []  # from within nothing is seen
    assert found() == [(two.pk, "cut"), (three.pk, "cut")] and gauge() == 2
    assert run(["audit", "verify"]) == 1
    assert f"第 {three.pk} 号记录在数据库外记下过" in capsys.readouterr().out


@pytest.mark.parametrize("reuse", [False, True])
def test_nothing_written_after_a_cut_covers_it(every_head: None, reuse: bool) -> None:
    one, two, three = steps(3)
    cut(one, reuse=reuse)
    steps(3)
    heads.tidy()
    assert verify() == [] and found() == [(two.pk, "noted"), (three.pk, "noted")]


def test_an_emptied_record_is_told(every_head: None) -> None:
    (one,) = steps(1)
    cut(None)
    ChainHead.objects.all().delete()
    assert verify() == [] and found() == [(one.pk, "cut")]


def test_within_the_minute_a_cut_is_not_told_and_after_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit, as it is said in docs/security.md; the end of a burst is noted without another write."""
    monkeypatch.setattr(heads, "EVERY", 1.5)
    one, two = steps(2)
    assert [held.event_id for held in noted()] == [one.pk]
    cut(one)
    assert found() == []
    until = time.monotonic() + 20
    while len(noted()) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert found() == [(two.pk, "cut")]


def test_at_most_one_note_a_minute_and_the_newest_of_it() -> None:
    now = [0.0]
    noting = Noting(lambda: now[0])
    for number in range(1, 100):
        noting.committed(Noted(number, bytes(32)))
    assert [one.event_id for one in noted()] == [1]
    noting.flush()  # what the timer does
    now[0] = 59.0
    noting.committed(Noted(100, bytes(32)))
    noting.stop()
    assert [one.event_id for one in noted()] == [1, 99]
    noting = Noting(lambda: now[0])
    noting.committed(Noted(101, bytes(32)))
    assert [one.event_id for one in noted()] == [1, 99, 101]


def test_what_was_not_committed_is_not_noted(every_head: None) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        steps(1)
        raise RuntimeError
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            steps(1)
            raise RuntimeError
        (kept,) = steps(1)
        assert noted() == []
    assert [one.event_id for one in noted()] == [kept.pk] and found() == []


WRITER = """
import sys
from pathlib import Path
import django
django.setup()
from django.conf import settings
from yice.audit import heads
settings.YICE_ANCHORS = sys.argv[1]
heads.EVERY = 0.0
noting = heads.Noting()
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 300):
    noting.committed(heads.Noted(number, bytes(32)))
"""


def test_processes_add_to_one_file_while_it_is_tidied(every_head: None) -> None:
    (kept,) = steps(1)
    path = next(heads.folder().glob("*.txt"))
    first = kept.pk + 1000
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, site.YICE_ANCHORS, str(first + 300 * n)], env=os.environ
        )
        for n in range(2)
    ]
    while any(one.poll() is None for one in writers):
        heads.tidy()
    assert [one.returncode for one in writers] == [0, 0]
    assert {one.event_id for one in heads.read(path)} == {kept.pk, *range(first, first + 600)}


def test_tidying_keeps_the_newest_that_holds_and_all_that_do_not(every_head: None) -> None:
    one, _two, three = steps(3)
    lost = Noted(one.pk, bytes(32))
    other = heads.folder() / "other-machine.txt"
    other.write_text(lost.line() + Noted(one.pk, bytes(one.hash)).line(), "ascii")
    heads.tidy()
    assert heads.read(other) == [lost, Noted(one.pk, bytes(one.hash))]
    (ours,) = (path for path in heads.folder().glob("*.txt") if path != other)
    assert [held.event_id for held in heads.read(ours)] == [three.pk]
    assert missing(noted()) == [lost]


def test_a_file_that_is_gone_or_spoilt_is_said(every_head: None, capsys: Any) -> None:
    steps(1)
    (path,) = heads.folder().glob("*.txt")
    path.unlink()
    assert run(["audit", "verify"]) == 0 and "△" in capsys.readouterr().out
    (later,) = steps(1)
    assert [one.event_id for one in noted()] == [later.pk]
    path.write_text("{", "ascii")
    with pytest.raises(Problem):
        noted_outside()
    assert run(["audit", "verify"]) == 2 and gauge() == 1


def test_a_folder_that_cannot_be_written_stops_nobody(
    every_head: None, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("", "ascii")
    settings.YICE_ANCHORS = str(tmp_path / "taken" / "anchors.txt")
    steps(1)
    assert Event.objects.count() == 1 and "could not be noted" in caplog.text


def test_shredding_and_the_daily_keeping_cry_no_wolf(every_head: None, live_cast: Cast) -> None:
    key = uuid.uuid4()
    about = SimpleNamespace(uuid=key, _meta=SimpleNamespace(label_lower="identify.person"))
    record(actor=live_cast.he, code="test.step", subject=about)
    assert shred(actor=None, subject=key, basis="个人信息保护法第四十七条") == 1
    assert run(["daily"]) == 0
    assert (
        found() == [] and gauge() == 0 and len(noted()) == 2
    )  # the newest of before, and the anchor's own event


def test_a_restored_record_is_accepted_with_a_reason_and_said(
    every_head: None, live_cast: Cast, capsys: Any
) -> None:
    (before,) = steps(1)
    lost = steps(2)
    assert run(["daily"]) == 0  # an anchor of an event that the backup does not have
    Anchor.objects.all().delete()
    cut(before)  # what a restore leaves, in every table: less than was noted
    told = len(missing(noted_outside()))
    assert told == 2 and run(["audit", "verify"]) == 1
    assert run(["audit", "accept", "--reason", "恢复"]) == 2
    assert run(["audit", "accept", "--reason", "磁盘损坏，从昨夜的备份恢复", "--actor", "chen"]) != 0
    assert missing(noted_outside()) and not Event.objects.filter(code="audit.accepted").exists()
    assert run(["audit", "accept", "--reason", "磁盘损坏，从昨夜的备份恢复", "--actor", "shen"]) == 0
    assert found() == [] and gauge() == 0 and run(["audit", "verify"]) == 0
    said = Event.objects.get(code="audit.accepted")
    assert said.values["event"] == before.pk and said.values["noted"] > lost[1].pk - 1
    aside = [*heads.folder().glob("*.aside"), *Path(site.YICE_ANCHORS).parent.glob("*.aside")]
    assert sum(len(path.read_text("ascii").splitlines()) for path in aside) >= told
    assert run(["audit", "accept", "--reason", "磁盘损坏，从昨夜的备份恢复", "--actor", "shen"]) == 2
