"""Shapes of `services/*.yaml`, `forms/*.yaml` and `scales.yaml`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from yice.rules.pack.spec import ElementId, Expression, Name, Spec, Text, WordsSpec
from yice.rules.services import (
    Basis,
    ConsentName,
    Duty,
    EndKind,
    FieldType,
    FundName,
    NoticeKind,
    OutcomeKind,
)

PartyText = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(@[a-z]+)?$", max_length=40)]
Dotted = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=121)]
Days = Annotated[int, Field(ge=1, le=3660)]
Interval = Days | Name  # a number, or the setting that a place fills in


class SpanSpec(Spec):
    """One of the three; the name of a setting where the document leaves the number open."""

    working_days: Interval | None = None
    days: Interval | None = None
    months: Interval | None = None


class OnlyIfSpec(Spec):
    """Another field of the same form and the values of it that call for this."""

    field: Name
    is_: Annotated[list[str | bool], Field(min_length=1)] = Field(alias="in")


class EvidenceSpec(Spec):
    says: WordsSpec
    clause: str = ""
    only_if: OnlyIfSpec | None = None


class LimitSpec(Spec):
    """A field of this step's form against a field (`step.field`) of an earlier one."""

    field: Name
    of: Dotted


class BlockSpec(Spec):
    """What must be true before the step: exactly one of the fields below `outcomes`."""

    says: WordsSpec
    clause: Text
    outcomes: list[Name] = []
    done: Name | None = None
    assessed: Name | None = None
    when: Expression | None = None
    plan: Literal[True] | None = None
    consent: ConsentName | None = Field(None, description="of everybody concerned, for a use beyond a duty")
    among: LimitSpec | None = None
    at_most: LimitSpec | None = None
    differs: LimitSpec | None = None


class OutcomeSpec(Spec):
    says: WordsSpec
    next: Name | Annotated[list[Name], Field(min_length=1)]
    kind: OutcomeKind = "go"
    notice: NoticeKind | None = None
    reasons: dict[Name, WordsSpec] = {}
    closes: list[Name] = []


class StepSpec(Spec):
    """One step: who, within how long, on which form, what must be true, and what then."""

    title: WordsSpec
    clause: Text
    duties: list[ElementId] = []
    who: PartyText | Annotated[list[PartyText], Field(min_length=1)]
    recorded_by: PartyText | list[PartyText] = Field(
        default=[], description="who hands it to a guest, or enters it for somebody outside"
    )
    duty: Duty = "handle"
    within: Interval | None = Field(None, description="working days, or the setting that gives them")
    lasts: SpanSpec | None = Field(
        None, description="cannot be finished sooner (publicity, a year to recheck)"
    )
    form: Name | None = None
    evidence: dict[Name, EvidenceSpec] = {}
    blocks: dict[Name, BlockSpec] = {}
    outcomes: Annotated[dict[Name, OutcomeSpec], Field(min_length=1)]
    returns: Name | None = None
    after: list[Name] = []
    reads: list[Name] = Field(default=[], description="steps whose forms and files a guest needs to see")
    contact: bool = Field(False, description="the guest who takes it goes to the person, or calls")
    assesses: Name | None = None
    pays: bool = False
    no_cash_from: list[FundName] = Field(default=[], description="funds that are never paid out in cash")
    delivers: bool = False
    publishes: list[Name] | None = None
    bulk: bool = False
    sample: int = Field(10, ge=1, le=100)


class EndSpec(Spec):
    says: WordsSpec
    kind: EndKind


class ServiceSpec(Spec):
    """services/*.yaml: id → service."""

    title: WordsSpec
    clause: Text
    duties: list[ElementId] = []
    unit: Literal["person", "household", "organisation", "area", "post"] = "person"
    basis: Basis = "hukou"
    benefit: Name | None = None
    groups: list[ElementId] = Field(
        [], description="for whom: known to be in none of them, it is not offered"
    )
    needs: list[Name] = []
    providers: list[ElementId] | None = Field(
        None,
        description="only admitted organisations are ordered; to be admitted they are in all these groups",
    )
    anywhere: bool = False
    restricted: bool = False
    within: Interval | None = None
    again_after: SpanSpec | None = None
    start: Name
    on_change: Name | None = None
    optional: bool = False
    steps: Annotated[dict[Name, StepSpec], Field(min_length=1)]
    ends: Annotated[dict[Name, EndSpec], Field(min_length=1)]
    amends: str | None = None


class FormFieldSpec(Spec):
    """A fact of the plan, or a field of its own with type and label."""

    fact: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*$", max_length=120)] | None = None
    type: FieldType | None = None
    label: WordsSpec | None = None
    codes: dict[Name, WordsSpec] = {}
    required: bool = True
    only_if: OnlyIfSpec | None = None
    help: WordsSpec | None = None
    range: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    sealed: bool = False
    publish: bool = False


class FormSpec(Spec):
    """forms/*.yaml: id → form. `source` names the document that prescribes it; without one it is unofficial."""

    title: WordsSpec
    source: str = ""
    fields: Annotated[dict[Name, FormFieldSpec], Field(min_length=1)]
    amends: str | None = None


class ScaleItemSpec(Spec):
    says: WordsSpec
    scores: Annotated[list[int], Field(min_length=2)]


class BandSpec(Spec):
    says: WordsSpec
    range: Annotated[list[int], Field(min_length=2, max_length=2)]


class ScaleSpec(Spec):
    """scales.yaml: id → a way of assessing. A licensed scale has no items here: its score is entered."""

    title: WordsSpec
    clause: Text
    items: dict[Name, ScaleItemSpec] = {}
    total: Literal["sum", "highest"] = "sum"
    range: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    bands: dict[Name, BandSpec] = {}
    expires_months: Interval | None = None
    certified: bool = True
    credit: str = ""
    amends: str | None = None
