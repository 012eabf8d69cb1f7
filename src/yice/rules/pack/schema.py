"""What a pack's files may say: strict shapes without unknown keys. They also give the JSON Schema for editors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from yice.rules.model import FactType, RecordKind, Unit
from yice.rules.pack.paper_schema import PaperSpec
from yice.rules.pack.questionnaire_schema import QuestionnaireSpec
from yice.rules.pack.service_schema import FormSpec, ScaleSpec, ServiceSpec
from yice.rules.pack.spec import ElementId, Expression, Name, Spec, Text, WordsSpec
from yice.rules.pack.target_schema import TargetCaseSpec, TargetSpec, Tier

AreaCode = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
Plain = bool | int | str
SettingValue = bool | int | str | list[int | str]


class ConditionSpec(Spec):
    """One named condition: the expression, what it says, its clause ("SOURCE clause")."""

    when: Expression
    says: WordsSpec
    clause: Text
    presume: bool | None = Field(default=None, description="what is taken while the condition is unknown")
    presume_if: Name | None = Field(default=None, description="the setting that switches the presumption on")
    practice: Name | None = Field(
        default=None, description="the setting that switches on what only practice adds"
    )


class ExclusionSpec(Spec):
    """Something known that takes a benefit away, or makes one choose."""

    when: Expression
    says: WordsSpec
    clause: Text
    effect: Literal["none", "choose_higher", "one"]
    other: Name | None = None


class PeriodSpec(Spec):
    """First and last day of the plan, both in force; absent where the document names none."""

    since: dt.date | None = None
    until: dt.date | None = None


class ChangeSpec(Spec):
    version: Text
    text: Text


class PackSpec(Spec):
    """pack.yaml"""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    version: Text
    title: WordsSpec
    authority: Text
    extends: list[str] = []
    period: PeriodSpec = PeriodSpec()
    areas: list[AreaCode] = []
    tiers: dict[Tier, WordsSpec] = {}
    applies: dict[ElementId, ConditionSpec] = {}
    notes: list[Text] = []
    changelog: list[ChangeSpec] = []


class SourceSpec(Spec):
    """A document cited; `date_note` says what is known where the date is not."""

    title: Text
    number: str = ""
    authority: str = ""
    date: dt.date | None = None
    date_note: str = ""


class SilenceSpec(Spec):
    """What a blank means: `always`, or once all of `list` were received whole for the area and month."""

    means: Plain
    always: Literal[True] | None = None
    named: Name | list[Name] | None = Field(default=None, alias="list")
    fresh_for: int | None = Field(
        None, ge=1, le=3660, description="days that an earlier whole list still speaks"
    )


class RecordsSpec(Spec):
    """The records of work kept here that tell a fact of a person: how many (int) or whether any (bool)."""

    of: RecordKind
    names: list[Name] = Field([], description="services, kinds of need or of finding, scales; none: all")
    steps: list[ElementId] = Field([], description="taken in this order; of a delivery, before it")
    ends: list[ElementId] = Field([], description="ends of the service that the case came to")
    only: list[Name] = Field(
        [], description="settled, needed, lasting, certified, versioned, evidenced, household"
    )
    this_year: bool = False
    person_times: bool = False
    else_unknown: bool = Field(False, description="no record says no only while a need or measure is open")


class FactSpec(Spec):
    """One thing that may be known of a person or household, or of an organisation, area or post (`of`)."""

    type: FactType
    of: Unit = Field("person", description="whose it is: groups read facts of their own kind only")
    label: WordsSpec
    unit: str = ""
    codes: dict[Name, WordsSpec] = {}
    range: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    source: Text = "person"
    question: WordsSpec | None = None
    silence: SilenceSpec | None = None
    fresh_for: int | None = Field(
        None, ge=1, le=36600, description="days after which a dated value is unknown"
    )
    derive: Expression | None = None
    records: RecordsSpec | None = None
    counts: Name | Literal[""] = Field(
        "", description="of an area: the kind of entries in registers it counts"
    )
    amends: str | None = None


class GroupSpec(Spec):
    """Who: this clause's own named conditions, inside `within` and the plan's `applies` (but `waives`)."""

    title: WordsSpec
    clause: Text
    unit: Unit = "person"
    duty: str = ""
    family: str = ""
    within: ElementId | None = None
    same_as: ElementId | None = None
    waives: list[ElementId] = Field(default=[], description="conditions of `applies` that do not hold here")
    when: dict[ElementId, ConditionSpec] = {}
    amends: str | None = None


class BenefitSpec(Spec):
    """What is due to the group, and the list that shows that it is received."""

    title: WordsSpec
    group: ElementId
    clause: Text
    routes: list[ElementId] = []
    amount: Expression | None = None
    per: Literal["month", "year", "once"] = "month"
    payee: str = "person"
    receipts: Name | None = None
    decides: str = "county_civil_affairs"
    need: Name = "other"
    on_application: bool = True
    open_to_others: bool = False
    outside: list[ElementId] = []
    optional: bool = False
    sample: bool = False
    excludes: dict[ElementId, ExclusionSpec] = {}
    starts: Literal["month_of_application", "month_after"] = "month_of_application"
    stops: Literal["month_after", "same_month"] = "month_after"
    amends: str | None = None


class SettingSpec(Spec):
    """A reading that the document leaves open, or a sample amount: who chose the value, and the other readings."""

    value: SettingValue
    says: WordsSpec
    author: Text
    date: dt.date | None = None
    alternatives: list[SettingValue] = []
    labels: dict[str, WordsSpec] = Field({}, description="what readings that are words are called")
    sample: bool = False
    clause: str = ""


class ListSpec(Spec):
    """A list that another department sends; its columns belong to the exchange, not to the pack."""

    title: WordsSpec
    sender: Text
    gives: list[Text] = []
    events: bool = False
    amends: str | None = None


class SlotSpec(Spec):
    """A place in the catalogue of lists that departments share. Without a list a place fills it, or it stays open."""

    named: Name | None = Field(default=None, alias="list", description="the list kind that fills it")
    title: WordsSpec | None = Field(default=None, description="absent: the list's own, else not named")
    sender: str = ""
    every: Literal["month", "quarter", "year"] = "month"
    always: bool = Field(default=False, description="asked for even where no plan in force uses it")
    duties: list[ElementId] = []
    amends: str | None = None


class ExpectSpec(Spec):
    """What must follow for one group; what is not written is not compared."""

    status: Literal["eligible", "ineligible", "unknown"]
    failed: list[str] | None = None
    missing: list[str] | None = None
    amount: int | Decimal | None = Field(default=None, description="yuan")
    finding: Literal["gap", "leak", "amount", "duplicate", "ask", "ok", ""] | None = None


class CaseSpec(Spec):
    """What is given of one person, and what must follow for each group named."""

    name: Text
    given: dict[str, Any] = {}
    on: dt.date | None = None
    lists: list[Name] | None = Field(default=None, description="lists received whole")
    set: dict[Name, SettingValue] = Field(default={}, description="settings for this case")
    expect: dict[ElementId, Literal["eligible", "ineligible", "unknown"] | ExpectSpec]
    because: Text


class CountSpec(Spec):
    count: int = Field(ge=1, le=100_000_000)
    given: dict[str, Any]


class VectorSpec(Spec):
    """A published total: so many persons of each kind, so many months, so much money."""

    name: Text
    benefit: Name
    on: dt.date
    months: int = Field(default=1, ge=1, le=120)
    lists: list[Name] | None = None
    set: dict[Name, SettingValue] = {}
    rows: list[CountSpec]
    total: int | Decimal = Field(description="yuan")
    because: Text


class CasesSpec(Spec):
    """cases/*.yaml: `given` and `on` hold for every case that does not say otherwise."""

    on: dt.date | None = None
    given: dict[str, Any] = {}
    lists: list[Name] = []
    cases: list[CaseSpec] = []
    vectors: list[VectorSpec] = []
    targets: list[TargetCaseSpec] = []


# File (or folder) → the shape of one element, and whether the file maps ids to elements.
SHAPES: dict[str, tuple[type[Spec], bool]] = {
    "pack.yaml": (PackSpec, False),
    "sources.yaml": (SourceSpec, True),
    "facts.yaml": (FactSpec, True),
    "settings.yaml": (SettingSpec, True),
    "lists.yaml": (ListSpec, True),
    "slots.yaml": (SlotSpec, True),
    "groups": (GroupSpec, True),
    "benefits": (BenefitSpec, True),
    "cases": (CasesSpec, False),
    "targets.yaml": (TargetSpec, True),
    "norms.yaml": (TargetSpec, True),
    "quotas.yaml": (TargetSpec, True),
    "services": (ServiceSpec, True),
    "forms": (FormSpec, True),
    "scales.yaml": (ScaleSpec, True),
    "papers": (PaperSpec, True),
    "questionnaires": (QuestionnaireSpec, True),
}


def json_schema() -> dict[str, Any]:
    """JSON Schema by file: `yice pack schema`."""
    schemas = {}
    for name, (shape, by_id) in SHAPES.items():
        inner = shape.model_json_schema()
        if by_id:
            defs = inner.pop("$defs", {})
            inner = {"type": "object", "additionalProperties": inner, "$defs": defs}
        schemas[name] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **inner}
    return schemas
