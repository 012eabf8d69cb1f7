"""Targets of an area and of the places right below it as columns, and the persons behind a figure."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.selectors.exports import Export
from yice.loop.supervise.targets import words
from yice.loop.supervise.targets.behind import everybody_behind
from yice.loop.supervise.targets.selectors import TargetsPage, target_page, targets_page
from yice.rules.model import Target
from yice.rules.targets.verdict import Figure


def targets(actor: User, area: str, digest: str = "", target: str = "") -> Export:
    """Every target of an area; with `target` that one in the area and in each place right below."""
    access.require(actor, Action.EXPORT)
    if target:
        shown = target_page(actor, area, target, digest)
        one = shown.measure.target
        lines = [(shown.page.name, one, shown.measure.figure)]
        lines += [(row.name, one, row.figure) for row in shown.rows]
    else:
        page: TargetsPage = targets_page(actor, area, digest)
        lines = [(page.name, each.target, each.figure) for each in page.measures]
    return Export(
        "targets",
        pa.table([pa.array(column, pa.string()) for column in _columns(lines)], list(_labels())),
        _labels(),
    )


def people(actor: User, area: str, target: str, part: str, digest: str) -> Export:
    """Who stands behind a figure, as far as the actor may see names; no identifier leaves."""
    access.require(actor, Action.EXPORT)
    rows = everybody_behind(actor, area, target, part, digest=digest).rows
    labels = {"village": gettext("村（社区）"), "name": gettext("姓名"), "age": gettext("年龄")}
    columns = {
        name: pa.array([getattr(row, name) for row in rows], pa.int16() if name == "age" else pa.string())
        for name in labels
    }
    return Export("target-people", pa.table(columns), labels)


def _columns(lines: list[tuple[str, Target, Figure]]) -> list[list[str]]:
    rows = [
        [
            name,
            target.id,
            str(target.title),
            target.clause,
            words.figure_text(target, figure),
            words.counts_text(figure),
            words.unit_text(target),
            words.basis_text(target),
            _count(words.doubtful(figure)),
            words.threshold_text(target),
            target.by.isoformat() if target.by else "",
            str(words.VERDICTS[figure.verdict]),
        ]
        for name, target, figure in lines
    ]
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in _labels()]


def _count(number: int | None) -> str:
    return "" if number is None else str(number)


def _labels() -> dict[str, Any]:
    return {
        "area": gettext("地区"), "id": gettext("编号"), "title": gettext("目标或指标"),
        "clause": gettext("条款"), "figure": gettext("数值"), "counts": gettext("分子 / 分母"),
        "unit": gettext("单位"), "basis": gettext("口径"), "doubtful": gettext("还不清楚的"), "threshold": gettext("要求"),
        "by": gettext("期限"), "verdict": gettext("结论"),
    }  # fmt: skip
