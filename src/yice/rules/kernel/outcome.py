"""What a group comes to for a block of rows: its status, what is due, and what the receipts say against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from yice.rules.bits import Rows, Words, pick, some
from yice.rules.expression.typed import Const, Node
from yice.rules.kernel.evaluator import Bits, Evaluator
from yice.rules.kernel.program import Barrier, GroupProgram, Program

_T = TypeVar("_T")
Fen = tuple[NDArray[np.int64], NDArray[np.bool_]]  # an amount a row, and where it is known


class once(Generic[_T]):
    """`functools.cached_property` without its lock, which before Python 3.12 holds up every other thread."""

    def __init__(self, work: Callable[[Any], _T]) -> None:
        self.work, self.name, self.__doc__ = work, work.__name__, work.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> once[_T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> _T: ...
    def __get__(self, instance: object | None, owner: type) -> once[_T] | _T:
        if instance is None:
            return self
        found = instance.__dict__[self.name] = self.work(instance)
        return found


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

    def close(self) -> None:
        """Let go of the outcomes, which know their block: else its facts wait for the next collection of cycles."""
        self._outcomes.clear()

    def fact_bits(self, name: str) -> Bits:
        """A truth fact's bits; all unknown where the plan has no such fact."""
        if name not in self.evaluator.columns.facts:
            return self.evaluator.none, self.evaluator.none
        return self.evaluator.fact(name)

    def at(self, rows: Rows) -> Evaluator:
        """The same facts for some rows of the block only."""
        evaluator = self.evaluator
        if len(rows) == evaluator.rows:
            return evaluator
        taken = evaluator.columns.take(rows + evaluator.low)
        return Evaluator(taken, evaluator.tables, evaluator.leap_day)


class Outcome:
    """One group in one block. Every set of rows is packed; what nobody asks for is not worked out.

    eligible: known to belong and taken out by no exclusion. ineligible: known not to belong, or taken out.
    receiving: known to receive the benefit, and known not to.
    """

    def __init__(self, block: Block, program: GroupProgram) -> None:
        self.block, self.program = block, program
        self.met, self.ineligible = block.evaluator.bits(program.member)
        self.eligible: Words = self.met
        benefit, none = program.benefit, block.evaluator.none
        self.receiving = block.fact_bits(f"receives.{benefit.id}") if benefit else (none, none)
        weighed = [self._barred(barrier) for barrier in program.barriers]
        self.barred = tuple(barred for barred, _ in weighed)  # of each exclusion, whom it takes out
        self.unweighed = tuple(unweighed for _, unweighed in weighed)  # whose two sums cannot be compared
        for barred in self.barred:
            self.eligible = self.eligible & ~barred
            self.ineligible = self.ineligible | barred
        self.unknown: Words = block.evaluator.full ^ (self.eligible | self.ineligible)

    @once
    def failed(self) -> list[tuple[str, Words]]:
        """For each condition and exclusion by key, the rows it makes ineligible."""
        bits = self.block.evaluator.bits
        lines = [(line.key, bits(line.node)[1]) for line in self.program.lines]
        barriers = zip(self.program.barriers, self.barred, strict=True)
        return [*lines, *((barrier.line.key, barred) for barrier, barred in barriers)]

    @once
    def missing(self) -> list[tuple[str, Words]]:
        """For each fact by name, the rows whose open status hangs on it."""
        if not some(self.unknown):
            return []
        found: dict[str, Words] = {}
        for line in self.program.lines:
            for name, rows in self.block.evaluator.hangs(line.node).items():
                found[name] = found[name] | rows if name in found else rows
        told = [(name, rows & self.unknown) for name, rows in sorted(found.items())]
        return [(name, rows) for name, rows in told if some(rows)]

    def due(self, rows: Rows) -> Fen:
        """What is due to each of these eligible rows, ascending."""
        eligible, fen, known = self._due
        at = slice(None) if len(rows) == len(eligible) else np.searchsorted(eligible, rows)
        return fen[at], known[at]

    @once
    def _due(self) -> tuple[Rows, NDArray[np.int64], NDArray[np.bool_]]:
        rows = self.block.evaluator.rows_in(self.eligible)
        return rows, *(_nothing(rows) if self.program.due is None else self._amount(self.program.due, rows))

    def paid(self, rows: Rows) -> Fen:
        """What was paid in the month to each of `rows`."""
        return self._paid(self.program.benefit.id, rows) if self.program.benefit else _nothing(rows)

    @once
    def wrong_amount(self) -> Words:
        """Eligible rows that receive, in the month, another amount than is due. Unknown amounts never count."""
        evaluator, benefit = self.block.evaluator, self.program.benefit
        if benefit is None or benefit.per != "month" or self.program.due is None:
            return evaluator.none
        rows, due, known = self._due
        told = known & evaluator.among(self.receiving[0] & evaluator.known(f"paid.{benefit.id}"), rows)
        rows = rows[told]
        wrong = rows[self.paid(rows)[0] != due[told]]
        if not len(wrong):
            return evaluator.none
        out = np.zeros(evaluator.rows, np.bool_)
        out[wrong] = True
        return evaluator.packed(out)

    @once
    def twice(self) -> Words:
        """Rows that receive this benefit beside another that excludes it."""
        out = self.block.evaluator.none
        for barrier, barred in zip(self.program.barriers, self.barred, strict=True):
            if barrier.exclusion.other is not None:
                other = self.block.fact_bits(f"receives.{barrier.exclusion.other}")[0]
                out = out | (barred & other & self.met & self.receiving[0])
        return out

    def _paid(self, benefit: str, rows: Rows) -> Fen:
        columns, at = self.block.evaluator.columns, rows + self.block.evaluator.low
        name = f"paid.{benefit}"
        values = columns.column(name).values if name in columns.facts else None
        if values is None:
            return _nothing(rows)
        return values[at].astype(np.int64), pick(columns.column(name).known, at).view(np.bool_)

    def _amount(self, node: Node, rows: Rows) -> Fen:
        if isinstance(node, Const):
            return np.full(len(rows), node.value, np.int64), np.ones(len(rows), np.bool_)
        if not len(rows):
            return _nothing(rows)
        evaluator = self.block.at(rows)
        values, known = evaluator.values(node)
        if values is None:
            return _nothing(rows)
        numbers = np.broadcast_to(np.asarray(values, np.int64), (len(rows),))
        return numbers, evaluator.flags(known).view(np.bool_)

    def _barred(self, barrier: Barrier) -> tuple[Words, Words]:
        """The rows that an exclusion takes out, and those where it holds but the sums cannot be weighed.

        Of two sums the higher is chosen: this benefit is not due beside one that is received and higher.
        """
        evaluator, other = self.block.evaluator, barrier.exclusion.other
        holds, _ = evaluator.bits(barrier.line.node)
        if barrier.exclusion.effect != "choose_higher":
            return holds, evaluator.none
        if other is None or self.program.due is None:
            return evaluator.none, holds
        yes, no = self.block.fact_bits(f"receives.{other}")
        rows = evaluator.rows_in(holds & self.met & yes)
        if not len(rows):
            return evaluator.none, holds & ~no
        own, own_known = self._amount(self.program.due, rows)
        theirs, theirs_known = self._paid(other, rows)
        benefit = self.block.program.plan.benefits.get(other)
        node = self.block.program.due(benefit) if benefit else None
        if node is not None:
            due, due_known = self._amount(node, rows)
            theirs, theirs_known = np.where(theirs_known, theirs, due), theirs_known | due_known
        higher, weighed = np.zeros((2, evaluator.rows), np.bool_)
        weighed[rows] = own_known & theirs_known
        higher[rows] = theirs > own
        return evaluator.packed(weighed & higher), holds & ~no & ~evaluator.packed(weighed)


def _nothing(rows: Rows) -> Fen:
    return np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
