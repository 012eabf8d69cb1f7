"""Make the day's list: who is to be seen, in the order of the way; take back lines typed from the paper."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, Value, When

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers import division, masking
from yice.loop.identify.enums import FindingKind, FindingState, VisitResult
from yice.loop.identify.errands import errands
from yice.loop.identify.models import Person, Visit, VisitList
from yice.loop.identify.services.answering import Given
from yice.loop.identify.services.contacting import reachable
from yice.loop.identify.services.visits_record import Said, record_visit
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

MOST = 40  # more do not fit on one A4
LATELY = dt.timedelta(days=14)  # somebody met so lately waits, unless something is due
_WAITING = (FindingState.OPEN, FindingState.STARTED)


@dataclass(frozen=True)
class TypedLine:
    """One line of the paper: what came of the visit and what was answered. `seen`: see `visits_record.Said`."""

    position: int
    result: str
    note: str = ""
    answers: Mapping[str, Given] = field(default_factory=dict)
    seen: int = 0
    version: int = 0
    key: str = ""


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
        people = _to_see(actor, area, end, day, size)
        if not people:
            raise Problem("nobody-to-visit", Message("这个区域目前没有需要上门的人。"))
        made = VisitList.objects.create(day=day, area=area, made_by=actor, made_at=clock.now())
        people = _by_the_way(actor, people)
        Visit.objects.bulk_create(
            Visit(list=made, position=position, person=person) for position, person in enumerate(people, 1)
        )
        values = {"day": day.isoformat(), "size": len(people)}
        record(actor=actor, code="visit.listed", subject=made, area=area, values=values)
    return made


def _to_see(actor: User, area: str, end: str, day: dt.date, size: int) -> list[Person]:
    """What is due or promised first, then those whom most can be decided for, then those who have waited longest."""
    people = Person.objects.filter(residence__gte=area, residence__lt=end, removed_on=None)
    due = errands(actor, people, day)
    promised = [key for key, why in due.items() if any(one.due_on and one.due_on <= day for one in why)]
    gap = Q(findings__kind=FindingKind.GAP, findings__state__in=_WAITING)
    waiting = gap | Q(findings__kind=FindingKind.ASK, findings__state__in=_WAITING)
    late = waiting & Q(findings__due_on__lt=day)
    decides = Case(When(ask__open=True, then=F("ask__weight")), default=Value(0), output_field=IntegerField())
    met = Visit.objects.filter(
        person=OuterRef("pk"), result__in=("met", "unchanged"), list__day__gt=day - LATELY
    )
    rows = (
        people.filter(waiting | Q(pk__in=list(due)))
        .exclude(visits__list__day=day)
        .annotate(
            promised=Case(When(pk__in=promised, then=1), default=0, output_field=IntegerField()),
            gaps=Count("findings", filter=gap, distinct=True),
            overdue=Count("findings", filter=late, distinct=True),
            since=Min("findings__opened_on", filter=waiting),
            decides=decides,
            lately=Exists(met),
        )
        .order_by("-promised", "-overdue", "lately", -(F("gaps") + F("decides")), "since", "id")
    )
    return list(rows[:size])


def _by_the_way(actor: User, people: list[Person]) -> list[Person]:
    """Village, then group and number of the house. Where the actor may not read an address, its mask orders."""
    near = {person.pk for person in reachable(actor, people)}

    def place(person: Person) -> tuple[object, ...]:
        address = person.address if person.pk in near else masking.address(person.address)
        return (person.residence, way(address), person.household_id or 0, person.pk)

    return sorted(people, key=place)


_FIGURES = "零一二三四五六七八九"
_NUMBER = re.compile(r"\d+|[一二三四五六七八九十]+(?=[组队号栋幢座排巷弄单层楼])")


def way(address: str) -> tuple[tuple[int, str], ...]:
    """An address as people walk it: 二组 before 十组, 9 号 before 10 号."""
    found, at = list[tuple[int, str]](), 0
    for match in _NUMBER.finditer(address):
        found += [(0, address[at : match.start()]), (_number(match[0]), "")]
        at = match.end()
    return (*found, (0, address[at:]))


def _number(text: str) -> int:
    """A number below a hundred, or in digits."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    low = _FIGURES.find(ones[-1:]) if ones else 0
    return (_FIGURES.index(tens[-1]) if tens else 1) * 10 + low if ten else low


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
    if line.result not in VisitResult.values:
        raise _wrong(line, Message("第 {position} 行还没有选择走访结果。", position=line.position))
    said = Said({"result": line.result, "note": line.note.strip()[:500]}, line.answers, line.seen)
    key = line.key or uuid.uuid4().hex
    return record_visit(actor=actor, visit=visit, said=said, version=line.version, key=key).changed


def _at(line: TypedLine, problem: Problem) -> Problem:
    """The problem, with the line it is about: its field becomes "line-3" or "line-3.income_pc_month"."""
    place = f"line-{line.position}"
    if problem.field and problem.field != place:
        place = f"{place}.{problem.field}"
    return Problem(problem.code, problem.what, why=problem.why, fix=problem.fix, field=place)


def _wrong(line: TypedLine, what: Message) -> Problem:
    return Problem("visit-line", what, field=f"line-{line.position}")
