"""Field by field, what a changed row changes. Only changed rows come here: a tenth of a usual delivery."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from yice.exchange.imports.delivery import STANDARD, TYPED
from yice.exchange.imports.staging.store import Store, insert, rows
from yice.identifiers import sealing
from yice.loop.identify.facts.settle import UPDATED_ON
from yice.loop.identify.models import Batch

CHUNK = 5000
PLAIN = ("name", "sex", "birth_date", "hukou", "residence", "relation")
CHANGED = "changed"  # what is told of a sealed field
_INDEXED = (
    ("phone_index", "phone"),
    ("household_key", "household_number"),
    ("certificate_index", "certificate_number"),
)

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
                conflicts += _conflicts(held["overrides"], fact, after)
            kept = differ.kept(held)
            if kept is not None:
                overrides.append((person, _json(kept), _json(read_json(held["overrides"]))))
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
        self.plain = [name for name in PLAIN if name in self.fields or name in ("sex", "birth_date")]
        if "issued_on" in self.fields:
            self.plain.append("issued_on")
        self._names: dict[str, set[str]] = {}
        self.rest = {name for name in self.fields if name not in STANDARD and name not in TYPED}

    def changes(self, new: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
        """(fact, before, after); a sealed field tells only that it changed."""
        for name in self.plain:
            if new[name] and new[name] != held[name]:
                yield name, _told(name, held[name]) or None, _told(name, new[name])
        if bytes(new["id_index"]) != bytes(held["id_index"] or b""):
            yield "id_number", CHANGED, CHANGED
        for index, fact in _INDEXED:
            if new[index] and bytes(new[index]) != bytes(held[index] or b""):
                yield fact, CHANGED if held[index] else None, CHANGED
        if new["address_sealed"] and _opened(new["address_sealed"]) != _opened(held["address_sealed"]):
            yield "address", CHANGED if held["address_sealed"] else None, CHANGED
        if held["removed_on"]:
            yield "removed_on", _told("removed_on", held["removed_on"]), None
        for name in self.typed:
            if new[name] != held[name]:
                yield name, _told(name, held[name]), _told(name, new[name])
        if new["rest"] != held["rest"]:
            after, before = read_json(new["rest"]), read_json(held["rest"])
            for name in sorted(self.rest):
                if before.get(name) != after.get(name):
                    yield name, before.get(name), after.get(name)

    def kept(self, held: Mapping[str, Any]) -> dict[str, Any] | None:
        """Overrides with what this delivery does not speak of, under the date and source it had; None: nothing to keep."""
        values = {name: held[name] for name in self.absent if held[name] is not None}
        if not self.rest_names(held["rest"]) <= self.rest:
            values |= {
                name: value for name, value in read_json(held["rest"]).items() if name not in self.rest
            }
        values.pop(UPDATED_ON, None)
        if not values:
            return None
        looked_at = read_json(held["rest"]).get(UPDATED_ON)
        as_of = str(_told("as_of", held["as_of"]))
        told = {
            "source": held["source"],
            "date": min(looked_at or as_of, as_of),
            "by": held["by"] or "",
            "batch": held["batch"],
        }
        overrides: dict[str, Any] = {
            name: list(entries) for name, entries in read_json(held["overrides"]).items()
        }
        for name, value in values.items():
            overrides.setdefault(name, []).append({"value": _told(name, value), **told})
        return overrides

    def rest_names(self, rest: Any) -> set[str]:
        """The facts named in a kept JSON; the few shapes there are, are read once."""
        key = rest if isinstance(rest, str) else json.dumps(rest)
        names = self._names.get(key)
        if names is None:
            names = self._names[key] = set(read_json(rest))
        return names


def _changed(store: Store) -> Iterator[list[tuple[int, int, dict[str, Any], dict[str, Any]]]]:
    """Changed rows with what is held of each, in chunks by row number: a chunk is looked up, not the whole joined."""
    staged = ", ".join(f'r."{name}"' for name in _STAGED)
    sql = f"""SELECT v.person_id, {staged}, {", ".join(_HELD)}
        FROM {store.prefix}.verdict v JOIN {store.prefix}.person r ON r.row = v.row
        JOIN identify_person p ON p.id = v.person_id
        LEFT JOIN identify_household h ON h.id = p.household_id
        LEFT JOIN identify_facts f ON f.person_id = p.id LEFT JOIN identify_batch b ON b.id = f.batch_id
        LEFT JOIN accounts_user u ON u.id = b.recorded_by_id
        LEFT JOIN identify_certificate c ON c.person_id = p.id AND c.current
        WHERE v.status = 'c' AND v.row BETWEEN %s AND %s AND r.row BETWEEN %s AND %s ORDER BY v.row"""
    new_names = ("row", *_STAGED[1:])
    held_names = (
        *PLAIN, "id_index", "phone_index", "address_sealed", "household_key", "removed_on", *TYPED, "rest", "overrides",
        "source", "as_of", "batch", "by", "certificate_index", "issued_on",
    )  # fmt: skip
    split = 1 + len(new_names)
    places = [row for (row,) in rows(store, "SELECT row FROM {s}.verdict WHERE status = 'c' ORDER BY row")]
    for at in range(0, len(places), CHUNK):
        ends = [places[at], places[min(at + CHUNK, len(places)) - 1]]
        found = rows(store, sql, ends * 2)
        out = []
        seen = set()
        for record in found:
            if record[1] in seen:  # two current certificates of one person: one comparison is enough
                continue
            seen.add(record[1])
            new = dict(zip(new_names, record[1:split], strict=True))
            held = dict(zip(held_names, record[split:], strict=True))
            out.append((int(record[1]), int(record[0]), new, held))
        yield out


_BOOLS = frozenset(name for name, kind in TYPED.items() if kind == "bool")


def _told(name: str, value: Any) -> Any:
    """A value as JSON tells it; both sides of a comparison come from one database and need none of this."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return bool(value) if name in _BOOLS and value is not None else value


def read_json(kept: Any) -> dict[str, Any]:
    return json.loads(kept) if isinstance(kept, str) else (kept or {})


def _opened(sealed: bytes | None) -> str:
    return sealing.open_sealed("address", sealed)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _conflicts(kept: Any, fact: str, after: Any) -> bool:
    """Whether somebody (not the register itself, earlier) found the fact otherwise."""
    if kept in ("{}", {}, None):
        return False
    entries = read_json(kept).get(fact, [])
    return any(entry.get("source") != "registry" and entry.get("value") != after for entry in entries[:1])
