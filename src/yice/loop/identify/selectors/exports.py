"""Columns for exports: one row a finding, in the order of the worklist, nothing outside the scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.identifiers import masking
from yice.loop.identify.models import Finding
from yice.loop.identify.selectors.filters import Filters
from yice.loop.identify.selectors.worklist import SORTS, matching, ordered, rows

STRETCH = 2000


@dataclass(frozen=True)
class Export:
    """A table of text and numbers; `labels` gives the column heads. Identifiers are masked."""

    name: str
    table: pa.Table
    labels: dict[str, str]


def findings(actor: User, filters: Filters, sort: str = "oldest") -> Export:
    """All rows of the worklist. Requires EXPORT; the caller records the audit event through services.exported."""
    access.require(actor, Action.EXPORT)
    readable = access.scope(actor, Action.FINDING_READ, Finding.objects.all())
    mine = access.scope(actor, Action.EXPORT, readable)
    chosen = ordered(matching(mine, filters), sort if sort in SORTS else "oldest")
    labels = _labels()
    columns: dict[str, list[Any]] = {name: [] for name in labels}
    start = 0
    while part := list(chosen[start : start + STRETCH]):
        for finding, row in zip(part, rows(part), strict=True):
            cells = {**row.__dict__, "id_masked": masking.id_number(finding.person.id_number)}
            for name, cells_of in columns.items():
                cells_of.append(cells[name])
        start += STRETCH
    arrays = {name: pa.array(values, _TYPES.get(name, pa.string())) for name, values in columns.items()}
    return Export("findings", pa.table(arrays), labels)


_TYPES = {
    "age": pa.int16(), "grade": pa.int8(), "due_fen": pa.int64(), "paid_fen": pa.int64(),
    "opened_on": pa.date32(), "due_on": pa.date32(), "overdue": pa.bool_(),
}  # fmt: skip


def _labels() -> dict[str, str]:
    return {
        "street": gettext("街道（乡镇）"),
        "village": gettext("村（社区）"),
        "name": gettext("姓名"),
        "id_masked": gettext("身份证号"),
        "sex": gettext("性别"),
        "age": gettext("年龄"),
        "category": gettext("残疾类别"),
        "grade": gettext("残疾等级"),
        "kind_label": gettext("类型"),
        "title": gettext("人群"),
        "benefit_title": gettext("待遇"),
        "because": gettext("原因"),
        "due_fen": gettext("应发金额"),
        "paid_fen": gettext("实发金额"),
        "state_label": gettext("状态"),
        "opened_on": gettext("发现日期"),
        "due_on": gettext("办理期限"),
        "overdue": gettext("是否逾期"),
        "residence": gettext("居住地"),
    }
