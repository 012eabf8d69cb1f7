"""The staging tables: column → type, one definition for both databases.

Types: int, text, blob, date, bool, json, uuid. The order of columns is the order of the tuples that are loaded.
"""

from __future__ import annotations

from yice.exchange.imports.delivery import TYPED

Columns = dict[str, str]

# `row` numbers the staged rows; `line` is the row of the file it came from (a row may name several people).
PERSON_ROW: Columns = {
    "row": "int",
    "line": "int",
    "uuid": "uuid",
    "name": "text",
    "name_folded": "text",
    "id_kind": "text",
    "id_sealed": "blob",
    "id_index": "blob",
    "sex": "text",
    "birth_date": "date",
    "hukou": "text",
    "residence": "text",
    "phone_sealed": "blob",
    "phone_index": "blob",
    "address_sealed": "blob",
    "household_key": "blob",
    "household_number": "text",
    "relation": "text",
    "digest": "blob",
    "certificate_sealed": "blob",
    "certificate_index": "blob",
    "replacement": "int",
    "issued_on": "date",
    **TYPED,
    "rest": "json",
    "guardian_name": "text",
    "guardian_relation": "text",
    "guardian_phone": "blob",
}
MEMBER_ROW: Columns = {
    "row": "int",
    "line": "int",
    "name": "text",
    "name_folded": "text",
    "id_sealed": "blob",
    "id_index": "blob",
    "sex": "text",
    "birth_date": "date",
    "relation": "text",
    "hukou": "text",
    "household_key": "blob",
    "household_number": "text",
    "digest": "blob",
}
LIST_ROW: Columns = {
    "row": "int",
    "line": "int",
    "name": "text",
    "name_folded": "text",
    "id_sealed": "blob",
    "id_index": "blob",
    "certificate_index": "blob",
    "area": "text",
    "month": "date",
    "pay_kind": "text",
    "amount_fen": "int",
    "account_sealed": "blob",
    "account_index": "blob",
    "rest": "json",
    "beside_sealed": "blob",
    "digest": "blob",
    "dated": "bool",
    "health": "int",
    "said": "blob",
}
# A row of the register that says what it said last time: nothing of it is sealed or staged anew.
SAME_ROW: Columns = {"row": "int", "line": "int", "id_index": "blob", "digest": "blob"}
TABLES: dict[str, Columns] = {
    "person": PERSON_ROW,
    "same": SAME_ROW,
    "member": MEMBER_ROW,
    "entry": LIST_ROW,
    "refused": {"line": "int", "code": "text", "why": "json", "id_index": "blob"},
    # What comparing found: status a(dded) c(hanged) u(nchanged); the number gives an added person's id.
    "verdict": {"row": "int", "person_id": "int", "status": "text", "number": "int"},
    "gone": {"person_id": "int"},
    "change": {"row": "int", "person_id": "int", "fact": "text", "before": "json", "after": "json"},
    # Overrides that a changed row brings about, with those they were made from.
    "override": {"person_id": "int", "overrides": "json", "made_from": "json"},
    # Of a list: rows of the delivery before that stand in this one as they are (`standing.Known`), and its others.
    "standing": {"source": "int", "packed": "blob"},
    "ended": {"entry_id": "int"},
    "link": {"row": "int", "person_id": "int", "state": "text", "how": "text"},
    "note": {"name": "text", "value": "json"},
}
KEYS = {
    "person": "row",
    "member": "row",
    "entry": "row",
    "same": "row",
    "verdict": "row",
    "gone": "person_id",
    "override": "person_id",
    "ended": "entry_id",
    "note": "name",
}
JOINED = {"row", "id_index", "household_key", "certificate_index", "digest"}
LOADED = ("person", "entry", "member", "same")  # those that take the delivery itself

# "date" and "bool" are declared as the tables of the site declare them, so that both are read back alike.
SQLITE = {
    "int": "INTEGER",
    "text": "TEXT",
    "blob": "BLOB",
    "date": "date",
    "bool": "bool",
    "json": "TEXT",
    "uuid": "TEXT",
}
POSTGRESQL = {
    "int": "bigint",
    "text": "text",
    "blob": "bytea",
    "date": "date",
    "bool": "boolean",
    "json": "jsonb",
    "uuid": "uuid",
}


def create_sql(
    prefix: str, table: str, types: dict[str, str], *, unlogged: bool = False, keyed: bool = True
) -> str:
    """CREATE TABLE for a staging table; on SQLite an integer key is the rowid itself."""
    key = KEYS.get(table) if keyed else None
    lines = [
        f'"{name}" {types[kind]}{" PRIMARY KEY" if name == key else ""}'
        for name, kind in TABLES[table].items()
    ]
    return f"CREATE {'UNLOGGED ' if unlogged else ''}TABLE {prefix}.{table} ({', '.join(lines)})"
