"""What the other tables tell of the same persons: figures beside targets, one plan's targets beside another's.

Each was counted at a moment of its own, this month or before. Names that count the same persons (`withheld.Classes`)
must neither tell, by standing side by side, a number that is told in one of them and withheld in the other, nor by how
few it moved between the two moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from yice.accounts.enums import Line
from yice.areas import selectors as areas
from yice.identifiers.division import ancestors
from yice.loop.identify.hiding import Numbers, Shape
from yice.loop.supervise.models import MonthFigures
from yice.loop.supervise.withheld import (
    FIGURE_CLASSES,
    Classes,
    Hidden,
    Names,
    Parents,
    Then,
    inside,
    rolled,
    stale,
    together,
)

Tie = tuple[str, Names, Names]  # group of the new table, its names, the other's


@dataclass(frozen=True)
class Other:
    """Another table on the tree of a new one. `last`: no later one of it stands."""

    prefix: str
    then: Then
    groups: Mapping[str, Names]  # of the other, as far as they count the same persons
    untold: Hidden  # of these groups
    last: bool


def near(made: MonthFigures) -> QuerySet[MonthFigures]:
    """What stood before of the place itself, of those above and below."""
    where = areas.within("area", made.area) | Q(area__in=ancestors(made.area))
    rows = MonthFigures.objects.filter(where, lines__in=("", ",".join(sorted(Line))))
    return rows.exclude(pk=made.pk)


def beside(made: MonthFigures, shape: Shape, parents: Parents) -> list[Other]:
    """Every other table that tells something of the same persons, the earliest first; of targets, their own of the
    months before, too: what a target moved by may be less than what each of its numbers did."""
    rows = near(made).exclude(lines__gt="")
    if made.run_id is None:
        rows = rows.exclude(of=made.of)
    rows = list(rows.defer("figures").order_by("month", "id"))
    newest = {(one.of, one.area): one.pk for one in rows if one.of != made.of}
    found = []
    for one in rows:
        there = ties(shape, made.classes, _classes(one))
        if there:
            counts = MonthFigures.objects.values_list("figures", flat=True).get(pk=one.pk)
            lies = {code for code in parents if inside(code, one.area)}
            here = {code: above if above in lies else None for code, above in parents.items() if code in lies}
            shown = dict(one.told.filter(area__in=list(here)).values_list("area", "numbers"))
            last = newest.get((one.of, one.area)) == one.pk
            found.append(
                other(f"{one.pk}|", here, rolled(counts, here), shown, there, area=one.area, last=last)
            )
    return found


def _classes(one: MonthFigures) -> Classes:
    return one.classes or (FIGURE_CLASSES if one.run_id is None else {})


def ties(shape: Shape, own: Classes, theirs: Classes) -> tuple[Tie, ...]:
    """What of two tables counts the same persons."""
    groups = {name: group for group, names in shape.groups.items() for name in names}
    return tuple(
        (groups[here[0]], tuple(here), tuple(there))
        for who in sorted(own.keys() & theirs.keys())
        for here in own[who]
        for there in theirs[who]
    )


def other(
    prefix: str,
    parents: Parents,
    numbers: Mapping[str, Numbers],
    shown: Mapping[str, Numbers],
    there: tuple[Tie, ...],
    *,
    area: str,
    last: bool,
) -> Other:
    """A table as it stands beside a new one: what it counted of each place of the tree, and what is told of that."""
    groups: dict[str, Names] = {}
    for _group, _own, names in there:
        key = names[0].partition("#")[0]
        groups[key] = tuple(dict.fromkeys((*groups.get(key, ()), *names)))
    untold = stale(Shape(groups), parents, numbers, shown)
    apart = {
        code: frozenset(
            str(n) for n, (_group, _own, names) in enumerate(there) if names[0].partition("#")[0] in shut
        )
        for code, shut in untold.items()
    }
    return Other(prefix, Then(numbers, apart, there, area), groups, untold, last)


def joined(
    shape: Shape, classes: Classes, parents: Parents, now: Mapping[str, Numbers], others: Iterable[Other]
) -> tuple[Shape, dict[str, Numbers], Hidden]:
    """One table of a new one and of what stands beside it: its shape and numbers, and what is not told in the others."""
    groups, same = dict(shape.groups), list(together(classes))
    numbers: dict[str, dict[str, int]] = {code: dict(row) for code, row in now.items()}
    untold: dict[str, frozenset[str]] = {}
    fixed: set[str] = set()
    for one in (other for other in others if other.last):
        named = {one.prefix + group: names for group, names in one.groups.items()}
        fixed |= named.keys()
        groups |= {group: tuple(one.prefix + name for name in names) for group, names in named.items()}
        same += [(own, tuple(one.prefix + name for name in names)) for _group, own, names in one.then.ties]
        for code in parents:
            there = one.then.numbers.get(code, {}) if inside(code, one.then.area) else None
            if there:
                row = numbers.setdefault(code, {})
                row |= {one.prefix + name: there.get(name, 0) for names in named.values() for name in names}
            shut = named if there is None else (one.prefix + group for group in one.untold.get(code, ()))
            untold[code] = untold.get(code, frozenset()) | frozenset(shut)
    free = shape.free | {name for group in fixed for name in groups[group]}
    whole = replace(shape, groups=groups, same=tuple(same), fixed=frozenset(fixed), free=free)
    return whole, dict(numbers), untold
