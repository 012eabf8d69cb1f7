"""After a day's work no number, telephone, address, account or certificate, and no sentence typed about somebody, lies
anywhere but sealed.

A day is worked by those who may do most: everything looked at and exported, somebody searched by number, a number and
a telephone seen with a reason, a door tried with a number as the name. Then everything that was left behind is read:
every row of every table, sessions opened, the log, the addresses, the files of the site.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from tests.cast import Cast
from tests.exchange import import_cast
from tests.logged import as_logged
from tests.web.desk_world import TYPED, World, at_work
from tests.web.elsewhere import move_behind_the_masks
from tests.web.joined import join
from tests.web.walk import UUID, addresses, secrets_of, text_of, visit

from yice.accounts.models import SignIn, User
from yice.accounts.sessions import SessionStore
from yice.areas.models import Area
from yice.identifiers import masking
from yice.loop.identify.models import Person
from yice.shelf.sealed import is_sealed

WORKING = ("he", "liang", "luo", "chen")
HEX = re.compile(r"[0-9a-f]{16,}")


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path).settled()


def whole(world: World) -> list[tuple[str, str]]:
    """What must lie nowhere. A birth date is a fact that rules read, and stands by itself."""
    staged = [("id of an import", str(row["id_number"])) for row in import_cast.everybody()]
    return [*(one for one in secrets_of(world) if one[0] != "birth date"), *staged]


def typed(world: World) -> list[tuple[str, str]]:
    """What was typed about people, in notes and in the forms of cases."""
    forms = [text for fact in world.joined.cases for text in fact.said.values()]
    return [("typed", one) for one in (*TYPED, *forms)]


def worked(who: str, world: World) -> list[str]:
    """The addresses that were asked for or led to."""
    client = Client()
    client.force_login(User.objects.get(username=who))
    seen = []
    person = f"/person/{world.lin.uuid}/"
    for address in addresses(world):
        if address.name != "sign-out":
            response = visit(client, address)
            seen += [address.href, response.get("Location", "")]
            seen += re.findall(r'(?:href|action|src)="([^"]*)"', text_of(response))
    for text in (world.lin.id_number, world.lin.phone, "13900000000"):
        client.post("/search/", {"text": text})
    client.post(f"{person}whole/id_number/", {"reason": "核对身份证件"})
    client.post(f"{person}contact/", {"reason": "visit"})
    seen += re.findall(r'href="([^"]*)"', client.get(person, follow=True).content.decode())
    return [href for href in seen if not href.startswith("tel:")]  # dials; nothing is asked for


def rows() -> Iterator[tuple[str, str]]:
    """Every row of every table as text, sessions opened."""
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the name is the model's own
            for row in cursor.fetchall():
                yield table, " ".join(map(_said, row))
    for session in SignIn.objects.all():
        yield "session, opened", str(session.get_decoded())


def _said(cell: Any) -> str:
    if isinstance(cell, str) and cell[:1] in ("{", "["):  # JSON as SQLite holds it, with its letters escaped
        return re.sub(r"\\u([0-9a-f]{4})", lambda one: chr(int(one[1], 16)), cell)
    return bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)


def files() -> Iterator[tuple[str, str]]:
    """The files of the site: deliveries, and what was refused of them, too, which lie sealed."""
    for path in Path(settings.VAR).rglob("*"):
        inside = path.relative_to(settings.VAR).parts
        if not path.is_file() or inside[0] in ("keys", "static"):
            continue
        yield str(path.name), path.read_bytes().decode("latin-1")
        if path.suffix == ".parquet" and not is_sealed(path):
            yield str(path.name), str(pq.read_table(path).to_pydict())


def test_no_number_lies_about_after_the_work(
    world: World, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.AXES_ENABLED = True
    caplog.set_level(logging.INFO)
    world = join(world)
    secrets, asked = [*whole(world), *typed(world)], []
    with as_logged() as written:
        for who in WORKING:
            asked += worked(who, world)
        Client().post("/sign-in/", {"username": world.lin.id_number, "password": world.lin.phone})
    assert_names_nobody(written.getvalue(), world)
    places = [
        *rows(),
        *files(),
        ("log", caplog.text),
        *(("log", str(record.__dict__)) for record in caplog.records),
        ("addresses", "\n".join(asked)),
    ]
    assert len(places) > 200 and len(asked) > 500
    assert sorted({(where, what) for where, text in places for what, value in secrets if value in text}) == []


def assert_names_nobody(log: str, world: World) -> None:
    """A line has the view's name and the request's number: no person, no place, no reader, no address and no key."""
    assert log.count('"answered"') > 300
    hidden = [name for person in world.people for name in (person.name, str(person.uuid))]
    hidden += [text for area in Area.objects.all() for text in (area.name, area.code)]
    hidden += [text for user in User.objects.all() for text in (user.name, f'"{user.username}"')]
    assert [one for one in hidden if one in log] == []
    found = [line for line in log.splitlines() if re.search(r"[\u4e00-\u9fff]|/\w+/|\?\w+=", line)]
    assert found == []


def test_the_search_would_have_found_one(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The same reading, with a telephone where somebody might leave it: a job's arguments, a session, a file, a log;
    and the day of birth on a page, which with the mask gives the number away."""
    phone = world.lin.phone
    world.job.arguments = {"phone": phone}
    world.job.save()
    session = SessionStore()
    session["last"] = phone
    session.save()
    left = Path(settings.VAR) / "left.txt"
    left.write_text(phone, "ascii")
    logging.getLogger("yice").warning("could not reach %s", phone)
    assert {table for table, text in rows() if phone in text} == {"jobs_job", "session, opened"}
    assert [name for name, text in files() if phone in text] == ["left.txt"]
    assert phone in caplog.text
    left.unlink()
    born = world.lin.birth_date
    assert born is not None and told(world.lin, f"生日 {born:%m-%d}") and told(world.lin, f"{born:%Y.%m.%d}")
    assert told(world.lin, f"编号 {world.lin.id_number[8:14]}")
    assert not told(world.lin, f"1{born:%m.%d}")  # a figure that happens to have these digits


def told(person: Person, text: str) -> list[str]:
    """What would bring whoever has the mask and the year of birth nearer to the number, each with what stands around."""
    number, born = person.id_number, person.birth_date
    assert born is not None
    runs = [re.escape(number[at : at + 6]) for at in range(13)]
    days = [
        rf"(?<!\d){re.escape(one)}(?!\d)"
        for one in (f"{born.month}月{born.day}日", f"{born:%m-%d}", f"{born:%m/%d}", f"{born:%m.%d}")
    ]
    return re.findall(f".{{0,20}}(?:{'|'.join(runs + days)}).{{0,20}}", text)


@pytest.mark.parametrize("who", WORKING)
def test_no_page_and_no_file_lets_a_number_be_rebuilt(who: str, world: World) -> None:
    move_behind_the_masks(world)  # to birth dates that no other date on a page shares
    people = list(Person.objects.filter(pk__in=[person.pk for person in world.people]))
    client, found = Client(), []
    client.force_login(User.objects.get(username=who))
    for address in addresses(world):
        if address.name in ("sign-out", "patterns"):
            continue
        text = HEX.sub("", UUID.sub("", text_of(visit(client, address))))
        for href in {address.href, *address.sample.kwargs.values()}:
            text = text.replace(str(href), "")
        found += [(address.name, masking.id_number(one.id_number), told(one, text)) for one in people]
    assert [one for one in found if one[2]] == []
