"""Columns for exports: the figures of an area, the rows behind one, and what changed between two reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pyarrow as pa
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.selectors.exports import Export
from yice.loop.supervise.selectors import Named, behind, compare, county_page


def county(actor: User, area: str = "") -> Export:
    """One row an area: its name and every figure."""
    access.require(actor, Action.EXPORT)
    page = county_page(actor, area)
    rows = [page.total, *page.rows]
    columns: dict[str, Any] = {
        "code": pa.array([row.code for row in rows], pa.string()),
        "name": pa.array([row.name for row in rows], pa.string()),
    }
    labels = {"code": gettext("区划代码"), "name": gettext("区域")}
    for figure in page.figures:
        columns[figure.name] = pa.array([row.counts[figure.name] for row in rows], pa.int64())
        labels[figure.name] = figure.label
    return Export("county", pa.table(columns), labels)


def rows_behind(actor: User, area: str, figure: str) -> Export:
    """Everybody behind one figure, as far as the actor may see names."""
    access.require(actor, Action.EXPORT)
    found, total = behind(actor, area, figure)
    page = 1
    while len(found) < total:
        page += 1
        more, _ = behind(actor, area, figure, page)
        if not more:
            break
        found += more
    return _named(figure, [("", row) for row in found])


def changes(actor: User, report: UUID, previous: UUID | None = None) -> Export:
    """Who entered, left and was corrected between two reports, all of them."""
    access.require(actor, Action.EXPORT)
    told = compare(actor, report, previous, most=None)
    return _named(
        "changes",
        [
            *((gettext("新增"), row) for row in told.entered),
            *((gettext("减少"), row) for row in told.left),
            *((gettext("更正"), row) for row in told.corrected),
        ],
    )


def _named(name: str, rows: list[tuple[str, Named]]) -> Export:
    labels = {
        "change": gettext("变化"),
        "village": gettext("村（社区）"),
        "name": gettext("姓名"),
        "age": gettext("年龄"),
        "kind_label": gettext("类型"),
        "title": gettext("待遇"),
        "why": gettext("原因"),
    }
    columns: dict[str, Any] = {"change": pa.array([change for change, _ in rows], pa.string())}
    for column in list(labels)[1:]:
        kind = pa.int16() if column == "age" else pa.string()
        columns[column] = pa.array([getattr(row, column) for _, row in rows], kind)
    return Export(name, pa.table(columns), labels)
