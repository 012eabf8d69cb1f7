"""What all operations share: shapes that are read strictly, answers that are always objects, pages with a cursor."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

Key = Annotated[UUID, Field(validation_alias="uuid")]
Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="as the answer read before said")]
Area = Annotated[str, Field(pattern=r"^\d{12}$", description="division code, 12 digits")]
Fen = Annotated[int, Field(ge=0, le=10**12)]


class In(Schema):
    """What is sent. A field nobody asked for is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Out(Schema):
    """A part of an answer."""


class Answer(Schema):
    """A whole answer: always an object."""

    ok: bool = True


class Paged(In):
    """How much of a list, and where to go on."""

    limit: int = Field(50, ge=1, le=200)
    cursor: str = Field("", max_length=1000, description="`next` of the page before")


class Listed(Answer):
    """A page of a list."""

    next: str | None = Field(None, description="where to go on; null: this is the end")


class Problem(Schema):
    code: str
    what: str
    where: str | None
    why: str | None
    fix: str | None
    field: str | None


class Wrong(Schema):
    """What every failure looks like."""

    ok: bool
    code: str
    error: str
    errors: list[Problem]
    status: int


def listed(items: list[Any], next_: str | None = None) -> dict[str, Any]:
    return {"items": items, "next": next_}
