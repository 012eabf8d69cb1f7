"""Take what was found at a door, typed at a desk or sent by a telephone that had no network: the same way.

A record carries the version that its page showed. What a colleague changed meanwhile is merged field by field; where
both wrote something else, what stands stays and both are kept until somebody decides. A record sent again is found by
its key and does nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.identify import errands
from yice.loop.identify.enums import AnswerKind, Channel, VisitResult
from yice.loop.identify.models import (
    Ask,
    Change,
    Need,
    Person,
    Visit,
    VisitConflict,
    VisitImage,
    VisitList,
    VisitRecord,
)
from yice.loop.identify.rights import consents
from yice.loop.identify.services import taking
from yice.loop.identify.services.answering import Given, answer, read_answers, said_already
from yice.loop.identify.services.needs import record_need
from yice.loop.identify.services.visits_images import PHOTOS, Picture, opened, seal
from yice.rules.services import NEEDS
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.merging import Both, merge
from yice.terms.messages import Message

SPOKEN = (VisitResult.UNCHANGED, VisitResult.MET, VisitResult.PHONE)
AHEAD = dt.timedelta(days=366)  # a next visit later than this is a slip of the finger


@dataclass(frozen=True)
class Said:
    """What one record says. Fields of `Visit.FIELDS` that are absent are left alone; values are JSON."""

    fields: Mapping[str, Any]
    answers: Mapping[str, Given] = field(default_factory=dict)
    seen: int = 0  # the last change to the person's facts that the page showed
    need: str = ""  # rules.services.NEEDS
    need_said: str = ""
    pictures: Sequence[Picture] = ()
    consent: bool = False  # to photographs


@dataclass(frozen=True)
class Recorded:
    visit: Visit
    changed: bool = False  # something was taken, or kept for a decision
    conflicts: Sequence[VisitConflict] = ()
    need: Need | None = None


def record_visit(
    *,
    actor: User,
    visit: Visit,
    said: Said,
    version: int,
    key: str,
    follows: Sequence[str] = (),
    said_at: dt.datetime | None = None,
) -> Recorded:
    """Take one record; everything that is wrong with it is said at once, each with its `field`.

    `follows`: keys of records the same page sent before, whose answers may have been lost on the way.
    """
    access.require(actor, Action.VISIT_PLAN, visit.list)
    with transaction.atomic():
        row = Visit.objects.select_for_update(of=("self",)).select_related("person", "list").get(pk=visit.pk)
        before = VisitRecord.objects.filter(key=key).first()
        if before is not None:
            return _again(actor, row, before)
        problems = list(_wrong(row, said))
        given = _read(row, said, problems)
        if problems:
            raise Problems(problems)
        now = row.state()
        earlier = VisitRecord.objects.filter(visit=row, by=actor, key__in=follows).order_by("-number").first()
        base = {**_base(row, version, now), **(_fields(earlier) if earlier else {})}
        merged = merge(base, now, said.fields)
        conflicts = dict(merged.conflicts)
        taken = _answer(actor, row, said, given, conflicts)
        need = _need(actor, row, said, key, conflicts, earlier)
        first = row.typed_at is None
        if not (merged.taken or taken or conflicts or said.pictures or need or first):
            return Recorded(row)
        _put(row, merged.taken)
        made = _keep(actor, row, said, version, key, said_at, earlier)
        kept = _conflicts(made, conflicts, actor, row)
        if row.result in SPOKEN and (first or "result" in merged.taken):
            errands.tell_seen(actor=actor, visit=row)
        values = {"day": row.list.day.isoformat(), "result": row.result, "conflicts": len(kept)}
        record(actor=actor, code="visit.recorded", subject=row.person, area=row.list.area, values=values)
    return Recorded(row, True, kept, need)


def record_household(
    *, actor: User, visit: Visit, said: Said, version: int, key: str, members: Sequence[Person], **more: Any
) -> Recorded:
    """`record_visit`, and the same "nothing changed" for others of the household, each with their own record and checks.

    Somebody who is not on the day's list gets a line at its end; a line that says something already is left alone.
    """
    with transaction.atomic():
        done = record_visit(actor=actor, visit=visit, said=said, version=version, key=key, **more)
        if said.fields.get("result") != VisitResult.UNCHANGED:
            return done
        home = visit.person.household_id
        for one in members:
            if home is None or one.household_id != home or one.pk == visit.person_id:
                raise Problem(
                    "not-household", Message("{name}不是这一家的。", name=one.name), field="members"
                )
            line = _line(visit, one)
            if line.typed_at is None:
                result = Said({"result": VisitResult.UNCHANGED.value})
                record_visit(
                    actor=actor, visit=line, said=result, version=line.version, key=f"{key}:{one.pk}"
                )
    return done


def _line(visit: Visit, person: Person) -> Visit:
    """The person's line on the same list, made where there is none."""
    VisitList.objects.select_for_update().get(pk=visit.list_id)
    there = Visit.objects.filter(list=visit.list_id, person=person).order_by("position").first()
    if there is not None:
        return there
    last = Visit.objects.filter(list=visit.list_id).aggregate(last=Max("position"))["last"] or 0
    return Visit.objects.create(list=visit.list, position=last + 1, person=person)


def decide_conflict(*, actor: User, conflict: VisitConflict, choice: str) -> VisitConflict:
    """Say which of two values holds: "now" as it stood, or "mine" as the record said. Decided once."""
    access.require(actor, Action.VISIT_PLAN, conflict.record.visit.list)
    if choice not in ("now", "mine"):
        raise Problem("choice-missing", Message("请选择采用哪一个。"), field=f"c{conflict.pk}")
    with transaction.atomic():
        visits = Visit.objects.select_for_update(of=("self",)).select_related("person", "list")
        visit = visits.get(pk=conflict.record.visit_id)
        row = VisitConflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
        if row.decided:
            return row
        if choice == "mine":
            _overrule(actor, visit, row)
        row.decided, row.decided_at, row.decided_by = choice, clock.now(), actor
        row.save(update_fields=["decided", "decided_at", "decided_by"])
        record(actor=actor, code="visit.decided", subject=visit.person, area=visit.list.area, values={})
    return row


def _again(actor: User, row: Visit, before: VisitRecord) -> Recorded:
    if (before.visit_id, before.by_id) != (row.pk, actor.pk):
        raise Problem("visit-key", Message("这条记录不属于这一户或这个账号。"))
    return Recorded(row, False, list(before.conflicts.filter(decided="").order_by("id")))


def _wrong(row: Visit, said: Said) -> Iterator[Problem]:
    fields = said.fields
    if fields.get("result", row.result) not in VisitResult.values:
        yield Problem("visit-result", Message("请选择走访结果。"), field="result")
    if fields.get("next_on"):
        day = dt.date.fromisoformat(fields["next_on"])
        if not row.list.day < day <= row.list.day + AHEAD:
            what = Message("下次走访要在这次之后、一年之内。")
            yield Problem("next-visit", what, field="next_on")
    drawn = any(one.kind == "signature" for one in said.pictures)
    if fields.get("signed_by") and not drawn and not fields.get("witness"):
        what = Message("没有手写签名时，请填写见证人。")
        yield Problem("witness-missing", what, field="witness")
    if fields.get("witness") and not fields.get("signed_by"):
        yield Problem("signer-missing", Message("请填写签名人的姓名。"), field="signed_by")
    if said.need and said.need not in NEEDS:
        yield Problem("need-kind", Message("没有这一类需求。"), field="need")
    if said.need_said.strip() and not said.need:
        yield Problem("need-kind", Message("请选择需要哪方面的帮助。"), field="need")
    photos = sum(one.kind == "photo" for one in said.pictures)
    if photos > PHOTOS:
        yield Problem("photos", Message("最多 {most} 张照片。", most=PHOTOS), field="photos")
    if photos and not said.consent:
        what = Message("拍照要先征得本人或监护人同意。")
        yield Problem("photo-consent", what, field="consent")


def _read(row: Visit, said: Said, problems: list[Problem]) -> dict[str, Given]:
    """The answers in the form they are kept in; what is wrong with them joins the other problems."""
    if not said.answers:
        return {}
    try:
        return read_answers(taking.plan_of(row.person), said.answers)
    except Problem as problem:
        problems.append(problem)
    except Problems as several:
        problems += several.problems
    return {}


def _base(row: Visit, version: int, now: dict[str, Any]) -> dict[str, Any]:
    """The fields as the page showed them; before the first record a line was blank."""
    if version >= row.version:
        return now
    held = VisitRecord.objects.filter(visit=row, number=version).values_list("state", flat=True).first()
    return held or Visit().state()


def _answer(actor: User, row: Visit, said: Said, given: dict[str, Given], conflicts: dict[str, Both]) -> int:
    """Answers that nobody else has given meanwhile are taken; an answer is a statement, so it never yields in silence."""
    if not given:
        return 0
    mine = {name: {"kind": one.kind, "value": one.value} for name, one in given.items()}
    if not access.may(actor, Action.ASK_ANSWER, row.person).allowed:
        conflicts |= {name: Both(None, None, value) for name, value in mine.items()}
        return 0
    changes = Change.objects.filter(person=row.person, fact__in=list(mine), pk__gt=said.seen).order_by("id")
    now = {
        name: {"kind": AnswerKind.VALUE.value, "value": value}
        for name, value in changes.values_list("fact", "after")
    }
    merged = merge({}, now, mine)
    conflicts |= merged.conflicts
    ask = Ask.objects.select_for_update().filter(person=row.person).first()
    if not merged.taken or ask is None:
        return 0
    asked = {one["fact"] for one in ask.questions}  # what was said a moment ago is not asked any more
    chosen = {
        name: given[name]
        for name in merged.taken
        if name in asked or not said_already(row.person, {name: given[name]})
    }
    if not chosen:
        return 0
    return answer(actor=actor, person=row.person, answers=chosen, version=ask.version).taken


def _need(
    actor: User,
    row: Visit,
    said: Said,
    key: str,
    conflicts: dict[str, Both],
    earlier: VisitRecord | None,
) -> Need | None:
    """What the record before this one said in the same words was not said twice: its answer was lost, or came late."""
    if not said.need:
        return None
    if earlier and earlier.said.get("need") == {"kind": said.need, "said": said.need_said.strip()}:
        return None
    if access.may(actor, Action.NEED_HANDLE, row.person).allowed:
        return record_need(
            actor=actor,
            person=row.person,
            kind=said.need,
            channel=Channel.VISIT,
            key=f"visit-{key}",
            said=said.need_said.strip(),
        ).need
    conflicts["need"] = Both(None, None, {"kind": said.need, "said": said.need_said.strip()})
    return None


def _put(row: Visit, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        day = name == "next_on" and value
        setattr(row, name, dt.date.fromisoformat(value) if day else value)
    row.version, row.typed_at = row.version + 1, clock.now()
    row.save(update_fields=[*Visit.FIELDS, "version", "typed_at"])


def _fields(record: VisitRecord) -> dict[str, Any]:
    return {name: value for name, value in record.said.items() if name in Visit.FIELDS}


def _keep(
    actor: User,
    row: Visit,
    said: Said,
    version: int,
    key: str,
    said_at: dt.datetime | None = None,
    earlier: VisitRecord | None = None,
) -> VisitRecord:
    facts = {name: {"kind": str(one.kind), "value": one.value} for name, one in said.answers.items()}
    kept = {**said.fields, **({"answers": facts} if facts else {})}
    if any(one.kind == "photo" for one in said.pictures):
        kept["consent"] = said.consent
    if said.need:
        kept["need"] = {"kind": said.need, "said": said.need_said.strip()}
    made = VisitRecord.objects.create(
        visit=row, number=row.version, base=min(version, row.version - 1), key=key, said=kept, state=row.state(),
        said_at=said_at, at=clock.now(), by=actor,
    )  # fmt: skip
    if kept.get("consent"):
        consents.noted(actor=actor, person=row.person, purpose="photo", form=str(Message("走访登记")))
    there = [opened(image) for image in earlier.images.all()] if earlier else []
    VisitImage.objects.bulk_create(
        VisitImage(record=made, kind=one.kind, media=one.media, sealed=seal(one))
        for one in said.pictures
        if one.data not in there
    )
    return made


def _conflicts(made: VisitRecord, conflicts: dict[str, Both], actor: User, row: Visit) -> list[VisitConflict]:
    """Both values of each field; "forbidden" where the person has moved out of the recorder's reach."""
    outside = not access.may(actor, Action.ASK_ANSWER, row.person).allowed
    return VisitConflict.objects.bulk_create(
        VisitConflict(
            record=made,
            field=name,
            now=both.now,
            mine=both.mine,
            why="forbidden" if outside and name not in Visit.FIELDS else "changed",
        )
        for name, both in conflicts.items()
    )


def _overrule(actor: User, visit: Visit, row: VisitConflict) -> None:
    """What the record said comes to hold, by the service that would have taken it."""
    key = f"decided-{row.pk}"
    if row.field in Visit.FIELDS:
        _put(visit, {row.field: row.mine})
        _keep(actor, visit, Said({row.field: row.mine}), visit.version - 1, key)
    elif row.field == "need":
        said = row.mine or {}
        record_need(
            actor=actor, person=visit.person, kind=said["kind"], channel=Channel.VISIT, key=key, said=said["said"]
        )  # fmt: skip
    else:
        ask = Ask.objects.select_for_update().filter(person=visit.person).first()
        said = row.mine or {}
        given = {row.field: Given(said["kind"], said["value"])}
        answer(actor=actor, person=visit.person, answers=given, version=ask.version if ask else 0)
