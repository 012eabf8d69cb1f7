"""What a reader who may only see statistics is told: decided once a month for a whole tree, and kept.

Whoever may see the names behind a figure sees every number as it is. The others see what stands for the month, on every
page, export, report and API operation alike. No small number is told, nor any that gives a small one away
(`identify.hiding`). A number that moved by too little since it was told stays as it was told: the movement from each
earlier month is a table of its own, hidden by the same rule, so that two months subtract to nothing.

`tests/loop/test_hiding.py` attacks all months of a tree at once with linear programming.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.conf import settings

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.identifiers.division import ancestors
from yice.loop.identify.enums import OutcomeCode
from yice.loop.identify.hiding import Numbers, Shape, hide
from yice.loop.supervise.figures import PEOPLE, Figure
from yice.rules.model import Plan, Target
from yice.rules.targets.forms import form_of, row_of_measured

Hidden = Mapping[str, frozenset[str]]
Parents = Mapping[str, str | None]
Rows = dict[str, dict[str, int]]
Names = tuple[str, ...]
Classes = dict[str, list[list[str]]]  # who is counted → the names whose sum that is, of each figure or target
KINDS = ("gaps", "asks", "leaks", "amounts", "duplicates")
WAITING = ("overdue", "started", "provisional")  # of live findings
OVER = ("confirmed", "settled", "gone")
# What the ledger tells together: sums of money tell of the few they went to. `payees` and `served` are how many that is
# since the month before; they are told to nobody.
LEDGER = {
    "needs": ("needs", "needs_open"),
    "plans": ("plans", "measures", "measures_done", "planned_fen"),
    "cases": ("cases_open", "cases_met", "paid_fen", "payees"),
    "services": ("times", "spent_fen", "served"),
}
REACHED = {"cases": "payees", "services": "served"}
# Money that changed with too few of these is theirs.
MOVES_WITH = {"planned_fen": ("plans", "measures")}
ABOUT_PERSONS = ("persons", "households", "person_times", "cases", "answers")
# Of a ratio the third number of either side only says whether a register is whole.
NO_NUMBER = {"ratio": (2, 5)}
ITSELF = "+"  # behind a code: whoever is registered at the place itself, or below it at none that stands


@dataclass(frozen=True)
class Then:
    """An earlier table: its numbers, and what of them was not told anew. `ties`, of a table of something else: the
    group, its names and the other's names that count the same persons; nothing else is compared, and `stale` has their
    numbers in the row. `area`: where."""

    numbers: Mapping[str, Numbers]
    stale: Hidden
    ties: tuple[tuple[str, Names, Names], ...] = ()
    area: str = ""


def statistics_only(actor: User, area: str) -> bool:
    return not access.may(actor, Action.REPORT_NAMES, Place(area)).allowed


def figure_shape(figures: Iterable[Figure]) -> Shape:
    """Each figure by itself, the ledger's in groups, and what everybody knows of how they hang together."""
    names = [one.name for one in figures]
    kinds = tuple(name for name in KINDS if name in names)
    over = tuple(name for name in OVER if name in names)
    small = [(name, kinds) for name in WAITING if name in names and kinds]
    small += [(name, (*kinds, *over)) for name in names if name in OutcomeCode.values and (kinds or over)]
    free = frozenset(name for group in LEDGER.values() for name in group) - {"plans"}  # one person, one plan
    return Shape({**{name: (name,) for name in names}, **LEDGER}, tuple(small), PEOPLE, free)


def target_shape(plan: Plan, widths: Mapping[str, int]) -> Shape:
    """Each target that counts persons, all its numbers together."""
    return Shape(
        {
            name: tuple(
                f"{name}#{n}" for n in range(widths[name]) if n not in NO_NUMBER.get(form_of(target), ())
            )
            for name, target in plan.targets.items()
            if about_persons(target) and widths.get(name)
        }
    )


EVERYBODY = "everybody"
FIGURE_CLASSES: Classes = {EVERYBODY: [[PEOPLE]]}


def target_classes(plan: Plan, shape: Shape, sums: Mapping[str, Sequence[int]], rows: int) -> Classes:
    """Who is counted by the targets of a table, of whatever plan: everybody (`sums` of the whole area, against the
    `rows` there were, say so), or who meets a condition, known and not known."""
    found: Classes = {}
    for name in shape.groups:
        target, cells = plan.targets[name], sums.get(name, ())
        form = form_of(target)
        first = target.denominator or target.numerator
        if first is None or form not in ("share", "part", "count", "allocated"):
            continue
        names = [f"{name}#{n}" for n in range(len(cells))]
        half = len(names) // 2
        on_register = target.unit == "persons" and target.basis == "hukou"
        if on_register and 0 <= rows - sum(cells) < settings.YICE_LEAST_SHOWN:
            found.setdefault(EVERYBODY, []).append(names)
        who = f"{target.unit} {target.basis} {row_of_measured(target, first)} {' '.join((first.where or '').split())}"
        found.setdefault(f"{who} = yes", []).append(names[:half])
        found.setdefault(f"{who} = open", []).append(names[half:])
    return found


def together(classes: Classes) -> tuple[tuple[Names, Names], ...]:
    """The names of one table that count the same persons."""
    return tuple(
        (tuple(one), tuple(other))
        for same in classes.values()
        for one, other in pairwise(same)
        if one != other
    )


def about_persons(target: Target) -> bool:
    """Whether a row behind the figure is a person, or something of one."""
    sides = (one for one in (target.numerator, target.denominator) if one)
    return target.unit in ABOUT_PERSONS or any(row_of_measured(target, one) == "person" for one in sides)


def tree(codes: Iterable[str], tables: Iterable[Iterable[str]]) -> dict[str, str | None]:
    """Each place with the nearest one above it, and where people of the tables are counted at none below, `ITSELF`."""
    there = set(codes)
    parents = {
        code: next((one for one in reversed(ancestors(code)) if one in there), None) for code in sorted(there)
    }
    above = {one for one in parents.values() if one}
    for code in {code for table in tables for code in table}:
        at = _at(code, there)
        if at in above:
            parents[at + ITSELF] = at
    return parents


def inside(code: str, area: str) -> bool:
    """Whether a place of a tree lies in an area (an empty one is everywhere)."""
    return not area or code[:12] == area or area in ancestors(code[:12])


def _at(code: str, there: Iterable[str]) -> str | None:
    return next((one for one in (code, *reversed(ancestors(code))) if one in there), None)


def rolled(counts: Mapping[str, Numbers], parents: Parents) -> Rows:
    """The numbers of every place of a tree from those of the codes that people are registered at."""
    found: Rows = {}
    for code, numbers in counts.items():
        at = _at(code, parents)
        if at is not None and at + ITSELF in parents:
            at += ITSELF
        while at is not None:
            sums = found.setdefault(at, {})
            for name, n in numbers.items():
                if n:
                    sums[name] = sums.get(name, 0) + n
            at = parents[at]
    return found


def decide(
    shape: Shape,
    parents: Parents,
    now: Mapping[str, Numbers],
    earlier: Iterable[Then],
    least: int,
    untold: Hidden | None = None,
) -> dict[str, frozenset[str]]:
    """What a table does not tell anew. `untold`: of its `fixed` groups, which are those of other tables."""
    shut = {code: set(groups) for code, groups in hide(shape, parents, now, least, untold).items()}
    own = {group: names for group, names in shape.groups.items() if group not in shape.fixed}
    near: dict[str, set[str]] = {}
    for then in earlier:
        if then.ties:
            moves, moved = Shape({str(n): (str(n),) for n in range(len(then.ties))}), dict(_apart(now, then))
            for code, one in _close(moves.groups, moved, then.stale, least):
                # Whatever else of the sum may be worked out: it is at least as wide as what can be said of its largest.
                largest = max(then.ties[int(one)][1], key=lambda name: now.get(code, {}).get(name, 0))
                near.setdefault(code, set()).add(largest)
        else:
            moves = Shape(own)
            moved = dict(_moved(moves, now, then.numbers, least))
            for code, name in _close(own, moved, then.stale, least):
                near.setdefault(code, set()).add(name)
        there = {code: above for code, above in parents.items() if inside(code, then.area)}
        for code, groups in hide(moves, there, moved, least, then.stale).items():
            anew = groups - then.stale.get(code, frozenset())
            shut[code] |= {then.ties[int(one)][0] for one in anew} if then.ties else anew
    found = hide(shape, parents, now, least, shut, near)
    return {code: groups - shape.fixed for code, groups in found.items()}


def _close(
    groups: Mapping[str, Names], moved: Mapping[str, Numbers], untold: Hidden, least: int
) -> Iterator[tuple[str, str]]:
    """The numbers that were told, and moved by too few to be told again."""
    for code, row in moved.items():
        for group, names in groups.items():
            if group not in untold.get(code, ()):
                yield from ((code, name) for name in names if 0 < row.get(name, 0) < least)


def _apart(now: Mapping[str, Numbers], then: Then) -> Iterator[tuple[str, dict[str, int]]]:
    """How far the numbers of the same persons are from those of the other table, tie by tie."""
    for code in now.keys() | then.numbers.keys():
        here, there = now.get(code, {}), then.numbers.get(code, {})
        sums = (
            (sum(here.get(name, 0) for name in own), sum(there.get(name, 0) for name in theirs))
            for _group, own, theirs in then.ties
        )
        yield code, {str(n): abs(one - other) for n, (one, other) in enumerate(sums)}


def _moved(
    shape: Shape, now: Mapping[str, Numbers], then: Mapping[str, Numbers], least: int
) -> Iterator[tuple[str, dict[str, int]]]:
    names = [name for group in shape.groups.values() for name in group if name not in REACHED.values()]
    for code in now.keys() | then.keys():
        before, after = then.get(code, {}), now.get(code, {})
        moved = {name: abs(after.get(name, 0) - before.get(name, 0)) for name in names}
        for name, counts in MOVES_WITH.items():
            if moved.get(name) and max(moved.get(one, 0) for one in counts) < least:
                moved[name] = 1
        yield code, moved


def told(
    shape: Shape,
    parents: Parents,
    now: Mapping[str, Numbers],
    hidden: Hidden,
    last: Mapping[str, Numbers] | None,
) -> Rows:
    """What is shown of every place: anew what is not hidden, else as it was told last, if it was. `last`: what stood
    for the month before, if there was one. A place that is missing has nothing of anything, which is told."""
    found: Rows = {}
    for code in parents:
        before = None if last is None else last.get(code)
        row = {}
        for group, names in shape.groups.items():
            stays = group in hidden.get(code, ())
            for name in names:
                n = now.get(code, {}).get(name, 0)
                if not stays:
                    row[name] = n
                elif last is not None and (before is None or name in before):
                    row[name] = (before or {}).get(name, 0)
        if any(row.values()) or len(row) < sum(map(len, shape.groups.values())):
            found[code] = row
    return found


def stale(
    shape: Shape, parents: Parents, numbers: Mapping[str, Numbers], shown: Mapping[str, Numbers]
) -> Hidden:
    """The groups of each place that do not show the numbers of their table."""
    found = {}
    for code in parents:
        row, is_ = shown.get(code), numbers.get(code, {})
        differ = {
            group
            for group, names in shape.groups.items()
            for name in names
            if (0 if row is None else row.get(name, -1)) != is_.get(name, 0)
        }
        if differ:
            found[code] = frozenset(differ)
    return found
