"""The row-level policies of PostgreSQL, made from the declaration that every query is narrowed by. Decision 11.

A table about persons lets through the rows of the reader's areas, by the columns that its model's ACCESS names, or the
rows of what it belongs to; which is which stands in `row_tables`. Whoever reads a row with places of its own reads the
person whom it names (who may have moved away since), and what somebody works on is theirs to read wherever it lies.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from yice.accounts.access import AreaFields
from yice.accounts.enums import Line
from yice.accounts.row_tables import CLOSED, JOINED, LISTED, MINE, OWN, PERSON, PLACED, is_open
from yice.accounts.rows import ROLE, standing
from yice.terms.messages import Message

NOBODY = "app_reach('person_hukou') = '{}' AND app_reach('person_residence') = '{}'"
FUNCTIONS = f"""
DO $$ BEGIN
  IF to_regtype('app_codes') IS NULL THEN
    CREATE TYPE app_codes AS RANGE (subtype = text, collation = "C", multirange_type_name = app_areas);
  END IF;
END $$;
CREATE OR REPLACE FUNCTION app_reach(kind text) RETURNS app_areas LANGUAGE sql STABLE AS $$
  SELECT COALESCE(NULLIF(current_setting('app.' || kind, true), ''), '{{}}')::app_areas
$$;
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
"""
FORMER = "DROP FUNCTION IF EXISTS app_reaches(text) CASCADE"  # last: until then policies of the release before ask it
# Looks behind the wall, where the wall would ask itself again.
DEFINER = "SECURITY DEFINER SET search_path = public"
ME = "NULLIF(current_setting('app.user', true), '')::bigint"
HOW_TO_BUILD = Message(
    "请数据库管理员运行 CREATE ROLE yice_rows NOLOGIN; GRANT yice_rows TO 本账号; 再运行一次 yice migrate。"
)


def guarded() -> dict[type[Model], str]:
    """The models behind the wall, each with its condition: places of its own, or those of what it belongs to."""
    found: dict[type[Model], str] = {}
    models = [model for model in apps.get_models() if not is_open(model)]
    for model in models:
        fields: AreaFields | None = getattr(model, "ACCESS", None)
        if fields is not None and "__" not in fields.hukou:
            found[model] = _own(model, fields)
    while more := {
        model: _of(model, parent)
        for model in models
        if model not in found and (parent := parent_of(model, found)) is not None
    }:
        found |= more
    return found


def forgotten() -> list[str]:
    """Tables that are neither behind the wall nor said to be open."""
    behind = guarded()
    return [model._meta.label for model in apps.get_models() if model not in behind and not is_open(model)]


def build(each: Callable[[Callable[[], None]], None] = lambda work: work()) -> int:
    """Make the role, the function and the policies; again, and they are as declared now. Gives how many tables.

    A table at a time, `each` a transaction: who reads meanwhile waits for one table and never in a ring.
    """
    found = guarded()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come cannot be altered
        cursor.execute("SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s", [ROLE])
        member = cursor.fetchone()
        if member is None:
            cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN NOBYPASSRLS")
        if member is None or not member[0]:
            cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
        cursor.execute(FUNCTIONS)
        for label in CLOSED:
            cursor.execute(f"REVOKE ALL ON {_table(apps.get_model(label))} FROM {ROLE}")
        for label, works in MINE.items():
            mine = " OR ".join(_exists(*one[:2], "$1", f"t.{_name(*one[::2])} = {ME}") for one in works)
            cursor.execute(_function(_mine(label), mine, DEFINER))
        cursor.execute(_function("app_listed", _listing(*LISTED), DEFINER))
        cursor.execute(_function("app_named", _naming(found)))
    for model, condition in found.items():
        each(partial(_guard, _table(model), condition))
    for label, name in OWN.items():
        model = apps.get_model(label)
        owner = _column(model, name)
        nobodys = f" OR {owner} IS NULL" if model._meta.get_field(name).null else ""
        each(partial(_guard, _table(model), f"{owner} = {ME}{nobodys}"))
    with connection.cursor() as cursor:
        cursor.execute(FORMER)
    standing.cache_clear()
    return len(found)


def _guard(table: str, condition: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        cursor.execute(f"DROP POLICY IF EXISTS yice_area ON {table}")
        cursor.execute(f"CREATE POLICY yice_area ON {table} USING ({condition}) WITH CHECK (true)")


def drop() -> None:
    """Take the wall down again, with what it was made of."""
    with connection.cursor() as cursor:
        for model in (*guarded(), *map(apps.get_model, OWN)):
            cursor.execute(f"DROP POLICY IF EXISTS yice_area ON {_table(model)}")
            cursor.execute(f"ALTER TABLE {_table(model)} DISABLE ROW LEVEL SECURITY")
        cursor.execute(
            "DROP FUNCTION IF EXISTS app_reach(text), app_named(bigint), app_listed(bigint) CASCADE; DROP TYPE IF EXISTS app_codes CASCADE"
        )
    standing.cache_clear()


def _own(model: type[Model], fields: AreaFields) -> str:
    places = {"hukou": fields.hukou, "residence": fields.residence or ""}

    def reached(kind: str) -> str:
        if not fields.residence:  # one place: whichever basis a grant has, `AreaFields.paths` compares it
            return " OR ".join(_in(model, fields.hukou, f"{kind}_{column}") for column in places)
        return " OR ".join(_in(model, name, f"{kind}_{column}") for column, name in places.items())

    if not fields.line:
        condition = reached("person")
    else:
        line = _column(model, fields.line)
        condition = " OR ".join(f"({line} = '{one}' AND ({reached(one)}))" for one in Line.values)
    label, key = model._meta.label, f"{_table(model)}.{_pk(model)}"
    if label in JOINED:
        condition += f" OR {_exists(*JOINED[label], key)}"
    if label in MINE:
        condition += f" OR {_mine(label)}({key})"
    return f"{condition} OR app_named({key})" if label == PERSON else condition


def _in(model: type[Model], name: str, setting: str) -> str:
    """Between the first code and the last, which an index serves, and in one of the areas if they are several. A
    subquery of no row's is asked once a query, not once a row."""
    column, reach = _column(model, name), f"app_reach('{setting}')"
    return (
        f"({column} >= (SELECT lower({reach})) AND {column} < (SELECT upper({reach})) AND"
        f" ((SELECT {reach} = multirange(range_merge({reach}))) OR {column}::text <@ (SELECT {reach})))"
    )


def _naming(found: dict[type[Model], str]) -> str:
    """Whether a row that the reader sees by its own places names the person; never for whoever only counts."""

    def placed(model: type[Model]) -> bool:
        fields: AreaFields | None = getattr(model, "ACCESS", None)
        parent = None if fields and "__" not in fields.hukou else parent_of(model, found)
        return model._meta.label != PERSON and (parent is None or placed(_related(model, parent)))

    named = [
        _exists(model._meta.label, field.name, "$1")
        for model in found
        if placed(model)
        for field in model._meta.concrete_fields
        if field.related_model is not None and _related(model, field.name)._meta.label == PERSON
        if field.db_index or field.unique
    ]
    return f"NOT ({NOBODY}) AND ({' OR '.join(named)} OR app_listed($1))"


def _listing(label: str, person: str, parent: str) -> str:
    row = apps.get_model(label)
    above = _related(row, parent)
    return (
        f"EXISTS (SELECT 1 FROM {_table(row)} JOIN {_table(above)} ON {_table(above)}.{_pk(above)} = {_column(row, parent)}"  # noqa: S608 - our models' names
        f" WHERE {_column(row, person)} = $1 AND ({_own(above, above.ACCESS)}))"  # type: ignore[attr-defined]
    )


def _function(name: str, condition: str, rights: str = "") -> str:
    """A function of a row's key: the planner does not look into it, and asks it last, and only of rows that nothing
    else lets through."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}(bigint) RETURNS boolean LANGUAGE plpgsql STABLE {rights} "
        f"AS $$ BEGIN RETURN {condition}; END $$"
    )


def _mine(label: str) -> str:
    return "app_mine_" + label.lower().replace(".", "_")


def _exists(label: str, name: str, key: str, also: str = "true") -> str:
    """A row that names `key` (an expression). OFFSET: never worked out for the whole table at once, which it might be for a few."""
    model = apps.get_model(label)
    return (
        f"EXISTS (SELECT 1 FROM {_table(model)} t WHERE t.{_name(label, name)} = {key} AND {also} OFFSET 0)"  # noqa: S608 - our models' names
    )


def parent_of(model: type[Model], found: dict[type[Model], str]) -> str | None:
    """The name of the field by which a row belongs to one behind the wall: the one its ACCESS goes by, else a person."""
    fields: AreaFields | None = getattr(model, "ACCESS", None)
    if fields is not None and "__" in fields.hukou:
        name = fields.hukou.partition("__")[0]
        return name if model._meta.get_field(name).related_model in found else None
    to = {one.name: one.related_model for one in model._meta.concrete_fields if not one.null}
    first = next(
        (name for name, other in to.items() if other and other._meta.label == "identify.Person"), None
    )
    return first or next((name for name, other in to.items() if other in found), None)


def _of(model: type[Model], parent: str) -> str:
    other = _related(model, parent)._meta
    asked = _exists(other.label, other.pk.name, _column(model, parent))
    place = PLACED.get(model._meta.label)
    if place is None:
        return asked
    return (
        f"({' AND '.join(_in(model, place, f'person_{one}') for one in ('hukou', 'residence'))}) OR {asked}"
    )


def _related(model: type[Model], name: str) -> type[Model]:
    found: type[Model] = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return found


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _pk(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.pk.column)


def _name(label: str, name: str) -> str:
    return connection.ops.quote_name(apps.get_model(label)._meta.get_field(name).column)


def _column(model: type[Model], name: str) -> str:
    return f"{_table(model)}.{_name(model._meta.label, name)}"
