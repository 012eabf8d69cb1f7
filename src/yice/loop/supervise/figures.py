"""What is counted: persons, each once in their hukou area, whatever they have how many of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from yice.accounts.enums import Line
from yice.areas.models import Area
from yice.identifiers.division import WIDTHS, prefix
from yice.loop.identify.enums import ClosedBy, FindingKind, FindingState, OutcomeCode
from yice.loop.identify.models import Finding, Outcome, Person
from yice.terms import clock

WAITING = (FindingState.OPEN, FindingState.STARTED)
LIVE = ~Q(state=FindingState.CLOSED)
PEOPLE = "people"


@dataclass(frozen=True)
class Figure:
    name: str
    label: str
    group: str  # people | findings | progress | outcomes


@dataclass(frozen=True)
class AreaFigures:
    code: str
    name: str
    tier: int
    parent: str
    # figure name → persons, each counted once in its hukou area; None: withheld from whoever sees statistics only
    counts: dict[str, int | None]


def _kinds() -> dict[str, tuple[str, Q, Line]]:
    return {
        "gaps": ("疑似应享未享", LIVE & Q(kind=FindingKind.GAP), Line.ENTITLEMENT),
        "asks": ("待核实", LIVE & Q(kind=FindingKind.ASK), Line.ENTITLEMENT),
        "leaks": ("疑似应退未退", LIVE & Q(kind=FindingKind.LEAK), Line.PAYMENT),
        "amounts": ("疑似金额不符", LIVE & Q(kind=FindingKind.AMOUNT), Line.PAYMENT),
        "duplicates": ("疑似重复领取", LIVE & Q(kind=FindingKind.DUPLICATE), Line.PAYMENT),
    }


def _progress(today: dt.date) -> dict[str, tuple[str, Q]]:
    return {
        "overdue": ("已逾期", Q(state__in=WAITING, due_on__lt=today)),
        "started": ("办理中", Q(state=FindingState.STARTED)),
        "provisional": ("已办，待名单确认", Q(state=FindingState.PROVISIONAL)),
        "confirmed": ("名单已确认", Q(state=FindingState.CLOSED, closed_by=ClosedBy.LIST)),
        "settled": ("经办人办结", Q(state=FindingState.CLOSED, closed_by=ClosedBy.PERSON)),
        "gone": ("线索原因已消失", Q(state=FindingState.CLOSED, closed_by=ClosedBy.CAUSE_GONE)),
    }


_OUTCOMES = {
    Line.ENTITLEMENT: (
        OutcomeCode.HELP_TO_APPLY, OutcomeCode.INCLUDED, OutcomeCode.NOT_ELIGIBLE, OutcomeCode.DECLINED,
        OutcomeCode.REFER,
    ),
    Line.PAYMENT: (
        OutcomeCode.STOPPED, OutcomeCode.ALREADY_STOPPED, OutcomeCode.KEPT, OutcomeCode.CORRECTED_AMOUNT,
        OutcomeCode.RECOVER, OutcomeCode.WAIVED, OutcomeCode.RECOVERY_REFERRED,
    ),
}  # fmt: skip


def figures(lines: Iterable[Line]) -> list[Figure]:
    """The figures that somebody with these lines of work sees."""
    held = frozenset(lines)
    found = [Figure(PEOPLE, gettext("持证和在册人数"), "people")]
    found += [
        Figure(n, gettext(label), "findings") for n, (label, _, line) in _kinds().items() if line in held
    ]
    found += [Figure(n, gettext(label), "progress") for n, (label, _) in _progress(clock.today()).items()]
    for line, codes in _OUTCOMES.items():
        if line in held:
            found += [Figure(code.value, str(code.label), "outcomes") for code in codes]
    return found


def condition(name: str) -> Q | None:
    """The findings behind a figure; None for one that is not made of findings or not known."""
    if name in (kinds := _kinds()):
        return kinds[name][1]
    if name in (progress := _progress(clock.today())):
        return progress[name][1]
    if name in OutcomeCode.values:
        return Q(outcomes__code=name, outcomes__undone=False)
    return None


def by_village(
    people: QuerySet[Person], findings: QuerySet[Finding], named: Iterable[Figure]
) -> dict[str, dict[str, int]]:
    """Hukou code → figure → persons: three grouped queries, however many figures and villages."""
    wanted = {figure.name for figure in named}
    found: dict[str, dict[str, int]] = {}
    for code, n in people.order_by().values_list("hukou").annotate(n=Count("id")):
        found.setdefault(code, {})[PEOPLE] = n
    plain = {
        name: Count("person_id", filter=q, distinct=True)
        for name in wanted
        if (q := condition(name)) is not None and name not in OutcomeCode.values
    }
    names = list(plain)
    for code, *numbers in findings.order_by().values("hukou").annotate(**plain).values_list("hukou", *names):
        found.setdefault(code, {}).update(zip(names, numbers, strict=True))
    steps = (
        Outcome.objects.filter(finding__in=findings.order_by().values("id"), undone=False)
        .order_by()
        .values_list("finding__hukou", "code")
        .annotate(n=Count("finding__person_id", distinct=True))
    )
    for code, outcome, n in steps:
        if outcome in wanted:
            found.setdefault(code, {})[outcome] = n
    return found


def roll_up(counts: Mapping[str, Mapping[str, int]], codes: Iterable[str]) -> dict[str, dict[str, int]]:
    """Sums of the villages below each of `codes`; nobody is in two villages, so nobody counts twice."""
    heads = {code: prefix(code) for code in codes}
    sums: dict[str, dict[str, int]] = {code: {} for code in heads}
    by_head = {head: code for code, head in heads.items()}
    widths = sorted({len(head) for head in heads.values()})
    for village, figures_ in counts.items():
        for width in widths:
            code = by_head.get(village[:width])
            if code is not None:
                total = sums[code]
                for name, n in figures_.items():
                    total[name] = total.get(name, 0) + n
    return sums


def places(area: Area) -> list[Area]:
    """Two tiers below an area, in order: streets with their villages, or prefectures with their counties."""
    deeper = [width for width in WIDTHS.values() if width > len(prefix(area.code))][:2]
    rows = Area.objects.filter(code__gt=area.code, code__lt=area.end).order_by("code")
    return [row for row in rows if len(prefix(row.code)) in deeper]
