"""A plan's targets over its rows: each row once, its place's numbers up the tree to every area in one pass."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from yice.rules.bits import full, unpack
from yice.rules.kernel.evaluator import Evaluator
from yice.rules.kernel.program import Program, compile_plan
from yice.rules.model import Basis, Measured, Plan, Requirement, Row, Target
from yice.rules.targets.forms import WIDTH, Form, form_of, row_of_measured
from yice.rules.targets.sheet import KINDS, Ints, Range, Sheet, Tree, by_spot
from yice.rules.words import Place

Truth = NDArray[np.int8]  # 0 no, 1 unknown, 2 yes
NO, OPEN, YES = 0, 1, 2
CHUNK = 262_144
SIZE = "beds"
# Cell of a row by 3·denominator + numerator: see `forms.WIDTH`.
_CELL = np.array([-1, -1, -1, 4, 5, 3, 1, 2, 0], np.int8)


@dataclass(frozen=True)
class Counted:
    """Target → areas × numbers, in the order of `tree`. A target that is not here has no source."""

    tree: Tree
    numbers: Mapping[str, Ints]

    def of(self, target: str, code: str | int) -> list[int] | None:
        """The numbers of one area; None where nothing feeds the target or the area is not in the tree."""
        found, at = self.numbers.get(target), self.tree.at(code)
        return None if found is None or at is None else [int(n) for n in found[at]]


def count(
    plan: Plan,
    sheets: Mapping[Row, Sheet],
    tree: Tree,
    as_of: dt.date,
    targets: Iterable[str] | None = None,
) -> Counted:
    """Count every target (or these) over the rows there are. A kind of row without a sheet feeds nothing yet."""
    counting = Counting(compile_plan(plan, as_of), sheets, tree)
    chosen = plan.targets if targets is None else {name: plan.targets[name] for name in targets}
    found = {name: counting.target(target) for name, target in chosen.items()}
    return Counted(tree, {name: numbers for name, numbers in found.items() if numbers is not None})


class Counting:
    """The rows of some sheets under a plan's program."""

    def __init__(self, program: Program, sheets: Mapping[Row, Sheet], tree: Tree) -> None:
        self.program, self.sheets, self.tree = program, sheets, tree
        self._truths: dict[tuple[Row, str], Truth] = {}
        self._here: dict[tuple[Row, Basis], Truth] = {}
        self._placed: dict[tuple[Row, Basis], Sheet] = {}

    def target(self, target: Target) -> Ints | None:
        """Its numbers by area; None where it has no source or a sheet it needs is not there."""
        form = form_of(target)
        return None if form == "none" else _FORMS[form](self, target)

    def sides(self, target: Target) -> tuple[Sheet, Truth, Truth | None] | None:
        """The sheet, who is in the denominator, and who of them in the numerator, a row or household each."""
        numerator, denominator = target.numerator, target.denominator
        first = denominator if denominator is not None else numerator
        if first is None or (row := row_of_measured(target, first)) is None or row not in self.sheets:
            return None
        sheet = self._sheet(row, target.basis)
        base = self._counted(
            target, sheet, np.minimum(self._truth(target, first, row), self._present(row, target.basis))
        )
        told = None
        if denominator is not None and numerator is not None and form_of(target) == "share":
            told = self._truth(target, numerator, row)
        return sheet, base, told

    # The forms

    def _share(self, target: Target) -> Ints | None:
        found = self.sides(target)
        if found is None:
            return None
        sheet, base, told = found
        assert told is not None  # noqa: S101 - a share has both sides
        if target.unit == "households":
            sheet, base, told = _households(sheet, base, told)
        return self._up(sheet, _CELL[base * 3 + told], WIDTH["share"]) + self._silent(target, sheet)

    def _silent(self, target: Target, sheet: Sheet) -> Ints:
        """Areas of the target's tiers that tell nothing, where others of these tiers do: nothing is known of them."""
        cells = np.zeros((len(self.tree), WIDTH["share"]), np.int64)
        if target.unit == "areas":
            ours = self.tree.of_tiers(target.tiers)
            ours &= _inside(self.tree.codes, target.among) if target.among else True
            telling = np.isin(self.tree.codes, sheet.places)
            if (ours & telling).any():
                cells[ours & ~telling, _CELL[OPEN * 3 + OPEN]] = 1
        return self.tree.roll_up(self.tree.codes, cells)

    def _single(self, target: Target) -> Ints | None:
        """Rows known to be counted, and rows of which it is not known."""
        found = self.sides(target)
        if found is None:
            return None
        sheet, base, _ = found
        if target.unit == "households":
            sheet, base, _ = _households(sheet, base, base)
        return self._up(sheet, np.array([-1, 1, 0], np.int8)[base], WIDTH["count"])

    def _ratio(self, target: Target) -> Ints | None:
        sides = [self._summed(target, one) for one in (target.numerator, target.denominator)]
        if any(side is None for side in sides):
            return None
        return np.hstack(cast(list[Ints], sides))

    def _summed(self, target: Target, measured: Measured | None) -> Ints | None:
        """By area: what is known of the sum, rows of which it is not known, 1 where rows may lack."""
        if measured is None:
            return np.zeros((len(self.tree), 3), np.int64)
        row = row_of_measured(target, measured)
        if row is None or row not in self.sheets:
            return None
        sheet = self._sheet(row, target.basis)
        base = self._counted(
            target, sheet, np.minimum(self._truth(target, measured, row), self._present(row, target.basis))
        )
        known, amounts = self._amounts(sheet, measured.sum)
        counted = (base == YES) & known
        spots, which = sheet.spots
        sums = np.zeros((len(spots), 2), np.int64)
        np.add.at(sums[:, 0], which[counted], amounts[counted])
        np.add.at(sums[:, 1], which[(base != NO) & ~counted], 1)
        if row == "area":
            return self.tree.told(spots, sums)
        up = self.tree.roll_up(spots, sums)
        lacking = np.zeros(len(self.tree), np.bool_)
        if row in KINDS:
            lacking = ~sheet.is_whole(measured.kinds or ("",), self.tree.codes, self.tree.ends)
        return np.column_stack([up, lacking.astype(np.int64)])

    def _in_each(self, target: Target) -> Ints | None:
        """Areas of the target's tiers that have enough of what is required, up the tree."""
        if any(one.of not in self.sheets for one in target.requires):
            return None
        met = np.vstack([self._met(target, one) for one in target.requires])
        enough = np.full(len(self.tree), OPEN, np.int8)
        enough[(met == YES).sum(axis=0) >= target.enough] = YES
        enough[(met != NO).sum(axis=0) < target.enough] = NO
        counted = self.tree.of_tiers(target.tiers)
        if target.among:
            counted &= _inside(self.tree.codes, target.among)
        cells = np.eye(WIDTH["in_each"], dtype=np.int64)[_CELL[YES * 3 + enough]] * counted[:, None]
        return self.tree.roll_up(self.tree.codes, cells)

    def _met(self, target: Target, one: Requirement) -> Truth:
        """Of every area, whether it has so many: also where what is known already suffices, or cannot any more."""
        sheet = self.sheets[one.of]
        base = np.minimum(self._of_kinds(one.of, one.kinds), self._present(one.of))
        if one.where is not None:
            base = np.minimum(base, self._where(target, one.where, one.of))
        if one.size_at_least is not None:
            known, sizes = self._amounts(sheet, SIZE)
            base = np.minimum(base, np.where(known, np.where(sizes >= one.size_at_least, YES, NO), OPEN))
        up = self.tree.roll_up(sheet.spots[0], by_spot(sheet, base - 1, 2))
        whole = sheet.is_whole(one.kinds, self.tree.codes, self.tree.ends)
        most = up.sum(axis=1)
        found = np.full(len(self.tree), OPEN, np.int8)
        found[up[:, 1] >= one.at_least] = YES
        found[whole & (most < one.at_least)] = NO
        return found

    def _of_each(self, target: Target) -> Ints | None:
        """Facilities of the kinds named that have enough of what is required of each."""
        if "organisation" not in self.sheets:
            return None
        sheet = self.sheets["organisation"]
        base = np.minimum(self._of_kinds("organisation", target.kinds), self._present("organisation"))
        base = self._counted(target, sheet, base)
        has = np.vstack([self._where(target, one.where or "", "organisation") for one in target.requires])
        told = np.full(len(base), OPEN, np.int8)
        told[(has == YES).sum(axis=0) >= target.enough] = YES
        told[(has != NO).sum(axis=0) < target.enough] = NO
        return self._up(sheet, _CELL[base * 3 + told], WIDTH["of_each"])

    # What is true of rows

    def _counted(self, target: Target, sheet: Sheet, base: Truth) -> Truth:
        """Rows outside the places that the target speaks of are not counted."""
        return np.where(_inside(sheet.places, target.among), base, NO) if target.among else base

    def _truth(self, target: Target, measured: Measured, row: Row) -> Truth:
        truth = self._of_kinds(row, measured.kinds)
        if measured.where is not None:
            truth = np.minimum(truth, self._where(target, measured.where, row))
        return truth

    def _of_kinds(self, row: Row, kinds: tuple[str, ...]) -> Truth:
        """Which rows are of one of these kinds; all where none is named."""
        fact = KINDS.get(row)
        if not kinds or fact is None:
            return np.full(self.sheets[row].columns.rows, YES, np.int8)
        listed = ", ".join(f'"{kind}"' for kind in kinds)
        return self._evaluated(row, f"{fact} in [{listed}]", Place("targets.yaml", 1, 1))

    def _where(self, target: Target, text: str, row: Row) -> Truth:
        return self._evaluated(row, text, target.place)

    def _evaluated(self, row: Row, text: str, place: Place) -> Truth:
        key = (row, text)
        found = self._truths.get(key)
        if found is None:
            node, columns = self.program.asked_of(text, place), self.sheets[row].columns
            found = np.empty(columns.rows, np.int8)
            for low in range(0, columns.rows, CHUNK):
                high = min(low + CHUNK, columns.rows)
                evaluator = Evaluator(columns, self.program.tables, self.program.leap_day, low, high)
                true, false = evaluator.bits(node)
                found[low:high] = 1 + unpack(true, high - low).astype(np.int8) - unpack(false, high - low)
            self._truths[key] = found
        return found

    def _sheet(self, row: Row, basis: Basis) -> Sheet:
        """The rows of a kind in the places of a basis."""
        found = self._placed.get((row, basis))
        if found is None:
            found = self._placed[row, basis] = self.sheets[row].by(basis)
        return found

    def _present(self, row: Row, basis: Basis = "hukou") -> Truth:
        """Persons alive and of the plan's areas on the day; of the rest whoever is registered."""
        found = self._here.get((row, basis))
        if found is None:
            sheet = self._sheet(row, basis)
            found = np.full(sheet.columns.rows, YES, np.int8)
            if row == "person":
                found[~_inside(sheet.places, self.program.plan.areas)] = NO
                if "deceased" in sheet.columns.facts:
                    found[self._evaluated(row, "deceased", Place("facts.yaml", 1, 1)) == YES] = NO
            self._here[row, basis] = found
        return found

    def _amounts(self, sheet: Sheet, name: str | None) -> tuple[NDArray[np.bool_], Ints]:
        """An int fact by row and where it is known; 1 for each row where none is named."""
        rows = sheet.columns.rows
        if name is None:
            return np.ones(rows, np.bool_), np.ones(rows, np.int64)
        column = sheet.columns.column(name)
        if column.values is None:
            return np.zeros(rows, np.bool_), np.zeros(rows, np.int64)
        known = unpack(column.known & full(rows), rows).view(np.bool_)
        return known, np.where(known, column.values, 0).astype(np.int64)

    def _up(self, sheet: Sheet, cells: NDArray[np.int8], width: int) -> Ints:
        return self.tree.roll_up(sheet.spots[0], by_spot(sheet, cells, width))


def _households(sheet: Sheet, base: Truth, told: Truth) -> tuple[Sheet, Truth, Truth]:
    """One row a household: counted if any member is, served if any member who is counted is."""
    rows = len(base)
    homes = np.full(rows, -1, np.int64) if sheet.homes is None else sheet.homes
    alone = -2 - np.arange(rows)  # a person without a known household is one
    _, first, which = np.unique(np.where(homes >= 0, homes, alone), return_index=True, return_inverse=True)
    counted, served = np.zeros(len(first), np.int8), np.zeros(len(first), np.int8)
    np.maximum.at(counted, which, base)
    np.maximum.at(served, which, np.minimum(base, told))
    return Sheet(sheet.columns, sheet.places[first], whole=sheet.whole), counted, served


def _inside(places: Ints, areas: Iterable[str]) -> NDArray[np.bool_]:
    ranges = [_range(code) for code in areas]
    if not ranges:
        return np.ones(len(places), np.bool_)
    inside = np.zeros(len(places), np.bool_)
    for low, high in ranges:
        inside |= (low <= places) & (places < high)
    return inside


def _range(code: str) -> Range:
    head = code.rstrip("0")
    width = next(width for width in (2, 4, 6, 9, 12) if len(head) <= width)
    return int(code), int(code) + 10 ** (12 - width)


_FORMS: dict[Form, Callable[[Counting, Target], Ints | None]] = {
    "share": Counting._share,
    "part": Counting._single,
    "count": Counting._single,
    "allocated": Counting._single,
    "ratio": Counting._ratio,
    "in_each": Counting._in_each,
    "of_each": Counting._of_each,
}
