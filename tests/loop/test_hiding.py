"""Small numbers stay hidden from whoever reads every table there is and reckons: linear reconstruction finds no more
of a hidden number than that it may be at least the threshold."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from yice.loop.identify.hiding import Numbers, Shape, hide
from yice.loop.supervise import withheld

LEAST = 5
FIGURES = Shape(
    groups={name: (name,) for name in ("people", "gaps", "asks", "started", "included")},
    within=(("started", ("gaps", "asks")),),
    everybody="people",
)
SHARES = Shape(groups={"T1": ("T1.yes", "T1.no", "T1.unknown"), "T2": ("T2.yes", "T2.no")})
Rows = dict[str, dict[str, int]]
Hidden = dict[str, frozenset[str]]
Parents = dict[str, str | None]


def tree(seed: int, shape: Shape) -> tuple[dict[str, str | None], Rows]:
    """A county with streets and villages, numbers as they are in the country: many small, some nought, some large."""
    roll = random.Random(seed)  # noqa: S311 - tables to try, no secrets
    parents: dict[str, str | None] = {"county": None}
    for street in range(roll.randint(2, 3)):
        parents[f"s{street}"] = "county"
        for village in range(roll.randint(1, 4)):
            parents[f"s{street}v{village}"] = f"s{street}"
    leaves = [code for code in parents if code not in parents.values()]
    rows = {code: _village(roll, shape) for code in leaves}
    for code in reversed(parents):
        if code not in rows:
            below = [rows[one] for one, parent in parents.items() if parent == code]
            rows[code] = {name: sum(row[name] for row in below) for name in below[0]}
    return parents, rows


def _village(roll: random.Random, shape: Shape) -> dict[str, int]:
    most = roll.choice((3, 8, 30, 120))
    if not shape.everybody:
        return {
            name: roll.choice((0, roll.randint(0, most))) for names in shape.groups.values() for name in names
        }
    people = roll.randint(0, most)
    gaps, asks = (min(people, roll.choice((0, 1, 2, 3, 7, roll.randint(0, most)))) for _ in range(2))
    started = min(people, roll.randint(0, gaps + asks))
    found = {
        "people": people, "gaps": gaps, "asks": asks, "started": started, "included": roll.randint(0, people),
    }  # fmt: skip
    if "plans" in shape.groups:
        plans = roll.randint(0, people)
        needs = roll.choice((0, 2, roll.randint(0, 2 * most)))
        found |= {"plans": plans, "measures": plans * 2, "needs": needs}
    return found


class Attack:
    """Everything that is published, as equations and inequalities in the numbers that are not; bounds by simplex."""

    def __init__(
        self, shape: Shape, parents: dict[str, str | None], rows: Rows, shut: Hidden, *, noughts: bool = True
    ) -> None:
        self.unknown = [
            (code, name)
            for code in parents
            for group, names in shape.groups.items()
            if group in shut[code]
            for name in names
        ]
        self.at = {cell: n for n, cell in enumerate(self.unknown)}
        self.rows, self.shape, self.parents = rows, shape, parents
        self.equal: list[tuple[np.ndarray, float]] = []
        self.most: list[tuple[np.ndarray, float]] = []
        names = [name for names in shape.groups.values() for name in names]
        for parent in {one for one in parents.values() if one}:
            children = [code for code, one in parents.items() if one == parent]
            for name in names:
                self._take(self.equal, [(parent, name, -1), *((one, name, 1) for one in children)])
        for code in parents:
            for small, large in shape.within:
                self._take(self.most, [(code, small, 1), *((code, one, -1) for one in large)])
            for name in set(names) - shape.free if shape.everybody else ():
                self._take(self.most, [(code, name, 1), (code, shape.everybody, -1)])
            # Noughts are shown: what is hidden alone, with nothing else of its row, is at least one.
            for group, columns in shape.groups.items():
                lone = (
                    noughts
                    and len(columns) == 1
                    and group in shut[code]
                    and len(shut[code]) < len(shape.groups)
                )
                beside = [one for one in parents if parents[one] == parents[code]]
                if lone and not all(group in shut[one] for one in beside):
                    row = np.zeros(len(self.unknown))
                    row[self.at[code, columns[0]]] = -1
                    self.most.append((row, -1.0))

    def _take(self, into: list[tuple[np.ndarray, float]], terms: list[tuple[str, str, int]]) -> None:
        row, right = np.zeros(len(self.unknown)), 0.0
        for code, name, sign in terms:
            if (code, name) in self.at:
                row[self.at[code, name]] += sign
            else:
                right -= sign * self.rows[code][name]
        if row.any():
            into.append((row, right))

    def of(self, code: str, name: str) -> tuple[float, float]:
        """The least and the most that one number can be."""
        aim = np.zeros(len(self.unknown))
        aim[self.at[code, name]] = 1
        system = self._system()
        return -maximum(-aim, *system), maximum(aim, *system)

    def bounds(self) -> Iterator[tuple[str, str, int, float, float]]:
        """Every small hidden number with the least and the most that it can be."""
        for code, name in self.unknown:
            value = self.rows[code][name]
            if 0 < value < LEAST:
                yield code, name, value, *self.of(code, name)

    def _system(self) -> tuple[np.ndarray, np.ndarray]:
        lines = [
            *self.most,
            *self.equal,
            *((-row, -right) for row, right in self.equal),
            (np.ones(len(self.unknown)), 10_000.0),  # nobody has more people than that
        ]
        return np.array([row for row, _right in lines]), np.array([right for _row, right in lines])


def maximum(aim: np.ndarray, lines: np.ndarray, right: np.ndarray) -> float:
    """The most of aim·x with lines·x ≤ right, x ≥ 0, by a two-phase simplex with Bland's rule."""
    m, n = lines.shape
    table = np.hstack([lines, np.eye(m), right[:, None]]).astype(float)
    flip = table[:, -1] < 0
    table[flip] *= -1
    artificial = np.flatnonzero(flip)
    extra = np.zeros((m, len(artificial)))
    extra[artificial, np.arange(len(artificial))] = 1
    table = np.hstack([table[:, :-1], extra, table[:, -1:]])
    basis = np.arange(n, n + m)
    basis[artificial] = n + m + np.arange(len(artificial))
    first = np.zeros(table.shape[1] - 1)
    first[n + m :] = -1
    assert _climb(table, basis, first) > -1e-6  # the true table is a solution
    # An artificial variable left in the basis, at nought, could grow again and with it forget its line.
    rows = np.ones(m, bool)
    for row in np.flatnonzero(basis >= n + m):
        others = np.flatnonzero(np.abs(table[row, : n + m]) > 1e-9)
        if len(others):
            _pivot(table, basis, int(row), int(others[0]))
        else:
            rows[row] = False
    second = np.zeros(n + m)
    second[:n] = aim
    table = np.delete(table, np.s_[n + m : -1], axis=1)
    return _climb(table[rows], basis[rows], second)


def _climb(table: np.ndarray, basis: np.ndarray, aim: np.ndarray) -> float:
    for _step in range(5000):
        gain = aim - aim[basis] @ table[:, :-1]
        rising = np.flatnonzero(gain > 1e-9)
        if not len(rising):
            return float(aim[basis] @ table[:, -1])
        column = rising[0]
        able = table[:, column] > 1e-9
        ratios = np.where(able, table[:, -1] / np.where(able, table[:, column], 1), np.inf)
        best = np.flatnonzero(ratios <= ratios.min() + 1e-12)
        row = best[np.argmin(basis[best])]
        _pivot(table, basis, int(row), int(column))
    raise AssertionError("does not end")


def _pivot(table: np.ndarray, basis: np.ndarray, row: int, column: int) -> None:
    table[row] /= table[row, column]
    others = np.arange(len(table)) != row
    table[others] -= np.outer(table[others, column], table[row])
    basis[row] = column


@pytest.mark.parametrize("shape", [FIGURES, SHARES], ids=["figures", "targets"])
def test_no_reckoning_narrows_a_hidden_number(shape: Shape) -> None:
    tried = 0
    for seed in range(60):
        parents, rows = tree(seed, shape)
        shut = hide(shape, parents, rows, LEAST)
        for code, name, value, low, high in Attack(shape, parents, rows, shut).bounds():
            tried += 1
            told = f"seed {seed}: {name} of {code} is {value}, found {low:g} to {high:g}"
            assert high >= LEAST - 1e-6 and high - low >= LEAST - 1 - 1e-6, told
    assert tried > 300


def test_the_attack_would_find_a_number_that_is_hidden_alone() -> None:
    parents, rows = tree(3, FIGURES)
    alone = {code: frozenset(name for name, n in row.items() if 0 < n < LEAST) for code, row in rows.items()}
    found = list(Attack(FIGURES, parents, rows, alone).bounds())
    assert any(high - low < LEAST - 1 for _code, _name, _value, low, high in found)


def test_small_numbers_and_what_tells_them_are_hidden_noughts_and_the_rest_are_shown() -> None:
    parents = {"county": None, "a": "county", "b": "county", "c": "county", "d": "county"}
    rows: dict[str, Numbers] = {
        "county": {"people": 200, "gaps": 32}, "a": {"people": 50, "gaps": 2}, "b": {"people": 50, "gaps": 10},
        "c": {"people": 50, "gaps": 20}, "d": {"people": 50, "gaps": 0},
    }  # fmt: skip
    shape = Shape(groups={"people": ("people",), "gaps": ("gaps",)}, everybody="people")
    shut = hide(shape, parents, rows, LEAST)
    assert {code for code, groups in shut.items() if groups} == {"a", "b"} and shut["a"] == {"gaps"}
    # The next month: two more in a, so the county, and all of it below, tells what it told.
    later = {**rows, "a": {"people": 50, "gaps": 4}, "county": {"people": 200, "gaps": 34}}
    first = withheld.told(shape, parents, rows, shut, None)
    hidden = withheld.decide(
        shape, parents, later, [withheld.Then(rows, withheld.stale(shape, parents, rows, first))], LEAST
    )
    assert withheld.told(shape, parents, later, hidden, first) == first


CUMULATIVE = Shape(groups={"included": ("included",), "settled": ("settled",)})


def months(
    shape: Shape, seed: int, many: int, moves: Callable[[random.Random], int]
) -> tuple[Parents, list[Rows]]:
    """A tree and its numbers month by month: most places hardly move, nobody is more than everybody."""
    parents, then = tree(seed, shape)
    roll = random.Random(seed)  # noqa: S311
    leaves = [code for code in parents if code not in parents.values()]
    found = [then]
    for _month in range(many - 1):
        counts = {
            code: {name: max(0, n + moves(roll)) for name, n in found[-1][code].items()} for code in leaves
        }
        for row in counts.values():
            for name in row if shape.everybody else ():
                row[name] = min(row[name], row[shape.everybody])
            for small, large in shape.within:
                row[small] = min(row[small], sum(row[one] for one in large))
        rows = withheld.rolled(counts, parents)
        found.append(_full(shape, {code: rows.get(code, {}) for code in parents}))
    return parents, found


def stood(shape: Shape, parents: Parents, tables: list[Rows]) -> list[Hidden]:
    """What each month does not tell anew, decided month after month as `supervise.months` does."""
    earlier: list[withheld.Then] = []
    last: Rows | None = None
    shut = []
    for now in tables:
        hidden = withheld.decide(shape, parents, now, earlier, LEAST)
        last = withheld.told(shape, parents, now, hidden, last)
        shown = withheld.stale(shape, parents, now, last)
        earlier.append(withheld.Then(now, shown))
        shut.append({code: hidden[code] & shown.get(code, frozenset()) for code in parents})
        assert all(shown.get(code, frozenset()) <= hidden[code] for code in parents)
    return shut


def test_two_months_subtract_to_nothing() -> None:
    """Numbers that only grow, with nobody's leaving to hide an arrival: what any two months show, taken together, tells
    of no number that moved by fewer than the threshold how much it moved."""
    tried = 0
    for seed in range(20):
        parents, tables = months(CUMULATIVE, seed, 3, lambda roll: roll.choice((0, 0, 1, 2, 6, 15)))
        shut = stood(CUMULATIVE, parents, tables)
        for one, other in ((0, 1), (0, 2), (1, 2)):
            moved = {
                code: {name: n - tables[one][code][name] for name, n in row.items()}
                for code, row in tables[other].items()
            }
            both = {code: shut[one][code] | shut[other][code] for code in parents}
            for code, name, value, low, high in Attack(
                CUMULATIVE, parents, moved, both, noughts=False
            ).bounds():
                tried += 1
                told = f"seed {seed}: {name} of {code} moved by {value}, found {low:g} to {high:g}"
                assert high >= LEAST - 1e-6 and high - low >= LEAST - 1 - 1e-6, told
            for code, row in moved.items():
                assert not [name for name, n in row.items() if 0 < n < LEAST and name not in both[code]]
    assert tried > 150


STANDING = Shape(
    groups={**FIGURES.groups, "plans": ("plans", "measures"), "needs": ("needs",)},
    within=FIGURES.within,
    everybody="people",
    free=frozenset({"measures", "needs"}),
)


def test_everything_that_stands_is_closed_together_month_by_month() -> None:
    """Figures and ledger of a place at once, people coming and going: bounds of every number that a month does not tell
    anew, from all that it tells, and from the month when the number was told before, how much it moved."""
    tried = anew = everybody = 0
    for seed in range(12):
        parents, tables = months(STANDING, seed, 3, lambda roll: roll.choice((0, 0, 0, -1, 1, 2, -2, 7, 20)))
        shut = stood(STANDING, parents, tables)
        for n, rows in enumerate(tables):
            everybody += sum("people" in groups and len(groups) < 7 for groups in shut[n].values())
            anew += sum(len(STANDING.groups) - len(groups) for groups in shut[n].values())
            attack = Attack(STANDING, parents, rows, shut[n], noughts=n == 0)
            for code, name in attack.unknown:
                was = [tables[k][code][name] for k in range(n) if name_told(name, shut[k][code])]
                near = [one for one in was if 0 < abs(rows[code][name] - one) < LEAST]
                if 0 < rows[code][name] < LEAST or near:
                    tried += 1
                    low, high = attack.of(code, name)
                    told = f"seed {seed}, month {n}: {name} of {code} is {rows[code][name]}, found {low:g} to {high:g}"
                    assert high - low >= LEAST - 1 - 1e-6, told
                    assert all(max(high - one, one - low) >= LEAST - 1e-6 for one in near or [0]), told
    assert tried > 800 and anew > 400 and everybody > 20


def name_told(name: str, shut: frozenset[str]) -> bool:
    return not any(name in STANDING.groups[group] for group in shut)


def _full(shape: Shape, rows: Rows) -> Rows:
    return {
        code: {name: row.get(name, 0) for names in shape.groups.values() for name in names}
        for code, row in rows.items()
    }
