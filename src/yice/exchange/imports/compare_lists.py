"""What a staged list says of whom, and how it differs from the one before it."""

from __future__ import annotations

from typing import Any

from yice.areas.models import Area
from yice.exchange.imports.matching import POSSIBLE, SAME, passes
from yice.exchange.imports.staging.store import Store, rows, run, value
from yice.loop.identify.models import Batch, ListReceipt

# Lists of happenings: who stood on last month's does not stand on this month's.
EVENTS = ("deaths_",)


def compare_list(store: Store, batch: Batch) -> dict[str, Any]:
    """Match the staged rows and count; the links themselves are made anew at commit."""
    kind = batch.source.removeprefix("list:")
    assert batch.month is not None  # noqa: S101 - settled before comparing
    match_staged(store, batch)
    entries = value(store, "SELECT count(*) FROM {s}.entry")
    linked = dict(
        rows(
            store,
            "SELECT best, count(*) FROM (SELECT row, max(state) AS best FROM {s}.link GROUP BY row) t GROUP BY best",
        )
    )  # "same" sorts after "possible"
    matched, possible = linked.get(SAME, 0), linked.get(POSSIBLE, 0)
    counts: dict[str, Any] = {
        "entries": entries,
        "matched": matched,
        "possible": possible,
        "unmatched": entries - matched - possible,
        "replaces": 0,
        "before": 0,
        "left": 0,
        "added": 0,
        "changed": 0,
        "unchanged": 0,
    }
    same_month = ListReceipt.objects.filter(
        kind=kind, area=batch.area, month=batch.month, current=True
    ).first()
    counts["replaces"] = same_month.rows if same_month else 0
    before = (
        ListReceipt.objects.filter(kind=kind, area=batch.area, current=True, month__lte=batch.month)
        .order_by("-month")
        .first()
    )
    if before is None or kind.startswith(EVENTS):
        counts["added"] = value(
            store, f"SELECT count(DISTINCT person_id) FROM {{s}}.link WHERE state = '{SAME}'"
        )
        return counts
    return counts | _since(store, before, whole=batch.whole)


def match_staged(store: Store, batch: Batch) -> None:
    """Fill the staging links."""
    run(store, "DELETE FROM {s}.link")
    end = Area.objects.get(code=batch.area).end
    free = "e.row NOT IN (SELECT row FROM {s}.link)"
    for select, params in passes("{s}.entry e", "e.row", free, (batch.area, end)):
        run(store, f"INSERT INTO {{s}}.link (row, person_id, state, how) {select}", params)


def _since(store: Store, before: ListReceipt, *, whole: bool) -> dict[str, int]:
    """Persons on this list and on the one before, by what they were paid."""
    now = f"""SELECT l.person_id, sum(coalesce(e.amount_fen, 0)) AS paid FROM {{s}}.link l
        JOIN {{s}}.entry e ON e.row = l.row WHERE l.state = '{SAME}' GROUP BY l.person_id"""
    then = f"""SELECT l.person_id, sum(coalesce(e.amount_fen, 0)) AS paid FROM identify_listlink l
        JOIN identify_listentry e ON e.id = l.entry_id WHERE l.state = '{SAME}' AND e.batch_id = %s
        GROUP BY l.person_id"""
    sql = f"""SELECT count(*), count(t.person_id), sum(CASE WHEN t.paid = n.paid THEN 1 ELSE 0 END)
        FROM ({now}) n LEFT JOIN ({then}) t ON t.person_id = n.person_id"""
    people, both, equal = rows(store, sql, [before.batch_id])[0]
    earlier = value(store, f"SELECT count(*) FROM ({then}) t", [before.batch_id])
    return {
        "added": people - both,
        "unchanged": equal or 0,
        "changed": both - (equal or 0),
        "before": earlier,
        "left": earlier - both if whole else 0,
    }
