"""The wall in the database: queries around the application find what the declared policy lets through (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.db.backends.signals import connection_created
from django.db.models import F, Model, Q
from django.test import Client
from tests import factories as make
from tests.cast import NEXT_VILLAGE, STREET, VILLAGE, Cast
from tests.web.desk_world import World, at_work
from tests.web.test_planted_leaks import (
    PLANTED,
    a_filter_that_counts_everybody,
    places_of_others_to_choose_from,
)
from tests.web.walk import differences, faults, looks

from yice.accounts import access, row_policies, row_tables, rows
from yice.accounts.enums import Action, Role
from yice.accounts.models import Post, RecoveryCode, SignIn, Token, User
from yice.loop.deliver.models import Case, Cover, OpenStep, StepOffice, StepRecord
from yice.loop.identify.models import Certificate, Finding, Need, Person, Reply, Visit, VisitImage, VisitList
from yice.loop.plan.models import HelpPlan
from yice.terms import clock

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


def named(seen: dict[type[Model], set[int]]) -> set[int]:
    """Whom the rows with places of their own name, and the lists of a day."""
    found = set(Visit.objects.filter(list__in=seen[VisitList]).values_list("person", flat=True))
    for model in filter(places, seen):
        to = [one.name for one in model._meta.concrete_fields if one.related_model is Person]
        rows_ = (
            model._default_manager.filter(pk__in=seen[model])
            if model is not Person
            else Person.objects.none()
        )
        found |= {key for name in to for key in rows_.values_list(name, flat=True)}
    return found - {None}


def test_every_table_is_behind_the_wall_or_said_to_be_open() -> None:
    assert row_policies.forgotten() == []
    assert {label for label in row_tables.OPEN if "." in label}.isdisjoint(
        model._meta.label for model in row_policies.guarded()
    )


def test_plain_sql_reads_what_the_declared_policy_allows_of_every_table(wall: World) -> None:
    """By every role, in one street and as in the cast: the rows of a table with places are those of the policy, the
    rows of another those of what they belong to; and out of the wall everything is there."""
    behind = row_policies.guarded()
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
            if model is Person:
                assert placed[model] <= found <= placed[model] | named(seen), user.username
            elif model._meta.label in row_tables.JOINED | row_tables.MINE:
                assert placed[model] <= found, (user.username, model)
            elif model in placed:
                assert found == placed[model], (user.username, model)
            else:
                name = row_policies.parent_of(model, behind)
                assert name is not None
                parents = seen[model._meta.get_field(name).related_model]  # type: ignore[index]
                hang = set(
                    model._default_manager.filter(**{f"{name}__in": parents}).values_list("pk", flat=True)
                )
                assert found == hang, (user.username, model)
            narrowed += found < everything[model]
    assert narrowed > 400
    # By which the wall may ask a step's place in its case's stead.
    of_the_case = Q(area=F("case__hukou")) | Q(area=F("case__residence"))
    assert OpenStep.objects.filter(of_the_case).count() == OpenStep.objects.count() > 0
    assert not StepOffice.objects.exclude(area=F("open_step__area")).exists()
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


def test_what_lets_somebody_in_is_read_by_its_owner_alone(wall: World) -> None:
    """Sign-ins, recovery codes and the API's tokens of others; sessions of older releases by nobody. What was built
    before comes back with the next `yice migrate`."""
    cast = wall.cast
    for user in (cast.chen, cast.he):
        RecoveryCode.objects.create(user=user, digest=b"d" * 32)
        made_at = clock.now()
        Token.objects.create(
            user=user,
            name="x",
            digest=bytes([user.pk % 256]) * 32,
            actions=[],
            made_at=made_at,
            until=made_at,
        )
        Client().force_login(user)
    row_policies.build()
    for model in (SignIn, RecoveryCode, Token):
        everything = keys(model, "user")
        assert {cast.chen.pk, cast.he.pk} <= everything
        with rows.within(cast.chen):
            assert keys(model, "user") == {cast.chen.pk}, model
            assert model.objects.filter(user=cast.he).delete()[0] == 0
        with rows.within(None):
            assert keys(model, "user") <= {None}, model
    with rows.within(cast.chen), pytest.raises(DatabaseError), transaction.atomic():
        keys(Session)
    assert keys(Session) == set()


REFUSED = (
    "ALTER TABLE identify_person DISABLE ROW LEVEL SECURITY",
    "DROP POLICY yice_area ON identify_person",
    "CREATE POLICY mine ON identify_person USING (true)",
    "CREATE TABLE public.mine AS SELECT * FROM identify_person",
    "CREATE OR REPLACE FUNCTION app_reach(kind text) RETURNS app_areas LANGUAGE sql AS 'SELECT NULL::app_areas'",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "TRUNCATE identify_person",
    "SELECT name FROM identify_person",  # with row_security off: the database says no rather than leave rows out
    "SELECT rolpassword FROM pg_authid",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY identify_person TO PROGRAM 'cat'",
    "SELECT last_value FROM identify_person_id_seq",
)


def test_around_the_wall_there_is_no_way(wall: World) -> None:
    """Plain SQL, as somebody would write it in whom a page put too much trust: nothing of it is done, nothing of others
    seen by a cheap function asked before the policy, a view, a statement prepared outside, or the planner's figures."""
    everybody = set(Person.objects.values_list("name", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("PREPARE all_people AS SELECT name FROM identify_person")
        cursor.execute("EXECUTE all_people")
        assert {row[0] for row in cursor.fetchall()} == everybody
        cursor.execute("ANALYZE identify_person")
        cursor.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'identify_person'")
        assert cursor.fetchone()[0] > 0
    with rows.within(wall.cast.chen), connection.cursor() as cursor:
        mine = set(Person.objects.values_list("name", flat=True))
        assert mine and mine < everybody
        for sql in REFUSED:
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("SET LOCAL row_security = off")
                cursor.execute(sql)
        cursor.execute("EXECUTE all_people")
        assert {row[0] for row in cursor.fetchall()} == mine
        cursor.execute("CREATE TEMP VIEW seen AS SELECT name FROM identify_person")
        cursor.execute("SELECT name FROM seen")
        assert {row[0] for row in cursor.fetchall()} == mine
        cursor.execute(
            "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001"
            " AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$"
        )
        heard: list[str] = []
        connection.connection.add_notice_handler(lambda said: heard.append(said.message_primary))
        cursor.execute("SELECT count(*) FROM identify_person WHERE pg_temp.tell(name)")
        assert set(heard) == mine
        cursor.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'identify_person'")
        assert cursor.fetchone()[0] == 0


def test_who_moved_away_is_still_whom_a_form_names_and_a_window_elsewhere_keeps_its_case(wall: World) -> None:
    """So does the deputy of whoever looks after the place. Without a form, a list or a case there is nobody."""
    cast, lin = wall.cast, wall.lin
    case = Case.objects.filter(person=lin).first()
    assert case is not None
    for model in (Finding, Need, Case, HelpPlan):
        model._default_manager.filter(person=lin).update(hukou=NEXT_VILLAGE, residence=NEXT_VILLAGE)
    Person.objects.filter(pk=lin.pk).update(hukou=NEXT_VILLAGE, residence=NEXT_VILLAGE)
    with rows.within(cast.chen):
        assert lin.pk in keys(Person) and Reply.objects.select_related("person").filter(person=lin).exists()
    Reply.objects.filter(person=lin).update(village=NEXT_VILLAGE)
    Visit.objects.filter(person=lin).delete()
    StepRecord.objects.filter(case__person=lin).update(by=cast.he)
    with rows.within(cast.zhou):
        assert lin.pk not in keys(Person) and case.pk not in keys(Case)
    StepRecord.objects.filter(case=case).update(by=cast.zhou)  # who took the application
    with rows.within(cast.zhou):
        assert case.pk in keys(Case) and lin.pk in keys(Person)
    Cover.objects.create(
        post=Post.objects.get(user__username="chen"), deputy=cast.tan, by=cast.he, at=clock.now(),
        since=clock.today(), until=clock.today(),
    )  # fmt: skip
    make.person("还住那里")
    there = set(Person.objects.filter(hukou__startswith=VILLAGE).values_list("pk", flat=True))
    with rows.within(User.objects.get(pk=cast.tan.pk)):  # of another county: could not be named, is none
        assert there and not there & keys(Person)
    Post.objects.filter(user=cast.tan).update(role=Role.VILLAGE_COMMISSIONER, area_id=NEXT_VILLAGE)
    with rows.within(User.objects.get(pk=cast.tan.pk)):
        assert there < keys(Person)


@pytest.mark.parametrize("leak", [places_of_others_to_choose_from, a_filter_that_counts_everybody])
def test_what_a_page_forgets_the_wall_holds_back(
    leak: Any, wall: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak(monkeypatch)
    only = next(page for plant, _who, _look, page in PLANTED if plant is leak)
    settings.YICE_ROW_SECURITY = False
    assert faults("chen", wall, only) != []
    settings.YICE_ROW_SECURITY = True
    assert faults("chen", wall, only) == []


def test_without_the_policies_everything_would_be_there(wall: World) -> None:
    """What the first test compares can differ: one policy away, and its table is open."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or a table with checks to come cannot be altered
        cursor.execute("ALTER TABLE identify_certificate DISABLE ROW LEVEL SECURITY")
    with rows.within(wall.cast.nobody):
        assert keys(Certificate) and not keys(Person)
    row_policies.build()
    with rows.within(wall.cast.nobody):
        assert not keys(Certificate)


def test_pages_look_the_same_behind_the_wall(wall: World, settings: Any) -> None:
    """Who works in one village, and who reads figures alone; the walk asks every page of everybody behind it."""
    for who in ("chen", "sheng"):
        settings.YICE_ROW_SECURITY = True
        behind = looks(who, wall)
        settings.YICE_ROW_SECURITY = False
        assert differences(looks(who, wall), behind) == []
