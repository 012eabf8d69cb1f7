"""Which facts to find out next: the cheapest way to an answer, a list of another department before a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yice.rules.bits import some
from yice.rules.expression import typed
from yice.rules.expression.typed import Node
from yice.rules.kernel.evaluator import Evaluator
from yice.rules.model import Fact

Facts = frozenset[str]
ENOUGH = 32  # ways kept at each step: the cheapest; more would only be dearer
_COSTS = (("list:", 1), ("register", 3), ("household", 6))
_ASK_A_PERSON = 10


def cost(fact: Fact) -> int:
    """What finding a fact out costs: a list less than the register, the household, the person at the door."""
    return next((price for source, price in _COSTS if fact.source.startswith(source)), _ASK_A_PERSON)


@dataclass(frozen=True)
class Ways:
    """Sets of facts whose answers can make a node true, and sets that can make it false."""

    true: tuple[Facts, ...]
    false: tuple[Facts, ...]


class Search:
    """Ways to decide nodes for the one row of an evaluator. What is known needs nothing: the empty set."""

    def __init__(self, evaluator: Evaluator, facts: Mapping[str, Fact]) -> None:
        self.evaluator, self.facts = evaluator, facts
        self._ways: dict[int, Ways] = {}

    def price(self, some: Facts) -> tuple[int, int, tuple[str, ...]]:
        """Cheapest first, then fewest, then by name so that the answer never varies."""
        return sum(cost(self.facts[name]) for name in some), len(some), tuple(sorted(some))

    def unknown_facts(self, node: Node) -> Facts:
        """Every unknown fact a node hangs on."""
        found: dict[str, object] = {}
        self.evaluator.hanging(node, self.evaluator.full, found)  # type: ignore[arg-type]
        return frozenset(found)

    def ways(self, node: Node) -> Ways:
        done = self._ways.get(id(node))
        if done is None:
            done = self._ways[id(node)] = self._find(node)
        return done

    def _find(self, node: Node) -> Ways:
        true, false = self.evaluator.bits(node)
        if some(true):
            return Ways((frozenset(),), ())
        if some(false):
            return Ways((), (frozenset(),))
        match node:
            case typed.Not(operand=operand):
                inner = self.ways(operand)
                return Ways(inner.false, inner.true)
            case typed.And(items=items):
                sides = [self.ways(item) for item in items]
                return Ways(self.every(side.true for side in sides), self.least(side.false for side in sides))
            case typed.Or(items=items):
                sides = [self.ways(item) for item in items]
                return Ways(self.least(side.true for side in sides), self.every(side.false for side in sides))
            case typed.If(test=test, then=then, other=other):
                a, b, c = self.ways(test), self.ways(then), self.ways(other)
                return Ways(
                    self.least((self.every((a.true, b.true)), self.every((a.false, c.true)))),
                    self.least((self.every((a.true, b.false)), self.every((a.false, c.false)))),
                )
            case typed.Presume(operand=operand):
                return self.ways(operand)
            case _:
                needed = self.unknown_facts(node)
                return Ways((needed,), (needed,)) if needed else Ways((), ())

    def every(self, sides: Iterable[tuple[Facts, ...]]) -> tuple[Facts, ...]:
        """One way of each side, together."""
        found: tuple[Facts, ...] = (frozenset(),)
        for side in sides:
            found = self._cheapest(a | b for a in found for b in side)
        return found

    def least(self, sides: Iterable[tuple[Facts, ...]]) -> tuple[Facts, ...]:
        """A way of any side."""
        return self._cheapest(way for side in sides for way in side)

    def _cheapest(self, ways: Iterable[Facts]) -> tuple[Facts, ...]:
        kept: list[Facts] = []
        for way in sorted(set(ways), key=self.price):
            if not any(other <= way for other in kept):
                kept.append(way)
            if len(kept) == ENOUGH:
                break
        return tuple(kept)
