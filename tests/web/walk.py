"""The walk: every address as one reader, and what is wrong with what came back.

`faults` judges one walk by itself: who is let in, whom the page names, what it keeps in a cache. `looks` keeps what a
reader sees, so that two walks can be compared: what a reader may not see can change as it likes, and not one letter of
their pages does. `test_every_page_is_declared` walks the site as it is; `test_planted_leaks` proves on leaks built in
on purpose that the walk would see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from tests.answers import unsaid
from tests.cast import PLACES
from tests.web.desk_world import World
from tests.web.roles import (
    READERS,
    Reader,
    holds,
    office,
    overlaps,
    reaches_row,
    reads_need,
)
from tests.web.samples import Sample, Within, at_step, of_case, of_file, of_person, of_row, samples, whole

from yice.accounts.access import Forbidden
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.keeping import LOOKED
from yice.audit.models import Event
from yice.identifiers import masking
from yice.loop.deliver.services.standing import service_of
from yice.loop.identify import looking
from yice.loop.identify.looking import LIST
from yice.loop.identify.models import Certificate, Finding, Person

ANYBODY: tuple[Action, ...] = ()
SIGNED_IN = tuple(Action)
NOT_ABOUT_PERSONS = frozenset({Action.ACCOUNT_MANAGE, Action.POLICY_READ})
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Fault = tuple[Any, ...]


def pages() -> Iterator[tuple[str, URLPattern]]:
    """Everything but the API, which has a walk of its own (tests/api)."""
    for one in get_resolver().url_patterns:
        if getattr(one, "namespace", "") != "api":
            yield from every_view(one) if isinstance(one, URLResolver) else [(str(one.pattern), one)]


def every_view(resolver: Any = None) -> Iterator[tuple[str, URLPattern]]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from every_view(one)
        else:
            yield str(one.pattern), one


@dataclass(frozen=True)
class Address:
    name: str
    actions: tuple[Action, ...]
    href: str
    sample: Sample
    guessed: bool = False
    shows: str = ""

    @property
    def is_file(self) -> bool:
        """A file leaves by POST; everything else is looked at."""
        return self.name.endswith("export") or self.name == "import-refused"

    def expected(self, reader: Reader) -> tuple[int, ...]:
        if self.actions in (ANYBODY, SIGNED_IN):
            return (200, 302)
        if not holds(reader, *self.actions):
            return (403,)
        if not self.sample.within(reader, self.actions):
            return (403, 404)
        return (200, 302, 404) if self.guessed else (200, 302)  # 404: nothing of that kind there


def addresses(world: World) -> Iterator[Address]:
    filled = samples(world)
    for pattern, one in pages():
        name = str(one.name)
        if "<" in pattern:
            assert name in filled, f"{name}: a sample is missing, so nobody knows whether it keeps the policy"
        sample = filled.get(name, Sample())
        href = reverse(f"desk:{name}", kwargs=sample.kwargs)
        yield Address(name, one.callback.actions, href, sample, shows=one.callback.shows)


def guesses(world: World, reader: Reader) -> Iterator[Address]:
    """The addresses of one person's things with the keys of everybody else's, as somebody who tries would.

    Whom the door lets in nowhere need not try each key: the door knows no keys.
    """
    findings = Finding.objects.order_by("id").select_related("person")
    known = [one for one in addresses(world) if holds(reader, *one.actions)]
    for address in known:
        kwargs = address.sample.kwargs
        others: list[tuple[str, Any]] = []
        if "person" in kwargs:
            others = [("person", person) for person in world.people if person != world.lin]
        elif "finding" in kwargs:
            others = [("finding", one) for one in findings if one.person_id != world.lin.pk]
        for key, other in others:
            within = of_person(other) if key == "person" else of_row(other)
            sample = Sample({**kwargs, key: other.uuid}, within)
            href = reverse(f"desk:{address.name}", kwargs=sample.kwargs)
            yield Address(address.name, address.actions, href, sample, guessed=True, shows=address.shows)
    by_name = {one.name: one for one in known}
    for name, kwargs, within in _of_others(world, reader):
        if name in by_name:
            of, guessed = by_name[name], name in ("case-assess", "papers")
            href = reverse(f"desk:{name}", kwargs=kwargs)
            yield Address(name, of.actions, href, Sample(kwargs, within), guessed, of.shows)


def _of_others(world: World, reader: Reader) -> Iterator[tuple[str, dict[str, Any], Within]]:
    """Each case with its steps, files and papers: in whose hands a step is decides what a guest opens of it. Others
    read a case whole or not at all, which one step and one file tell."""
    for fact in world.joined.cases:
        some = None if reader.guest and fact.open_to(reader) else 1
        case = {"case": fact.case.uuid}
        yield "case", case, of_case(fact)
        yield "case-turn", case, of_case(fact)
        yield "papers", {"of": "case", "subject": fact.case.uuid}, whole(fact)
        for step in list(service_of(fact.case).steps)[:some]:
            yield "case-step", {**case, "step": step}, at_step(fact, step)
            yield "case-assess", {**case, "step": step}, at_step(fact, step)
        for step, file in list(fact.files.items())[:some]:
            yield "case-file", {**case, "file": file.uuid}, of_file(fact, step)
        if fact.notice is not None:
            yield "notice", {**case, "notice": fact.notice.uuid}, whole(fact)
            yield "notice-export", {**case, "notice": fact.notice.uuid}, whole(fact)
    for need in world.joined.needs:
        yield "need", {"need": need.uuid}, lambda one, _actions, need=need: reads_need(one, need)


@patch.object(looking, "known_today", lambda *_: set())  # every look is the first of its day
def faults(who: str, world: World, only: str = "") -> list[Fault]:
    """What is wrong with the site as `who` sees it; an empty list is what every test hopes for. `only`: as in `looks`."""
    reader, actor = READERS[who], User.objects.get(username=who)
    client = Client(raise_request_exception=False)
    client.force_login(actor)
    marks, places, secrets = hidden_from(reader, world), places_hidden_from(reader), secrets_of(world)
    wanted, wrong = shown_to(reader, world), list[Fault]()
    for address in [*addresses(world), *guesses(world, reader)]:
        if address.name == "sign-out" or not address.href.startswith(only):
            continue
        shut = address.actions != ANYBODY and not holds(reader, *address.actions)
        if shut and reader.alike:
            wrong += [(address.name, "lets in")] * (not refused_at_the_door(actor, address))
            continue
        told = last_event()
        response = visit(client, address)
        wrong += [(address.name, fault) for fault in unsaid(response)]
        wrong += unwritten(address, response, told, world)
        expected = address.expected(reader)
        if response.status_code not in expected:
            wrong.append((address.name, response.status_code, expected))
        tries = (
            expected[0] == 403 and not shut and not address.is_file
        )  # a file was asked for by POST already
        if tries and (sent := client.post(address.href).status_code) not in (403, 404, 405):
            wrong.append((address.name, "takes what is sent", sent))
        if response.status_code != 302 and address.actions != ANYBODY:
            wrong += [(address.name, "may be kept in a cache")] * ("no-store" not in kept_by(response))
        if address.name == "patterns":  # shows people of its own making
            continue
        text = _without_own(text_of(response), address)
        wrong += [(address.name, "shows", mark) for mark in marks if mark in text]
        wrong += [(address.name, "hides", mark) for mark in wanted.pop(address.href, ()) if mark not in text]
        if address.name != "round-export":  # the national system knows people by their whole number
            wrong += [(address.name, "shows whole", what) for what, value in secrets if value in text]
        wrong += [(address.name, "offers", one) for one in _offered(text) if one in places]
    return wrong + [(href, "was not looked at") for href in wanted if href.startswith(only)]


def last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def unwritten(address: Any, response: Any, told: int, world: World) -> list[Fault]:
    """What was read of people and does not stand in the record, or stands there though nothing was read.

    A record that is shown leaves an event about each person named in it (a restricted case about itself), a list one
    about nobody; a page that says it shows nobody names nobody.
    """
    name, shows = address.name, address.shows
    written = set(
        Event.objects.filter(pk__gt=told, code__in=(*LOOKED, "list.opened"))
        .exclude(code="case.file_read")
        .values_list("subject_id", flat=True)
    )
    if response.status_code != 200:
        return [(name, "written though refused", response.status_code)] if written else []
    if shows == LIST:
        wrong = [(name, "a list written by rows")] if written - {None} else []
        return wrong if written or address.guessed else [(name, "a list read and not written")]
    people = {one.uuid: one.name for one in world.people}
    named = set() if response.streaming else {key for key, one in people.items() if one in text_of(response)}
    if name in (
        "patterns",
        "search",
        "search_persons",
    ):  # people of its own making; each search is written by itself
        return []
    if not shows:
        return [(name, "names somebody and does not say so")] if named or written else []
    if not written or None in written:
        return [(name, "read and not written")]
    return (
        [(name, "written of somebody else")]
        if named and not written & named and written <= set(people)
        else []
    )


def refused_at_the_door(actor: User, address: Address) -> bool:
    """The view itself, without the page that says so: that one is the same for all, and the small cast reads it."""
    view = resolve(address.href)
    request = RequestFactory().get(address.href)
    request.user = actor
    try:
        view.func(request, *view.args, **view.kwargs)
    except Forbidden:
        return True
    return False


def kept_by(response: Any) -> str:
    return str(response.get("Cache-Control", ""))


def visit(client: Client, address: Address) -> Any:
    return client.post(f"{address.href}?format=csv") if address.is_file else client.get(address.href)


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="ignore")  # type: ignore[no-any-return]


def _without_own(text: str, address: Address) -> str:
    """What was typed into the address bar is known to whoever typed it."""
    for value in address.sample.kwargs.values():
        text = text.replace(str(value), "")
    return text


def hidden_from(reader: Reader, world: World) -> list[str]:
    """Names of those whom the reader meets nowhere, masked numbers and keys of those whom they may not read, the keys
    of their findings, and what stands in cases or parts of cases that are not the reader's."""
    mine = [one for one in world.people if reaches_row(reader, Action.PERSON_READ, one)]
    others = [one for one in world.people if one not in mine]
    known = world.joined.known(reader)
    strangers = [one for one in others if one.pk not in known]
    masks = {masking.id_number(one.id_number) for one in others}
    findings = Finding.objects.select_related("person")
    return [
        *(one.name for one in strangers),
        *(masks - {masking.id_number(one.id_number) for one in mine}),
        *(str(one.uuid) for one in strangers),
        *(f"/person/{one.uuid}/" for one in others),
        *(str(one.uuid) for one in findings if not reaches_row(reader, Action.FINDING_READ, one)),
        *world.joined.unread(reader),
    ]


def shown_to(reader: Reader, world: World) -> dict[str, set[str]]:
    """What the reader must find, and where: nobody who may see somebody gets an empty page."""
    found: dict[str, set[str]] = {}
    for person in world.people:
        if reaches_row(reader, Action.PERSON_READ, person):
            found.setdefault(reverse("desk:person", args=[person.uuid]), set()).add(person.name)
    for fact in world.joined.cases:
        if not fact.open_to(reader):
            continue
        name, steps = fact.case.person.name, fact.steps_of(reader)
        found.setdefault(reverse("desk:case", args=[fact.case.uuid]), set()).add(name)
        if steps or (office(reader) in fact.waits and not fact.held):
            found.setdefault(reverse("desk:cases"), set()).add(name)
            found.setdefault(reverse("desk:home"), set()).add("等我办的步骤")
        for step in steps:
            read = {fact.said[one] for one in fact.reads[step] if one in fact.said}
            found.setdefault(reverse("desk:case-step", args=[fact.case.uuid, step]), set()).update(
                read, {name}
            )
    for need in world.joined.needs:
        if reads_need(reader, need):
            found.setdefault(reverse("desk:needs"), set()).add(need.person.name)
    return found


def secrets_of(world: World) -> list[tuple[str, str]]:
    """What no page shows anybody before they gave a reason: numbers, telephones, addresses, accounts, birth dates."""
    found = [("account", "6200000000000000")]
    for person in Person.objects.filter(pk__in=[one.pk for one in world.people]):
        born = person.birth_date
        found += [
            ("id", person.id_number),
            ("phone", person.phone),
            ("address", person.address),
            *(("certificate", one.number) for one in Certificate.objects.filter(person=person)),
        ]
        if born is not None:
            found += [("birth date", f"{born:%Y-%m-%d}"), ("birth date", f"{born:%Y%m%d}")]
            found += [("birth date", f"{born.year}年{born.month}月{born.day}日")]
    return [(what, value) for what, value in dict.fromkeys(found) if value]


def places_hidden_from(reader: Reader) -> set[str]:
    """Codes and names of places where no post of the reader reaches, and who works in another county."""
    outside = [code for code in PLACES if not (reader.area and overlaps(reader.area, code))]
    county = reader.area and reader.area[:6].ljust(12, "0")
    away = {one.name for one in READERS.values() if one.area and county and not overlaps(county, one.area)}
    return {text for code in outside for text in (code, PLACES[code][0])} | away


OPTION = re.compile(r'<option[^>]*value="([^"]*)"[^>]*>([^<]*)<')


def _offered(text: str) -> Iterator[str]:
    """The values of every drop-down, and their labels without the count behind them."""
    for value, label in OPTION.findall(text):
        yield value
        yield re.sub(r"[·\s]|\(\d+\)", "", label)


CHANGING = (
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(r'name="(?:key|once)" value="[^"]*"'),  # drawn anew for each form
    re.compile(r'datetime="[^"]*"|data-until="\d*"|\d{1,2}:\d{2}'),  # the hour; the day stands still
)
SORT = re.compile(r'<select[^>]*name="sort".*?</select>', re.DOTALL)


def looks(who: str, world: World, only: str = "") -> dict[str, str]:
    """Address → what `who` sees there, lists in each of their orders, and every file. Nothing of the walk stays.

    A second factor's page is left out: it draws a secret at each look. `only` begins the addresses to look at, where a
    test knows which ones speak of what it plants.
    """
    actor = User.objects.get(username=who)
    client = Client(raise_request_exception=False)
    seen: dict[str, str] = {}
    with transaction.atomic():
        client.force_login(actor)
        for address in addresses(world):
            if address.name in ("sign-out", "patterns", "totp") or not address.href.startswith(only):
                continue
            found = seen[address.href] = still(text_of(visit(client, address)))
            for select in SORT.findall(found):
                for value, _label in OPTION.findall(select):
                    sorted_by = f"{address.href}?sort={value}"
                    seen[sorted_by] = still(text_of(client.get(sorted_by)))
        transaction.set_rollback(True)
    return seen


def still(text: str) -> str:
    for pattern in CHANGING:
        text = pattern.sub("", text)
    return text


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The addresses that look otherwise, each with the first line that does."""
    return [f"{href}: {_first(before[href], after[href])}" for href in before if before[href] != after[href]]


def _first(before: str, after: str) -> str:
    pairs = zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
    return next((f"{old.strip()[:200]} → {new.strip()[:200]}" for old, new in pairs if old != new), "")
