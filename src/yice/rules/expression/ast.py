"""What an expression says, before any name is looked up. Equal trees are equal values; places do not count."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Literal:
    """A number, a truth value or a quoted text."""

    value: bool | int | str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Name:
    """A fact (dots included), `as_of`, or `setting.<name>`."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Items:
    """A list of literals, only ever on the right of `in`."""

    items: tuple[Expr, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Unary:
    """`!a` or `-a`."""

    op: str
    operand: Expr
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Binary:
    """Two sides and the sign between them: logic, comparison, `in`, arithmetic."""

    op: str
    left: Expr
    right: Expr
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Choice:
    """`test ? then : other`."""

    test: Expr
    then: Expr
    other: Expr
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """One of the known functions."""

    function: str
    args: tuple[Expr, ...]
    at: int = field(default=0, compare=False)


Expr = Literal | Name | Items | Unary | Binary | Choice | Call
