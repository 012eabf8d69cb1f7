"""A second wall in PostgreSQL: row-level security from the same declaration that every query is narrowed by.

A request that reads works as the role `yice_rows`, which is no owner and bypasses nothing. The areas of the reader's
posts stand in the session, told apart by what they may read there: a table about persons lets through the rows of
those areas, by the columns that its model's ACCESS names, or the rows of what it belongs to. A table that is behind
no wall is named in `OPEN`, with why; a new one that is in neither fails the tests. What writes, jobs and commands work
as the owner: they ask the access policy themselves. Decision 11.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from django.db.backends.signals import connection_created
from django.db.models import Model

from yice.accounts import access
from yice.accounts.access import AreaFields
from yice.accounts.enums import Action, Basis, Line
from yice.accounts.models import User
from yice.terms.messages import Message

ROLE = "yice_rows"
# What reads no row about a person; everything else that a post carries opens the persons of its area.
ABOUT_NOBODY = frozenset(
    {
        Action.REPORT_READ, Action.LIST_READ, Action.ASSESSOR_MANAGE, Action.POLICY_READ, Action.POLICY_COMPARE,
        Action.POLICY_IN_FORCE, Action.AUDIT_READ, Action.AUDIT_OVERSEE, Action.ACCOUNT_MANAGE,
        Action.ACCOUNT_ENTITLE, Action.GLASS_BREAK, Action.GLASS_REVIEW,
    }
)  # fmt: skip
# What reads rows that have a line of work; a reader of figures counts them.
OF_A_LINE = frozenset(
    {
        Action.FINDING_READ, Action.FINDING_HANDLE, Action.REVIEW_READ, Action.REVIEW_DECIDE, Action.EXPORT,
        Action.REPORT_READ, Action.REPORT_NAMES,
    }
)  # fmt: skip
# Tables about no person, or that name nobody: whole apps, and single models of the others.
OPEN = {
    "contenttypes": "Django's own",
    "auth": "Django's own",
    "sessions": "keyed by what only its owner has",
    "axes": "digests and addresses of attempts",
    "areas": "divisions",
    "accounts": "people who work here",
    "audit": "references, no names; chained, so every writer reads its end",
    "jobs": "references, no names",
    "network": "organisations and places",
    "policy": "packs, runs, files' names",
    "exchange": "agreements; a doubt names a row by reference",
    "identify.Batch": "deliveries: which file, of which day",
    "identify.ListReceipt": "which list came for which month",
    "identify.Serial": "counters",
    "identify.NameFolding": "characters",
    "identify.Round": "a year's round of an area",
    "identify.RoundShare": "how many of a place are done",
    "assess.Assessor": "people who work here",
    "deliver.Cover": "who stands in for whom",
    "supervise.Report": "figures",
    "supervise.TargetTally": "figures",
}
# Rows of a list bear the sender's area, households the county: whoever may read a person reads what is joined to them.
JOINED = {
    "identify.ListEntry": ("identify.ListLink", "entry"),
    "identify.Household": ("identify.Person", "household"),
}
AREAS = f"""
DROP FUNCTION IF EXISTS app_reaches(text) CASCADE;
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
HOW_TO_BUILD = Message(
    "请数据库管理员运行 CREATE ROLE yice_rows NOLOGIN; GRANT yice_rows TO 本账号; 再运行一次 yice migrate。"
)
KINDS = ("person", *Line.values)
_behind: ContextVar[dict[str, str] | None] = ContextVar("behind the wall of rows", default=None)


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


def is_open(model: type[Model]) -> bool:
    return model._meta.app_label in OPEN or model._meta.label in OPEN


def reach(user: User | None) -> dict[str, str]:
    """What stands in the session of this reader: setting → areas, as PostgreSQL writes a set of ranges."""
    ranges: dict[str, set[tuple[str, str]]] = {}
    for post in user.posts_on() if user is not None and user.is_authenticated else ():
        for action, grant in access.granted(post).items():
            kinds = [line.value for line in grant.lines] if action in OF_A_LINE else []
            kinds += ["person"] if action not in ABOUT_NOBODY else []
            for kind in kinds:
                for column in _columns(grant.basis):
                    ranges.setdefault(f"app.{kind}_{column}", set()).add((post.area.code, post.area.end))
    named = [f"app.{kind}_{column}" for kind in KINDS for column in ("hukou", "residence")]
    return {
        name: "{" + ",".join(f"[{low},{high})" for low, high in sorted(ranges.get(name, ()))) + "}"
        for name in named
    }


def build() -> int:
    """Make the role, the function and the policies; again, and they are as declared now. Gives how many tables."""
    found = guarded()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # or a table with checks still to come cannot be altered
        cursor.execute("SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s", [ROLE])
        member = cursor.fetchone()
        if member is None:
            cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN NOBYPASSRLS")
        if member is None or not member[0]:
            cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
        cursor.execute(AREAS)
        for model, condition in found.items():
            table = _table(model)
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS yice_area ON {table}")
            cursor.execute(f"CREATE POLICY yice_area ON {table} USING ({condition}) WITH CHECK (true)")
    standing.cache_clear()
    return len(found)


def drop() -> None:
    """Take the wall down again, with what it was made of."""
    with connection.cursor() as cursor:
        for model in guarded():
            cursor.execute(f"DROP POLICY IF EXISTS yice_area ON {_table(model)}")
            cursor.execute(f"ALTER TABLE {_table(model)} DISABLE ROW LEVEL SECURITY")
        cursor.execute(
            "DROP FUNCTION IF EXISTS app_reach(text) CASCADE; DROP TYPE IF EXISTS app_codes CASCADE"
        )
    standing.cache_clear()


@functools.cache
def standing() -> bool:
    """Whether the wall was built here and this account may go behind it. Asked once a process."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(oid, 'MEMBER') AND to_regproc('app_reach') IS NOT NULL FROM pg_roles WHERE rolname = %s",
            [ROLE],
        )
        found = cursor.fetchone()
    return bool(found and found[0])


@contextmanager
def within(user: User | None) -> Iterator[None]:
    """Everything asked of the database here is asked behind the wall, with the areas of the user's posts."""
    if not settings.YICE_ROW_SECURITY or _behind.get() is not None or not standing():
        yield
        return
    token = _behind.set({**reach(user), "role": ROLE})
    try:
        _tell(_behind.get())
        yield
    finally:
        _behind.reset(token)
        _come_out()


@contextmanager
def beyond() -> Iterator[None]:
    """What the policy itself lets through the wall: an emergency, which is recorded and reviewed."""
    if _behind.get() is None:
        yield
        return
    token = _behind.set(None)
    try:
        _tell({"role": "none"})
        yield
    finally:
        _behind.reset(token)
        _tell(_behind.get())


def _come_out() -> None:
    if connection.connection is None:
        return
    try:
        _tell({**dict.fromkeys(reach(None), ""), "role": "none"})
    except Error:
        connection.close()  # the next request has another one


def _tell(settings_: dict[str, str] | None) -> None:
    """Set them for the session, the role last: one question to the database."""
    if settings_:
        calls = ", ".join("set_config(%s, %s, false)" for _ in settings_)
        values = [part for pair in settings_.items() for part in pair]
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        # Past Django's cursor: a page's questions are counted without the wall's.
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"SELECT {calls}", values)


def _again(**_: object) -> None:
    """A connection that broke within a request and was made anew goes behind the wall, too."""
    _tell(_behind.get())


connection_created.connect(_again)


def _columns(basis: Basis) -> tuple[str, ...]:
    both = {Basis.HUKOU: ("hukou",), Basis.RESIDENCE: ("residence",)}
    return both.get(basis, ("hukou", "residence"))


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
    if joined := JOINED.get(model._meta.label):
        label, name = joined
        other = apps.get_model(label)
        named = f"{_table(other)} j WHERE j.{_name(other, name)} = {_table(model)}.{_pk(model)}"
        condition += f" OR EXISTS (SELECT 1 FROM {named})"  # noqa: S608 - our models' names
    return condition


def _in(model: type[Model], name: str, setting: str) -> str:
    # A subquery of no row's is asked once a query, not once a row.
    return f"{_column(model, name)}::text <@ (SELECT app_reach('{setting}'))"


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
    other = model._meta.get_field(parent).related_model
    return f"EXISTS (SELECT 1 FROM {_table(other)} t WHERE t.{_pk(other)} = {_column(model, parent)})"  # noqa: S608 - our models' names


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _pk(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.pk.column)


def _name(model: type[Model], name: str) -> str:
    return connection.ops.quote_name(model._meta.get_field(name).column)


def _column(model: type[Model], name: str) -> str:
    return f"{_table(model)}.{_name(model, name)}"
