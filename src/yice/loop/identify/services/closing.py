"""Findings whose cause is gone: closed with the reason why, never because something is merely not known now."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from django.db import connection
from django.utils.translation import gettext_noop

from yice.loop.identify.enums import ClosedBy, FindingKind, FindingState
from yice.loop.identify.models import Finding
from yice.loop.identify.services import staging
from yice.policy.screening import Screened
from yice.rules.bits import pick
from yice.terms import clock

# Why a finding closed by itself, as sentences for the page.
WHY = {
    "receives": gettext_noop("名单显示已经享受"),
    "no_longer_due": gettext_noop("已不符合条件"),
    "not_paid": gettext_noop("名单显示已不再发放"),
    "due_again": gettext_noop("已符合条件"),
    "sum_right": gettext_noop("发放金额已相符"),
    "paid_once": gettext_noop("不再重复发放"),
    "decided": gettext_noop("需要问的都已清楚"),
    "left": gettext_noop("已不在登记册或已迁出"),
    "plan_changed": gettext_noop("政策不再有这一项"),
}
_F = Finding._meta.db_table


def close_without_cause(
    screened: Screened, scope: str, params: tuple[Any, ...], open_pairs: set[tuple[int, str]]
) -> tuple[int, int]:
    """Close the live findings in scope that the staged run does not hold; how many, and how many a list confirmed."""
    rows = staging.rows(
        f'SELECT f.id, f.person_id, f."group", f.kind, f.state, f.benefit FROM {_F} f'  # noqa: S608
        f" WHERE f.state <> 'closed' AND {scope} AND NOT EXISTS (SELECT 1 FROM {staging.FINDINGS} s"
        ' WHERE f.person_id = s.person_id AND f."group" = s.grp AND f.kind = s.kind) ORDER BY f.id',
        list(params),
    )
    today, closing, confirmed = clock.today().isoformat(), [], 0
    for key, person, group, kind, state, benefit in rows:
        if (person, group) in open_pairs:
            continue  # the cause may well stand: this month it cannot be told
        why = _why(screened, person, group, kind, benefit)
        if why is None:
            continue
        by_list = state == FindingState.PROVISIONAL and why in (
            "receives",
            "not_paid",
            "sum_right",
            "paid_once",
        )
        confirmed += by_list
        by = ClosedBy.LIST if by_list else ClosedBy.CAUSE_GONE
        closing.append((today, by.value, json.dumps({"code": why}), key))
    if closing:
        date, text = ("%s", "%s")
        if connection.vendor == "postgresql":
            date, text = "CAST(%s AS date)", "CAST(%s AS jsonb)"
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {_F} SET state = 'closed', closed_on = {date}, closed_by = %s, closed_why = {text},"  # noqa: S608
                " version = version + 1 WHERE id = %s",
                closing,
            )
    return len(closing), confirmed


def _why(screened: Screened, person: int, group: str, kind: str, benefit: str) -> str | None:
    """Why it closes; None where the list that would say is not there."""
    if kind == FindingKind.ASK:
        return "decided"
    if group not in screened.screening.groups:
        return "plan_changed"
    row = np.searchsorted(screened.keys, person)
    if row >= len(screened.keys) or screened.keys[row] != person:
        return "left"
    at = np.array([row])
    eligible = bool(pick(screened.screening.eligible(group), at)[0])
    receives = screened.columns.value(f"receives.{benefit}", int(row))
    if receives is None:
        return None
    match kind:
        case FindingKind.GAP:
            return "receives" if receives else "no_longer_due"
        case FindingKind.LEAK:
            return "due_again" if eligible and receives else "not_paid"
        case FindingKind.AMOUNT:
            return "sum_right" if receives else "not_paid"
        case _:
            return "paid_once"
