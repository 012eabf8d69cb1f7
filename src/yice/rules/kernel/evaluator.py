"""Three-valued logic over columns: for each node the rows known true and the rows known false, as bits.

Kleene: a conjunction is false as soon as one side is, an unknown side leaves the rest open. A value (number, date,
code) has its rows known; what is computed from an unknown, divided by zero or overflows is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from yice.rules.bits import Rows, Truth, Words, pack, pick, rows_of, some, unpack
from yice.rules.columns import Columns
from yice.rules.dates import ages
from yice.rules.expression import typed
from yice.rules.expression.typed import Node, children
from yice.rules.kernel.arith import arithmetic
from yice.rules.kernel.rates import RateIndex
from yice.rules.model import Fact, Plan, Rate
from yice.rules.values import PART_BITS, PART_UNKNOWN, decode

Bits = tuple[Words, Words]  # known true, known false: never both
_ONE, _NOBODY = cast(Words, 1), cast(Words, 0)  # the sets of `OneRow`
Values = tuple[Any, Words]  # numbers (an array, or one for all rows), and where they are known


class Tables:
    """A plan's tables as they stand on one day."""

    def __init__(self, plan: Plan, as_of: dt.date) -> None:
        self._plan, self._as_of = plan, as_of
        self._indexes: dict[str, RateIndex] = {}

    def __getitem__(self, name: str) -> RateIndex:
        found = self._indexes.get(name)
        if found is None:
            found = self._indexes[name] = RateIndex(self._plan.tables[name], self._as_of)
        return found


class Evaluator:
    """Nodes over rows `low`..`high` of columns (`low` a multiple of 64), each node once."""

    def __init__(
        self, columns: Columns, tables: Tables, leap_day: str, low: int = 0, high: int | None = None
    ) -> None:
        self.columns, self.tables, self.leap_day = columns, tables, leap_day
        self.low, self.high = low, columns.rows if high is None else high
        self.rows = self.high - low
        self._words = slice(low // 64, (self.high + 63) // 64)
        self.full = columns.full[self._words]
        self.none = np.zeros_like(self.full)
        self._ragged = bool(self.rows % 64)
        self._bits: dict[int, Bits] = {}
        self._values: dict[int, Values] = {}
        self._unknown: dict[int, Words] = {}
        self._hangs: dict[int, dict[str, Words]] = {}

    def bits(self, node: Node) -> Bits:
        """Where a truth node is known true and known false."""
        found = self._bits.get(id(node))
        if found is None:
            found = self._bits[id(node)] = _BITS[type(node)](self, node)
        return found

    def values(self, node: Node) -> Values:
        """The numbers of a value node and where they are known."""
        found = self._values.get(id(node))
        if found is None:
            found = self._values[id(node)] = _VALUES[type(node)](self, node)
        return found

    def unknown(self, node: Node) -> Words:
        """Where a node, truth or value, is not known."""
        found = self._unknown.get(id(node))
        if found is None:
            if node.type.kind == "bool":
                true, false = self.bits(node)
                found = self.full ^ (true | false)
            else:
                found = self.full & ~self.values(node)[1]
            self._unknown[id(node)] = found
        return found

    def hangs(self, node: Node) -> dict[str, Words]:
        """Fact by fact, the rows whose unknown `node` hangs on that fact."""
        found = self._hangs.get(id(node))
        if found is None:
            found = self._hangs[id(node)] = {}
            self.hanging(node, self.full, found)
        return found

    def hanging(self, node: Node, where: Words, found: dict[str, Words]) -> None:
        """Add to `found`, fact by fact, the rows of `where` whose unknown `node` hangs on that fact."""
        open_rows = where & self.unknown(node)
        if not some(open_rows):
            return
        match node:
            case typed.FactRef(name=name):
                found[name] = found[name] | open_rows if name in found else open_rows
            case typed.Part(parts=typed.FactRef(name=name)):  # known, but not of which grade, is not enough
                found[name] = found[name] | open_rows if name in found else open_rows
            case typed.If(test=test, then=then, other=other):
                true, false = self.bits(test)
                self.hanging(test, open_rows, found)
                self.hanging(then, open_rows & ~false, found)
                self.hanging(other, open_rows & ~true, found)
            case _:
                for child in children(node):
                    self.hanging(child, open_rows, found)

    def known(self, fact: str) -> Words:
        known = self.columns.column(fact).known[self._words]
        return known & self.full if self._ragged else known

    def numbers(self, fact: str) -> Any:
        """The values of a fact that is no truth; None where it is known nowhere."""
        values = self.columns.column(fact).values
        return None if values is None else values[self.low : self.high]

    def rows_in(self, words: Words) -> Rows:
        """The numbers of the rows in a set."""
        return rows_of(words, self.rows)

    def among(self, words: Words, rows: Rows) -> Truth:
        """Which of these rows are in a set."""
        return pick(words, rows).view(np.bool_)

    def flags(self, words: Words) -> Any:
        """A set as one 0 or 1 a row."""
        return unpack(words, self.rows)

    def packed(self, truth: Any) -> Words:
        """One bool a row, or one for all, as a set."""
        return pack(np.broadcast_to(truth, (self.rows,)))

    def fact(self, name: str) -> Bits:
        """Where a truth fact is known true and known false."""
        column = self.columns.column(name)
        if column.values is None:
            return self.none, self.none
        known = self.known(name)
        true = column.values[self._words] & known
        return true, true ^ known

    # Truth

    def _const(self, node: typed.Const) -> Bits:
        return (self.full, self.none) if node.value else (self.none, self.full)

    def _fact(self, node: typed.FactRef) -> Bits:
        return self.fact(node.name)

    def _not(self, node: typed.Not) -> Bits:
        true, false = self.bits(node.operand)
        return false, true

    def _and(self, node: typed.And) -> Bits:
        (true, false), (t, f) = self.bits(node.items[0]), self.bits(node.items[1])
        true, false = true & t, false | f
        for item in node.items[2:]:  # into the same memory, which is ours
            t, f = self.bits(item)
            true &= t
            false |= f
        return true, false

    def _or(self, node: typed.Or) -> Bits:
        (true, false), (t, f) = self.bits(node.items[0]), self.bits(node.items[1])
        true, false = true | t, false & f
        for item in node.items[2:]:
            t, f = self.bits(item)
            true |= t
            false &= f
        return true, false

    def _if(self, node: typed.If) -> Bits:
        (yes, no), (t1, f1), (t2, f2) = self.bits(node.test), self.bits(node.then), self.bits(node.other)
        return yes & t1 | no & t2, yes & f1 | no & f2

    def _presume(self, node: typed.Presume) -> Bits:
        true, false = self.bits(node.operand)
        return (self.full ^ false, false) if node.value else (true, self.full ^ true)

    def _known(self, node: typed.Known) -> Bits:
        unknown = self.unknown(node.fact)
        return self.full ^ unknown, unknown

    def _compare(self, node: typed.Compare) -> Bits:
        if node.left.type.kind == "bool":
            (t1, f1), (t2, f2) = self.bits(node.left), self.bits(node.right)
            return t1 & t2 | f1 & f2, t1 & f2 | f1 & t2
        if node.left.type.kind == "text":
            return self._same_text(node)
        (a, known_a), (b, known_b) = self.values(node.left), self.values(node.right)
        known = known_a if known_b is self.full else known_a & known_b
        if a is None or b is None:
            return self.none, self.none
        return self._split(_COMPARE[node.op](a, b), known)

    def _same_text(self, node: typed.Compare) -> Bits:
        fact, const = node.left, node.right
        assert isinstance(fact, typed.FactRef) and isinstance(const, typed.Const)  # noqa: S101 - checked so
        words = self.columns.column(fact.name).words
        numbers, known = self.values(fact)
        if const.value not in words or numbers is None:
            return self.none, known
        return self._split(numbers == words.index(str(const.value)), known)

    def _within(self, node: typed.Within) -> Bits:
        codes, known = self.values(node.area)
        return (
            self._split((codes >= node.first) & (codes <= node.last), known)
            if codes is not None
            else (self.none,) * 2
        )

    def _has(self, node: typed.Has) -> Bits:
        sets, known = self.values(node.set)
        return self._split(sets >> node.position & 1 != 0, known) if sets is not None else (self.none,) * 2

    def _part(self, node: typed.Part) -> Bits:
        parts, known = self.values(node.parts)
        if parts is None:
            return self.none, self.none
        at = PART_BITS * node.position
        grade = parts & (15 << at)  # left where it stands: the bounds move instead
        there = grade != 0
        if node.grade == 4:  # at any grade: an unknown one will do
            return self._split(there, known)
        known = known & ~self.packed(grade == PART_UNKNOWN << at)
        return self._split(there & (grade <= node.grade << at), known)

    def _split(self, truth: Any, known: Words) -> Bits:
        """One bool a row (or one for all) and where it is known, to bits."""
        if np.ndim(truth) == 0:
            return (known, self.none) if truth else (self.none, known)
        true = self.packed(truth) & known
        return true, true ^ known

    # Values

    def _number(self, node: typed.Const) -> Values:
        return node.value, self.full

    def _column(self, node: typed.FactRef) -> Values:
        values = self.numbers(node.name)
        return (None, self.none) if values is None else (values, self.known(node.name))

    def _choose(self, node: typed.If) -> Values:
        yes, no = self.bits(node.test)
        (a, known_a), (b, known_b) = self.values(node.then), self.values(node.other)
        known = yes & known_a | no & known_b
        if a is None or b is None:
            return (b if a is None else a), known
        return np.where(self.flags(yes) != 0, a, b), known

    def _arith(self, node: typed.Arith) -> Values:
        (a, known_a), (b, known_b) = self.values(node.left), self.values(node.right)
        known = known_a & known_b
        if a is None or b is None:
            return None, self.none
        numbers, bad = arithmetic(node.op, np.asarray(a, np.int64), np.asarray(b, np.int64))
        if bad is not None and bad.any():
            known = known & ~self.packed(bad)
        return numbers, known

    def _age(self, node: typed.Age) -> Values:
        (birth, known_birth), (on, known_on) = self.values(node.birth), self.values(node.on)
        if birth is None or on is None:
            return None, self.none
        return ages(np.asarray(birth), np.asarray(on), self.leap_day), known_birth & known_on

    def _days(self, node: typed.Days) -> Values:
        (start, known_start), (end, known_end) = self.values(node.start), self.values(node.end)
        if start is None or end is None:
            return None, self.none
        return np.asarray(end, np.int64) - np.asarray(start, np.int64), known_start & known_end

    def _lookup(self, node: typed.Lookup) -> Values:
        positions, known = self._positions(node)
        if positions is None:
            return None, self.none
        numbers, there = self.tables[node.table].find(positions)
        if np.ndim(there) == 0:
            return numbers, known if there else self.none
        return numbers, known & self.packed(there)

    def _positions(self, node: typed.Lookup) -> tuple[Any, Words]:
        """Where each key stands in its table (None if a key is known nowhere), and where all keys are known."""
        known, positions = self.full, []
        for i, key in enumerate(node.keys):
            words: tuple[str, ...] = ()
            values: Any
            if key.type.kind == "bool":
                true, false = self.bits(key)
                values, key_known = self.flags(true), true | false
            else:
                values, key_known = self.values(key)
            if values is None:
                return None, self.none
            if isinstance(key, typed.Const) and key.type.kind == "text":
                words, values = (str(key.value),), 0
            elif isinstance(key, typed.FactRef):
                words = self.columns.column(key.name).words
            positions.append(self.tables[node.table].positions(i, key.type, values, words))
            known = known & key_known
        return positions, known


class OneRow(Evaluator):
    """The same for a single row, its sets plain numbers, 0 or 1: a page asks for one person, and 3,000 calls of
    NumPy on one word would take longer than all of the logic."""

    def __init__(self, columns: Columns, tables: Tables, leap_day: str, row: int = 0) -> None:
        super().__init__(columns, tables, leap_day, row, row + 1)
        self.full, self.none = _ONE, _NOBODY
        self._cells: dict[str, int | None] = {}

    def numbers(self, fact: str) -> Any:
        if fact not in self._cells:
            self._cells[fact] = self.columns.cell(fact, self.low)
        return self._cells[fact]

    def known(self, fact: str) -> Words:
        return _NOBODY if self.numbers(fact) is None else _ONE

    def fact(self, name: str) -> Bits:
        cell = self.numbers(name)
        return (_NOBODY, _NOBODY) if cell is None else (_ONE, _NOBODY) if cell else (_NOBODY, _ONE)

    def value_of(self, node: Node, fact: Fact) -> Any:
        """What a node comes to, as a person writes a value of `fact`; None where unknown."""
        if self.unknown(node):
            return None
        if node.type.kind == "bool":
            return bool(self.bits(node)[0])
        value = np.ravel(self.values(node)[0])[0]
        return str(value) if node.type.kind == "text" else decode(fact, int(value))

    def unlisted(self, node: Node) -> set[str]:
        """The tables that have no line though every key is known: why a node hangs on no fact."""
        found = set[str]().union(*(self.unlisted(child) for child in children(node)))
        if isinstance(node, typed.Lookup):
            keys_known = not any(self.unknown(key) for key in node.keys)
            if keys_known and self.unknown(node):
                found.add(node.table)
        return found

    def rate(self, node: typed.Lookup) -> Rate | None:
        """The line of the table that is taken."""
        if self.unknown(node):
            return None
        positions, _ = self._positions(node)
        return self.tables[node.table].rate([int(np.ravel(position)[0]) for position in positions])

    def rows_in(self, words: Words) -> Rows:
        return np.arange(int(words))

    def among(self, words: Words, rows: Rows) -> Truth:
        return np.full(len(rows), bool(words))

    def flags(self, words: Words) -> Any:
        return np.array([words], np.uint8)

    def packed(self, truth: Any) -> Words:
        return _ONE if np.all(truth) else _NOBODY

    def _split(self, truth: Any, known: Words) -> Bits:
        return (known, self.none) if truth else (self.none, known)


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}
_BITS: dict[type, Callable[[Evaluator, Any], Bits]] = {
    typed.Const: Evaluator._const, typed.FactRef: Evaluator._fact, typed.Not: Evaluator._not,
    typed.And: Evaluator._and, typed.Or: Evaluator._or, typed.If: Evaluator._if,
    typed.Presume: Evaluator._presume, typed.Known: Evaluator._known, typed.Compare: Evaluator._compare,
    typed.Within: Evaluator._within, typed.Has: Evaluator._has, typed.Part: Evaluator._part,
}  # fmt: skip
_VALUES: dict[type, Callable[[Evaluator, Any], Values]] = {
    typed.Const: Evaluator._number, typed.FactRef: Evaluator._column, typed.If: Evaluator._choose,
    typed.Arith: Evaluator._arith, typed.Age: Evaluator._age, typed.Days: Evaluator._days,
    typed.Lookup: Evaluator._lookup,
}  # fmt: skip
