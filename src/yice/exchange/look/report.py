"""What a first look found, in values ready to be written in any form."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from yice.exchange.columns.results import RowProblem
from yice.exchange.files import Sheet
from yice.rules.model import FindingKind
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import Month

KINDS: tuple[FindingKind, ...] = ("gap", "leak", "duplicate", "amount", "ask")


@dataclass(frozen=True)
class Person:
    """One row of the register, as it is shown: the id masked, never whole."""

    row: int
    name: str
    id_masked: str
    age: int | None
    sex: str
    disability: str  # 肢体二级
    village: str
    township: str
    area: str  # 12-digit code


@dataclass(frozen=True)
class Finding:
    """Something to follow up: who, which benefit, why, by which clause, from which values, and what to do."""

    kind: FindingKind
    group: str
    benefit: str
    person: Person
    reasons: tuple[str, ...]
    clauses: tuple[str, ...]
    values: tuple[str, ...]  # "残疾等级：2"
    todo: str
    due_fen: int | None
    paid_fen: int | None
    list_rows: tuple[str, ...] = ()  # "低保名单.xlsx 第 12 行"
    household: str = ""


@dataclass(frozen=True)
class Ask:
    """What is missing for many people at once."""

    what: str  # the question, or the list to ask for
    of_whom: str
    from_list: bool
    people: int
    benefits: tuple[str, ...]


@dataclass
class ColumnRead:
    heading: str
    meaning: str  # "" where not understood
    note: str = ""


@dataclass
class FileRead:
    """One sheet as it was read."""

    title: str
    kind: str
    kind_label: str
    confidence: float
    sheet: str
    header_row: int | None
    month: Month | None
    month_from: str
    rows: int
    refused: int
    warned: int
    matched: int | None
    likely: int | None
    maybe: int | None
    unmatched: int | None
    whole: bool | None
    columns: list[ColumnRead]
    notes: list[Problem]
    refusals: list[RowProblem]
    warnings: list[RowProblem]
    source: Sheet | None = None


@dataclass(frozen=True)
class Unmatched:
    """A row of a list that is nobody of the register for certain."""

    file: str
    kind: str
    row: int
    name: str
    id_masked: str
    reason: str
    maybe_row: int | None = None  # the row of the register it may be
    weight: int = 0  # how much it matters: a payment to nobody first


@dataclass
class Line:
    """One group of a benefit, counted."""

    benefit: str
    group: str  # its title where the benefit has several
    clause: str
    eligible: int
    ineligible: int
    unknown: int
    receiving: int
    found: dict[FindingKind, int]
    sample: bool
    screened: bool  # whether the list that shows who receives was given


@dataclass
class Report:
    """Everything."""

    area: str
    area_name: str
    area_from: str
    as_of: dt.date
    as_of_from: str
    month: Month
    made: dt.date
    demo: bool
    ended: bool
    plan_title: str
    plan_authority: str
    plan_id: str
    plan_version: str
    plan_hash: str
    plan_from: str
    plan_period: str
    people: int
    files: list[FileRead]
    aside: list[tuple[str, Problem]]
    lines: list[Line]
    findings: list[Finding]
    asks: list[Ask]
    unmatched: list[Unmatched]
    unmatched_outsiders: dict[str, int]  # file → sound ids that are simply not of the register
    assumptions: list[str]
    settings: list[tuple[str, str]]
    missing_lists: list[tuple[str, str, str]]  # title, sender, what for
    townships: list[tuple[str, int, dict[str, int]]]  # name, people, findings by kind
    deaths_to_check: list[Unmatched] = field(default_factory=list)
    seconds: float = 0.0

    def of(self, kind: FindingKind) -> list[Finding]:
        return [one for one in self.findings if one.kind == kind]

    @property
    def people_found(self) -> int:
        """Persons with a gap, leak, duplicate or wrong amount, each counted once."""
        return len({one.person.row for one in self.findings if one.kind != "ask"})


Shown = Literal["gap", "leak", "duplicate", "amount", "ask"]


def kind_title(kind: str) -> str:
    """The heading of a kind of finding."""
    return str(
        {
            "gap": Message("疑似应享未享"),
            "leak": Message("疑似应退未退"),
            "duplicate": Message("疑似重复领取"),
            "amount": Message("疑似金额不符"),
            "ask": Message("暂时无法判断"),
        }[kind]
    )


def kind_says(kind: str) -> str:
    """What the kind means, in one sentence."""
    return str(
        {
            "gap": Message("按登记册和名单，条件都符合，但当月名单上没有。请上门告知并协助申请。"),
            "leak": Message(
                "当月名单上有，但至少一个条件明确不符合。请交审批部门核查，先告知本人、听取说明，不能直接停发。"
            ),
            "duplicate": Message("当月领了不止一次，或两项待遇不能同时领取。请交审批部门核查。"),
            "amount": Message("条件符合也在领取，但当月发放金额与标准不同。请交审批部门核查。"),
            "ask": Message("缺少关键信息，不能说符合，也不能说不符合。先补名单，再补登记，最后才上门问。"),
        }[kind]
    )


def output_paths(out: Path, base: str) -> tuple[Path, Path]:
    return out / f"{base}.xlsx", out / f"{base}.html"
