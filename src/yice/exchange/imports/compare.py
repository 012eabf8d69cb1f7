"""What a staged delivery would change, found by joining staging with what is on file. Writes into staging only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from yice.exchange.imports.differ import diff_changed
from yice.exchange.imports.staging.store import Store, note, rows, run, value
from yice.loop.identify.enums import BatchKind, BatchState
from yice.loop.identify.models import Batch, ListReceipt


@dataclass
class Compared:
    """Counts for the preview; `fields` counts changes by fact."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    would_remove: int = 0
    absent: int = 0  # on file for the area, not in a delivery that is not whole
    rekeyed: int = 0  # the same person under a corrected number
    moved_in: int = 0  # on file elsewhere, here by this delivery
    conflicts: int = 0  # changed facts that somebody found otherwise: what they found stays beside
    members: int = 0
    on_file: int = 0
    fields: dict[str, int] = field(default_factory=dict)


class MovedError(Exception):
    """A row set aside as known is not what is on file any more: it must be staged in full."""


def version(batch: Batch) -> list[int]:
    """Grows with every committed delivery of persons, and of a list's own kind: a preview made before is stale."""
    people = Batch.objects.filter(
        kind__in=[BatchKind.REGISTRY, BatchKind.HOUSEHOLDS], state=BatchState.COMMITTED
    )
    before = ListReceipt.objects.filter(kind=batch.source.removeprefix("list:"), area=batch.area)
    return [people.count(), before.count() if batch.kind == BatchKind.LIST else 0]


def compare_people(store: Store, batch: Batch, area_end: str, fields: list[str]) -> Compared:
    """Fill verdict, gone, change and override anew; `fields` are those delivered."""
    for table in ("verdict", "gone", "change", "override"):
        run(store, f"DELETE FROM {{s}}.{table}")
    note(store, "version", version(batch))
    _verdicts(store)
    if run(
        store,
        """INSERT INTO {s}.verdict (row, person_id, status) SELECT r.row, p.id, 'u' FROM {s}.same r
        JOIN identify_person p ON p.id_index = r.id_index AND p.digest = r.digest AND p.removed_on IS NULL""",
    ) != value(store, "SELECT count(*) FROM {s}.same"):
        raise MovedError
    found = Compared()
    params = [batch.area, area_end]
    on_file = "p.hukou >= %s AND p.hukou < %s AND p.digest IS NOT NULL AND p.removed_on IS NULL"
    found.on_file = value(store, f"SELECT count(*) FROM identify_person p WHERE {on_file}", params)
    if found.on_file and batch.kind == BatchKind.REGISTRY:
        run(
            store,
            f"""INSERT INTO {{s}}.gone (person_id) SELECT p.id FROM identify_person p WHERE {on_file}
            AND p.id NOT IN (SELECT v.person_id FROM {{s}}.verdict v WHERE v.person_id IS NOT NULL)
            AND p.id_index NOT IN (SELECT r.id_index FROM {{s}}.refused r WHERE r.id_index IS NOT NULL)""",
            params,
        )
        found.rekeyed = _rekey(store) if batch.whole else 0
        gone = value(store, "SELECT count(*) FROM {s}.gone")
        if batch.whole:
            found.would_remove = gone
        else:
            found.absent = gone
            run(store, "DELETE FROM {s}.gone")
    if connection.vendor == "postgresql":
        run(store, "ANALYZE {s}.verdict")
    counts = dict(rows(store, "SELECT status, count(*) FROM {s}.verdict GROUP BY status"))
    found.added, found.unchanged = counts.get("a", 0), counts.get("u", 0)
    found.moved_in = value(
        store,
        "SELECT count(*) FROM {s}.verdict v JOIN identify_person p ON p.id = v.person_id"
        " WHERE v.status = 'c' AND NOT (p.hukou >= %s AND p.hukou < %s)",
        params,
    )
    found.fields, found.conflicts = diff_changed(store, batch, fields) if counts.get("c") else ({}, 0)
    found.changed = counts.get("c", 0)
    found.members = value(store, "SELECT count(*) FROM {s}.member")
    return found


def _verdicts(store: Store) -> None:
    """Added, changed or unchanged, by the keyed digest. An added person's id is settled here on PostgreSQL (from
    the sequence) and at commit on SQLite (a rank added to the last id, under the write lock)."""
    if connection.vendor == "postgresql":
        sequence = value(store, "SELECT pg_get_serial_sequence('identify_person', 'id')")
        number = f"CASE WHEN p.id IS NULL THEN nextval('{sequence}'::regclass) END"
    else:
        number = "CASE WHEN p.id IS NULL THEN r.row END"
    run(
        store,
        f"""INSERT INTO {{s}}.verdict (row, person_id, status, number)
        SELECT r.row, p.id, CASE WHEN p.id IS NULL THEN 'a'
            WHEN p.digest = r.digest AND p.removed_on IS NULL THEN 'u' ELSE 'c' END, {number}
        FROM {{s}}.person r LEFT JOIN identify_person p ON p.id_index = r.id_index""",
    )


def _rekey(store: Store) -> int:
    """An added row that is, alone, name for name and day for day somebody who would go is that person under a
    corrected number. Only asked of a whole register: the old number stands nowhere in it any more."""
    alike = """FROM {s}.verdict v JOIN {s}.person r ON r.row = v.row
        JOIN identify_person p ON p.name_folded = r.name_folded AND p.hukou = r.hukou AND p.birth_date = r.birth_date
            AND p.sex = r.sex
        JOIN {s}.gone g ON g.person_id = p.id WHERE v.status = 'a'"""
    if not value(store, f"SELECT count(*) FROM {{s}}.gone"):  # noqa: F541
        return 0
    found = rows(store, f"SELECT v.row, p.id {alike}")
    by_row: dict[Any, list[Any]] = {}
    by_person: dict[Any, list[Any]] = {}
    for row, person in found:
        by_row.setdefault(row, []).append(person)
        by_person.setdefault(person, []).append(row)
    pairs = [(row, who[0]) for row, who in by_row.items() if len(who) == 1 and len(by_person[who[0]]) == 1]
    for row, person in pairs:
        run(
            store,
            "UPDATE {s}.verdict SET status = 'c', person_id = %s, number = NULL WHERE row = %s",
            [person, row],
        )
        run(store, "DELETE FROM {s}.gone WHERE person_id = %s", [person])
    return len(pairs)
