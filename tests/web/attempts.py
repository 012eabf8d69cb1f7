"""Attempts to read or do what an actor may not, and the walls against each, to be taken away (test_may_not.py).

An attempt gives what it got that it should not have got: nothing, while the wall stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.api import test_walk as api
from tests.api.calling import System, token_for
from tests.cast import VILLAGE
from tests.web import walk
from tests.web.desk_world import World
from tests.web.joined import SECRET
from tests.web.roles import READERS

from yice.accounts import access, pace
from yice.accounts.access import BOTH, Forbidden, Grant
from yice.accounts.enums import Action, Basis, Role
from yice.accounts.models import Post, User
from yice.audit.models import Event
from yice.identifiers import masking
from yice.loop.deliver import services as deliver
from yice.loop.deliver.models import Case, OpenStep
from yice.loop.deliver.selectors import case as reading
from yice.loop.deliver.services import standing, stepping, turning
from yice.loop.deliver.services.moving import enter
from yice.loop.deliver.services.standing import As
from yice.loop.identify import services as identify
from yice.loop.identify.models import Tie
from yice.loop.identify.services import payments, unmasking
from yice.policy import proposals
from yice.terms import clock
from yice.terms.errors import Problem, Problems

Patch = pytest.MonkeyPatch
Breach = list[Any]
INCOME = ("1234567", "12345.67", "12,345.67")
PERSON = ("person", "person-help", "assessment", "plan", "ledger-card", "person_why")
CASES = ("case", "case-step", "notice", "cases", "case_step")
LISTS = ("worklist", "needs", "need", "figure", "findings")


# Reading: what stands on the pages and in the answers of the API that the reader can ask for.


def met(world: World, who: str, names: Iterable[str], marks: Iterable[str]) -> Breach:
    reader, user = READERS[who], User.objects.get(username=who)
    client, names, found = Client(raise_request_exception=False), set(names), []
    client.force_login(user)
    for one in [*walk.addresses(world), *walk.guesses(world, reader)]:
        if one.name in names:
            text = walk.text_of(walk.visit(client, one))
            found += [(one.name, mark) for mark in marks if mark in text]
    asks = System(token_for(user))
    for call in [*api.calls(world), *api.guesses(world, reader), *api.of_others(world, reader)]:
        if call.name in names and not call.writes:
            pace.forget()
            text = api.ask(asks, call).content.decode()
            found += [("api", call.name, mark) for mark in marks if mark in text]
    return found


def incomes(world: World, who: str) -> Breach:
    return met(world, who, (*PERSON, *CASES, *LISTS), INCOME)


def names(world: World, who: str) -> Breach:
    return met(world, who, (*PERSON, *CASES, *LISTS), [world.lin.name, world.far.name])


def of_other_offices(world: World, who: str) -> Breach:
    """The facts about somebody whose need or step is theirs, and everything about those of whom there is none."""
    shut = [fact for fact in world.joined.cases if not fact.open_to(READERS[who])]
    said = [text for fact in shut for text in (fact.case.number, *fact.said.values())]
    return met(world, who, (*PERSON, *CASES, *LISTS), [*INCOME, *said])


def restricted_notes(world: World, who: str) -> Breach:
    case = Case.objects.get(person=world.ouyang)
    Case.objects.filter(pk=case.pk).update(hukou=VILLAGE, residence=VILLAGE, area=VILLAGE)
    return met(world, who, (*PERSON, *CASES, "cases"), [case.number])


def assessments(world: World, who: str) -> Breach:
    said = [fact.said["assess"] for fact in world.joined.cases if "assess" in fact.said]
    assert said
    return met(world, who, (*PERSON, *CASES), [*said, SECRET])


def cases_of_others(world: World, who: str) -> Breach:
    found = [one.case.number for one in world.joined.cases if not one.open_to(READERS[who])]
    return met(world, who, (*CASES, "cases"), found)


def whole_numbers(world: World, who: str) -> Breach:
    found = [world.lin.id_number, world.lin.phone]
    return met(world, who, (*PERSON, *LISTS), found) + opens(
        world, who, f"/person/{world.lin.uuid}/whole/phone/"
    )


def cases(world: World, who: str) -> Breach:
    return met(world, who, (*PERSON, *CASES, "cases"), [world.case.number, world.notice.case.number])


def strangers_read(world: World, _who: str) -> Breach:
    client, found = Client(raise_request_exception=False), []
    for one in walk.addresses(world):
        if one.name in (*PERSON, *CASES, *LISTS):
            text = walk.text_of(walk.visit(client, one))
            found += [(one.name, person.name) for person in world.people if person.name in text]
    return found


# Writing: a form by its address, the operation, the service itself.


def opens(world: World, who: str, *paths: str) -> Breach:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=who))
    return [(path, code) for path in paths if (code := client.get(path).status_code) not in (403, 404)]


def taken(world: World, who: str, case: Case, step: str) -> Breach:
    """The step by page and API: as far as the form, or a refusal that is not about who one is, is too far."""
    user, case = User.objects.get(username=who), Case.objects.get(pk=case.pk)
    outcome = next(iter(standing.service_of(case).steps[step].outcomes))
    client, found = Client(raise_request_exception=False), []
    client.force_login(user)
    said = {"version": case.version, "outcome": outcome, "key": "may-not", "note": "不应当办成"}
    answer = client.post(f"/cases/{case.uuid}/{step}/", said)
    found += [("page", answer.status_code)] * (answer.status_code not in (403, 404, 422))
    if token := token_for(user):
        sent = {"version": case.version, "outcome": outcome, "note": "不应当办成"}
        code = System(token).post(f"/cases/{case.uuid}/steps/{step}", sent).status_code
        found += [("api", code)] * (code not in (403, 404))
    return found + done(
        deliver.take_step, actor=user, case=case, step=step, version=case.version, outcome=outcome
    )


def done(service: Callable[..., Any], *, just: tuple[str, ...] = (), **said: Any) -> Breach:
    """The service: whatever it says but that the actor may not do it (or one of the codes `just`) is too far."""
    try:
        with transaction.atomic():
            service(**said)
    except Forbidden:
        return []
    except (Problem, Problems) as problem:
        codes = {one.code for one in getattr(problem, "problems", [problem])}
        return [] if codes & {"case-not-found", *just} else [("service", *sorted(codes))]
    return [("service", "done")]


def decides(world: World, who: str) -> Breach:
    case = waiting_at(world, "decision", Role.COUNTY_CIVIL_AFFAIRS)
    return taken(world, who, case, "decision")


def waiting_at(world: World, step: str, role: Role) -> Case:
    """林小禾's application as it waits for that step."""
    case = Case.objects.get(pk=world.case.pk)
    OpenStep.objects.filter(case=case).delete()
    held = enter(case, standing.service_of(case).steps[step], sleeps=False)
    assert held is not None and {one.role for one in held.offices.all()} >= {role}
    return case


def changes_cases(world: World, who: str) -> Breach:
    """Of the case whose payment waits at it, too: it is neither ended, turned nor begun again there."""
    user, found = User.objects.get(username=who), []
    for fact in world.joined.cases:
        case = Case.objects.get(pk=fact.case.pk)
        said: dict[str, Any] = {"actor": user, "case": case, "note": "不应当办成"}
        found += done(turning.withdraw, version=case.version, **said)
        found += done(turning.note_change, **said)
        found += done(turning.reopen, step="apply", version=case.version, **said)
    return found + decides(world, who)


def corrects(world: World, who: str) -> Breach:
    user, lin = User.objects.get(username=who), world.lin
    fact = f"/person/{lin.uuid}/correct/long_term_care_need/"
    found = opens(world, who, fact, f"/person/{lin.uuid}/ask/", f"/finding/{world.gap.uuid}/undo/")
    return found + done(
        identify.correct_fact, actor=user, person=lin, fact="long_term_care_need", value=False,
        seen_on=dt.date(2020, 6, 1), why="不应当办成",
    )  # fmt: skip


def other_line(world: World, who: str) -> Breach:
    user = User.objects.get(username=who)
    return done(
        payments.handle_payment,
        actor=user,
        finding=world.leak,
        code="recover",
        version=0,
        just=("finding-not-found",),
    )


def unasked(world: World, who: str) -> Breach:
    user = User.objects.get(username=who)
    said: dict[str, Any] = {"actor": user, "person": world.lin, "field": "phone", "reason": " "}
    return done(unmasking.unmask, just=("reason-missing",), **said)


def own_matter(world: World, who: str) -> Breach:
    user = User.objects.get(username=who)
    case = waiting_at(world, "first_check", Role.TOWNSHIP_CLERK)
    Tie.objects.create(user=user, person=world.lin, kind="self", declared_by=user, declared_at=clock.now())
    said: dict[str, Any] = {"actor": user, "case": case, "version": case.version}
    return [
        *done(deliver.refuse, step="first_check", just=("own-or-kin",), **said),
        *done(turning.withdraw, note="不应当办成", just=("own-or-kin",), **said),
    ]


def rules_above(world: World, who: str) -> Breach:
    """Readings, and the plan in force, of a pack that binds more than the own county."""
    pack = world.run.pack
    type(pack).objects.filter(pk=pack.pk).update(areas=["440700000000"])
    pack.refresh_from_db()
    user = User.objects.get(username=who)
    return done(proposals.propose, actor=user, base=pack, settings={"severe_grade": 1})


def two_duties(world: World, who: str) -> Breach:
    """Whoever checked it first decides it as well."""
    user = User.objects.get(username=who)
    case = waiting_at(world, "decision", Role.COUNTY_CIVIL_AFFAIRS)
    case.version += 1
    case.save()
    case.records.create(
        kind="taken", step="first_check", outcome="passed", duty="accept", office="civil_affairs@county",
        version=case.version, at=clock.now(), by=user,
    )  # fmt: skip
    return done(
        deliver.refuse, actor=user, case=case, step="decision", version=case.version, reasons=[], note="不应当办成",
        just=("duties-apart",),
    )  # fmt: skip


def deletes(world: World, who: str) -> Breach:
    client, before = Client(raise_request_exception=False), set(Event.objects.values_list("pk", flat=True))
    client.force_login(User.objects.get(username=who))
    for one in walk.addresses(world):
        if one.name != "sign-out":
            client.post(
                one.href, {"delete": "1", "erase": "1", "action": "delete", "id": "1", "reason": "不留"}
            )
    return [("gone", one) for one in before - set(Event.objects.values_list("pk", flat=True))]


# The walls, taken away.


def granting(*actions: Action) -> Callable[[World, Patch], None]:
    """Every role may do it everywhere, in every line of work."""

    def away(_world: World, patch: Patch) -> None:
        for table in access.POLICY.values():
            for action in actions:
                patch.setitem(table, action, Grant(Basis.EITHER, BOTH))
        Post.objects.exclude(user__username__in=("admin", "an", "shen")).filter(
            user__username__endswith=".there"
        ).delete()

    return away


def anybodys_step(_world: World, patch: Patch) -> None:
    patch.setattr(stepping, "as_whom", lambda *_: As(""))
    patch.setattr(stepping, "require_step", lambda *_: None)


def anybodys_turn(world: World, patch: Patch) -> None:
    anybodys_step(world, patch)
    patch.setattr(turning, "require_beginning", lambda *_: None)


def no_restriction(_world: World, _patch: Patch) -> None:
    Case.objects.update(restricted=False)


def guests_read_whole(_world: World, patch: Patch) -> None:
    patch.setattr(reading, "guest_hands", lambda *_: None)


def every_case(_world: World, patch: Patch) -> None:
    patch.setattr(reading, "readable", lambda _actor: Case.objects.all())


def everybody_is_somebody(world: World, patch: Patch) -> None:
    patch.setattr("django.contrib.auth.middleware.get_user", lambda _request: world.cast.he)
    patch.setattr("yice.accounts.guard.ends_at", lambda *_: float("inf"))


def unmasked(world: World, patch: Patch) -> None:
    patch.setattr(masking, "id_number", lambda number: number)


def setting(place: Any, name: str, value: Any) -> Callable[[World, Patch], None]:
    return lambda _world, patch: patch.setattr(place, name, value)


def forgotten_events(world: World, patch: Patch) -> None:
    right = Client.post

    def post(self: Client, *args: Any, **more: Any) -> Any:
        Event.objects.filter(pk=Event.objects.order_by("pk").values("pk")[:1])._raw_delete("default")
        return right(self, *args, **more)

    patch.setattr(Client, "post", post)


def no_reason(_world: World, patch: Patch) -> None:
    patch.setattr(unmasking, "REASON_AT_LEAST", 0)
