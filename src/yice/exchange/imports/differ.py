"""Field by field, what a changed row changes. Only changed rows come here: a tenth of a usual delivery."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

from yice.exchange.imports.delivery import STANDARD, TYPED
from yice.exchange.imports.staging.store import Store, insert
from yice.identifiers import sealing
from yice.loop.identify.models import Batch

CHUNK = 5000
PLAIN = ("name", "sex", "birth_date", "hukou", "residence", "relation")
CHANGED = "changed"  # what is told of a sealed field

_STAGED = (
    "row", *PLAIN, "id_index", "phone_index", "address_sealed", "household_key", "certificate_index", "issued_on",
    *TYPED, "rest", "guardian_name", "guardian_relation", "guardian_phone",
)  # fmt: skip
_HELD = (
    *(f"p.{name}" for name in PLAIN), "p.id_index", "p.phone_index", "p.address_sealed", "h.key", "p.removed_on",
    *(f"f.{name}" for name in TYPED), "f.rest", "f.overrides", "b.source", "b.as_of", "b.id", "u.name",
    "c.number_index", "c.issued_on",
)  # fmt: skip


def diff_changed(store: Store, batch: Batch, fields: list[str]) -> tuple[dict[str, int], int]:
    """Write the changes and overrides of every changed row to staging; counts by fact, and of conflicts."""
    differ = Differ(batch, fields)
    conflicts = 0
    for pairs in _changed(store):
        changes: list[tuple[Any, ...]] = []
        overrides: list[tuple[Any, ...]] = []
        for row, person, new, held in pairs:
            for fact, before, after in differ.changes(new, held):
                changes.append((row, person, fact, _json(before), _json(after)))
                conflicts += fact in held["overrides"] and _conflicts(held["overrides"][fact], after)
            kept = differ.kept(held)
            if kept is not None:
                overrides.append((person, _json(kept), _json(held["overrides"])))
        insert(store, "change", ("row", "person_id", "fact", "before", "after"), changes)
        insert(store, "override", ("person_id", "overrides", "made_from"), overrides)
        differ.counts.update(change[2] for change in changes)
    return dict(differ.counts.most_common()), conflicts


class Differ:
    """Compares a staged row with what is held, in the fields delivered; a field not delivered is not compared."""

    def __init__(self, batch: Batch, fields: list[str]) -> None:
        self.counts: Counter[str] = Counter()
        self.fields = set(fields)
        self.batch = batch
        whose = {"category", "grade", "certified"} if "certificate_number" in self.fields else set()
        self.typed = [name for name in TYPED if name in self.fields | whose]
        self.absent = [name for name in TYPED if name not in self.typed]
        self.rest = {name for name in self.fields if name not in STANDARD and name not in TYPED}

    def changes(self, new: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
        """(fact, before, after); a sealed field tells only that it changed."""
        for name in PLAIN:
            if (
                new[name]
                and new[name] != held[name]
                and (name in self.fields or name in ("sex", "birth_date"))
            ):
                yield name, held[name] or None, new[name]
        if new["id_index"] != held["id_index"]:
            yield "id_number", CHANGED, CHANGED
        if new["phone_index"] and new["phone_index"] != held["phone_index"]:
            yield "phone", CHANGED if held["phone_index"] else None, CHANGED
        if new["address_sealed"] and _opened(new["address_sealed"]) != _opened(held["address_sealed"]):
            yield "address", CHANGED if held["address_sealed"] else None, CHANGED
        if new["household_key"] and new["household_key"] != held["household_key"]:
            yield "household_number", CHANGED if held["household_key"] else None, CHANGED
        if new["certificate_index"] and new["certificate_index"] != held["certificate_index"]:
            yield "certificate_number", CHANGED if held["certificate_index"] else None, CHANGED
        if held["removed_on"]:
            yield "removed_on", held["removed_on"], None
        for name in self.typed:
            if new[name] != held[name]:
                yield name, held[name], new[name]
        for name in sorted(self.rest):
            before, after = held["rest"].get(name), new["rest"].get(name)
            if before != after:
                yield name, before, after

    def kept(self, held: Mapping[str, Any]) -> dict[str, Any] | None:
        """Overrides with what this delivery does not speak of, under the date and source it had; None: nothing to keep."""
        values = {name: held[name] for name in self.absent if held[name] is not None}
        values |= {name: value for name, value in held["rest"].items() if name not in self.rest}
        if not values:
            return None
        told = {"source": held["source"], "date": held["as_of"], "by": held["by"], "batch": held["batch"]}
        overrides = {name: list(entries) for name, entries in held["overrides"].items()}
        for name, value in values.items():
            overrides.setdefault(name, []).append({"value": value, **told})
        return overrides


def _changed(store: Store) -> Iterator[list[tuple[int, int, dict[str, Any], dict[str, Any]]]]:
    """Changed rows with what is held of each, in chunks by row number."""
    staged = ", ".join(f'r."{name}"' for name in _STAGED)
    sql = f"""SELECT v.person_id, {staged}, {", ".join(_HELD)}
        FROM {store.prefix}.verdict v JOIN {store.prefix}.person r ON r.row = v.row
        JOIN identify_person p ON p.id = v.person_id
        LEFT JOIN identify_household h ON h.id = p.household_id
        LEFT JOIN identify_facts f ON f.person_id = p.id LEFT JOIN identify_batch b ON b.id = f.batch_id
        LEFT JOIN accounts_user u ON u.id = b.recorded_by_id
        LEFT JOIN identify_certificate c ON c.person_id = p.id AND c.current
        WHERE v.status = 'c' AND v.row > %s ORDER BY v.row LIMIT %s"""
    new_names = ("row", *_STAGED[1:])
    held_names = (
        *PLAIN, "id_index", "phone_index", "address_sealed", "household_key", "removed_on", *TYPED, "rest", "overrides",
        "source", "as_of", "batch", "by", "certificate_index", "issued_on",
    )  # fmt: skip
    last = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, [last, CHUNK])
            found = cursor.fetchall()
        if not found:
            return
        out = []
        seen = set()
        for record in found:
            if record[1] in seen:  # two current certificates of one person: one comparison is enough
                continue
            seen.add(record[1])
            new = _plain(new_names, record[1 : 1 + len(new_names)])
            held = _plain(held_names, record[1 + len(new_names) :])
            out.append((int(record[1]), int(record[0]), new, held))
        last = found[-1][1]
        yield out


_BOOLS = frozenset(name for name, kind in TYPED.items() if kind == "bool")


def _plain(names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    """Values alike on both databases: ISO dates, bytes, real booleans, read JSON."""
    out: dict[str, Any] = {}
    for name, value in zip(names, values, strict=True):
        if isinstance(value, dt.date):
            value = value.isoformat()
        elif isinstance(value, memoryview):
            value = bytes(value)
        elif name in ("rest", "overrides"):
            value = json.loads(value) if isinstance(value, str) else (value or {})
        elif name in _BOOLS and value is not None:
            value = bool(value)
        out[name] = value
    return out


def _opened(sealed: bytes | None) -> str:
    return sealing.open_sealed("address", sealed)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _conflicts(entries: list[Mapping[str, Any]], after: Any) -> bool:
    """Whether somebody (not the register itself, earlier) found it otherwise."""
    return any(entry.get("source") != "registry" and entry.get("value") != after for entry in entries[:1])
