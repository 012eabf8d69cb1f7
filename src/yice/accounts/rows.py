"""A second wall in PostgreSQL: row-level security from the same declaration that every query is narrowed by.

Opt-in (YICE_ROW_SECURITY=on). A request works as the role `yice_rows`, which is no owner and bypasses nothing; the
areas of the reader's posts stand in the session as `app.areas`. Each table about persons has a policy that lets
through the rows of those areas, by the columns that its model's ACCESS names, or those of a row it belongs to. Jobs
and commands work as the owner: their scope is declared with the job and asked of the access policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model

from yice.accounts.models import User

ROLE = "yice_rows"
# Tables about persons: those whose ACCESS compares two places of somebody, and those that hang on one of them.
REACH = """
CREATE OR REPLACE FUNCTION app_reaches(code text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM unnest(string_to_array(current_setting('app.areas', true), ' ')) AS one
    WHERE code >= split_part(one, '-', 1) AND code < split_part(one, '-', 2))
$$
"""


def guarded() -> list[tuple[type[Model], str]]:
    """The models with a policy, each with its condition: places of its own, or of what it hangs on."""
    found: list[tuple[type[Model], str]] = []
    own: set[type[Model]] = set()
    for model in apps.get_models():
        access = getattr(model, "ACCESS", None)
        columns = {
            path for path in (access and (access.hukou, access.residence)) or () if path and "__" not in path
        }
        if access is not None and access.residence and columns:
            own.add(model)
            names = " OR ".join(f"app_reaches({_column(model, name)})" for name in sorted(columns))
            found.append((model, names))
    for model in apps.get_models():
        if model in own or not model.__module__.startswith("yice.loop."):
            continue
        for field in model._meta.concrete_fields:
            if field.related_model in own and not field.null:
                target = field.related_model
                found.append(
                    (
                        model,
                        f"EXISTS (SELECT 1 FROM {_quoted(target._meta.db_table)} t "  # noqa: S608 - names of our models
                        f"WHERE t.id = {_quoted(model._meta.db_table)}.{_quoted(field.column)})",
                    )
                )
                break
    return found


def build() -> int:
    """Make the role, the function and the policies; again, and they are as declared now. Gives how many tables."""
    rows = guarded()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # or a table with checks still to come cannot be altered
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN NOBYPASSRLS")
        cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
        cursor.execute(REACH)
        for model, condition in rows:
            table = _quoted(model._meta.db_table)
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS yice_area ON {table}")
            cursor.execute(f"CREATE POLICY yice_area ON {table} TO {ROLE} USING ({condition})")
    return len(rows)


def drop() -> None:
    """Take the wall down again."""
    with connection.cursor() as cursor:
        for model, _condition in guarded():
            table = _quoted(model._meta.db_table)
            cursor.execute(f"DROP POLICY IF EXISTS yice_area ON {table}")
            cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


@contextmanager
def within(user: User) -> Iterator[None]:
    """Everything asked of the database here is asked behind the wall, with the areas of the user's posts."""
    if not (settings.YICE_ROW_SECURITY and connection.vendor == "postgresql"):
        yield
        return
    areas = " ".join(sorted({f"{post.area_id}-{post.area.end}" for post in user.posts_on()}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.areas', %s, false)", [areas])
        cursor.execute(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT set_config('app.areas', '', false)")


@contextmanager
def beyond() -> Iterator[None]:
    """What the policy itself lets through the wall: an emergency, which is recorded and reviewed."""
    if not (settings.YICE_ROW_SECURITY and connection.vendor == "postgresql"):
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute("RESET ROLE")
    try:
        yield
    finally:
        if before == ROLE:
            with connection.cursor() as cursor:
                cursor.execute(f"SET ROLE {ROLE}")


def _column(model: type[Model], name: str) -> str:
    return f"{_quoted(model._meta.db_table)}.{_quoted(model._meta.get_field(name).column)}"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
