"""A screening run becomes work: new findings open, settled ones stay settled, those without a cause close.

Set-based, in the transaction of the run: what the run found is staged once and set beside what is on file.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yice.accounts.enums import Line
from yice.loop.identify.enums import FindingKind
from yice.loop.identify.models import Finding, Person
from yice.loop.identify.services import staging
from yice.loop.identify.services.ask_rows import write_asks
from yice.loop.identify.services.asks import Wanted, wanted
from yice.loop.identify.services.cells import Cell, Cells, cells
from yice.loop.identify.services.closing import close_without_cause
from yice.loop.identify.services.scope import Scope, reroute
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.terms import clock

DUE_DAYS = {"gap": 30, "ask": 30, "leak": 15, "amount": 15, "duplicate": 15}  # a setting of that name wins
_F, _P = Finding._meta.db_table, Person._meta.db_table
_SAME = 'f.person_id = s.person_id AND f."group" = s.grp AND f.kind = s.kind'
_SET_BESIDE = f"FROM {staging.FINDINGS} s WHERE {_SAME} AND f.state <> 'closed'"


@dataclass(frozen=True)
class Applied:
    opened: int
    changed: int
    closed: int
    confirmed: int  # provisional ones that the next list showed
    asks: int  # persons with something to ask


def apply_run(run: ScreeningRun, screened: Screened) -> dict[str, int]:
    """The registry's consumer: make work of a run."""
    done = apply_screened(screened, Scope.area(run.area), run)
    return {
        "opened": done.opened, "changed": done.changed, "closed": done.closed, "confirmed": done.confirmed,
        "asks": done.asks,
    }  # fmt: skip


def apply_screened(screened: Screened, scope: Scope, run: ScreeningRun | None = None) -> Applied:
    """Set what was found beside what is on file, within `scope`. The caller's transaction."""
    found = cells(screened)
    asks = wanted(screened, found.open)
    staging.fill(staging.FINDINGS, (cell.row() for cell in (*found.findings, *_ask_cells(asks))))
    try:
        reroute(_F, scope)
        _leave_settled()
        changed = _update(screened, run)
        opened = 0 if screened.ended else _open(screened, run)
        closed, confirmed = close_without_cause(screened, scope.of("f"), scope.params, _open_pairs(found))
        write_asks(asks, scope, ended=screened.ended)
    finally:
        if not connection.needs_rollback:
            staging.drop()
    waiting = sum(bool(ask.questions) for ask in asks.values())
    return Applied(opened, changed, closed, confirmed, waiting)


def _ask_cells(asks: Mapping[int, Wanted]) -> list[Cell]:
    """One row a person: the questions themselves stand in the ask."""
    return [
        Cell(
            person, "", FindingKind.ASK, "", Line.ENTITLEMENT.value, None, None,
            json.dumps({"questions": len(ask.questions), "groups": ask.weight}),
            "",
        )
        for person, ask in asks.items()
        if ask.questions
    ]  # fmt: skip


def _open_pairs(found: Cells) -> set[tuple[int, str]]:
    return {(person, one.group) for person, groups in found.open.items() for one in groups}


def _leave_settled() -> None:
    """What a person closed on the same facts stays closed."""
    staging.run(
        f"DELETE FROM {staging.FINDINGS} WHERE EXISTS (SELECT 1 FROM {_F} f, {staging.FINDINGS} s WHERE {_SAME}"  # noqa: S608
        f" AND s.person_id = {staging.FINDINGS}.person_id AND s.grp = {staging.FINDINGS}.grp"
        f" AND s.kind = {staging.FINDINGS}.kind"
        " AND f.state = 'closed' AND f.closed_by = 'person' AND f.cause = s.cause)",
        [],
    )


def _update(screened: Screened, run: ScreeningRun | None) -> int:
    """Those on file and found again: new sums and reasons, a new version only where something changed.

    A provisional one goes back to open when the list that should have confirmed it has come and does not.
    """
    month = screened.as_of.replace(day=1)
    late = "f.state = 'provisional' AND f.confirm_from IS NOT NULL AND f.confirm_from <= %s"
    differs = (
        "(f.cause <> s.cause OR f.due_fen IS DISTINCT FROM s.due_fen OR f.paid_fen IS DISTINCT FROM s.paid_fen"
        " OR f.reason <> s.reason)"
    )
    changed = staging.run(
        f"UPDATE {_F} AS f SET due_fen = s.due_fen, paid_fen = s.paid_fen, reason = s.reason, cause = s.cause,"  # noqa: S608
        f" state = CASE WHEN {late} THEN 'open' ELSE f.state END,"
        f" confirm_from = CASE WHEN {late} THEN NULL ELSE f.confirm_from END, version = f.version + 1"
        f" {_SET_BESIDE} AND ({differs} OR ({late}))",
        [month, month, month],
    )
    if run is not None:
        staging.run(
            f"UPDATE {_F} AS f SET last_run_id = %s, pack_id = %s {_SET_BESIDE}",  # noqa: S608
            [run.pk, screened.pack.pk],
        )
    return changed


def _open(screened: Screened, run: ScreeningRun | None) -> int:
    today = clock.today()
    due = {kind: today + dt.timedelta(days=_days(screened, kind)) for kind in DUE_DAYS}
    date = staging.date()
    cases = " ".join(f"WHEN %s THEN {date}" for _ in due)
    params: list[Any] = [screened.pack.pk, run and run.pk, run and run.pk, today]
    for kind, day in due.items():
        params += [kind, day]
    return staging.run(
        f'INSERT INTO {_F} (uuid, person_id, "group", benefit, kind, line, state, due_fen, paid_fen, reason,'  # noqa: S608
        " cause, hukou, residence, pack_id, first_run_id, last_run_id, opened_on, due_on, closed_by, closed_why,"
        " version)"
        " SELECT s.uuid, s.person_id, s.grp, s.benefit, s.kind, s.line, 'open', s.due_fen, s.paid_fen, s.reason,"
        f" s.cause, p.hukou, p.residence, CAST(%s AS bigint), CAST(%s AS bigint), CAST(%s AS bigint), {date}, CASE s.kind {cases} END, '', '{{}}', 0"
        f" FROM {staging.FINDINGS} s JOIN {_P} p ON p.id = s.person_id"
        f" WHERE NOT EXISTS (SELECT 1 FROM {_F} f WHERE {_SAME} AND f.state <> 'closed')"
        " ON CONFLICT DO NOTHING",  # another run may have been quicker
        params,
    )


def _days(screened: Screened, kind: str) -> int:
    setting = screened.plan.settings.get(f"due_days_{kind}")
    return setting.value if setting is not None and isinstance(setting.value, int) else DUE_DAYS[kind]
