"""The log is a chain: a changed, removed or inserted event is named."""

from __future__ import annotations

import pytest

from yice.audit.models import ChainHead, Event
from yice.audit.services import record, verify

pytestmark = pytest.mark.django_db


def three_events() -> list[Event]:
    return [record(actor=None, code="test.step", values={"step": n}) for n in range(3)]


def test_an_untouched_chain_has_no_fault():
    three_events()
    assert list(verify()) == []


def test_a_changed_event_is_named():
    _first, second, _third = three_events()
    Event.objects.filter(pk=second.pk).update(values={"step": 9})
    assert [(fault.event_id, fault.kind) for fault in verify()] == [(second.pk, "changed")]


def test_a_removed_event_leaves_a_break_at_the_next():
    _first, second, third = three_events()
    second.delete()
    assert [(fault.event_id, fault.kind) for fault in verify()] == [(third.pk, "inserted-or-removed-before")]


def test_an_event_cut_from_the_end_is_noticed():
    *_others, last = three_events()
    last.delete()
    assert [fault.kind for fault in verify()] == ["removed-at-end"]


def test_an_inserted_event_is_named():
    first, _second, _third = three_events()
    forged = Event(at=first.at, code="test.step", values={"step": 7}, before=bytes(32), hash=bytes(32))
    forged.save()
    assert {fault.event_id for fault in verify()} == {forged.pk, 0}


def test_the_head_follows_the_last_event():
    *_others, last = three_events()
    assert bytes(ChainHead.objects.get().hash) == bytes(last.hash)
