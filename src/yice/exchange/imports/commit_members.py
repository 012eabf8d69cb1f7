"""Household members: those who hold no certificate get a row, those on file as persons get their household."""

from __future__ import annotations

from django.db import connection

from yice.exchange.imports.commit_people import NEW_UUID, stamp
from yice.exchange.imports.staging.store import Store, run, value
from yice.loop.identify.models import Batch

_OF = "FROM {s}.member m JOIN identify_household h ON h.key = m.household_key"
# A member is somebody on file by the number, or, where it is blank, by the name within the same household.
_IS_PERSON = """EXISTS (SELECT 1 FROM identify_person p WHERE p.id_index = m.id_index) OR (m.id_index IS NULL AND
    EXISTS (SELECT 1 FROM identify_person p WHERE p.household_id = h.id AND p.name_folded = m.name_folded))"""


def commit_members(store: Store, batch: Batch) -> None:
    """Take the members of every household in the delivery as its whole membership."""
    if not value(store, "SELECT 1 FROM {s}.member LIMIT 1"):
        return
    run(
        store,
        f"""INSERT INTO identify_change (person_id, batch_id, fact, before, after, at, by_id)
        SELECT p.id, %s, 'household_number', CASE WHEN p.household_id IS NULL THEN NULL ELSE '"changed"' END,
            '"changed"', %s, %s {_OF} JOIN identify_person p ON p.id_index = m.id_index
        WHERE p.household_id IS NULL OR p.household_id <> h.id""".replace(
            "'\"changed\"'", _text_json('"changed"')
        ),
        [batch.pk, stamp(), batch.decided_by_id or batch.recorded_by_id],
    )
    run(
        store,
        f"""UPDATE identify_person SET household_id = h.id,
            relation = CASE WHEN m.relation = '' THEN identify_person.relation ELSE m.relation END
        {_OF} WHERE m.id_index = identify_person.id_index
        AND (identify_person.household_id IS NULL OR identify_person.household_id <> h.id
            OR (m.relation <> '' AND m.relation <> identify_person.relation))""",
    )
    run(
        store,
        """DELETE FROM identify_householdmember WHERE household_id IN (
            SELECT h.id FROM identify_household h JOIN {s}.member m ON m.household_key = h.key)
        AND digest NOT IN (SELECT m.digest FROM {s}.member m)""",
    )
    run(
        store,
        f"""INSERT INTO identify_householdmember
            (uuid, household_id, name, name_folded, id_sealed, id_index, sex, birth_date, relation, batch_id, digest)
        SELECT {NEW_UUID[connection.vendor]}, h.id, m.name, m.name_folded, m.id_sealed, m.id_index, m.sex, m.birth_date,
            m.relation, %s, m.digest {_OF}
        WHERE NOT ({_IS_PERSON}) AND NOT EXISTS (SELECT 1 FROM identify_householdmember k
            WHERE k.household_id = h.id AND k.digest = m.digest)""",
        [batch.pk],
    )


def _text_json(text: str) -> str:
    """A JSON literal, typed where PostgreSQL would take it for text."""
    return f"'{text}'::jsonb" if connection.vendor == "postgresql" else f"'{text}'"
