"""Write hundreds of thousands of places set-based: one upsert that touches only what differs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import connection

from yice.areas.edition import Node

_COLUMNS = 'code, "end", name, tier, lowest_tier, parent_id, valid_from, edition'
# `edition` differs in every row of a newer edition; `valid_to` is cleared for a place that is named again.
_SET = ", ".join(
    f"{column} = excluded.{column}"
    for column in ('"end"', "name", "tier", "lowest_tier", "parent_id", "edition")
)
_OLD = 'areas_area."end", areas_area.name, areas_area.tier, areas_area.lowest_tier, areas_area.parent_id'
_NEW = 'excluded."end", excluded.name, excluded.tier, excluded.lowest_tier, excluded.parent_id'
_UPSERT = (
    f"ON CONFLICT (code) DO UPDATE SET {_SET}, valid_to = NULL, successor_id = NULL "
    f"WHERE ({_OLD}, areas_area.edition) {{differs}} ({_NEW}, excluded.edition) "
    "OR areas_area.valid_to IS NOT NULL"
)


def upsert(nodes: Iterable[Node], day: dt.date, since: Mapping[str, dt.date | None]) -> int:
    """Write `nodes` as named by the edition of `day`; gives how many rows are new or changed.

    since: the first day of a place not known before, by its province's two digits.
    """
    if connection.vendor == "postgresql":
        return _copy(nodes, day, since)
    marks = ", ".join("?" * 8)
    statement = f"INSERT INTO areas_area ({_COLUMNS}) VALUES ({marks}) {_UPSERT.format(differs='IS NOT')}"  # noqa: S608
    edition = day.isoformat()
    first = {province: begin and begin.isoformat() for province, begin in since.items()}
    rows = ((*node, first[node.code[:2]], edition) for node in nodes)
    connection.ensure_connection()
    # Straight to the driver: Django would keep every row to be able to log the statement.
    return int(connection.connection.executemany(statement, rows).rowcount)


def _copy(nodes: Iterable[Node], day: dt.date, since: Mapping[str, dt.date | None]) -> int:
    """COPY into a table of this transaction, then one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TEMPORARY TABLE areas_staging (code varchar(12), "end" varchar(12), name varchar(100), '
            "tier smallint, lowest_tier smallint, parent_id varchar(12), valid_from date, edition date) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY areas_staging ({_COLUMNS}) FROM STDIN") as copy:
            for node in nodes:
                copy.write_row((*node, since[node.code[:2]], day))
        cursor.execute(
            f"INSERT INTO areas_area ({_COLUMNS}) SELECT {_COLUMNS} FROM areas_staging "  # noqa: S608
            + _UPSERT.format(differs="IS DISTINCT FROM")
        )
        touched = cursor.rowcount
        # A caller's transaction may load twice.
        cursor.execute("DROP TABLE areas_staging")
    return int(touched)
