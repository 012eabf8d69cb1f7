"""What stands for the month: counted once, decided for the whole tree at once (`withheld`), and kept until it is over.

Every figure that somebody sees who may only see statistics is read from here: of an area and its ledger (`FIGURES`),
and of the targets of a plan (the pack's id).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import chain

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from yice.accounts.enums import Line
from yice.accounts.rows import beyond
from yice.areas import selectors as areas
from yice.areas.models import Area
from yice.identifiers.division import ancestors
from yice.loop.deliver.selectors.ledger import is_large, reached, tallied
from yice.loop.identify.hiding import Numbers, Shape
from yice.loop.identify.models import Finding, Person
from yice.loop.supervise.beside import beside, joined, near
from yice.loop.supervise.figures import Figure, by_village, figures
from yice.loop.supervise.models import MonthFigures, Told
from yice.loop.supervise.withheld import (
    FIGURE_CLASSES,
    REACHED,
    Classes,
    Parents,
    Then,
    decide,
    figure_shape,
    rolled,
    stale,
    told,
    tree,
)
from yice.terms import clock

FIGURES = "figures"
BEFORE = "before"  # told by an earlier release, which decided on each page
STRETCH = 2000
BOTH = frozenset(Line)
Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Standing:
    """What stands for a month: name → number of each place; one that is missing is withheld."""

    month: MonthFigures | None  # None: nothing was counted yet
    rows: Mapping[str, Numbers]
    until: dt.date  # the day from which another may stand

    @property
    def as_of(self) -> dt.date:
        return self.month.counted_on if self.month else clock.today()

    def of(self, code: str) -> Numbers:
        """The numbers of one place; those of a place with nothing are nought, as far as anything was counted."""
        return self.rows.get(code, _Noughts() if self.month else {})


class _Noughts(dict[str, int]):
    def __contains__(self, _name: object) -> bool:
        return True

    def __missing__(self, _name: str) -> int:
        return 0

    def get(self, _name: str, _default: int | None = None) -> int:  # type: ignore[override]
        return 0


@beyond()  # numbers only, of an area that was asked for
def counted(area: Area, named: list[Figure], lines: frozenset[Line]) -> Counts:
    """Hukou code → figure → persons in the area, now."""
    people = Person.objects.filter(hukou__gte=area.code, hukou__lt=area.end, removed_on=None)
    findings = Finding.objects.filter(hukou__gte=area.code, hukou__lt=area.end, line__in=sorted(lines))
    return by_village(people, findings, named)


def standing(area: str, codes: Iterable[str], on: dt.date | None = None) -> Standing:
    """What stands today, or stood on a day, for places in an area. A month that nobody asked for yet is counted now,
    where that is soon done, else by the daily run; until then the month before stands."""
    top = areas.path_to(area)[0]
    if on is None and not _this_month(top.code, FIGURES).exists() and not is_large(top.code):
        keep_month(top=top)
    return newest(FIGURES, [top.code], codes, on)


def newest(of: str, tops: Iterable[str], codes: Iterable[str], on: dt.date | None = None) -> Standing:
    """The last month that was counted up to a day for one of the places on top, the widest first."""
    rows = MonthFigures.objects.filter(of=of, area__in=list(tops), counted_on__lte=on or clock.today())
    rows = rows.select_related("run__pack").defer("figures", "run__pack__files")
    found = rows.order_by("-month", "area", "-id").first()
    if found is None:
        return Standing(None, {}, clock.today() + dt.timedelta(1))
    shown = dict(found.told.filter(area__in=list(codes)).values_list("area", "numbers"))
    return Standing(found, shown, max(_after(found.month), clock.today() + dt.timedelta(1)))


def keep_months() -> int:
    """Count what stands for this month, of every place on top; for the daily run. Gives how many were counted."""
    tops = Area.objects.filter(parent=None, valid_to=None).order_by("code")
    return sum(keep_month(top=one) for one in tops if not _this_month(one.code, FIGURES).exists())


def keep_month(*, top: Area) -> bool:
    """This month's figures and ledger of a place on top. Nobody's act, so no actor and no event: they follow from what
    is on record, as a cache does."""
    named = figures(BOTH)
    before = (
        MonthFigures.objects.filter(of=FIGURES, area=top.code).order_by("-month").defer("figures").first()
    )

    def count() -> Counts:
        found = counted(top, named, BOTH)
        for code, sums in tallied(top.code, 12).items():
            numbers = {name: n for name, n in asdict(sums).items() if n and name != "persons"}
            found.setdefault(code.ljust(12, "0"), {}).update(numbers)
        for code, numbers in reached(top.code, before.counted_at if before else None).items():
            found.setdefault(code, {}).update(numbers)
        if before is not None:  # whoever was too few to be told of then, and nobody since, still is
            _stay_few(found, before)
        return found

    return keep(FIGURES, top, clock.today(), figure_shape(named), FIGURE_CLASSES, count)


def _stay_few(found: Counts, before: MonthFigures) -> None:
    last = MonthFigures.objects.values_list("figures", flat=True).get(pk=before.pk)
    shown = dict(before.told.values_list("area", "numbers"))
    for code, numbers in last.items():
        row = shown.get(code, shown.get(f"{code}+"))
        for names in REACHED.values():
            few = numbers.get(names, 0)
            if few and row is not None and row.get(names) != few:
                here = found.setdefault(code, {})
                here[names] = max(few, here.get(names, 0))


@beyond()  # numbers only, of a place whose readers ask
@transaction.atomic
def keep(
    of: str,
    top: Area,
    day: dt.date,
    shape: Shape,
    classes: Classes,
    count: Callable[[], Counts],
    run: int | None = None,
    apart: Mapping[str, Numbers] | None = None,
) -> bool:
    """Count a month and decide what is told of it, unless somebody did before: of two at once, the first counts.

    `count`: by the codes that people are registered at; `apart`: what is told as it is, about no persons.
    """
    made, new = MonthFigures.objects.get_or_create(
        area=top.code,
        of=of,
        lines="",
        month=clock.today().replace(day=1),
        defaults={"counted_on": day, "counted_at": clock.now(), "run_id": run, "classes": classes},
    )
    if not new:
        return False
    made.figures = count()
    made.save(update_fields=["figures"])
    inside = areas.standing(Area.objects.filter(areas.within("code", top.code)))
    earlier = _earlier(made)
    kept = MonthFigures.objects.filter(pk__in=[one.pk for one in earlier]).values_list("figures", flat=True)
    parents = tree(inside.values_list("code", flat=True), [made.figures, *kept.iterator(1)])
    now = rolled(made.figures, parents)
    others = beside(made, shape, parents)
    tables = chain(_tables(shape, parents, now, earlier), (one.then for one in others))
    whole, numbers, untold = joined(shape, classes, parents, now, others)
    hidden = decide(whole, parents, numbers, tables, settings.YICE_LEAST_SHOWN, untold)
    own = [one for one in earlier if one.of == of and one.area == top.code]
    last = dict(own[-1].told.values_list("area", "numbers")) if own else None
    rows, noughts = told(shape, parents, now, hidden, last), dict.fromkeys(sum(shape.groups.values(), ()), 0)
    for code, numbers in (apart or {}).items():
        rows[code] = {**rows.get(code, noughts), **numbers}
    Told.objects.bulk_create(
        (Told(month=made, area=code, numbers=numbers) for code, numbers in rows.items()), batch_size=STRETCH
    )
    return True


def _earlier(made: MonthFigures) -> list[MonthFigures]:
    """The months before, of the place itself, of those above and below."""
    of = [made.of, BEFORE] if made.of == FIGURES else [made.of]
    return list(near(made).filter(of__in=of).defer("figures").order_by("month", "id"))


def _tables(
    shape: Shape, parents: Parents, now: Mapping[str, Numbers], earlier: Iterable[MonthFigures]
) -> Iterator[Then]:
    every = frozenset(shape.groups)
    for one in earlier:
        counts = MonthFigures.objects.values_list("figures", flat=True).get(pk=one.pk)
        numbers: dict[str, Numbers] = dict(rolled(counts, parents))
        shut = (
            dict(stale(shape, parents, numbers, dict(one.told.values_list("area", "numbers"))))
            if one.of != BEFORE
            else {}
        )
        for code in parents:
            if code[:12] != one.area and one.area not in ancestors(code[:12]):
                numbers[code], shut[code] = now.get(code, {}), every
        yield Then(numbers, shut)


def _this_month(top: str, of: str) -> QuerySet[MonthFigures]:
    return MonthFigures.objects.filter(area=top, of=of, month=clock.today().replace(day=1))


def _after(month: dt.date) -> dt.date:
    return (month + dt.timedelta(31)).replace(day=1)
