"""The log is a chain: a changed, removed or inserted event is named."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest

from yice.audit import verifying
from yice.audit.keeping import expire, shred
from yice.audit.models import ChainHead, Event
from yice.audit.sentences import sentence
from yice.audit.services import digest, record
from yice.audit.verifying import Fault, anchor, verify
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


def subject_of(key: uuid.UUID) -> SimpleNamespace:
    return SimpleNamespace(uuid=key, _meta=SimpleNamespace(label_lower="identify.person"))


def three_events() -> list[Event]:
    return [record(actor=None, code="test.step", values={"step": n}) for n in range(3)]


def test_an_untouched_chain_has_no_fault():
    three_events()
    assert verify() == []


def test_who_works_while_it_is_verified_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    three_events()
    busy = iter(range(2))

    def while_it_reads(event: Event) -> bytes:
        if next(busy, None) is not None:
            record(actor=None, code="test.step")
        return digest(event)

    monkeypatch.setattr(verifying, "digest", while_it_reads)
    assert verify() == [] and Event.objects.count() == 5


def test_a_changed_event_is_named():
    _first, second, _third = three_events()
    Event.objects.filter(pk=second.pk).update(values={"step": 9})
    assert [(fault.event_id, fault.kind) for fault in verify()] == [(second.pk, "changed")]


def test_a_removed_event_leaves_a_break_at_the_next():
    _first, second, third = three_events()
    second.delete()
    assert [(fault.event_id, fault.kind) for fault in verify()] == [(third.pk, "removed-before")]


def test_an_event_cut_from_the_end_is_noticed():
    *_others, last = three_events()
    last.delete()
    assert [fault.kind for fault in verify()] == ["removed-at-end"]


def test_an_inserted_event_is_named():
    first, _second, _third = three_events()
    forged = Event(at=first.at, code="test.step", values={"step": 7}, before=bytes(32), hash=bytes(32))
    forged.save()
    assert {fault.event_id for fault in verify()} == {forged.pk, 0}


def test_an_event_put_between_two_is_named_itself():
    first, second, _third = three_events()
    Event.objects.filter(pk=second.pk).update(id=second.pk + 100)
    Event.objects.filter(pk=second.pk + 1).update(id=second.pk + 101)
    forged = Event(pk=second.pk, at=first.at, code="test.step", values={}, before=first.hash)
    forged.hash = digest(forged)
    forged.save(force_insert=True)
    assert verify() == [Fault(forged.pk, "inserted")]


def test_whoever_rewrites_the_whole_chain_is_held_by_the_days_anchor():
    first, second, third = three_events()
    made = anchor(clock.today())
    assert made.event_id == third.pk and anchor(clock.today()) == made
    assert verify() == []
    before = bytes(first.hash)
    for event in Event.objects.filter(pk__gte=second.pk).order_by("id"):
        event.values, event.before = {"step": 9}, before
        before = event.hash = digest(event)
        event.save()
    ChainHead.objects.update(hash=before)
    assert verify() == [Fault(third.pk, "anchor")]


def test_shredding_and_expiry_leave_the_chain_whole_and_say_so():
    him, other = uuid.uuid4(), uuid.uuid4()
    for subject in (him, other, him):
        record(actor=None, code="test.step", values={"step": "林小禾"}, subject=subject_of(subject))
    signed_in = record(actor=None, code="account.signed_in")
    with pytest.raises(Problem):
        shred(actor=None, subject=him, basis=" ")
    assert shred(actor=None, subject=him, basis="个人信息保护法第四十七条") == 2
    assert expire(before=clock.now() + dt.timedelta(days=1)) == 1
    assert verify() == []
    assert (
        not Event.objects.filter(subject_id=him).exists() and Event.objects.filter(subject_id=other).exists()
    )
    emptied = Event.objects.filter(emptied_by__isnull=False)
    assert emptied.count() == 3 and "内容已销毁" in str(sentence(emptied[0]))
    assert not any(event.values for event in emptied)
    left = Event.objects.get(subject_id=other)
    Event.objects.filter(pk=left.pk).update(values={}, emptied_by=signed_in.pk)
    assert verify() == [Fault(left.pk, "emptied")]  # emptied without a word


def test_the_head_follows_the_last_event():
    *_others, last = three_events()
    assert bytes(ChainHead.objects.get().hash) == bytes(last.hash)
