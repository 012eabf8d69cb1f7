"""A screening run becomes work: new findings open, settled ones stay settled, those without a cause close.

Set-based, in the transaction of the run: what the run found is staged once and set beside what is on file.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yice.accounts.enums import Line
from yice.identifiers import division
from yice.loop.identify.enums import FindingKind
from yice.loop.identify.models import Ask, Finding, Person
from yice.loop.identify.services import staging
from yice.loop.identify.services.asks import Wanted, wanted
from yice.loop.identify.services.cells import Cell, Cells, cells
from yice.loop.identify.services.closing import close_without_cause
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.terms import clock

DUE_DAYS = {"gap": 30, "ask": 30, "leak": 15, "amount": 15, "duplicate": 15}  # a setting of that name wins
_F, _P, _A = Finding._meta.db_table, Person._meta.db_table, Ask._meta.db_table
_SAME = 'f.person_id = s.person_id AND f."group" = s.grp AND f.kind = s.kind'
_SET_BESIDE = f"FROM {staging.TABLE} s WHERE {_SAME} AND f.state <> 'closed'"


@dataclass(frozen=True)
class Applied:
    opened: int
    changed: int
    closed: int
    confirmed: int  # provisional ones that the next list showed
    asks: int  # persons with something to ask


@dataclass(frozen=True)
class Scope:
    """Whose findings are looked at: everybody of an area by hukou, or some persons."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def area(cls, code: str) -> Scope:
        return cls("{0}.hukou >= %s AND {0}.hukou < %s", (code, division.upper_bound(code)))

    @classmethod
    def persons(cls, keys: Sequence[int]) -> Scope:
        return cls(f"{{0}}.person_id IN ({', '.join(['%s'] * len(keys))})", tuple(keys))

    def of(self, alias: str) -> str:
        return self.sql.format(alias)


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
    staging.fill(cell.row() for cell in (*found.findings, *_ask_cells(asks)))
    try:
        _reroute(scope)
        _leave_settled()
        changed = _update(screened, run)
        opened = 0 if screened.ended else _open(screened, run)
        closed, confirmed = close_without_cause(screened, scope.of("f"), scope.params, _open_pairs(found))
    finally:
        if not connection.needs_rollback:
            staging.drop()
    _write_asks(asks, scope, screened.ended)
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


def _reroute(scope: Scope) -> None:
    """Open work follows the person who moved."""
    moved = (
        f"UPDATE {_F} AS f SET hukou = p.hukou, residence = p.residence, version = version + 1 FROM {_P} p"  # noqa: S608
        " WHERE p.id = f.person_id AND f.state <> 'closed' AND (f.hukou <> p.hukou OR f.residence <> p.residence)"
    )
    if "person_id" in scope.sql:
        staging.run(f"{moved} AND {scope.of('f')}", list(scope.params))
    else:  # left the area, or came into it
        staging.run(f"{moved} AND (({scope.of('f')}) OR ({scope.of('p')}))", [*scope.params, *scope.params])


def _leave_settled() -> None:
    """What a person closed on the same facts stays closed."""
    staging.run(
        f"DELETE FROM {staging.TABLE} WHERE EXISTS (SELECT 1 FROM {_F} f, {staging.TABLE} s WHERE {_SAME}"  # noqa: S608
        f" AND s.person_id = {staging.TABLE}.person_id AND s.grp = {staging.TABLE}.grp"
        f" AND s.kind = {staging.TABLE}.kind"
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
    cases = " ".join("WHEN %s THEN CAST(%s AS date)" for _ in due)
    if connection.vendor == "sqlite":
        cases = cases.replace("CAST(%s AS date)", "%s")
    date = "%s" if connection.vendor == "sqlite" else "CAST(%s AS date)"
    params: list[Any] = [screened.pack.pk, run and run.pk, run and run.pk, today]
    for kind, day in due.items():
        params += [kind, day]
    return staging.run(
        f'INSERT INTO {_F} (uuid, person_id, "group", benefit, kind, line, state, due_fen, paid_fen, reason,'  # noqa: S608
        " cause, hukou, residence, pack_id, first_run_id, last_run_id, opened_on, due_on, closed_by, closed_why,"
        " version)"
        " SELECT s.uuid, s.person_id, s.grp, s.benefit, s.kind, s.line, 'open', s.due_fen, s.paid_fen, s.reason,"
        f" s.cause, p.hukou, p.residence, %s, %s, %s, {date}, CASE s.kind {cases} END, '', '{{}}', 0"
        f" FROM {staging.TABLE} s JOIN {_P} p ON p.id = s.person_id"
        f" WHERE NOT EXISTS (SELECT 1 FROM {_F} f WHERE {_SAME} AND f.state <> 'closed')",
        params,
    )


def _days(screened: Screened, kind: str) -> int:
    setting = screened.plan.settings.get(f"due_days_{kind}")
    return setting.value if setting is not None and isinstance(setting.value, int) else DUE_DAYS[kind]


def _write_asks(asks: Mapping[int, Wanted], scope: Scope, ended: bool) -> None:
    """Keep one ask a person; its version grows only where its questions changed."""
    live = {
        ask.person_id: ask
        for ask in Ask.objects.extra(where=[scope.of(_A)], params=list(scope.params)).order_by("id")  # noqa: S610
    }
    homes = dict[int, tuple[str, str]]()
    new = [person for person in asks if person not in live]
    for start in range(0, len(new), 900):
        for key, hukou, residence in Person.objects.filter(id__in=new[start : start + 900]).values_list(
            "id", "hukou", "residence"
        ):
            homes[key] = (hukou, residence)
    made, changed = [], []
    today = clock.today()
    for person, ask in asks.items():
        held = live.pop(person, None)
        fields = {
            "questions": ask.questions,
            "from_lists": ask.from_lists,
            "weight": ask.weight,
            "open": bool(ask.questions),
        }
        if held is None:
            if not ended:
                hukou, residence = homes[person]
                made.append(
                    Ask(person_id=person, hukou=hukou, residence=residence, opened_on=today, **fields)
                )
        elif any(getattr(held, name) != value for name, value in fields.items()):
            if fields["open"] and not held.open:
                held.opened_on = today
            for name, value in fields.items():
                setattr(held, name, value)
            held.version += 1
            changed.append(held)
    for held in live.values():
        if held.open or held.from_lists:
            held.questions, held.from_lists, held.weight, held.open = [], [], 0, False
            held.version += 1
            changed.append(held)
    Ask.objects.bulk_create(made, batch_size=500)
    names = ["questions", "from_lists", "weight", "open", "opened_on", "version"]
    Ask.objects.bulk_update(changed, names, batch_size=200)


__all__ = ["Applied", "Scope", "apply_run", "apply_screened"]
