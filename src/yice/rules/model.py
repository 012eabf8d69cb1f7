"""What a loaded and checked plan is: frozen values that the loader builds and the kernel evaluates.

A plan is one pack with the packs it extends merged in. Names and texts are the pack's own; nothing here knows
any scheme.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from yice.rules.papers import Paper
from yice.rules.questionnaires.model import Questionnaire
from yice.rules.services import Form, Service
from yice.rules.services import Scale as Assessment
from yice.rules.words import Place, Words

FactType = Literal["bool", "int", "date", "code", "set", "parts", "area", "text"]
Unit = Literal["person", "household", "organisation", "area", "post"]
Row = Literal["person", "organisation", "area", "post"]
Status = Literal["eligible", "ineligible", "unknown"]
TargetUnit = Literal[
    "persons", "person_times", "households", "areas", "organisations", "facilities", "staff", "beds",
    "houses", "services", "cases", "projects", "yuan", "answers", "milestone",
]  # fmt: skip
Scale = Literal["number", "percent", "per_hundred", "per_thousand", "each"]
Basis = Literal["hukou", "residence"]
Compare = Literal["at_least", "at_most", "exactly", "rising", "falling"]
FindingKind = Literal["gap", "leak", "amount", "duplicate", "ask", "ok", ""]


def row_of(unit: Unit) -> Row:
    """What a row of facts is: a household's facts stand on the row of each of its members."""
    return "person" if unit == "household" else unit


@dataclass(frozen=True)
class Silence:
    """What a blank means: `always` gives the value itself; else only a list received whole gives it."""

    means: bool | int | str | None
    list: str | None = None  # the list that must have been received whole for the person's area and month
    fresh_for_days: int | None = None  # a whole list of an earlier month still speaks for this long
    and_lists: tuple[str, ...] = ()  # further lists that must be whole as well ("none" needs all of them)


RecordKind = Literal[
    "help", "case", "delivery", "payment", "plan", "measure", "need", "finding", "assessment"
]


@dataclass(frozen=True)
class Records:
    """Which of the records kept here tell a fact of a person: how many there are (int), or whether any (bool).

    `names` are services (case, delivery, payment), kinds of need (help, measure, need) or of finding, scales; none:
    all. `steps` were taken in this order, of a delivery before it. `only`: see `ONLY`. Without a record the answer
    is none where such records are kept; with `else_unknown` only for whom a need or measure of the kind is open.
    """

    of: RecordKind
    names: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    this_year: bool = False
    person_times: bool = False  # of deliveries: their person-times, instead of how many
    else_unknown: bool = False


FINDING_KINDS = ("gap", "leak", "amount", "duplicate", "ask")
# What may be asked of a record besides: it is settled (answered, closed), answers a recorded need, has a result and a
# day of review, is by somebody certified for it, names the version of the rules, has evidence; of a household's plan.
ONLY: Mapping[RecordKind, tuple[str, ...]] = {
    "need": ("settled",), "finding": ("settled",), "measure": ("needed", "lasting"), "plan": ("household", "person"),
    "assessment": ("certified", "versioned"), "payment": ("evidenced",),
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One thing known of a person, household, organisation, area or post.

    `derive` makes it an expression over other facts.
    """

    name: str
    type: FactType
    label: Words
    unit: str = ""
    codes: tuple[str, ...] = ()  # for code, set and parts; the order gives the int8 code
    code_labels: tuple[Words, ...] = ()
    source: str = ""  # who knows it: register | household | person | list:<kind>
    question: Words | None = None  # how a person is asked at the door
    silence: Silence | None = None
    derive: str | None = None
    place: Place | None = None
    low: int | None = None  # inclusive bounds of an int fact (grade 1–4); a value outside them is refused
    high: int | None = None
    fresh_for_days: int | None = None  # a dated value older than this counts as unknown
    of: Unit = "person"  # whose it is; a group reads only facts of its own kind of row (`row_of`)
    records: Records | None = None  # told by the work recorded here; read by targets alone
    # Of an area: the kind of entries in registers that it counts, where the place does not tell.
    counts: str = ""


@dataclass(frozen=True)
class Condition:
    """One line of a rule: the expression, what it says in our words, and the clause it carries out."""

    id: str
    text: str
    says: Words
    clause: str
    place: Place
    presume: bool | None = None  # taken when unknown, and shown as "assumed until applied"
    practice: str | None = None  # a setting that switches on what only practice adds
    presumed_by: str | None = None  # the setting that switches the presumption on


@dataclass(frozen=True)
class Group:
    """Who: `applies` (the pack's), `within` (a parent group), `when` (this clause's own conditions)."""

    id: str  # the catalogue's duty id, e.g. "JH-3.1.4"
    title: Words
    unit: Unit
    clause: str
    applies: tuple[Condition, ...]
    when: tuple[Condition, ...]
    place: Place
    within: str | None = None
    duty: str = ""
    same_as: str | None = None
    benefit: str | None = None  # the benefit or service whose receipt is compared with this status
    # False: others may rightly receive the benefit (another route to it, or rules outside this plan), so someone
    # who receives it without this group's status being "eligible" is no leak and nothing to ask (finding "").
    leaks: bool = True
    family: str = ""  # groups of one family should meet without holes or overlaps (`pack check`)
    waives: tuple[
        str, ...
    ] = ()  # conditions of `applies` that the clause does without (left out of `applies`)


@dataclass(frozen=True)
class Exclusion:
    """Something that takes a benefit away or makes one choose: known true excludes, unknown is presumed not."""

    condition: Condition
    effect: Literal["none", "choose_higher", "one"]
    other: str | None = None  # the benefit it is weighed against


@dataclass(frozen=True)
class Benefit:
    """What is due: an amount expression in fen per `per`, who pays, and which list shows that it is received."""

    id: str
    title: Words
    group: str
    clause: str
    place: Place
    amount: str | None = None  # expression giving fen, or None where the document names none
    per: Literal["month", "year", "once"] = "month"
    payee: str = "person"
    receipts: str | None = None  # the list kind that shows `receives.<id>` and `paid.<id>`
    decides: str = "county_civil_affairs"  # the role a leak or wrong amount goes to
    need: str = "other"  # what somebody asks for who is helped to it (`rules.services.NEEDS`)
    on_application: bool = True  # a gap means "tell the person", nobody is paid unasked
    optional: bool = False
    sample: bool = False  # the amount is a sample (示例标准), not a published one
    excludes: tuple[Exclusion, ...] = ()
    starts: Literal["month_of_application", "month_after"] = "month_of_application"
    stops: Literal["month_after", "same_month"] = "month_after"
    routes: tuple[str, ...] = ()  # further groups that lead to it (their `leaks` is False)
    open_to_others: bool = False  # rules outside this plan give it too: never a leak
    # `applies` conditions whose failing only means that this plan does not speak of one.
    outside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Setting:
    """A reading that a document leaves open: the value in force, who chose it, when, and the other readings."""

    name: str
    value: bool | int | str | tuple[int | str, ...]
    says: Words
    author: str
    date: dt.date | None
    alternatives: tuple[bool | int | str | tuple[int | str, ...], ...] = ()
    sample: bool = False
    clause: str = ""
    place: Place | None = None
    labels: Mapping[str, Words] = field(default_factory=dict)  # what a reading that is a word is called


@dataclass(frozen=True)
class Rate:
    """One dated line of a table: keys as text, the value (fen or a number), None from the day it ended."""

    keys: tuple[str, ...]
    since: dt.date
    value: int | None
    source: str = ""  # the document it is from; empty: a sample (示例标准)


@dataclass(frozen=True)
class Table:
    """Dated values by place, grade, class: `table(name, keys…)` takes the latest line not after the as-of date."""

    name: str
    key_names: tuple[str, ...]
    unit: str
    rates: tuple[Rate, ...]
    source: str = ""


@dataclass(frozen=True)
class Source:
    """A document cited: its number, authority, date (None with a note where unknown) and title."""

    id: str
    title: str
    number: str = ""
    authority: str = ""
    date: dt.date | None = None
    date_note: str = ""


@dataclass(frozen=True)
class ListKind:
    """A list another department sends: what it shows, how it is keyed, whose area it is whole for."""

    id: str
    title: Words
    sender: str
    gives: tuple[str, ...]  # the facts and receipts that a row of it states
    events: bool = False  # a list of happenings (deaths), never whole in the sense of "not on it means no"


@dataclass(frozen=True)
class Slot:
    """A place in the catalogue of lists that departments share: what fills it, whose it is, how often it is due."""

    id: str
    title: Words
    place: Place
    list: str | None = None  # the list kind that fills it; None: a place may fill it, or leave it open
    sender: str = ""
    every: Literal["month", "quarter", "year"] = "month"
    always: bool = False  # asked for even where no plan in force uses it
    named: bool = True  # False: the document counts it and does not say what it is
    duties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """What a target counts, in words; `where` says it over facts. Without a source no record feeds the figure yet.

    Beside a denominator over the same rows the numerator is counted among those in it.
    """

    says: Words
    where: str | None = None
    of: Row | None = None  # whose rows, where they are not those of the target's unit
    kinds: tuple[str, ...] = ()  # of registered organisations, facilities or posts: these kinds only
    sum: str | None = None  # an int fact that is added up; without it rows are counted


@dataclass(frozen=True)
class Requirement:
    """So many things of one kind in each area or facility, each perhaps of a least size (beds)."""

    what: Words
    at_least: int = 1
    size_at_least: int | None = None
    kinds: tuple[str, ...] = ()  # in each area: registered facilities or posts of these kinds
    where: str | None = None  # more that must be true of each; of a facility: that it has what is asked
    of: Row = "organisation"


@dataclass(frozen=True)
class Target:
    """What a document sets: a share, a count, a norm of facilities or a milestone. Worked out in `rules.targets`.

    A figure is numerator / denominator on `scale` (100 for percent); `threshold` None means that the document names
    none, and then it is never shown as met. With `requires` an area or facility counts when `enough` of them are there.
    """

    id: str
    title: Words
    clause: str
    place: Place
    unit: TargetUnit
    tiers: tuple[str, ...]
    numerator: Measured | None = None
    denominator: Measured | None = None
    scale: Scale = "number"
    compare: Compare = "at_least"
    threshold: Decimal | None = None
    inclusive: bool = True
    step: Decimal | None = None  # how much a rising share rises each year, in points of its scale
    by: dt.date | None = None
    by_implied: bool = False  # the clause names no date, the plan's period gives it
    every: Literal["once", "year", "case", "always"] = "once"
    year: int | None = None  # of one year of the plan only
    requires: tuple[Requirement, ...] = ()
    enough: int = 0
    kinds: tuple[str, ...] = ()  # of which registered facilities or organisations `requires` speaks
    allocates: str | None = None  # a target shared out in proportion to this figure
    check: bool = False  # a duty towards everyone that acts as a target without being written as one
    soft: bool = False  # "as a rule": below it is told, not failed
    optional: bool = False  # where conditions allow: absence is no failure
    basis: Basis = "hukou"  # the place that persons and households are counted in
    among: tuple[str, ...] = ()  # codes of the places that the target speaks of; none: the whole of each area


@dataclass(frozen=True)
class Plan:
    """A pack ready to run. `hash` covers every file it was made of; the same hash gives the same answers."""

    id: str
    version: str
    hash: str
    title: Words
    authority: str
    since: dt.date | None
    until: dt.date | None  # inclusive last day of the plan
    areas: tuple[str, ...]  # 12-digit codes the plan binds
    tiers: dict[str, Words]  # local tier names
    facts: dict[str, Fact]
    groups: dict[str, Group]
    benefits: dict[str, Benefit]
    settings: dict[str, Setting]
    tables: dict[str, Table]
    sources: dict[str, Source]
    lists: dict[str, ListKind]
    notes: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    changelog: tuple[tuple[str, str], ...] = field(default=())
    targets: dict[str, Target] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    scales: dict[str, Assessment] = field(default_factory=dict)  # ways of assessing, by kind
    papers: dict[str, Paper] = field(default_factory=dict)  # how papers are laid out
    slots: dict[str, Slot] = field(default_factory=dict)  # the catalogue of shared lists, in its order
    questionnaires: dict[str, Questionnaire] = field(default_factory=dict)  # of the yearly round
