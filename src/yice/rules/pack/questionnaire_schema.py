"""Shapes of `questionnaires/*.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from yice.rules.pack.spec import ElementId, Expression, Name, Spec, Text, WordsSpec
from yice.rules.questionnaires.model import About, ColumnOf, ItemType, Of

ItemId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z_-]*$", max_length=20)]


class SectionSpec(Spec):
    title: WordsSpec
    gate: Expression | None = None


class ItemSpec(Spec):
    """With `fact` alone it is that fact: its label, type and codes. `shows` and `means` translate where codes differ."""

    section: Name
    label: WordsSpec | None = None
    type: ItemType | None = None
    codes: dict[Code, WordsSpec] = {}
    gate: Expression | None = Field(None, description="known false: not asked; known(…) may be used")
    of: Of = "person"
    alone: list[Code] = []
    fact: str | None = None
    shows: dict[str, Code] = {}
    means: dict[Code, bool | int | str] = {}
    each: dict[Code, str] = Field(default={}, description="code of a set → the bool fact it stands for")
    yearly: bool = False
    official: bool = True
    required: bool = True
    sealed: bool = False
    range: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    source: str = Field("", description="where text and codes were read; absent: unofficial")


class CheckSpec(Spec):
    item: ItemId
    wrong_when: Expression
    says: WordsSpec


class StatusSpec(Spec):
    label: WordsSpec
    opens: bool = False
    reasons: dict[Name, WordsSpec] = {}


class ColumnSpec(Spec):
    """Exactly one of item and of."""

    heading: Text
    item: ItemId | None = None
    of: ColumnOf | None = None
    labels: bool = False


class LayoutSpec(Spec):
    source: str = ""
    between: Literal[";", ",", "、", "|"] = ";"
    columns: Annotated[list[ColumnSpec], Field(min_length=1)]


class QuestionnaireSpec(Spec):
    """questionnaires/*.yaml: id → questionnaire. One that `extends` another asks its items first, then its own."""

    title: WordsSpec
    edition: Text
    about: About = "person"
    extends: Name | None = None
    duties: list[ElementId] = []
    source: str = ""
    sections: Annotated[dict[Name, SectionSpec], Field(min_length=1)]
    statuses: dict[Code, StatusSpec] = {}
    modes: dict[Name, WordsSpec] = {}
    home: Name | None = None
    photos: int = Field(3, ge=0, le=9)
    items: Annotated[dict[ItemId, ItemSpec], Field(min_length=1)]
    checks: dict[Name, CheckSpec] = {}
    official: LayoutSpec
    amends: str | None = None
