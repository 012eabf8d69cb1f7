"""Persons, facts, certificates, guardians and households: one statement a table, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from yice.exchange.imports.delivery import TYPED
from yice.exchange.imports.differ import read_json
from yice.exchange.imports.staging.store import Store, rows, run, value
from yice.exchange.imports.statistics import count_anew
from yice.loop.assess.services.following import follow_moves
from yice.loop.deliver.services.following import count_elsewhere
from yice.loop.identify.models import Batch, Person
from yice.loop.identify.services import needs_following
from yice.loop.plan.services.groups import follow_moves as follow_plans
from yice.terms import clock

Tell = Callable[[str], None]

PERSON = (
    "uuid", "name", "name_folded", "id_kind", "id_sealed", "id_index", "sex", "birth_date", "hukou", "residence",
    "phone_sealed", "phone_index", "address_sealed", "relation", "digest",
)  # fmt: skip
# What is set where the fact changed. A blank takes nothing away: to know nothing new is not to know that there is
# nothing.
SET_WHEN_CHANGED = {
    "id_number": ("id_sealed", "id_index", "id_kind"),
    "name": ("name", "name_folded"),
    "sex": ("sex",),
    "birth_date": ("birth_date",),
    "hukou": ("hukou",),
    "residence": ("residence",),
    "phone": ("phone_sealed", "phone_index"),
    "address": ("address_sealed",),
    "relation": ("relation",),
}
OF_CERTIFICATES = {
    "certificate_number", "category", "grade", "parts", "certificate_status", "certificate_until", "issued_on",
}  # fmt: skip
NEW_UUID = {
    "postgresql": "gen_random_uuid()",
    "sqlite": "lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) || 'a' ||"
    " substr(hex(randomblob(2)), 2) || hex(randomblob(6)))",
}


def commit_people(store: Store, batch: Batch, fields: list[str], tell: Tell) -> int:
    """Everything a staged register or households file brings; gives what makes a person's id of a verdict's number."""
    tell("写入家庭")
    add_households(store, batch)
    base = first_id()
    tell("写入人员")
    add_persons(store, base)
    count_anew(Person, batch.counts["added"], "hukou", "residence", "name_folded", "id_index", "removed_on")
    tell("写入事实")
    add_facts(store, batch, base)
    tell("写入残疾人证")
    add_certificates(store, batch, base)
    add_guardians(store, batch, base)
    tell("更新变化的人员")
    if batch.counts["changed"]:
        changed = set(batch.counts["fields"])
        update_persons(store, changed)
        update_facts(store, batch)
        if changed & OF_CERTIFICATES:
            update_certificates(store, batch)
        if changed & {"hukou", "residence"}:
            follow_moves(batch.area)
            needs_following.follow_moves(batch.area)
        if "hukou" in changed:
            follow_plans(batch.area)
            count_elsewhere(batch.area)
    refresh_unchanged(store, batch)
    add_changes(store, batch)
    remove_gone(store, batch)
    return base


def answered_since(store: Store) -> bool:
    """Whether somebody's answers changed since the preview put the overrides together; locks those it reads."""
    lock = "FOR UPDATE OF f" if connection.vendor == "postgresql" else ""
    pairs = rows(
        store,
        f"""SELECT f.overrides, o.made_from FROM identify_facts f
        JOIN {{s}}.override o ON o.person_id = f.person_id ORDER BY f.person_id {lock}""",
    )
    return any(read_json(held) != read_json(seen) for held, seen in pairs if held != seen)


def first_id() -> int:
    """What is added to a verdict's number to give the new person's id: see `compare._verdicts`."""
    if connection.vendor == "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'identify_person'")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def add_households(store: Store, batch: Batch) -> None:
    """Households not on file yet, in the area of the first of their rows."""
    for table in ("person", "member"):
        if not value(store, f"SELECT 1 FROM {{s}}.{table} WHERE household_key IS NOT NULL LIMIT 1"):
            continue
        run(
            store,
            f"""INSERT INTO identify_household (uuid, key, number, area, facts, batch_id)
            SELECT {NEW_UUID[connection.vendor]}, n.household_key, n.number, n.area, '{{}}', %s FROM (
                SELECT household_key, max(household_number) AS number, min(hukou) AS area FROM {{s}}.{table}
                WHERE household_key IS NOT NULL GROUP BY household_key) n
            WHERE NOT EXISTS (SELECT 1 FROM identify_household h WHERE h.key = n.household_key)""",
            [batch.pk],
        )


_ADDED = "FROM {s}.verdict v JOIN {s}.person r ON r.row = v.row"


def add_persons(store: Store, base: int) -> None:
    names = ", ".join(PERSON)
    staged = ", ".join(f"r.{name}" for name in PERSON)
    run(
        store,
        f"""INSERT INTO identify_person (id, {names}, household_id)
        SELECT %s + v.number, {staged}, h.id {_ADDED}
        LEFT JOIN identify_household h ON h.key = r.household_key WHERE v.status = 'a'""",
        [base],
    )


def add_facts(store: Store, batch: Batch, base: int) -> None:
    names, staged = ", ".join(TYPED), ", ".join(f"r.{name}" for name in TYPED)
    run(
        store,
        f"""INSERT INTO identify_facts (person_id, batch_id, {names}, rest, overrides)
        SELECT %s + v.number, %s, {staged}, r.rest, '{{}}' {_ADDED} WHERE v.status = 'a'""",
        [base, batch.pk],
    )


_CERTIFICATE = (
    "person_id, number_sealed, number_index, category, grade, parts, status, issued_on, valid_until, replacement,"
    " current, batch_id"
)
_STAGED_CERTIFICATE = (
    "r.certificate_sealed, r.certificate_index, coalesce(r.category, ''), r.grade, coalesce(r.parts, ''),"
    " coalesce(r.certificate_status, ''), r.issued_on, r.certificate_until, r.replacement"
)


def add_certificates(store: Store, batch: Batch, base: int) -> None:
    run(
        store,
        f"""INSERT INTO identify_certificate ({_CERTIFICATE})
        SELECT %s + v.number, {_STAGED_CERTIFICATE}, (1 = 1), %s {_ADDED}
        WHERE v.status = 'a' AND r.certificate_index IS NOT NULL""",
        [base, batch.pk],
    )


def add_guardians(store: Store, batch: Batch, base: int) -> None:
    """Guardians of added persons, and of changed ones where the name is another than the last known."""
    if not value(store, "SELECT 1 FROM {s}.person WHERE guardian_name IS NOT NULL LIMIT 1"):
        return
    staged = "r.guardian_name, coalesce(r.guardian_relation, ''), r.guardian_phone, '', '', %s"
    into = (
        "INSERT INTO identify_guardian (person_id, name, relation, phone_sealed, document, ground, batch_id)"
    )
    run(
        store,
        f"""{into} SELECT %s + v.number, {staged} {_ADDED} WHERE v.status = 'a' AND r.guardian_name IS NOT NULL""",
        [base, batch.pk],
    )
    changed = f"{_ADDED} WHERE v.status = 'c' AND r.guardian_name IS NOT NULL"
    run(
        store,
        f"""UPDATE identify_guardian SET until = %s {changed} AND identify_guardian.until IS NULL
        AND v.person_id = identify_guardian.person_id AND r.guardian_name <> identify_guardian.name""",
        [batch.as_of],
    )
    run(
        store,
        f"""UPDATE identify_guardian SET phone_sealed = r.guardian_phone {changed}
        AND identify_guardian.until IS NULL AND v.person_id = identify_guardian.person_id
        AND r.guardian_name = identify_guardian.name AND r.guardian_phone IS NOT NULL""",
    )
    run(
        store,
        f"""{into} SELECT v.person_id, {staged} {changed} AND NOT EXISTS (SELECT 1 FROM identify_guardian g
        WHERE g.person_id = v.person_id AND g.until IS NULL)""",
        [batch.pk],
    )


_CHANGED = "FROM {s}.verdict v JOIN {s}.person r ON r.row = v.row"


def update_persons(store: Store, changed: set[str]) -> None:
    """Changed persons, in what changed for any of them: a column that is set is written to its indexes as well."""
    sets = ["digest = r.digest"]
    for name, columns in SET_WHEN_CHANGED.items():
        if name in changed:
            sets += [
                f"{column} = coalesce({_or_null(column)}, identify_person.{column})" for column in columns
            ]
    if "removed_on" in changed:
        sets.append("removed_on = NULL")
    run(
        store,
        f"""UPDATE identify_person SET {", ".join(sets)} {_CHANGED}
        WHERE v.person_id = identify_person.id AND v.status = 'c'""",
    )
    if "household_number" in changed:
        run(
            store,
            f"""UPDATE identify_person SET household_id = h.id {_CHANGED}
            JOIN identify_household h ON h.key = r.household_key
            WHERE v.person_id = identify_person.id AND v.status = 'c'""",
        )


def _or_null(column: str) -> str:
    typed = column.endswith(("_sealed", "_index", "_date"))
    return f"r.{column}" if typed else f"nullif(r.{column}, '')"


def update_facts(store: Store, batch: Batch) -> None:
    """The register's own values as they stand in the delivery; overrides only grow."""
    sets = ", ".join(f"{name} = r.{name}" for name in (*TYPED, "rest"))
    run(
        store,
        f"""UPDATE identify_facts SET {sets}, batch_id = %s {_CHANGED}
        WHERE v.person_id = identify_facts.person_id AND v.status = 'c'""",
        [batch.pk],
    )
    run(
        store,
        """UPDATE identify_facts SET overrides = o.overrides FROM {s}.override o
        WHERE o.person_id = identify_facts.person_id""",
    )
    names, staged = ", ".join(TYPED), ", ".join(f"r.{name}" for name in TYPED)
    run(
        store,
        f"""INSERT INTO identify_facts (person_id, batch_id, {names}, rest, overrides)
        SELECT v.person_id, %s, {staged}, r.rest, '{{}}' {_CHANGED} WHERE v.status = 'c'
        AND NOT EXISTS (SELECT 1 FROM identify_facts f WHERE f.person_id = v.person_id)""",
        [batch.pk],
    )


def update_certificates(store: Store, batch: Batch) -> None:
    """A new number is a new certificate and ends the one before; the same number takes its new state."""
    facts = ", ".join(f"'{name}'" for name in sorted(OF_CERTIFICATES))
    changed = f"""{_CHANGED} WHERE v.status = 'c' AND r.certificate_index IS NOT NULL
        AND v.row IN (SELECT c.row FROM {{s}}.change c WHERE c.fact IN ({facts}))"""
    run(
        store,
        f"""UPDATE identify_certificate SET current = (1 = 0) {changed} AND identify_certificate.current
        AND v.person_id = identify_certificate.person_id
        AND r.certificate_index <> identify_certificate.number_index""",
    )
    run(
        store,
        f"""UPDATE identify_certificate SET current = (1 = 1), category = coalesce(r.category, identify_certificate.category),
            grade = coalesce(r.grade, identify_certificate.grade),
            parts = coalesce(r.parts, identify_certificate.parts),
            status = coalesce(r.certificate_status, identify_certificate.status),
            issued_on = coalesce(r.issued_on, identify_certificate.issued_on),
            valid_until = coalesce(r.certificate_until, identify_certificate.valid_until) {changed}
        AND v.person_id = identify_certificate.person_id AND r.certificate_index = identify_certificate.number_index""",
    )
    run(
        store,
        f"""INSERT INTO identify_certificate ({_CERTIFICATE})
        SELECT v.person_id, {_STAGED_CERTIFICATE}, (1 = 1), %s {changed}
        AND NOT EXISTS (SELECT 1 FROM identify_certificate c
            WHERE c.person_id = v.person_id AND c.number_index = r.certificate_index)""",
        [batch.pk],
    )


def refresh_unchanged(store: Store, batch: Batch) -> None:
    """An unchanged row confirms what was known: it now dates from this delivery."""
    run(
        store,
        """UPDATE identify_facts SET batch_id = %s FROM {s}.verdict v
        WHERE v.person_id = identify_facts.person_id AND v.status = 'u'
        AND identify_facts.batch_id IN (SELECT b.id FROM identify_batch b WHERE b.as_of < %s)""",
        [batch.pk, batch.as_of],
    )


def add_changes(store: Store, batch: Batch) -> None:
    _add_changes(store, batch, "c.person_id, %s, c.fact, c.before, c.after, %s, %s FROM {s}.change c")


def remove_gone(store: Store, batch: Batch) -> None:
    """Those a whole register no longer names: marked, never deleted."""
    run(
        store,
        "UPDATE identify_person SET removed_on = %s WHERE id IN (SELECT person_id FROM {s}.gone)",
        [batch.as_of],
    )
    day = f"'\"{batch.as_of.isoformat()}\"'"
    _add_changes(store, batch, f"g.person_id, %s, 'removed_on', NULL, {day}, %s, %s FROM {{s}}.gone g")


def _add_changes(store: Store, batch: Batch, select: str) -> None:
    actor: Any = batch.decided_by_id or batch.recorded_by_id
    run(
        store,
        f"INSERT INTO identify_change (person_id, batch_id, fact, before, after, at, by_id) SELECT {select}",
        [batch.pk, stamp(), actor],
    )


def stamp() -> Any:
    """Now, as this database stores it (SQLite keeps UTC text)."""
    return connection.ops.adapt_datetimefield_value(clock.now())
