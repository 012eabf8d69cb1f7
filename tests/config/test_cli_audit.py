"""`yice audit`: whoever tampered with the record is found by the command, and a record is read as sentences."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cast import Cast

from yice.audit.models import Event
from yice.audit.services import record
from yice.config.cli import run
from yice.terms.messages import use_translator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("YICE_LANG", "zh-hans")
    yield
    use_translator(str)


@pytest.fixture
def events() -> list[Event]:
    return [record(actor=None, code="test.step", values={"step": step}) for step in range(4)]


def verified(capsys: Any, *more: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = run(["audit", "verify", "--json", *more])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


def test_an_untouched_record_passes(events: list[Event], capsys: Any) -> None:
    assert run(["audit", "verify"]) == 0
    assert bytes(events[-1].hash).hex()[:16] in capsys.readouterr().out


def test_a_changed_record_is_named_and_the_command_fails(events: list[Event], capsys: Any) -> None:
    Event.objects.filter(pk=events[1].pk).update(values={"step": 9})
    assert run(["audit", "verify"]) == 1
    assert f"第 {events[1].pk} 号记录的内容被改过" in capsys.readouterr().out


def test_removed_and_inserted_records_are_each_named(events: list[Event], capsys: Any) -> None:
    events[1].delete()
    Event.objects.create(at=events[0].at, code="test.step", before=bytes(32), hash=bytes(32))
    code, found = verified(capsys)
    assert code == 1
    kinds = {(fault["event"], fault["kind"]) for fault in found["faults"]}
    assert kinds == {(events[2].pk, "removed-before"), (events[3].pk + 1, "inserted")}


def test_the_record_can_be_verified_from_a_number_on(events: list[Event], capsys: Any) -> None:
    Event.objects.filter(pk=events[0].pk).update(values={"step": 9})
    assert verified(capsys)[0] == 1
    code, found = verified(capsys, "--from", str(events[2].pk))
    assert (code, found["events"], found["faults"]) == (0, 2, [])


def test_what_was_said_of_a_subject_is_read_in_order(cast: Cast, capsys: Any) -> None:
    class Thing:
        uuid = uuid.uuid4()
        _meta = Event._meta

    record(actor=cast.he, code="areas.loaded", subject=Thing(), values={"edition": "2023", "added": 3})
    assert run(["audit", "sentences", "--subject", str(Thing.uuid)]) == 0
    said = capsys.readouterr().out
    assert cast.he.name in said
    assert "装入了 2023 的区划" in said
    assert run(["audit", "sentences", "--subject", str(uuid.uuid4())]) == 2
