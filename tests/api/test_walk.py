"""Every operation as every role, inside and outside its area, by token: who is answered, and what they learn."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from tests.answers import unsaid
from tests.api.calling import V1, System, system, token_for
from tests.cast import COUNTY
from tests.web.desk_world import World
from tests.web.elsewhere import move_behind_the_masks, move_elsewhere
from tests.web.joined import join
from tests.web.roles import READERS, SHARES, CaseFact, Reader, holds, office, overlaps, reads_need
from tests.web.samples import Within, at_step, of_case, of_need, of_row
from tests.web.walk import hidden_from, last_event, secrets_of, unwritten

from yice.accounts import pace
from yice.accounts.access import Place
from yice.accounts.models import User
from yice.accounts.tokens import FOR_SYSTEMS
from yice.api import door, middleware
from yice.api.door import EVERYBODY, OPERATIONS
from yice.api.openapi import schema
from yice.api.v1 import cases as api_cases
from yice.audit.models import Event
from yice.identifiers import masking
from yice.loop.deliver.services.standing import service_of
from yice.loop.identify import looking
from yice.loop.identify.models import Finding, Person
from yice.loop.identify.services import rows
from yice.terms.errors import Problem
from yice.terms.messages import Message

pytestmark = pytest.mark.django_db
Patch = pytest.MonkeyPatch
READING = ("person.opened", "person.searched", "list.opened", "account.refused")


@dataclass(frozen=True)
class Call:
    """An operation filled in, and whether an actor who may do it stands within reach of what it is about."""

    name: str
    method: str
    path: str
    body: Any = None
    within: Within = lambda reader, actions: True
    guessed: bool = False
    own: list[str] = field(default_factory=list)  # what was sent is known to whoever sent it

    @property
    def shows(self) -> str:
        return OPERATIONS[self.name].shows

    @property
    def writes(self) -> bool:
        return OPERATIONS[self.name].writes

    def expected(self, reader: Reader) -> tuple[int, ...]:
        actions = OPERATIONS[self.name].actions
        if actions == EVERYBODY:
            return (200,)
        if not holds(reader, *actions):
            return (403,)
        if not self.within(reader, actions):
            return (403, 404)
        return (200, 404) if self.guessed else (200,)


def filled(world: World) -> dict[str, tuple[dict[str, Any], Any, Within]]:
    """For each operation: its parameters, its body, and whom it is about."""
    lin, gap, need, case, objection = world.lin, world.gap, world.need, world.case, world.objection
    of_lin = ({"person": lin.uuid}, None, of_row(lin))
    batch, job, pack = world.batch, world.job, world.run.pack
    version = {"version": 0}
    asked = of_case(CaseFact(case))
    mine: Within = lambda reader, _actions: reader.username == job.owner.username  # noqa: E731
    known: Within = lambda reader, _actions: overlaps(reader.area, COUNTY)  # noqa: E731
    anybody: Within = lambda reader, actions: True  # noqa: E731
    return {
        **dict.fromkeys(("me", "findings", "needs", "cases", "imports", "jobs", "lists", "packs", "requests"), ({}, None, anybody)),
        "search_persons": ({}, {"text": "吴外"}, anybody),
        **dict.fromkeys(("person", "person_why"), of_lin),
        "person_events": ({"person": lin.uuid}, None, anybody),
        "answer_questions": ({"person": lin.uuid}, {**version, "answers": [{"fact": "a"}]}, of_row(lin)),
        "rights": of_lin,
        "give_consent": ({"person": lin.uuid}, {"purpose": "photo", "given_by": "person", "how": "phone"}, of_row(lin)),
        "withdraw_consent": (
            {"person": lin.uuid},
            {"purpose": "photo", "withdrawn_by": "person", "how": "phone"},
            of_row(lin),
        ),
        "make_request": ({"person": lin.uuid}, {"about": "copy", "said": "要一份副本", "said_by": "person"}, of_row(lin)),
        "answer_request": ({"one": objection.uuid}, {"answer": "explained", "note": "已说明理由"}, of_row(objection)),
        "finding": ({"finding": gap.uuid}, None, of_row(gap)),
        "record_outcome": ({"finding": gap.uuid}, {**version, "code": "refer"}, of_row(gap)),
        "make_need": ({}, {"person": str(lin.uuid), "kind": "care"}, of_row(lin)),
        "need": ({"need": need.uuid}, None, of_need(world)),
        "answer_need": (
            {"need": need.uuid},
            {**version, "outcome": "met", "answer": "已办", "answered_by": "phone"},
            of_need(world),
        ),
        "send_need": ({"need": need.uuid}, {**version, "office": "education@county"}, of_need(world)),
        "open_case": ({}, {"service": "living_subsidy", "name": "吴外"}, anybody),
        "case": ({"case": case.uuid}, None, asked),
        "case_step": ({"case": case.uuid, "step": "apply"}, None, asked),
        "take_step": ({"case": case.uuid, "step": "apply"}, {**version, "outcome": "a"}, asked),
        "return_case": ({"case": case.uuid, "step": "apply"}, version, asked),
        "import_": ({"batch": batch.uuid}, None, of_row(batch)),
        "confirm_import": ({"batch": batch.uuid}, {}, of_row(batch)),
        "upload": ({}, "form", of_row(Place(COUNTY))),
        "job": ({"job": job.uuid}, None, mine),
        "cancel_job": ({"job": job.uuid}, None, mine),
        **dict.fromkeys(("targets", "ledger"), ({"area": COUNTY}, None, of_row(Place(COUNTY)))),
        "screen": ({"pack": pack.pack_id}, {"facts": {"grade": 1}}, known),
    }  # fmt: skip


def calls(world: World) -> Iterator[Call]:
    samples = filled(world)
    for path, methods in schema()["paths"].items():
        for method, said in methods.items():
            name = said["operationId"]
            assert name in samples, (
                f"{name}: a sample is missing, so nobody knows whether it keeps the policy"
            )
            kwargs, body, within = samples[name]
            yield _call(name, method, path, kwargs, body, within)


def guesses(world: World, reader: Reader) -> Iterator[Call]:
    """The same with the keys of everybody else's, as somebody who tries would; who may ask for none knows no keys."""
    others = [person for person in world.people if person != world.lin]
    foreign = Finding.objects.exclude(person=world.lin).select_related("person")
    for call in calls(world):
        if call.writes or not (holds(reader, *OPERATIONS[call.name].actions)):
            continue
        for key, own, rows_ in (("person", world.lin, others), ("finding", world.gap, list(foreign))):
            for other in rows_ if str(own.uuid) in call.path else ():
                path = call.path.replace(str(own.uuid), str(other.uuid))
                within = of_row(other) if call.name != "person_events" else call.within
                yield Call(call.name, call.method, path, call.body, within, True, [str(other.uuid), key])


def _call(name: str, method: str, path: str, kwargs: dict[str, Any], body: Any, within: Within) -> Call:
    for key, value in kwargs.items():
        path = path.replace(f"{{{key}}}", str(value))
    return Call(
        name, method.upper(), path.removeprefix(V1), body, within, False, [str(v) for v in kwargs.values()]
    )


def ask(who: System, call: Call) -> Any:
    if call.method == "GET":
        return who.get(call.path)
    if call.body == "form":
        file = SimpleUploadedFile("register.csv", "姓名,身份证号\n".encode())
        said = {"kind": "registry", "area": COUNTY, "as_of": "2020-06-01", "file": file}
        return who.post(call.path, data=said)
    return who.post(call.path, call.body)


@patch.object(looking, "known_today", lambda *_: set())  # every look is the first of its day
def faults(who: str, world: World, only: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """What is wrong with the API as `who` sees it; an empty list is what every test hopes for."""
    reader = READERS[who]
    door.forget()
    asks = System(token_for(User.objects.get(username=who)))
    marks, secrets = hidden_from(reader, world), secrets_of(world)
    wanted, wrong = shown_to(reader, world), list[tuple[Any, ...]]()
    for call in [*calls(world), *guesses(world, reader), *of_others(world, reader)]:
        expected = call.expected(reader)
        if (only and call.name not in only) or (call.writes and 200 in expected):
            continue
        pace.forget()
        told = last_event()
        response = ask(asks, call)
        wrong += [] if call.writes else unwritten(call, response, told, world)
        if response.status_code not in (expected if asks.token else (401,)):
            wrong.append((call.name, call.path, response.status_code, expected))
        wrong += [(call.name, fault) for fault in unsaid(response)]
        wrong += [(call.name, "may be kept in a cache")] * (response["Cache-Control"] != "no-store")
        text = response.content.decode()
        for own in call.own:
            text = text.replace(own, "")
        wrong += [(call.name, "shows", mark) for mark in marks if mark in text]
        wrong += [
            (call.name, "hides", mark)
            for mark in (wanted.get(call.path, ()) if call.method == "GET" else ())
            if mark not in text
        ]
        wrong += [(call.name, "shows whole", what) for what, value in secrets if value in text]
    return wrong


def shown_to(reader: Reader, world: World) -> dict[str, set[str]]:
    """Whom the reader must find: in the case that waits for them, and among what waits."""
    found: dict[str, set[str]] = {}
    for fact in world.joined.cases:
        if fact.open_to(reader):
            name = fact.case.person.name
            found.setdefault(f"/cases/{fact.case.uuid}", set()).add(name)
            if fact.steps_of(reader) or (office(reader) in fact.waits and not fact.held):
                found.setdefault("/cases", set()).add(name)
    return found


def of_others(world: World, reader: Reader) -> Iterator[Call]:
    """The cases and needs that join people of other offices and organisations to somebody, step by step."""
    for fact in world.joined.cases:
        case = fact.case.uuid
        some = None if reader.guest and fact.open_to(reader) else 1
        yield Call("case", "GET", f"/cases/{case}", None, of_case(fact), False, [str(case)])
        for step in list(service_of(fact.case).steps)[:some]:
            at, within = f"/cases/{case}/steps/{step}", at_step(fact, step)
            yield Call("case_step", "GET", at, None, within, False, [str(case)])
            yield Call("take_step", "POST", at, {"version": 0, "outcome": "a"}, within, False, [str(case)])
    for need in world.joined.needs:
        within: Within = lambda one, _actions, need=need: reads_need(one, need)  # noqa: E731
        yield Call("need", "GET", f"/needs/{need.uuid}", None, within, False, [str(need.uuid)])


def looks(who: str, world: World) -> dict[str, str]:
    """What `who` reads, without hours, cursors and the name of its token; nothing of the look stays."""
    asks = system(User.objects.get(username=who))
    with transaction.atomic():
        seen = {one.path: _still(ask(asks, one).content.decode()) for one in calls(world) if not one.writes}
        seen["first"] = _still(asks.get("/findings", limit=1).content.decode())
        transaction.set_rollback(True)
    return seen


def _still(text: str) -> str:
    return re.sub(r'"next": "[^"]*"|T\d\d:\d\d:[\d.]+Z|测试系统\d+', "", text)


def test_every_operation_is_declared_and_a_token_can_carry_it() -> None:
    asked = {action for one in OPERATIONS.values() if one.actions != EVERYBODY for action in one.actions}
    assert asked - set(FOR_SYSTEMS) == set()
    assert len(OPERATIONS) > 30 and all(one.actions for one in OPERATIONS.values())
    assert {said["operationId"] for one in schema()["paths"].values() for said in one.values()} == set(
        OPERATIONS
    )
    named = [name for name in OPERATIONS if _is_served(name)]
    assert named == list(OPERATIONS)


def _is_served(name: str) -> bool:
    samples = {"person", "finding", "need", "case", "batch", "job", "one"}
    for kwargs in (
        {},
        *({one: "4" * 8 + "-4444-4444-4444-" + "4" * 12} for one in samples),
        {"area": COUNTY},
    ):
        for more in ({}, {"step": "apply"}, {"pack": "cn"}):
            try:
                return bool(reverse(f"api:{name}", kwargs={**kwargs, **more}))
            except NoReverseMatch:
                continue
    return False


@pytest.mark.parametrize("those", SHARES, ids=range(len(SHARES)))
def test_an_operation_answers_whom_the_policy_names_and_tells_of_nobody_else(
    those: list[str], world: World
) -> None:
    """Roles that may hold no token are shown the door; who read somebody stands in the record."""
    world = join(world)
    before = Event.objects.exclude(code__in=READING).count()
    assert {who: found for who in those if (found := faults(who, world))} == {}
    made = Event.objects.filter(code__in=("account.token_made", "account.token_used")).count()
    after = Event.objects.exclude(code__in=READING).count()
    assert after - before == made  # whoever was refused has changed nothing
    assert Event.objects.filter(code="account.refused", values__page="api:person").exists()


def test_neither_a_stranger_nor_somebody_signed_in_by_cookie_is_answered(world: World) -> None:
    inside = Client()
    inside.force_login(world.cast.he)
    for call in calls(world):
        pace.forget()
        assert ask(System(""), call).status_code == 401
        assert ask(System("", client=inside), call).status_code == 401, call


@pytest.mark.parametrize("who", ["chen", "luo", "sheng"])
def test_neither_what_is_not_ones_own_nor_what_a_mask_hides_changes_a_letter(who: str, world: World) -> None:
    world.need, world.case, world.objection  # noqa: B018
    first = looks(who, world)
    move_elsewhere(who, world)
    second = looks(who, world)
    assert [path for path in first if first[path] != second[path]] == []
    move_behind_the_masks(world)
    third = looks(who, world)
    assert [path for path in second if second[path] != third[path]] == []


def a_list_that_forgets_the_scope(patch: Patch) -> None:
    patch.setattr("yice.api.v1.findings.scoped", lambda _actor: Finding.objects.all())


def a_person_by_guess(patch: Patch) -> None:
    patch.setattr(
        rows, "person", lambda _actor, key: Person.objects.select_related("household").get(uuid=key)
    )


def a_refusal_with_the_name(patch: Patch) -> None:
    right = rows.person

    def person(actor: User, key: Any) -> Person:
        try:
            return right(actor, key)
        except Problem:
            other = Person.objects.get(uuid=key)
            raise Problem("person-not-found", Message("{who}不归您管。", who=other.name)) from None

    patch.setattr(rows, "person", person)


def a_number_behind_the_mask(patch: Patch) -> None:
    patch.setattr(masking, "id_number", lambda text: text)


def an_answer_kept_in_a_cache(patch: Patch) -> None:
    patch.setitem(middleware.HEADERS, "Cache-Control", "max-age=600")


def a_search_of_everybody(patch: Patch) -> None:
    search = importlib.import_module("yice.loop.identify.selectors.search")
    patch.setattr(search, "access", SimpleNamespace(scope=lambda _actor, _action, found: found))


def a_token_that_may_everything(patch: Patch) -> None:
    patch.setattr(door, "access", SimpleNamespace(grants=lambda _actor, _action: [()]))


def a_person_with_their_number(patch: Patch) -> None:
    """A related field: the case names its person by more than the name."""
    right = api_cases._shown
    patch.setattr(
        api_cases, "_shown", lambda row: {**right(row), "end": masking.id_number(row.person.id_number)}
    )


def a_step_of_somebody_else(patch: Patch) -> None:
    patch.setattr(
        api_cases.selectors, "case_at", lambda actor, case, _step: api_cases.selectors.case(actor, case)
    )


PLANTED: list[tuple[Callable[[Patch], None], str, tuple[str, ...]]] = [
    (a_list_that_forgets_the_scope, "chen", ("findings",)),
    (a_person_by_guess, "pan", ("person",)),
    (a_refusal_with_the_name, "pan", ("person",)),
    (a_number_behind_the_mask, "he", ("person",)),
    (an_answer_kept_in_a_cache, "he", ("me",)),
    (a_search_of_everybody, "chen", ("search_persons",)),
    (a_token_that_may_everything, "sheng", ("person", "make_need")),
    (a_person_with_their_number, "school.here", ("case",)),
    (a_person_with_their_number, "finance.here", ("cases",)),
    (a_step_of_somebody_else, "clinic.here", ("case_step",)),
]


def test_planted_leaks_are_seen(world: World, settings: Any) -> None:
    settings.YICE_ROW_SECURITY = False  # PostgreSQL's wall would hold them back
    world = join(world)
    for plant, who, only in PLANTED:
        assert faults(who, world, only) == []
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            assert faults(who, world, only) != [], plant.__name__
