"""How a service is done, as a pack says it: who takes which step, within how long, on which form, and what then.

Part of a plan (`Plan.services`, `Plan.forms`, `Plan.scales`); the engine that runs them is `loop.deliver`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from yice.rules.words import Place, Words

TierName = Literal["province", "prefecture", "county", "township", "village"]
Duty = Literal["request", "arrange", "handle", "assess", "approve", "pay", "deliver", "accept", "evaluate"]
OutcomeKind = Literal["go", "refuse", "dispute", "stop"]
EndKind = Literal["met", "refused", "withdrawn", "stopped", "not_needed", "transferred", "died"]
NoticeKind = Literal["decision", "refusal", "stop", "information"]
FundName = Literal[
    "central", "province", "prefecture", "county", "employment_fund", "lottery", "donation", "self", "other"
]  # fmt: skip
ModeName = Literal["cash", "purchase", "goods", "voucher"]
Basis = Literal["hukou", "residence"]
ConsentName = Literal["photo", "publicity", "charity", "employer", "volunteer"]  # uses beyond a duty
FieldType = Literal["bool", "int", "date", "month", "money", "code", "set", "text", "area", "fact"]

# Who may be named in `who`, and at which tiers. Each is a role of `yice.accounts` or stands outside the house.
OFFICES: Mapping[str, tuple[TierName, ...]] = {
    "commissioner": ("village",),
    "clerk": ("township",),
    "federation": ("county", "prefecture", "province"),
    "civil_affairs": ("county", "prefecture", "province"),
    "finance": ("county", "prefecture", "province"),
    "education": ("county", "prefecture", "province"),
    "health": ("county", "prefecture", "province"),
    "human_resources": ("county", "prefecture", "province"),
    "medical_insurance": ("county", "prefecture", "province"),
    "housing": ("county", "prefecture", "province"),
    "rural_affairs": ("county", "prefecture", "province"),
    "justice": ("county", "prefecture", "province"),
    "committee": ("county", "prefecture", "province"),
    "arbitrator": ("county", "prefecture", "province"),
}
# People of other organisations: with an account they see only what was handed to them, else it is recorded for them.
GUESTS = ("assessor", "provider", "evaluator", "school", "clinic", "employer", "volunteer")
# People without an account: what they do is recorded for them (`recorded_by`).
OUTSIDE = ("applicant", "donor")

# Of one case nobody holds two of these. Asking for somebody and arranging (who builds, when) go with any of them.
SEPARATE: tuple[Duty, ...] = ("handle", "assess", "approve", "pay", "deliver", "accept", "evaluate")

# What people need, by the kind of help; a need and a service meet by these words.
NEEDS: Mapping[str, Words] = {
    "living": Words("生活保障", "Living"),
    "care": Words("护理照料", "Care"),
    "medical": Words("医疗救助", "Medical help"),
    "insurance": Words("社会保险", "Insurance"),
    "rehabilitation": Words("康复", "Rehabilitation"),
    "device": Words("辅助器具", "Assistive device"),
    "education": Words("教育", "Education"),
    "employment": Words("就业创业", "Work"),
    "home_service": Words("居家服务", "Service at home"),
    "day_care": Words("日间照料", "Day care"),
    "residential": Words("机构托养", "Residential care"),
    "respite": Words("喘息服务", "Respite"),
    "adaptation": Words("无障碍改造", "Home adaptation"),
    "housing": Words("住房", "Housing"),
    "accessibility": Words("公共无障碍", "Public accessibility"),
    "legal": Words("法律援助与维权", "Legal aid and rights"),
    "counselling": Words("心理支持", "Counselling"),
    "culture": Words("文化体育", "Culture and sport"),
    "certificate": Words("残疾人证", "Certificate"),
    "other": Words("其他", "Other"),
}


@dataclass(frozen=True)
class Party:
    """Who takes a step: an office at a tier, a guest of the house, or someone outside it (tier "")."""

    office: str
    tier: str = ""

    def __str__(self) -> str:
        return f"{self.office}@{self.tier}" if self.tier else self.office


@dataclass(frozen=True)
class Span:
    """A length of time: so many working days, days or months."""

    working_days: int = 0
    days: int = 0
    months: int = 0


@dataclass(frozen=True)
class OnlyIf:
    """Holds only when another field of the form has one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """A paper or proof that a step asks for."""

    id: str
    says: Words
    clause: str = ""
    only_if: OnlyIf | None = None


@dataclass(frozen=True)
class Block:
    """What must be true before a step is taken. Exactly one of the last group is set."""

    id: str
    says: Words
    clause: str
    place: Place
    outcomes: tuple[str, ...] = ()  # asked only of these outcomes; none named: of every one but a refusal
    done: str | None = None  # that step of the case was taken
    assessed: str | None = None  # a valid assessment of this kind by somebody certified on its day
    when: str | None = None  # an expression over the person's facts; not known blocks, and says what to ask
    plan: bool = False  # a plan in force, agreed and signed
    consent: ConsentName | None = None  # everybody concerned agreed to this use, and still does
    # Each (own field, step, field): nothing beyond what was written there; not above that number or sum; not the
    # same (who built, who accepts).
    among: tuple[str, str, str] | None = None
    at_most: tuple[str, str, str] | None = None
    differs: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Outcome:
    """One way a step may end, and where the case goes then."""

    id: str
    says: Words
    next: tuple[str, ...]  # steps that begin, or one end
    kind: OutcomeKind = "go"
    notice: NoticeKind | None = None
    reasons: Mapping[str, Words] = field(default_factory=dict)  # named reasons for a refusal or stop
    closes: tuple[str, ...] = ()  # other open steps that are over with it


@dataclass(frozen=True)
class Step:
    """One step of a service."""

    id: str
    title: Words
    clause: str
    place: Place
    who: tuple[Party, ...]
    outcomes: Mapping[str, Outcome]
    duties: tuple[str, ...] = ()  # of the catalogue, that this step itself carries out
    recorded_by: tuple[Party, ...] = ()
    duty: Duty = "handle"
    within: int | None = None  # working days
    lasts: Span | None = None  # cannot be taken sooner than this after it began
    form: str | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    returns: str | None = None  # the step that a return for correction goes back to
    after: tuple[str, ...] = ()  # begins only once none of these is open any more
    # The steps whose forms and files a guest who takes this one needs; a guest sees no others.
    reads: tuple[str, ...] = ()
    # The guest who takes it goes to the person, or calls: they see telephone and address.
    contact: bool = False
    assesses: str | None = None  # the kind of assessment whose result this step takes in
    pays: bool = False  # each payment with month, sum, fund source, how and to whom
    no_cash_from: tuple[FundName, ...] = ()  # funds that may buy services but never be paid out
    delivers: bool = False  # each delivery with day, persons and person-times, provider, fund source
    publishes: tuple[str, ...] | None = None  # what a public list shows; a minor's details never
    bulk: bool = False  # may be taken for many cases at once
    sample: int = 10  # percent of a bulk that must have been opened one by one

    @property
    def by_provider(self) -> bool:
        """Whether a provider's people carry it out."""
        return any(one.office == "provider" for one in self.who)


@dataclass(frozen=True)
class End:
    """How a case may end."""

    id: str
    says: Words
    kind: EndKind


@dataclass(frozen=True)
class Service:
    """A line of work as steps from a request to an end."""

    id: str
    title: Words
    clause: str
    place: Place
    unit: Literal["person", "household", "organisation", "area", "post"]
    basis: Basis
    start: str
    steps: Mapping[str, Step]
    ends: Mapping[str, End]
    duties: tuple[str, ...] = ()
    benefit: str | None = None
    groups: tuple[str, ...] = ()  # for whom, where it leads to no benefit: somebody in one of them
    needs: tuple[str, ...] = ()
    # Only an admitted organisation may be ordered; to be admitted it is in all of these groups. None: anybody may.
    providers: tuple[str, ...] | None = None
    anywhere: bool = False  # may be asked for at any window; the case goes to the place of its basis
    restricted: bool = False  # read only by those whose step it is or was
    within: int | None = None  # working days for the whole
    again_after: Span | None = None  # not again so soon after it was met
    on_change: str | None = None  # the step that begins when the person's facts change or they are found out
    optional: bool = False


@dataclass(frozen=True)
class FormField:
    """One field. With `fact` it is that fact: its type, words and codes; known already, it is not asked again."""

    id: str
    label: Words
    type: FieldType
    fact: str | None = None
    codes: Mapping[str, Words] = field(default_factory=dict)
    required: bool = True
    only_if: OnlyIf | None = None
    help: Words | None = None
    low: int | None = None
    high: int | None = None
    sealed: bool = False  # kept encrypted: accounts, diagnoses
    publish: bool = False  # may stand on a public list


@dataclass(frozen=True)
class Form:
    """A form of a step."""

    id: str
    title: Words
    fields: Mapping[str, FormField]
    place: Place
    source: str = ""  # the document that prescribes it; empty: ours, not an official form


@dataclass(frozen=True)
class ScaleItem:
    """A question of a scale and the scores it may have."""

    id: str
    says: Words
    scores: tuple[int, ...]


@dataclass(frozen=True)
class Band:
    """What a score from `low` to `high`, both in, means."""

    id: str
    says: Words
    low: int
    high: int


@dataclass(frozen=True)
class Scale:
    """A way of assessing. Without items (a licensed scale, a professional's opinion) only a result is kept."""

    id: str
    title: Words
    clause: str
    place: Place
    items: tuple[ScaleItem, ...] = ()
    total: Literal["sum", "highest"] = "sum"
    bands: tuple[Band, ...] = ()
    low: int | None = None  # of a score that is only entered
    high: int | None = None
    expires_months: int | None = None
    certified: bool = True  # only assessors certified for it on the day
    credit: str = ""
