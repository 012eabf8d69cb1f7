"""The log is a chain: a changed, removed or inserted event is named."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models import QuerySet

from yice.audit import verifying
from yice.audit.heads import Noted
from yice.audit.keeping import expire, sealed_line, shred
from yice.audit.models import Anchor, ChainHead, Event
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


def at(event: Event) -> QuerySet[Event]:
    return Event.objects.filter(pk=event.pk)


def exchange(one: Event, other: Event) -> None:
    for old, new in ((one.pk, 900), (other.pk, one.pk), (900, other.pk)):
        Event.objects.filter(pk=old).update(id=new)


def change_with_its_hash(event: Event) -> None:
    event.values = {"step": 9}
    event.hash = digest(event)
    event.save()


def put_between(before: Event, after: Event, *, follows: bytes) -> None:
    """A row that looks right by itself, and everything behind it one further on."""
    for event in Event.objects.filter(pk__gte=after.pk).order_by("-id"):
        Event.objects.filter(pk=event.pk).update(id=event.pk + 1)
    forged = Event(pk=after.pk, at=before.at, code="test.step", values={}, before=follows)
    forged.hash = digest(forged)
    forged.save(force_insert=True)


TAMPERING: dict[str, tuple[Callable[[list[Event]], object], list[tuple[int, str]]]] = {
    "a value": (lambda e: at(e[1]).update(values={"step": 9}), [(1, "changed")]),
    "the time": (lambda e: at(e[0]).update(at=e[0].at - dt.timedelta(days=1)), [(0, "changed")]),
    "a subject that is none": (lambda e: raw("subject_id = 'nobody'", e[1]), [(1, "changed")]),
    "a value and its hash": (lambda e: change_with_its_hash(e[1]), [(1, "rewritten")]),
    "the first with its hash": (lambda e: change_with_its_hash(e[0]), [(0, "rewritten")]),
    "the last with its hash": (lambda e: change_with_its_hash(e[4]), [(4, "removed-at-end")]),
    "one gone": (lambda e: at(e[1]).delete(), [(2, "removed-before")]),
    "the first gone": (lambda e: at(e[0]).delete(), [(1, "removed-before")]),
    "the last two gone": (lambda e: (at(e[3]).delete(), at(e[4]).delete()), [(2, "removed-at-end")]),
    "the head gone": (lambda _e: ChainHead.objects.all().delete(), [(4, "removed-at-end")]),
    "everything gone": (lambda _e: Event.objects.all().delete(), [(None, "removed-at-end")]),
    "put in": (lambda e: put_between(e[0], e[1], follows=e[0].hash), [(1, "inserted")]),
    "put in behind a fork": (lambda e: put_between(e[1], e[2], follows=e[0].hash), [(2, "inserted")]),
    "put at the end": (
        lambda e: put_between(e[4], Event(pk=e[4].pk + 1), follows=e[4].hash),
        [(5, "inserted")],
    ),
    "two exchanged": (lambda e: exchange(e[1], e[2]), [(1, "moved"), (2, "moved")]),
    "two apart exchanged": (lambda e: exchange(e[1], e[3]), [(n, "moved") for n in (1, 2, 3)]),
}


def raw(change: str, event: Event) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_event SET {change} WHERE id = %s", [event.pk])  # noqa: S608


@pytest.mark.parametrize("name", TAMPERING)
def test_whoever_tampers_with_the_record_is_named(name: str) -> None:
    if "none" in name and connection.vendor == "postgresql":
        pytest.skip("PostgreSQL takes no such subject")
    events = [record(actor=None, code="test.step", values={"step": n}) for n in range(5)]
    first = events[0].pk
    tamper, found = TAMPERING[name]
    tamper(events)
    named = [Fault(0 if at is None else first + at, kind) for at, kind in found]
    assert verify() == named


def test_an_anchor_that_is_taken_away_or_moved_is_named():
    *_others, last = three_events()
    today = anchor(clock.today())
    assert today is not None and verify() == []
    Anchor.objects.update(day=clock.today() - dt.timedelta(days=1))
    assert verify() == [Fault(last.pk, "anchor-removed")]
    today.delete()
    assert verify() == [Fault(last.pk, "anchor-removed")]


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
    anchors = [Noted(third.pk, bytes(third.hash))]
    assert Fault(third.pk, "anchor") in verify()
    Anchor.objects.update(hash=Event.objects.get(pk=third.pk).hash)
    assert verify() == [] and verify(noted=anchors) == [Fault(third.pk, "noted")]
    Event.objects.all().delete()
    ChainHead.objects.all().delete()
    Anchor.objects.all().delete()
    assert verify() == [] and verify(noted=anchors) == [Fault(third.pk, "cut")]


def test_shredding_and_expiry_leave_the_chain_whole_and_say_so(clock_at: Callable[[str], None]) -> None:
    him, other = uuid.uuid4(), uuid.uuid4()
    for subject in (him, other, him):
        record(actor=None, code="test.step", values={"step": "林小禾"}, subject=subject_of(subject))
    signed_in = record(actor=None, code="account.signed_in")
    with pytest.raises(Problem):
        shred(actor=None, subject=him, basis=" ")
    assert shred(actor=None, subject=him, basis="个人信息保护法第四十七条") == 2
    assert expire(before=clock.now() + dt.timedelta(days=1)) == 0  # the law: at least six months
    clock_at("2021-01-31")
    young = record(actor=None, code="account.signed_in")
    assert expire(before=clock.now() + dt.timedelta(days=1)) == 1
    assert verify() == []
    assert (
        not Event.objects.filter(subject_id=him).exists() and Event.objects.filter(subject_id=other).exists()
    )
    emptied = Event.objects.filter(emptied_by__isnull=False)
    assert emptied.count() == 3 and "内容已销毁" in str(sentence(emptied[0]))
    assert not any(event.values for event in emptied)
    left = Event.objects.get(subject_id=other)
    shredded, expired = Event.objects.filter(code__startswith="audit.").order_by("id")
    without_content = {"values": {}, "subject_id": None, "subject_type": ""}
    for ground, named in (
        (signed_in, [Fault(left.pk, "emptied")]),  # without a word
        (shredded, [Fault(shredded.pk, "unsealed")]),  # slipped in among what was said to go
        (expired, [Fault(left.pk, "emptied"), Fault(expired.pk, "unsealed")]),  # no access log
    ):
        at(left).update(**without_content, emptied_by=ground.pk)
        assert verify() == named
    left.save()
    # A reason that is forged whole, with seal and hash, for what nobody may empty yet.
    seal = hashlib.sha256(sealed_line(young)).hexdigest()
    values = {"first": young.pk, "last": young.pk, "count": 1, "seal": seal}
    forged = record(actor=None, code="audit.expired", values=values)
    at(young).update(emptied_by=forged.pk)
    assert verify() == [Fault(young.pk, "emptied")]
    young.save()
    at(signed_in).update(code="account.signed_out")
    assert verify() == [Fault(expired.pk, "unsealed"), Fault(forged.pk, "unsealed")]
    at(signed_in).update(code="account.signed_in", values={"name": "x"})
    assert Fault(signed_in.pk, "changed") in verify()


def test_the_head_follows_the_last_event():
    *_others, last = three_events()
    assert bytes(ChainHead.objects.get().hash) == bytes(last.hash)
