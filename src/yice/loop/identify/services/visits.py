"""Make the day's list; take back what was found, in the order printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, Min, Q, Value, When

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers import division
from yice.loop.identify.enums import FindingKind, FindingState
from yice.loop.identify.models import Person, Visit, VisitList
from yice.loop.identify.services.answering import Given, answer
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

RESULTS = ("met", "not_home", "moved", "phone")
MOST = 40  # more do not fit on one A4
_WAITING = (FindingState.OPEN, FindingState.STARTED)


@dataclass(frozen=True)
class TypedLine:
    """One line of the paper: what came of the visit and what was answered."""

    position: int
    result: str
    note: str = ""
    answers: Mapping[str, Given] = field(default_factory=dict)
    ask_version: int | None = None


def make_visit_list(*, actor: User, day: dt.date, size: int = 12, area: str = "") -> VisitList:
    """People to see on `day` by residence: those whose answers decide most and have waited longest first.

    One list a maker, day and area: asked again, the same list comes back (typed lines are never lost).
    """
    access.require(actor, Action.VISIT_PLAN)
    ranges = access.ranges(actor, Action.VISIT_PLAN)
    area = area or ranges[0][0]
    end = division.upper_bound(area)
    if not any(low <= area and end <= high for low, high in ranges):
        raise access.Forbidden(Message("不在您负责的区域内，不能安排走访。"))
    if not 1 <= size <= MOST:
        raise Problem("visit-size", Message("一份走访单可排 1 到 {most} 户。", most=MOST), field="size")
    with transaction.atomic():
        made = VisitList.objects.filter(made_by=actor, day=day, area=area).first()
        if made is not None:
            return made
        people = _to_see(area, end, day, size)
        if not people:
            raise Problem("nobody-to-visit", Message("这个区域目前没有需要上门的人。"))
        made = VisitList.objects.create(day=day, area=area, made_by=actor, made_at=clock.now())
        people.sort(key=lambda person: (person.residence, person.household_id or 0, person.pk))
        Visit.objects.bulk_create(
            Visit(list=made, position=position, person=person) for position, person in enumerate(people, 1)
        )
        values = {"day": day.isoformat(), "size": len(people)}
        record(actor=actor, code="visit.listed", subject=made, area=area, values=values)
    return made


def _to_see(area: str, end: str, day: dt.date, size: int) -> list[Person]:
    """Overdue first, then those whom most can be decided for, then those who have waited longest."""
    gap = Q(findings__kind=FindingKind.GAP, findings__state__in=_WAITING)
    waiting = gap | Q(findings__kind=FindingKind.ASK, findings__state__in=_WAITING)
    late = waiting & Q(findings__due_on__lt=day)
    decides = Case(When(ask__open=True, then=F("ask__weight")), default=Value(0), output_field=IntegerField())
    rows = (
        Person.objects.filter(residence__gte=area, residence__lt=end, removed_on=None)
        .filter(waiting)
        .exclude(visits__list__day=day)
        .annotate(
            gaps=Count("findings", filter=gap, distinct=True),
            overdue=Count("findings", filter=late, distinct=True),
            since=Min("findings__opened_on", filter=waiting),
            decides=decides,
        )
        .order_by("-overdue", -(F("gaps") + F("decides")), "since", "id")
    )
    return list(rows[:size])


def type_back(*, actor: User, visit_list: VisitList, lines: Sequence[TypedLine]) -> VisitList:
    """Take back lines, all or none; one typed before is left alone unless it says something else."""
    access.require(actor, Action.VISIT_PLAN, visit_list)
    with transaction.atomic():
        visits = {
            visit.position: visit
            for visit in Visit.objects.select_for_update(of=("self",))
            .select_related("person")
            .filter(list=visit_list)
        }
        typed, problems = 0, list[Problem]()
        for line in lines:
            try:
                typed += _take(actor, visits.get(line.position), line)
            except Problem as problem:
                problems.append(_at(line, problem))
            except Problems as several:
                problems += [_at(line, problem) for problem in several.problems]
        if problems:
            raise Problems(problems)
        if typed:
            values = {"day": visit_list.day.isoformat(), "typed": typed}
            record(actor=actor, code="visit.typed", subject=visit_list, area=visit_list.area, values=values)
    return visit_list


def _take(actor: User, visit: Visit | None, line: TypedLine) -> bool:
    """One line; False where it says what was typed before."""
    if visit is None:
        raise _wrong(line, Message("走访单上没有第 {position} 行。", position=line.position))
    if line.result not in RESULTS:
        raise _wrong(line, Message("第 {position} 行还没有选择走访结果。", position=line.position))
    note = line.note.strip()[:500]
    same = visit.typed_at is not None and (visit.result, visit.note) == (line.result, note)
    if same and not line.answers:
        return False
    said = 0
    if line.answers:
        version = -1 if line.ask_version is None else line.ask_version
        said = answer(actor=actor, person=visit.person, answers=line.answers, version=version).taken
    if same and not said:
        return False
    visit.result, visit.note, visit.typed_at = line.result, note, clock.now()
    visit.save(update_fields=["result", "note", "typed_at"])
    return True


def _at(line: TypedLine, problem: Problem) -> Problem:
    """The problem, with the line it is about: its field becomes "line-3" or "line-3.income_pc_month"."""
    place = f"line-{line.position}"
    if problem.field and problem.field != place:
        place = f"{place}.{problem.field}"
    return Problem(problem.code, problem.what, why=problem.why, fix=problem.fix, field=place)


def _wrong(line: TypedLine, what: Message) -> Problem:
    return Problem("visit-line", what, field=f"line-{line.position}")
