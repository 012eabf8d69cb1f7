"""Small numbers stay hidden from whoever reads every table there is and reckons: linear reconstruction finds no more
of a hidden number than that it may be at least the threshold."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

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
    return {
        "people": people,
        "gaps": gaps,
        "asks": asks,
        "started": started,
        "included": roll.randint(0, people),
    }


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
            for name in names if shape.everybody else ():
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

    def bounds(self) -> Iterator[tuple[str, str, int, float, float]]:
        """Every small hidden number with the least and the most that it can be."""
        for (code, name), n in self.at.items():
            value = self.rows[code][name]
            if 0 < value < LEAST:
                aim = np.zeros(len(self.unknown))
                aim[n] = 1
                yield code, name, value, -maximum(-aim, *self._system()), maximum(aim, *self._system())

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
    second = np.zeros(table.shape[1] - 1)
    second[:n] = aim
    table[:, n + m : -1] = 0
    return _climb(table, basis, second)


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
        table[row] /= table[row, column]
        others = np.arange(len(table)) != row
        table[others] -= np.outer(table[others, column], table[row])
        basis[row] = column
    raise AssertionError("does not end")


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
    # The next time: what was hidden stays hidden, so two reports subtract to nothing.
    later = {**rows, "a": {"people": 50, "gaps": 8}, "county": {"people": 200, "gaps": 38}}
    assert hide(shape, parents, later, LEAST, before=shut)["a"] == {"gaps"}
    assert not hide(shape, parents, later, LEAST)["a"]


CUMULATIVE = Shape(groups={"included": ("included",), "settled": ("settled",)})


def test_two_reports_subtract_to_nothing(settings: Any) -> None:
    """Numbers that only grow, with nobody's leaving to hide an arrival: what both reports show, taken together, tells
    of no number that moved by fewer than the threshold how much it moved."""
    settings.YICE_LEAST_SHOWN = LEAST
    tried = 0
    for seed in range(40):
        parents, then = tree(seed, CUMULATIVE)
        roll = random.Random(seed)  # noqa: S311
        leaves = [code for code in parents if code not in parents.values()]
        now = {code: dict(then[code]) for code in leaves}
        for code in leaves:
            for name in now[code]:
                now[code][name] += roll.choice((0, 0, 1, 2, 6, 15))
        for code in reversed(parents):
            if code not in now:
                below = [now[one] for one, parent in parents.items() if parent == code]
                now[code] = {name: sum(row[name] for row in below) for name in below[0]}
        shut = withheld_of(parents, [then]), withheld_of(parents, [then, now])
        moved = {code: {name: n - then[code][name] for name, n in row.items()} for code, row in now.items()}
        told = {code: shut[0][code] | shut[1][code] for code in parents}
        for code, name, value, low, high in Attack(CUMULATIVE, parents, moved, told, noughts=False).bounds():
            tried += 1
            assert high >= LEAST - 1e-6 and high - low >= LEAST - 1 - 1e-6, (
                seed,
                code,
                name,
                value,
                low,
                high,
            )
        for code, row in moved.items():
            assert not [name for name, n in row.items() if 0 < n < LEAST and name not in told[code]]
    assert tried > 150


def withheld_of(parents: dict[str, str | None], history: list[Rows]) -> Hidden:
    """As `hidden_in_report`, with the tree of the test in place of the country's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(withheld, "tree", lambda _codes: parents)
        return withheld.hidden_in_report(CUMULATIVE, history)
