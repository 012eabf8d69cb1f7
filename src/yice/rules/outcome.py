"""What a group comes to for a block of rows: its status, what is due, and what the receipts say against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yice.rules.bits import Rows, Words, pack, pick, rows_of, unpack
from yice.rules.expression.typed import Const, Node
from yice.rules.kernel import Bits, Evaluator
from yice.rules.model import Benefit
from yice.rules.program import Barrier, GroupProgram, Program


@dataclass
class Block:
    """A program over a run of rows."""

    program: Program
    evaluator: Evaluator
    _outcomes: dict[str, Outcome] = field(default_factory=dict)

    def outcome(self, group: str) -> Outcome:
        found = self._outcomes.get(group)
        if found is None:
            found = self._outcomes[group] = Outcome(self, self.program.groups[group])
        return found

    def fact_bits(self, name: str) -> Bits:
        """A truth fact's bits; all unknown where the plan has no such fact."""
        if name not in self.evaluator.columns.facts:
            return self.evaluator.none, self.evaluator.none
        return self.evaluator.fact(name)

    def at(self, rows: Rows) -> Evaluator:
        """The same facts for some rows of the block only."""
        evaluator = self.evaluator
        taken = evaluator.columns.take(rows + evaluator.low)
        return Evaluator(taken, evaluator.tables, evaluator.leap_day)


class Outcome:
    """One group in one block. Every set of rows is packed; what nobody asks for is not worked out."""

    def __init__(self, block: Block, program: GroupProgram) -> None:
        self.block, self.program = block, program
        self.met, self.unmet = block.evaluator.bits(program.member)

    @cached_property
    def barred(self) -> tuple[Words, ...]:
        """For each exclusion, the rows it takes the benefit from."""
        return tuple(self._barred(barrier) for barrier in self.program.barriers)

    @cached_property
    def eligible(self) -> Words:
        out = self.met
        for barred in self.barred:
            out = out & ~barred
        return out

    @cached_property
    def ineligible(self) -> Words:
        out = self.unmet
        for barred in self.barred:
            out = out | barred
        return out

    @cached_property
    def unknown(self) -> Words:
        return self.block.evaluator.full ^ (self.eligible | self.ineligible)

    @cached_property
    def receiving(self) -> Bits:
        """Where the benefit is known to be received, and known not to be."""
        none = self.block.evaluator.none
        benefit = self.program.benefit
        return self.block.fact_bits(f"receives.{benefit.id}") if benefit else (none, none)

    @cached_property
    def failed(self) -> list[tuple[str, Words]]:
        """For each condition and exclusion by key, the rows it makes ineligible."""
        bits = self.block.evaluator.bits
        lines = [(line.key, bits(line.node)[1]) for line in self.program.lines]
        barriers = zip(self.program.barriers, self.barred, strict=True)
        return [*lines, *((barrier.line.key, barred) for barrier, barred in barriers)]

    @cached_property
    def missing(self) -> list[tuple[str, Words]]:
        """For each fact by name, the rows whose open status hangs on it."""
        found: dict[str, Words] = {}
        if self.unknown.any():
            for line in self.program.lines:
                self.block.evaluator.hanging(line.node, self.unknown, found)
        return sorted(found.items())

    @cached_property
    def due(self) -> tuple[Rows, NDArray[np.int64], NDArray[np.bool_]] | None:
        """Eligible rows, fen due to each, and where that is known; None where no amount is written."""
        if self.program.due is None:
            return None
        rows = rows_of(self.eligible, self.block.evaluator.rows)
        return rows, *self._amount(self.program.due, rows)

    @cached_property
    def wrong_amount(self) -> Words:
        """Eligible rows that receive, in the month, another amount than is due. Unknown amounts never count."""
        benefit = self.program.benefit
        if benefit is None or benefit.per != "month" or self.due is None:
            return self.block.evaluator.none
        rows, due, known = self.due
        paid, paid_known = self.paid(rows)
        out = np.zeros(self.block.evaluator.rows, np.bool_)
        out[rows] = known & paid_known & (paid != due)
        return pack(out) & self.receiving[0]

    @cached_property
    def twice(self) -> Words:
        """Rows that receive this benefit beside another that excludes it."""
        out = self.block.evaluator.none
        for barrier, barred in zip(self.program.barriers, self.barred, strict=True):
            if barrier.exclusion.other is not None:
                other = self.block.fact_bits(f"receives.{barrier.exclusion.other}")[0]
                out = out | (barred & other & self.met & self.receiving[0])
        return out

    def paid(self, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Fen paid in the month to each of `rows`, and where that is known."""
        assert self.program.benefit is not None  # noqa: S101 - the callers looked
        return self._paid(self.program.benefit.id, rows)

    def _paid(self, benefit: str, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        columns, low = self.block.evaluator.columns, self.block.evaluator.low
        name = f"paid.{benefit}"
        values = columns.column(name).values if name in columns.facts else None
        if values is None:
            return np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
        at = rows + low
        return values[at].astype(np.int64), pick(columns.column(name).known, at).view(np.bool_)

    def _amount(self, node: Node, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        if isinstance(node, Const):
            return np.full(len(rows), node.value, np.int64), np.ones(len(rows), np.bool_)
        values, known = self.block.at(rows).values(node)
        truth = unpack(known, len(rows)).view(np.bool_)
        if values is None:
            return np.zeros(len(rows), np.int64), truth
        return np.broadcast_to(np.asarray(values, np.int64), (len(rows),)), truth

    def _barred(self, barrier: Barrier) -> Words:
        true, _ = self.block.evaluator.bits(barrier.line.node)
        other = barrier.exclusion.other
        if barrier.exclusion.effect != "choose_higher":
            return true
        if other is None or self.program.due is None:
            return self.block.evaluator.none  # nothing to weigh: presumed to be due
        weighed = true & self.met & self.block.fact_bits(f"receives.{other}")[0]
        rows = rows_of(weighed, self.block.evaluator.rows)
        if not len(rows):
            return self.block.evaluator.none
        own, own_known = self._amount(self.program.due, rows)
        theirs, theirs_known = self._paid(other, rows)
        benefit: Benefit | None = self.block.program.plan.benefits.get(other)
        node = self.block.program.due(benefit) if benefit else None
        if node is not None:
            due, due_known = self._amount(node, rows)
            theirs, theirs_known = np.where(theirs_known, theirs, due), theirs_known | due_known
        out = np.zeros(self.block.evaluator.rows, np.bool_)
        out[rows] = own_known & theirs_known & (theirs > own)
        return pack(out)
