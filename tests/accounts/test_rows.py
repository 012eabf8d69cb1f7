"""The wall in the database: queries around the application find what the declared policy lets through (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.db.models import Model, Q
from tests.cast import STREET, Cast
from tests.web.desk_world import World, at_work
from tests.web.walk import differences, looks

from yice.accounts import access, rows
from yice.accounts.enums import Action, Role
from yice.accounts.models import Post, User
from yice.loop.identify.models import Certificate, Finding, Person, VisitImage

pytestmark = pytest.mark.django_db


@pytest.fixture
def wall(cast: Cast, tmp_path: Path) -> Iterator[World]:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    yield at_work(cast, tmp_path).settled()


def keys(model: type[Model], name: str = "pk") -> set[int]:
    """What plain SQL gives of the table."""
    with connection.cursor() as cursor:
        column = (model._meta.pk if name == "pk" else model._meta.get_field(name)).column
        cursor.execute(f'SELECT "{column}" FROM "{model._meta.db_table}"')  # noqa: S608 - our own names
        return {row[0] for row in cursor.fetchall()}


def places(model: type[Model]) -> bool:
    """Whether the table says itself where its rows belong."""
    fields = getattr(model, "ACCESS", None)
    return fields is not None and "__" not in fields.hukou


def declared(user: User, model: type[Model]) -> set[int]:
    """What the policy lets the reader see of a table with places of its own, by the condition of every page."""
    fields: access.AreaFields = model.ACCESS  # type: ignore[attr-defined]
    actions = rows.OF_A_LINE if fields.line else set(Action) - rows.ABOUT_NOBODY
    total = Q(pk__in=[])
    for action in actions:
        total |= access.condition(user, action, fields)
    return set(model._default_manager.filter(total).values_list("pk", flat=True))


def test_every_table_is_behind_the_wall_or_said_to_be_open() -> None:
    assert rows.forgotten() == []
    assert {label for label in rows.OPEN if "." in label}.isdisjoint(
        model._meta.label for model in rows.guarded()
    )


def test_plain_sql_reads_what_the_declared_policy_allows_of_every_table(wall: World) -> None:
    """By every role, in one street and as in the cast: the rows of a table with places are those of the policy, the
    rows of another those of what they belong to; and out of the wall everything is there."""
    behind = rows.guarded()
    everything = {model: keys(model) for model in behind}
    assert len(behind) > 40 and sum(map(bool, everything.values())) > 30
    for role in Role:
        user = User.objects.create_user(f"x-{role}", None, name="x")
        Post.objects.create(user=user, role=role, area_id=STREET)
    narrowed = 0
    for user in User.objects.order_by("pk"):
        placed = {model: declared(user, model) for model in behind if places(model)}
        with rows.within(user):
            seen = {model: keys(model) for model in behind}
        for model, found in seen.items():
            if model._meta.label in rows.JOINED:
                assert placed[model] <= found, (user.username, model)
            elif model in placed:
                assert found == placed[model], (user.username, model)
            else:
                name = rows.parent_of(model, behind)
                assert name is not None
                parents = seen[model._meta.get_field(name).related_model]  # type: ignore[index]
                hang = set(
                    model._default_manager.filter(**{f"{name}__in": parents}).values_list("pk", flat=True)
                )
                assert found == hang, (user.username, model)
            narrowed += found < everything[model]
    assert narrowed > 400
    assert {model: keys(model) for model in behind} == everything  # jobs and commands are not behind it


def test_who_is_nobody_reads_and_changes_nothing_and_a_new_connection_is_behind_the_wall_too(
    wall: World,
) -> None:
    before = keys(Person)
    with rows.within(None):
        assert keys(Person) == keys(Finding) == keys(VisitImage) == set()
        assert Person.objects.update(name="x") == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolbypassrls, rolsuper FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (False, False)
            cursor.execute("RESET ROLE")
        connection_created.send(type(connection), connection=connection)  # as a broken one that is made anew
        assert keys(Person) == set()
        with rows.beyond():
            assert keys(Person) == before
        assert keys(Person) == set()
    assert keys(Person) == before


def test_without_the_policies_everything_would_be_there(wall: World) -> None:
    """What the first test compares can differ: one policy away, and its table is open."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or a table with checks to come cannot be altered
        cursor.execute("ALTER TABLE identify_certificate DISABLE ROW LEVEL SECURITY")
    with rows.within(wall.cast.nobody):
        assert keys(Certificate) and not keys(Person)
    rows.build()
    with rows.within(wall.cast.nobody):
        assert not keys(Certificate)


def test_pages_look_the_same_behind_the_wall(wall: World, settings: Any) -> None:
    """Who works in one village, and who reads figures alone; the walk asks every page of everybody behind it."""
    for who in ("chen", "sheng"):
        settings.YICE_ROW_SECURITY = True
        behind = looks(who, wall)
        settings.YICE_ROW_SECURITY = False
        assert differences(looks(who, wall), behind) == []
