"""Figures beside targets, one plan's targets beside another's, each counted on a day of its own: what three months tell
of the same persons, taken together, tells nothing that is withheld in one of them.

The tables are decided one after the other as `supervise.months` does; the attack is that of `test_hiding`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, VILLAGE, Cast
from tests.loop.test_hiding import LEAST, Attack, Parents, Rows, maximum

from yice.areas.selectors import area_of
from yice.loop.identify.hiding import Shape
from yice.loop.supervise import beside, withheld
from yice.loop.supervise.months import FIGURES, keep, newest
from yice.loop.supervise.withheld import Classes, Then
from yice.terms import clock

CHILD = "persons hukou person child = yes"
KINDS = {
    "figures": (
        Shape({"people": ("people",), "gaps": ("gaps",)}, everybody="people"),
        {withheld.EVERYBODY: [["people"]]},
    ),
    "plan A": (
        Shape({"T1": ("T1#0", "T1#1"), "T2": ("T2#0", "T2#1"), "T5": ("T5#0", "T5#1")}),
        {withheld.EVERYBODY: [["T1#0", "T1#1"]], CHILD: [["T2#0", "T2#1"], ["T5#0", "T5#1"]]},
    ),
    "plan B": (
        Shape({"T3": ("T3#0", "T3#1"), "T4": ("T4#0", "T4#1")}),
        {withheld.EVERYBODY: [["T4#0", "T4#1"]], CHILD: [["T3#0", "T3#1"]]},
    ),
}  # fmt: skip
Village = np.ndarray  # people by child, reached by plan A, by plan B


@dataclass(frozen=True)
class Table:
    kind: str
    numbers: Rows  # as counted
    shown: Rows  # as told
    shape: Shape
    classes: Classes
    untold: dict[str, frozenset[str]]  # what is not told anew

    @property
    def sums(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Who is counted, by which group, as the sum of which names."""
        for who, many in KINDS[self.kind][1].items():
            for names in many:
                yield who, names[0].partition("#")[0], tuple(names)


def counted(kind: str, village: Village) -> dict[str, int]:
    adults, children = village
    everybody = adults + children
    match kind:
        case "figures":
            return {"people": int(everybody.sum()), "gaps": int(everybody[1].sum())}
        case "plan A":
            pairs = {"T1": everybody.sum(1), "T2": children.sum(1), "T5": children.sum(0)}
        case _:
            pairs = {"T3": children.sum(0), "T4": everybody.sum(0)}
    return {f"{name}#{n}": int(one) for name, pair in pairs.items() for n, one in enumerate(pair)}


class Months:
    """A tree of places, its people, and every table that was told of them until now."""

    def __init__(self, seed: int, without: str = "", blind: bool = False) -> None:
        """`without`: a class that plan B is not known to count (a planted fault); `blind`: nothing stands beside."""
        self.roll, self.without, self.blind = random.Random(seed), without, blind  # noqa: S311
        self.parents: Parents = {"11": None}
        for street in range(2):
            self.parents[f"11{street}"] = "11"
            for village in range(self.roll.randint(3, 5)):
                self.parents[f"11{street}{village}"] = f"11{street}"
        self.leaves = [code for code in self.parents if code not in self.parents.values()]
        self.people = {code: self._some() for code in self.leaves}
        self.tables: list[Table] = []

    def _some(self) -> Village:
        """A few people, many, or many of whom a few are reached by plan A, or not by plan B."""
        found = np.array([self.roll.randint(6, 25) for _ in range(8)]).reshape(2, 2, 2)
        found *= self.roll.randint(1, 4)
        match self.roll.choice(("few", "many", "many", "A", "B")):
            case "few":
                found[:] = 0
                found[self.roll.randint(0, 1), 0, 0] = self.roll.randint(1, 4)
            case "A":
                found[:, 1] = [[self.roll.randint(0, 2), 0], [1, 0]]
            case "B":
                found[:, :, 1] = [[self.roll.randint(0, 2), 0], [1, 0]]
        return found

    def days_pass(self) -> None:
        """People come to some of the places: one here, two there, many elsewhere."""
        for code in self.leaves:
            came = self.roll.choice((0, 0, 0, 1, 2, 15))
            for _one in range(came):
                self.people[code][
                    self.roll.randint(0, 1), self.roll.randint(0, 1), self.roll.randint(0, 1)
                ] += 1

    def tell(self, kind: str) -> None:
        shape, classes = KINDS[kind]
        known = {who: names for who, names in classes.items() if kind != "plan B" or who != self.without}
        counts = {code: counted(kind, village) for code, village in self.people.items()}
        now: Rows = {code: {} for code in self.parents}
        for code, row in counts.items():
            at: str | None = code
            while at is not None:
                now[at] = {name: now[at].get(name, 0) + n for name, n in row.items()}
                at = self.parents[at]
        others = [] if self.blind else list(self._others(kind, shape, known))
        own = [one for one in self.tables if one.kind == kind]
        earlier = [
            Then(one.numbers, withheld.stale(shape, self.parents, one.numbers, one.shown)) for one in own
        ]
        whole, numbers, untold = beside.joined(shape, known, self.parents, now, others)
        hidden = withheld.decide(
            whole, self.parents, numbers, [*earlier, *(one.then for one in others)], LEAST, untold
        )
        shown = withheld.told(shape, self.parents, now, hidden, own[-1].shown if own else None)
        anew = withheld.stale(shape, self.parents, now, shown)
        shut = {code: hidden[code] & anew.get(code, frozenset()) for code in self.parents}
        self.tables.append(Table(kind, now, shown, shape, known, shut))

    def _others(self, kind: str, shape: Shape, known: Classes) -> Iterator[beside.Other]:
        last = {one.kind: n for n, one in enumerate(self.tables)}
        for n, one in enumerate(self.tables):
            there = beside.ties(shape, known, one.classes)
            if there and (one.kind != kind or kind != "figures"):
                yield beside.other(
                    f"{n}|", self.parents, one.numbers, one.shown, there, area="", last=one.kind != kind and last[one.kind] == n,
                )  # fmt: skip


def one_moment(months: Months) -> list[str]:
    """What is found from the last table of each kind, all of one moment: small numbers that are not told."""
    tables = {one.kind: one for one in months.tables}
    groups = {group: names for one in tables.values() for group, names in one.shape.groups.items()}
    rows: Rows = {
        code: {name: n for one in tables.values() for name, n in one.numbers[code].items()}
        for code in months.parents
    }
    shut = {
        code: frozenset(group for one in tables.values() for group in one.untold[code])
        for code in months.parents
    }
    attack = Attack(Shape(groups), months.parents, rows, shut, noughts=False)
    by_class: dict[str, list[tuple[str, ...]]] = {}
    for one in tables.values():
        for who, _group, names in one.sums:
            by_class.setdefault(who, []).append(names)
    for code in months.parents:
        for same in by_class.values():
            for other in same[1:]:
                terms = [*((code, name, 1) for name in same[0]), *((code, name, -1) for name in other)]
                attack._take(attack.equal, terms)
        attack._take(attack.most, [(code, "gaps", 1), (code, "people", -1)])
    return [
        f"{name} of {code} is {value}, found {low:g} to {high:g}"
        for code, name, value, low, high in attack.bounds()
        if high < LEAST - 1e-6 or high - low < LEAST - 1 - 1e-6
    ]


def between(months: Months) -> tuple[list[str], int]:
    """What any two tables tell of how few came between their moments; and how many such numbers there are."""
    found, tried = [], 0
    for n, one in enumerate(months.tables):
        for other in months.tables[:n]:
            for who, group, names in one.sums:
                for whose, their, theirs in other.sums:
                    if who == whose:
                        bad, many = _moved(months.parents, (one, group, names), (other, their, theirs))
                        found += bad
                        tried += many
    return found, tried


def _moved(parents: Parents, *sides: tuple[Table, str, tuple[str, ...]]) -> tuple[list[str], int]:
    shape = Shape({"x": ("x",)})
    (one, group, names), (other, their, theirs) = sides
    moved: Rows = {
        code: {
            "x": sum(one.numbers[code][name] for name in names)
            - sum(other.numbers[code][name] for name in theirs)
        }
        for code in parents
    }
    shut = {
        code: frozenset("x" for table, key in ((one, group), (other, their)) if key in _untold(table, code))
        for code in parents
    }
    found = [
        f"{group} and {their} of {code}: {row['x']} came" for code, row in moved.items() if 0 < row["x"] < LEAST and not shut[code]
    ]  # fmt: skip
    tried = len(found)
    for (table, key, mine), (that, its, _names) in (sides, sides[::-1]):
        attack = Attack(table.shape, parents, table.numbers, table.untold, noughts=False)
        for code, row in moved.items():
            # Told there, and here perhaps worked out from the places around.
            if 0 < row["x"] < LEAST and key in _untold(table, code) and its not in _untold(that, code):
                tried += 1
                low, high = span(attack, code, mine)
                if high - low < LEAST - 1 - 1e-6:
                    found.append(f"{key} of {code}, near {its}: found {low:g} to {high:g}")
    for code, _name, value, low, high in Attack(shape, parents, moved, shut, noughts=False).bounds():
        tried += 1
        if high < LEAST - 1e-6 or high - low < LEAST - 1 - 1e-6:
            found.append(f"{group} and {their} of {code}: {value} came, found {low:g} to {high:g}")
    return found, tried


def span(attack: Attack, code: str, names: tuple[str, ...]) -> tuple[float, float]:
    """The least and the most that a sum of one place can be."""
    aim = np.zeros(len(attack.unknown))
    for name in names:
        aim[attack.at[code, name]] = 1
    system = attack._system()
    return -maximum(-aim, *system), maximum(aim, *system)


def _untold(table: Table, code: str) -> frozenset[str]:
    return table.untold[code]


ORDERS = [("figures", "plan A", "plan B"), ("plan B", "figures", "plan A"), ("plan A", "plan B", "figures")]


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_of_one_moment_no_table_tells_what_another_withholds(order: tuple[str, ...]) -> None:
    told = 0
    for seed in range(8):
        months = Months(seed)
        for kind in order:
            months.tell(kind)
        assert one_moment(months) == [], seed
        told += sum(
            len(one.shape.groups) - len(shut) for one in months.tables for shut in one.untold.values()
        )
    assert told > 200


def three_months(seed: int, *, without: str = "", blind: bool = False) -> Months:
    """Each month figures and the runs of two plans, on days of their own and in any order, people coming in between."""
    months = Months(seed, without, blind)
    for _month in range(3):
        for kind in months.roll.choice(ORDERS):
            months.tell(kind)
            months.days_pass()
    return months


def test_of_three_months_no_two_tables_tell_how_few_came_between() -> None:
    tried = told = 0
    for seed in range(8):
        months = three_months(seed)
        found, many = between(months)
        assert found == [], seed
        tried += many
        told += sum(
            len(one.shape.groups) - len(shut) for one in months.tables for shut in one.untold.values()
        )
    assert tried > 500 and told > 400


def test_the_attack_finds_targets_that_are_counted_a_day_later_and_compared_with_nothing() -> None:
    assert any(between(three_months(seed, blind=True))[0] for seed in range(8))


@pytest.mark.parametrize("who", [withheld.EVERYBODY, CHILD])
def test_the_attack_finds_a_tie_that_was_left_out(who: str) -> None:
    assert any(between(three_months(seed, without=who))[0] for seed in range(8))


def crafted(without: str = "") -> Months:
    """Four people in the first village, a hundred in the second; two in the third, that is larger, need plan B still."""
    months = Months(0, without)
    months.parents = {"11": None, "110": "11", "111": "11", "112": "11", "113": "11"}
    months.leaves = ["110", "111", "112", "113"]
    few, many = np.zeros((2, 2, 2), int), np.full((2, 2, 2), 12)
    few[1, 0, 1] = 4
    two = many * 5
    two[:, :, 1] = [[0, 0], [2, 0]]
    months.people = dict(zip(months.leaves, (few, many, two, many * 3), strict=True))
    return months


@pytest.mark.parametrize("who", ["", withheld.EVERYBODY, CHILD])
@pytest.mark.parametrize("order", ORDERS[:2], ids=" ".join)
def test_at_one_moment_the_attack_finds_a_tie_that_was_left_out(who: str, order: tuple[str, ...]) -> None:
    months = crafted(who)
    for kind in order:
        months.tell(kind)
    assert bool(one_moment(months)) is (who != "")


@pytest.mark.django_db
@pytest.mark.parametrize("known", [True, False])
def test_a_run_after_one_person_came_does_not_tell_it(cast: Cast, known: bool) -> None:
    """As it is kept: the figures of a month, then a plan's targets that count everybody, a day later and one more."""
    top, day = area_of(COUNTY), clock.today()
    people = {VILLAGE: 100, NEXT_VILLAGE: 60, FAR_VILLAGE: 80}
    figures, classes = Shape({"people": ("people",)}, everybody="people"), {withheld.EVERYBODY: [["people"]]}
    assert keep(
        FIGURES, top, day, figures, classes, lambda: {code: {"people": n} for code, n in people.items()}
    )
    later = people | {VILLAGE: 101}
    shape, same = Shape({"T": ("T#0", "T#1")}), {withheld.EVERYBODY: [["T#0", "T#1"]]}
    assert keep(
        "plan", top, day, shape, same if known else {}, lambda: {code: {"T#0": n - 20, "T#1": 20} for code, n in later.items()}
    )  # fmt: skip
    told = newest("plan", [COUNTY], [COUNTY, *people])
    assert ("T#0" in told.of(VILLAGE)) is not known
    assert ("T#0" in told.of(COUNTY)) is not known
    assert newest(FIGURES, [COUNTY], [VILLAGE]).of(VILLAGE)["people"] == 100
