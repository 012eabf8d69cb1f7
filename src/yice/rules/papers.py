"""A paper as a pack lays it out: which facts stand where, for whose matter, by whose form.

Part of a plan (`Plan.papers`); `exchange.papers` fills and prints them. A value that is not known stays a blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from yice.rules.words import Place, Words

PaperOf = Literal["person", "plan", "case", "register"]

# Who it is about; every paper of a person, plan or case may name them. Those of `WHOLE` are masked unless asked for whole.
IDENTITY: Mapping[str, Words] = {
    "name": Words("姓名", "Name"),
    "sex": Words("性别", "Sex"),
    "age": Words("年龄", "Age"),
    "birth_date": Words("出生日期", "Birth date"),
    "id_number": Words("身份证号", "Identity number"),
    "certificate_number": Words("残疾人证号", "Certificate number"),
    "category": Words("残疾类别", "Category"),
    "grade": Words("残疾等级", "Grade"),
    "parts": Words("多重残疾明细", "Parts of a multiple certificate"),
    "certificate_status": Words("证件状态", "Certificate status"),
    "certificate_until": Words("有效期至", "Valid until"),
    "phone": Words("联系电话", "Telephone"),
    "address": Words("现住址", "Address"),
    "hukou": Words("户籍地", "Registered at"),
    "hukou_code": Words("户籍地代码", "Code of the place of registration"),
    "residence": Words("居住地", "Lives at"),
    "residence_code": Words("居住地代码", "Code of the place of residence"),
    "guardian_name": Words("监护人姓名", "Guardian"),
    "household_number": Words("户编号", "Household number"),
    "relation": Words("与户主关系", "Relation to the head"),
}
WHOLE = ("birth_date", "id_number", "certificate_number", "phone", "address")
# What else a paper of this kind can say of its subject.
OF: Mapping[PaperOf, Mapping[str, Words]] = {
    "person": {},
    "register": {},
    "plan": {
        "plan_number": Words("方案编号", "Plan number"),
        "version": Words("第几版", "Version"),
        "goal": Words("目标", "Aim"),
        "opened_on": Words("制定日期", "Begun on"),
        "review_on": Words("下次回访", "Next follow-up"),
        "signed": Words("签字", "Signed"),
        "closed": Words("结束", "Closed"),
        "satisfied": Words("满意度", "Satisfaction"),
    },
    "case": {
        "case_number": Words("办件编号", "Case number"),
        "service": Words("办理事项", "Service"),
        "applied_on": Words("申请日期", "Applied on"),
        "channel": Words("申请渠道", "Channel"),
        "state": Words("办理状态", "State"),
        "outcome": Words("办理结果", "Outcome"),
        "amount": Words("金额（元）", "Sum (yuan)"),
        "from_month": Words("起发月份", "From"),
        "until_month": Words("发到月份", "Until"),
    },
}  # fmt: skip
# What a row of a register can say besides the person, by what its rows are.
ROWS: Mapping[str, Mapping[str, Words]] = {
    "persons": {},
    "measures": {
        "what": Words("帮扶措施", "Measure"),
        "department": Words("责任部门", "Department"),
        "responsible": Words("责任人", "Responsible"),
        "result": Words("预期结果", "Result"),
        "by": Words("完成时限", "By"),
        "money": Words("资金和来源", "Money and source"),
        "state": Words("进展", "State"),
        "done": Words("实际结果", "What came of it"),
    },
    "visits": {
        "visit_day": Words("日期", "Day"),
        "visited_by": Words("走访人", "Visited by"),
        "visit_result": Words("情况", "Found"),
        "visit_note": Words("记录", "Note"),
        "next_on": Words("下次走访", "Next visit"),
    },
    "areas": {
        "area_code": Words("区划代码", "Division code"),
        "village": Words("村（社区）", "Village or community"),
    },
}
# Lists that a paper can hold, with their columns in order.
TABLES: Mapping[PaperOf, tuple[str, ...]] = {
    "person": (
        "members",
        "benefits",
        "needs",
        "plans",
        "cases",
        "assessments",
        "visits",
        "payments",
        "deliveries",
    ),
    "register": (),
    "plan": ("needs", "measures", "progress", "reviews", "groups"),
    "case": ("steps", "answers", "evidence", "payments", "deliveries", "assessments"),
}
BY_STEP = ("answers", "evidence")  # lists of a case that a paper may hold of one step alone


@dataclass(frozen=True)
class PaperPart:
    """One part of a paper. Exactly one of grid, table, lines and sign is set."""

    title: Words | None = None
    grid: tuple[str, ...] = ()  # names of IDENTITY, of OF, or facts of the plan
    across: int = 2  # pairs side by side
    table: str = ""
    # Of a case's answers or papers: as one step holds them; "start": the step that begins the service.
    step: str = ""
    lines: Words | None = None
    room: int = 0  # empty lines to write on
    sign: tuple[Words, ...] = ()  # who signs, each with a day


@dataclass(frozen=True)
class Paper:
    """One paper."""

    id: str
    title: Words
    of: PaperOf
    place: Place
    parts: tuple[PaperPart, ...] = ()
    columns: tuple[str, ...] = ()  # of a register
    rows: str = "persons"  # what a register has a row for: persons, measures, visits, areas
    who: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # any of these facts with one of these values
    clause: str = ""  # what calls for it
    source: str = ""  # the document that prescribes the layout; empty: ours, and it says so
    services: tuple[str, ...] = ()  # cases of these services alone
    landscape: bool = False
