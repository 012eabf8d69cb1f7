"""Everybody against every group of a plan: statuses as bit sets, decisions as Arrow batches, one row as objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import pyarrow as pa

from yice.rules.bits import Words, count, some
from yice.rules.columns import Columns
from yice.rules.files.ahead import done
from yice.rules.kernel.batches import DIFFERENCE, SCHEMA, batch
from yice.rules.kernel.evaluator import Bits, Evaluator, OneRow
from yice.rules.kernel.findings import finding_rows
from yice.rules.kernel.outcome import Block, Fen
from yice.rules.kernel.program import Program, compile_plan
from yice.rules.model import FindingKind, Plan, Status, Unit

CHUNK = 262_144  # rows worked on at once: enough that numbers, not Python, take the time; little memory
_T = TypeVar("_T")
_FIRST = np.array([0])


@dataclass(frozen=True)
class Decision:
    """One row and one group, with the words of the files. difference_fen is paid less due."""

    group: str
    status: Status
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    amount_fen: int | None
    receiving: bool | None
    finding: FindingKind
    difference_fen: int | None = None


def screen(
    plan: Plan,
    columns: Columns,
    as_of: dt.date,
    *,
    groups: Sequence[str] | None = None,
    units: Sequence[Unit] = ("person", "household"),
    threads: int = 2,
    chunk: int = CHUNK,
) -> Screening:
    """Screen the rows of `columns` on a day: against `groups`, or against all whose unit is among `units`.

    A household's facts stand on the row of each member, so its groups are told of everyone who lives in it.
    Nothing is worked out yet: masks are when first asked for, decisions as they are read.
    """
    program = compile_plan(plan, as_of)
    chosen = (
        [name for name, group in plan.groups.items() if group.unit in units] if groups is None else groups
    )
    return Screening(program, columns, tuple(chosen), threads, max(64, chunk // 64 * 64))


class Screening:
    """The rows of one `Columns` against a program. Masks are packed: see `yice.rules.bits`."""

    def __init__(
        self, program: Program, columns: Columns, groups: tuple[str, ...], threads: int, chunk: int
    ) -> None:
        self.program, self.columns, self.groups = program, columns, groups
        self.as_of, self.ended, self.rows = program.as_of, program.ended, columns.rows
        self._threads, self._chunk = threads, chunk
        self._masks: dict[str, Bits] = {}
        self._lines: dict[int, Bits] = {}

    def eligible(self, group: str) -> Words:
        """Rows that are known to belong and that no exclusion takes out."""
        return self._status(group)[0]

    def ineligible(self, group: str) -> Words:
        """Rows that are known not to belong, or that an exclusion takes out."""
        return self._status(group)[1]

    def unknown(self, group: str) -> Words:
        """Rows of which it cannot be told."""
        eligible, ineligible = self._status(group)
        return self.columns.full ^ (eligible | ineligible)

    def conditions(self, group: str) -> dict[str, Bits]:
        """For each condition of a group by key, the rows where it is met and where it failed."""
        self._run()
        return {line.key: self._lines[id(line.node)] for line in self.program.groups[group].lines}

    def counts(self, group: str) -> dict[Status, int]:
        """How many rows have each status."""
        return {
            "eligible": count(self.eligible(group)),
            "ineligible": count(self.ineligible(group)),
            "unknown": count(self.unknown(group)),
        }

    def schema(self, *, difference: bool = False) -> pa.Schema:
        """The schema of `decisions`."""
        return SCHEMA.append(DIFFERENCE) if difference else SCHEMA

    def decisions(
        self, rows: Literal["all", "findings"] = "all", *, difference: bool = False
    ) -> Iterator[pa.RecordBatch]:
        """Batches of one group and one run of rows each: every row, or those with something to follow up."""
        numbers = {name: number for number, name in enumerate(self.groups)}
        names = pa.array(self.groups, pa.string())
        findings_only = rows == "findings"

        def write(low: int) -> list[pa.RecordBatch]:
            block = self._block(low)
            ids = self.columns.ids.slice(low, block.evaluator.rows)
            made = []
            for group, number in numbers.items():
                outcome = block.outcome(group)
                if findings_only and not outcome.program.compared:
                    continue
                made.append(
                    batch(outcome, ids, names, number, findings_only=findings_only, difference=difference)
                )
            block.close()
            return [part for part in made if part.num_rows]

        for made in self._each(write):
            yield from made

    def decide(self, row: int = 0) -> tuple[Decision, ...]:
        """One row against every group, without Arrow: what a page asks after an edit."""
        block = Block(self.program, OneRow(self.columns, self.program.tables, self.program.leap_day, row))
        return tuple(self._decision(block, group) for group in self.groups)

    def _decision(self, block: Block, group: str) -> Decision:
        outcome = block.outcome(group)
        status: Status = "unknown"
        if some(outcome.eligible):
            status = "eligible"
        elif some(outcome.ineligible):
            status = "ineligible"
        none: FindingKind = ""
        finding = next((kind for kind, rows in finding_rows(outcome).items() if some(rows)), none)
        yes, no = outcome.receiving
        due = _one(outcome.due(_FIRST)) if status == "eligible" else None
        paid = _one(outcome.paid(_FIRST)) if some(yes) else None
        return Decision(
            group,
            status,
            tuple(key for key, rows in outcome.failed if some(rows)) if status == "ineligible" else (),
            tuple(name for name, rows in outcome.missing if some(rows)) if status == "unknown" else (),
            paid if finding in ("leak", "duplicate") else due,
            True if some(yes) else False if some(no) else None,
            finding,
            paid - due if paid is not None and due is not None else None,
        )

    def _status(self, group: str) -> Bits:
        self._run()
        return self._masks[group]

    def _run(self) -> None:
        """Work out every mask, a chunk of rows at a time."""
        if self._masks:
            return
        words = len(self.columns.full)
        shape = (2, words)
        masks = {group: np.empty(shape, np.uint64) for group in self.groups}
        nodes = {
            id(line.node): line.node for group in self.groups for line in self.program.groups[group].lines
        }
        lines = {key: np.empty(shape, np.uint64) for key in nodes}

        def fill(low: int) -> None:
            block = self._block(low)
            at = slice(low // 64, low // 64 + len(block.evaluator.full))
            for key, node in nodes.items():
                lines[key][0, at], lines[key][1, at] = block.evaluator.bits(node)
            for group, mask in masks.items():
                outcome = block.outcome(group)
                mask[0, at], mask[1, at] = outcome.eligible, outcome.ineligible
            block.close()

        for _ in self._each(fill):
            pass
        self._lines = {key: (mask[0], mask[1]) for key, mask in lines.items()}
        self._masks = {group: (mask[0], mask[1]) for group, mask in masks.items()}

    def _block(self, low: int) -> Block:
        high = min(low + self._chunk, self.rows)
        evaluator = Evaluator(self.columns, self.program.tables, self.program.leap_day, low, high)
        return Block(self.program, evaluator)

    def _each(self, work: Callable[[int], _T]) -> Iterator[_T]:
        """`work` for the first row of every chunk, in order, `threads` at a time and no further ahead."""
        starts = range(0, self.rows, self._chunk)
        if self._threads < 2 or len(starts) < 2:
            yield from map(work, starts)
            return
        yield from done(work, starts, self._threads)


def _one(fen: Fen) -> int | None:
    values, known = fen
    return int(values[0]) if known[0] else None
