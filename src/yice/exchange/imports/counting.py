"""The figures of a list: counted in one way from its rows and their links, whether they are staged or kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from yice.exchange.imports.matching import POSSIBLE, SAME
from yice.exchange.imports.staging.store import Store
from yice.loop.identify.models import Batch, ListReceipt

# Lists of happenings: who stood on last month's does not stand on this month's.
EVENTS = ("deaths_",)


@dataclass(frozen=True)
class Rows:
    """A list's rows as SQL: (row, person_id, state, amount_fen), a line for each link and one for a row without."""

    sql: str


def staged(store: Store, source: ListReceipt | None) -> Rows:
    """`source`: the delivery of which rows stand in this one."""
    came = f"""SELECT e.row AS row, l.person_id, l.state, e.amount_fen FROM {store.prefix}.entry e
        LEFT JOIN {store.prefix}.link l ON l.row = e.row"""
    if source is None:
        return Rows(came)
    ended = f"SELECT g.entry_id FROM {store.prefix}.ended g"
    return Rows(f"{came} UNION ALL {_kept(source, '-e.id')} AND e.id NOT IN ({ended})")


def kept(receipt: ListReceipt) -> Rows:
    return Rows(_kept(receipt, "e.id"))


def _kept(receipt: ListReceipt, row: str) -> str:
    return f"""SELECT {row} AS row, l.person_id, l.state, e.amount_fen FROM identify_listentry e
        LEFT JOIN identify_listlink l ON l.entry_id = e.id WHERE {held(receipt)}"""


def held(receipt: ListReceipt) -> str:
    """That a row stands in the delivery, as SQL on the alias e."""
    return f"e.batch_id IN ({', '.join(map(str, receipt.batches()))}) AND e.until > {int(receipt.pk)}"


def tally(listed: Rows) -> dict[str, int]:
    """Every row once, by the best that is known of it: matched + possible + unmatched = entries."""
    best = f"max(CASE t.state WHEN '{SAME}' THEN 2 WHEN '{POSSIBLE}' THEN 1 ELSE 0 END)"
    found = dict(
        _rows(
            f"SELECT best, count(*) FROM (SELECT {best} AS best FROM ({listed.sql}) t GROUP BY t.row) b GROUP BY best"
        )
    )
    return {
        "entries": sum(found.values()),
        "matched": found.get(2, 0),
        "possible": found.get(1, 0),
        "unmatched": found.get(0, 0),
    }


def same_month(batch: Batch) -> ListReceipt | None:
    """The delivery of the same list, area and month that counts now."""
    assert batch.month is not None  # noqa: S101 - staging settled it
    found = ListReceipt.objects.filter(kind=_kind(batch), area=batch.area, month=batch.month, current=True)
    return found.select_related("batch").first()


def same_file(batch: Batch) -> ListReceipt | None:
    """The delivery that counts now, where it is this very file taken for the same: nothing is left to bring in."""
    held = same_month(batch)
    alike = held is not None and held.batch.file_digest == batch.file_digest and held.whole == spoken(batch)
    return held if alike else None


def spoken(batch: Batch) -> bool:
    """Whether the list's silence speaks: one that names households by their heads says nothing of the others."""
    return batch.whole and not batch.counts.get("by_household")


def counts_of(batch: Batch, listed: Rows, earlier: ListReceipt | None, replaced: int) -> dict[str, Any]:
    """The figures of a list's page. earlier: the delivery to compare with; replaced: rows that stop counting."""
    counts: dict[str, Any] = {
        **tally(listed), "replaces": replaced,
        "before": 0, "left": 0, "added": 0, "changed": 0, "unchanged": 0,
    }  # fmt: skip
    now = _people(listed)
    if earlier is None:
        counts["added"] = _rows(f"SELECT count(*) FROM ({now}) n")[0][0]
        return counts
    then = _people(kept(earlier))
    people, both, equal = _rows(
        f"""SELECT count(*), count(t.person_id), coalesce(sum(CASE WHEN t.paid = n.paid THEN 1 ELSE 0 END), 0)
        FROM ({now}) n LEFT JOIN ({then}) t ON t.person_id = n.person_id"""
    )[0]
    before = _rows(f"SELECT count(*) FROM ({then}) t")[0][0]
    return counts | {
        "added": people - both,
        "unchanged": int(equal),
        "changed": both - int(equal),
        "before": before,
        "left": before - both if batch.whole else 0,
    }


def earlier_of(batch: Batch) -> ListReceipt | None:
    """The list to compare with: the newest that counts up to this month; none for lists of happenings."""
    if _kind(batch).startswith(EVENTS):
        return None
    found = ListReceipt.objects.filter(
        kind=_kind(batch), area=batch.area, current=True, month__lte=batch.month
    )
    return found.order_by("-month").first()


def _people(listed: Rows) -> str:
    return f"""SELECT s.person_id, sum(coalesce(s.amount_fen, 0)) AS paid FROM ({listed.sql}) s
        WHERE s.state = '{SAME}' GROUP BY s.person_id"""


def _kind(batch: Batch) -> str:
    return batch.source.removeprefix("list:")


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
