"""What an expression means, after every name is looked up: typed, settings folded in, texts turned into codes.

Equal nodes are equal values, so a subexpression that many rules share is evaluated once. Truth (bool) nodes and
value nodes (int, date, code, set, parts, area, text) share one union; `kind` tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yice.rules.model import FactType

Op = Literal["==", "<", "<="]
Sum = Literal["+", "-", "*", "/", "%"]


@dataclass(frozen=True)
class Type:
    """A fact's type; codes belong to it, so that two code facts compare only within one code book."""

    kind: FactType
    codes: tuple[str, ...] = ()


BOOL, INT, DATE, TEXT = Type("bool"), Type("int"), Type("date"), Type("text")


@dataclass(frozen=True)
class Const:
    """A value as columns hold it: truth, number, days since 1970, code position, 12-digit area; a text as text."""

    value: bool | int | str
    type: Type


@dataclass(frozen=True)
class AsOf:
    type: Type = DATE


@dataclass(frozen=True)
class FactRef:
    name: str
    type: Type


@dataclass(frozen=True)
class Not:
    operand: Node
    type: Type = BOOL


@dataclass(frozen=True)
class And:
    items: tuple[Node, ...]
    type: Type = BOOL


@dataclass(frozen=True)
class Or:
    items: tuple[Node, ...]
    type: Type = BOOL


@dataclass(frozen=True)
class If:
    test: Node
    then: Node
    other: Node
    type: Type


@dataclass(frozen=True)
class Compare:
    op: Op
    left: Node
    right: Node
    type: Type = BOOL


@dataclass(frozen=True)
class Within:
    """An area code at or under `first`..`last`: one range of 12-digit numbers."""

    area: Node
    first: int
    last: int
    type: Type = BOOL


@dataclass(frozen=True)
class Has:
    """A set that holds the code at `position`."""

    set: Node
    position: int
    type: Type = BOOL


@dataclass(frozen=True)
class Part:
    """The parts of a multiple certificate hold category `position` at grade 1..`grade`."""

    parts: Node
    position: int
    grade: int
    type: Type = BOOL


@dataclass(frozen=True)
class Known:
    fact: Node
    type: Type = BOOL


@dataclass(frozen=True)
class InGroup:
    group: str
    type: Type = BOOL


@dataclass(frozen=True)
class Entitled:
    """In a group of the benefit, and no exclusion that is known takes it away."""

    benefit: str
    type: Type = BOOL


@dataclass(frozen=True)
class Presume:
    """The operand, or `value` where it is unknown."""

    operand: Node
    value: bool
    type: Type = BOOL


@dataclass(frozen=True)
class Arith:
    op: Sum
    left: Node
    right: Node
    type: Type = INT


@dataclass(frozen=True)
class Age:
    """Whole years of the person on a day: N from the Nth birthday on."""

    birth: FactRef
    on: Node
    type: Type = INT


@dataclass(frozen=True)
class Days:
    """Days from the first date to the second."""

    start: Node
    end: Node
    type: Type = INT


@dataclass(frozen=True)
class Lookup:
    """A dated table at these keys; unknown where no line fits or the value ended."""

    table: str
    keys: tuple[Node, ...]
    type: Type = INT


Node = (
    Const | AsOf | FactRef | Not | And | Or | If | Compare | Within | Has | Part | Known | InGroup | Entitled
    | Presume | Arith | Age | Days | Lookup
)  # fmt: skip


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly under `node`."""
    match node:
        case Not(operand=a) | Presume(operand=a):
            return (a,)
        case And(items=items) | Or(items=items):
            return items
        case If(test=c, then=a, other=b):
            return (c, a, b)
        case Compare(left=a, right=b) | Arith(left=a, right=b):
            return (a, b)
        case Within(area=a) | Has(set=a) | Part(parts=a) | Known(fact=a):
            return (a,)
        case Age(birth=a, on=b) | Days(start=a, end=b):
            return (a, b)
        case Lookup(keys=keys):
            return keys
        case _:
            return ()
