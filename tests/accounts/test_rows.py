"""The wall in the database: queries around the application find nothing either (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from tests.web.village import Village, desk, settle, text

from yice.accounts import access, rows
from yice.accounts.enums import Action
from yice.loop.identify.models import Facts, Finding, Guardian, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def wall(cast: Any, settings: Any) -> Iterator[Village]:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    settings.YICE_ROW_SECURITY = True
    village = settle(cast)
    assert rows.build() > 20
    yield village


def counted(model: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def test_plain_sql_reads_and_writes_only_what_the_posts_reach(wall: Village) -> None:
    cast = wall.cast
    everybody = {model: counted(model) for model in (Person, Facts, Finding)}
    assert all(everybody.values())
    for who in (cast.chen, cast.zhou, cast.he, cast.pan, cast.nobody):
        reached = access.scope(who, Action.PERSON_READ, Person.objects.all()).count()
        with rows.within(who):
            assert counted(Person) == reached == Person.objects.count()
            assert counted(Facts) == Facts.objects.filter(person__in=Person.objects.all()).count() <= reached
            if not reached:
                assert counted(Finding) == counted(Guardian) == 0
                assert Person.objects.update(name="x") == 0
    with rows.within(cast.pan), connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
    assert {model: counted(model) for model in everybody} == everybody  # jobs and commands are not behind it


def test_without_areas_nothing_is_there_and_the_wall_comes_down_again(wall: Village) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {rows.ROLE}")
        cursor.execute("SELECT count(*) FROM identify_person")
        assert cursor.fetchone() == (0,)
        cursor.execute("RESET ROLE")
    rows.drop()
    with rows.within(wall.cast.nobody):
        assert counted(Person) > 0


def test_every_table_that_names_a_person_is_behind_the_wall() -> None:
    guarded = {model for model, _condition in rows.guarded()}
    assert {Person, Facts, Finding, Guardian} <= guarded


def test_the_pages_work_behind_the_wall(wall: Village) -> None:
    """The walk of a day, and an emergency through the wall."""
    chen = desk(wall.cast.chen)
    for address in ("/", "/worklist/", f"/person/{wall.lin.uuid}/"):
        assert chen.get(address).status_code == 200, address
    assert wall.lin.name in text(chen.get(f"/person/{wall.lin.uuid}/"))
    pan = desk(wall.cast.pan)
    assert pan.get(f"/person/{wall.lin.uuid}/").status_code == 404
    opened = pan.post(
        "/emergency/", {"number": wall.lin.id_number, "reason": "在街道大厅突发疾病，急需找到家里人"}
    )
    assert wall.lin.name in text(pan.get(opened["Location"]))
