"""Shape of `papers/*.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from yice.rules.pack.spec import ElementId, Name, Spec, WordsSpec


class PartSpec(Spec):
    """Exactly one of grid, table, lines, sign; `lines` may leave `room` to write."""

    title: WordsSpec | None = None
    grid: list[str] = []
    across: Annotated[int, Field(ge=1, le=3)] = 2
    table: Name | None = None
    step: Name | None = None
    lines: WordsSpec | None = None
    room: Annotated[int, Field(ge=0, le=20)] = 0
    sign: list[WordsSpec] = []


class PaperSpec(Spec):
    """papers/*.yaml: id → paper. `source` names the document that prescribes the layout; without one it is unofficial."""

    title: WordsSpec
    of: Literal["person", "plan", "case", "register"]
    parts: list[PartSpec] = []
    columns: list[str] = []
    rows: Literal["persons", "measures", "visits", "areas"] = "persons"
    who: dict[str, list[str]] = {}
    clause: str = ""
    source: str = ""
    services: list[Name] = []
    duties: list[ElementId] = []
    landscape: bool = False
    amends: str | None = None
