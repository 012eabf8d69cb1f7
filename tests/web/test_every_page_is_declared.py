"""Every address says who may open it, and does what it says: for every role, inside and outside its area."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.cast import COUNTY, STAFF, Cast
from tests.web.desk_world import World, at_work

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.identifiers import masking
from yice.loop.deliver.models import Case
from yice.loop.deliver.selectors import scope as cases
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import needs
from yice.policy.selectors import packs

pytestmark = pytest.mark.django_db
ANYBODY: tuple[Action, ...] = ()
SIGNED_IN = tuple(Action)


@dataclass(frozen=True)
class Sample:
    """An address filled in, and whether an actor who may do the action stands within reach of what it shows."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    within: Callable[[User, tuple[Action, ...]], bool] = lambda actor, actions: True


def _subject(subject: Any, line: Line | None = None) -> Callable[[User, tuple[Action, ...]], bool]:
    return lambda actor, actions: any(
        access.may(actor, action, subject, line=line).allowed for action in actions
    )


def _reads_need(world: World) -> Callable[[User, tuple[Action, ...]], bool]:
    return lambda actor, _actions: needs.readable(actor).filter(pk=world.need.pk).exists()


def _reads_case(case: Case) -> Callable[[User, tuple[Action, ...]], bool]:
    return lambda actor, _actions: cases.readable(actor).filter(pk=case.pk).exists()


def samples(world: World) -> dict[str, Sample]:
    person = Sample({"person": world.lin.uuid}, _subject(world.lin))
    report = Sample({"report": world.report.uuid}, _subject(world.report))
    county = Sample({"area": COUNTY}, _subject(Place(COUNTY)))
    figure = Sample({"area": COUNTY, "figure": "gaps"}, _subject(Place(COUNTY), Line.ENTITLEMENT))
    batch = Sample({"batch": world.batch.uuid}, _subject(world.batch))
    job = Sample({"job": world.job.uuid}, lambda actor, _actions: actor == world.job.owner)
    pack = Sample(
        {"digest": world.run.pack.hash},
        lambda actor, _actions: world.run.pack in packs(actor),
    )
    chen = Sample({"account": world.cast.chen.pk}, _subject(Place(world.cast.chen.posts.get().area_id)))
    with_field = Sample({**person.kwargs, "field": "phone"}, person.within)
    fact = Sample({**person.kwargs, "fact": "long_term_care_need"}, person.within)
    return {
        **dict.fromkeys(
            ("person", "person-work", "person-why", "person-facts", "person-log", "ask", "contact"), person
        ),
        "correct": fact,
        "unmask": with_field,
        **dict.fromkeys(("finding", "undo"), Sample({"finding": world.gap.uuid}, _subject(world.gap))),
        "visit-list": Sample({"uuid": world.visits.uuid}, _subject(world.visits)),
        **dict.fromkeys(("report", "comparison", "changes-export", "report-targets"), report),
        **dict.fromkeys(("county-at", "county-export", "targets-at", "targets-export"), county),
        "network-of": Sample({"of": "post"}),
        "target": Sample({"area": COUNTY, "target": "JH-2.2"}, _subject(Place(COUNTY))),
        "target-people": Sample(
            {"area": COUNTY, "target": "JH-2.2", "part": "counted"}, _subject(Place(COUNTY), Line.ENTITLEMENT)
        ),
        **dict.fromkeys(("figure", "figure-export"), figure),
        "import": batch,
        **dict.fromkeys(
            ("import-refused", "import-columns"),
            Sample(
                batch.kwargs,
                lambda actor, _actions: access.may(actor, Action.IMPORT_REGISTRY, world.batch).allowed,
            ),
        ),
        **dict.fromkeys(("job", "job-progress"), job),
        "screening": Sample({"run": world.run.uuid}, _subject(world.run)),
        **dict.fromkeys(
            ("pack", *(f"policy-{part}" for part in ("groups", "benefits", "sources", "settings"))), pack
        ),
        "account": chen,
        **dict.fromkeys(("person-help", "need-new", "case-open"), person),
        "need": Sample({"need": world.need.uuid}, _reads_need(world)),
        "case": Sample({"case": world.case.uuid}, _reads_case(world.case)),
        "case-step": Sample({"case": world.case.uuid, "step": "apply"}, _reads_case(world.case)),
        "notice": Sample(
            {"case": world.notice.case.uuid, "notice": world.notice.uuid}, _reads_case(world.notice.case)
        ),
        "whatif-ask": pack,
        **dict.fromkeys(
            ("whatif", "whatif-people"),
            Sample({"comparison": world.comparison.uuid}, _subject(world.comparison)),
        ),
    }


def every_view(resolver: Any = None) -> Iterator[tuple[str, URLPattern]]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from every_view(one)
        else:
            yield str(one.pattern), one


def test_every_view_says_who_may_open_it() -> None:
    silent = [pattern for pattern, one in every_view() if not hasattr(one.callback, "actions")]
    assert silent == []
    assert len(list(every_view())) > 40


def test_every_address_has_a_name_and_no_two_share_one() -> None:
    names = [one.name for _pattern, one in every_view()]
    assert None not in names
    assert len(names) == len(set(names))


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


def _addresses(world: World) -> Iterator[tuple[str, tuple[Action, ...], str, Sample]]:
    filled = samples(world)
    for pattern, one in every_view():
        name = str(one.name)
        if "<" in pattern:
            assert name in filled, f"{name}: a sample is missing, so nobody knows whether it keeps the policy"
        sample = filled.get(name, Sample())
        yield name, one.callback.actions, reverse(f"desk:{name}", kwargs=sample.kwargs), sample


@pytest.mark.parametrize("who", STAFF)
def test_a_page_opens_for_whom_the_policy_names_and_shows_nobody_else(who: str, world: World) -> None:
    actor: User = User.objects.get(username=who)
    hidden = _hidden_from(actor, world)
    client, wrong = Client(), []
    client.force_login(actor)
    for name, actions, address, sample in _addresses(world):
        if name in ("sign-out",):
            continue
        expected = _expected(actor, actions, sample)
        # A file leaves by POST; everything else is looked at.
        response = client.post(f"{address}?format=csv") if _is_file(name) else client.get(address)
        if response.status_code not in expected:
            wrong.append((name, response.status_code, expected))
        if name != "patterns":
            text = _text_of(response)
            wrong += [(name, "shows", mark) for mark in hidden if mark in text]
    assert wrong == []


def _is_file(name: str) -> bool:
    return name.endswith("export") or name == "import-refused"


def _text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="ignore")  # type: ignore[no-any-return]


def _expected(actor: User, actions: tuple[Action, ...], sample: Sample) -> tuple[int, ...]:
    if actions in (ANYBODY, SIGNED_IN):
        return (200, 302)
    if not any(access.grants(actor, action) for action in actions):
        return (403,)
    return (200, 302) if sample.within(actor, actions) else (403, 404)


def _hidden_from(actor: User, world: World) -> list[str]:
    """Names and masked numbers of those whom the actor may not read."""
    mine = access.scope(actor, Action.PERSON_READ, Person.objects.all())
    others = [person for person in world.people if person not in mine]
    named = [person.name for person in others]
    masks = {masking.id_number(person.id_number) for person in others}
    return [*named, *(masks - {masking.id_number(person.id_number) for person in mine})]


def test_a_stranger_is_led_to_the_door(world: World) -> None:
    client, wrong = Client(), []
    for name, actions, address, _sample in _addresses(world):
        response = client.get(address)
        if actions == ANYBODY:
            continue
        if response.status_code != 302 or not response["Location"].startswith(reverse("desk:sign-in")):
            wrong.append((name, response.status_code))
    assert wrong == []


def test_health_is_one_word(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
