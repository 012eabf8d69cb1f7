"""The walk: every address as one reader, and what is wrong with what came back.

`faults` judges one walk by itself: who is let in, whom the page names, what it keeps in a cache. `looks` keeps what a
reader sees, so that two walks can be compared: what a reader may not see can change as it likes, and not one letter of
their pages does. `test_every_page_is_declared` walks the site as it is; `test_planted_leaks` proves on leaks built in
on purpose that the walk would see them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.cast import COUNTY
from tests.web.desk_world import World

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.areas.models import Area
from yice.identifiers import masking
from yice.loop.deliver.models import Case
from yice.loop.deliver.selectors import scope as cases
from yice.loop.identify.models import Certificate, Finding, Person
from yice.loop.identify.selectors import needs, rounds
from yice.policy.selectors import packs

ANYBODY: tuple[Action, ...] = ()
SIGNED_IN = tuple(Action)
NOT_ABOUT_PERSONS = frozenset({Action.ACCOUNT_MANAGE, Action.POLICY_READ})
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Fault = tuple[Any, ...]


@dataclass(frozen=True)
class Sample:
    """An address filled in, and whether an actor who may do the action stands within reach of what it shows."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    within: Callable[[User, tuple[Action, ...]], bool] = lambda actor, actions: True


def _subject(subject: Any, line: Line | None = None) -> Callable[[User, tuple[Action, ...]], bool]:
    return lambda actor, actions: any(
        access.may(actor, action, subject, line=line).allowed for action in actions
    )


def _touches(of: Any) -> Callable[[User, tuple[Action, ...]], bool]:
    return lambda actor, _actions: of in rounds.rounds(actor)


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
    plan = Sample({"plan": world.plan.uuid}, _subject(world.plan))
    with_field = Sample({**person.kwargs, "field": "phone"}, person.within)
    fact = Sample({**person.kwargs, "fact": "long_term_care_need"}, person.within)
    return {
        **dict.fromkeys(
            ("person", "person-work", "person-why", "person-facts", "person-log", "ask", "contact"), person
        ),
        "correct": fact,
        "unmask": with_field,
        **dict.fromkeys(("finding", "undo"), Sample({"finding": world.gap.uuid}, _subject(world.gap))),
        **dict.fromkeys(
            ("visit-list", "visits-typed"), Sample({"uuid": world.visits.uuid}, _subject(world.visits))
        ),
        "visit": Sample({"uuid": world.visits.uuid, "position": 1}, _subject(world.visits)),
        "visit-image": Sample(
            {"uuid": world.visits.uuid, "position": 1, "image": world.photo.pk}, _subject(world.visits)
        ),
        **dict.fromkeys(("report", "comparison", "changes-export", "report-targets"), report),
        **dict.fromkeys(("county-at", "county-export", "targets-at", "targets-export"), county),
        "network-of": Sample({"of": "post"}),
        "target": Sample({"area": COUNTY, "target": "JH-2.2"}, _subject(Place(COUNTY))),
        **dict.fromkeys(
            ("target-people", "target-people-export"),
            Sample(
                {"area": COUNTY, "target": "JH-2.2", "part": "counted"},
                _subject(Place(COUNTY), Line.ENTITLEMENT),
            ),
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
            ("pack", *(f"policy-{part}" for part in ("groups", "benefits", "sources", "settings", "cases"))),
            pack,
        ),
        **dict.fromkeys(("account", "account-access"), chen),
        **dict.fromkeys(("person-help", "person-access", "need-new", "case-open"), person),
        **dict.fromkeys(("person-rights", "person-guardian", "record-copy", "person-erase"), person),
        "person-consent": Sample({**person.kwargs, "purpose": "photo"}, person.within),
        "objection": Sample({"objection": world.objection.uuid}, _subject(world.objection)),
        "consented": Sample({"purpose": "photo"}),
        "consented-export": Sample(
            {"purpose": "photo"}, lambda actor, _actions: bool(access.grants(actor, Action.CONSENT_RECORD))
        ),
        **dict.fromkeys(("plan-new", "person-assessments", "determine"), person),
        "papers": Sample({"of": "person", "subject": world.lin.uuid}, person.within),
        "ledger-card": person,
        **dict.fromkeys(("ledger-at", "ledger-export"), county),
        "assess": Sample({**person.kwargs, "scale": "barthel"}, person.within),
        **dict.fromkeys(("plan", "plan-revise"), plan),
        "plan-versions": Sample({**plan.kwargs, "old": 1, "new": 1}, plan.within),
        "plan-progress": Sample(
            {**plan.kwargs, "measure": world.plan.versions.get().measures.get().uuid}, plan.within
        ),
        "assessment": Sample({"assessment": world.assessed.uuid}, _subject(world.assessed)),
        "need": Sample({"need": world.need.uuid}, _reads_need(world)),
        "round-form": Sample({"reply": world.reply.uuid}, _subject(world.reply)),
        "round-photo": Sample({"photo": uuid.UUID(int=0)}, lambda actor, actions: False),
        **dict.fromkeys(
            ("round", "round-left", "round-check", "round-lock", "round-official", "round-export"),
            Sample({"round": world.reply.round.uuid}, _touches(world.reply.round)),
        ),
        "case": Sample({"case": world.case.uuid}, _reads_case(world.case)),
        "case-step": Sample({"case": world.case.uuid, "step": "apply"}, _reads_case(world.case)),
        "case-file": Sample({"case": world.case.uuid, "file": world.paper.uuid}, _reads_case(world.case)),
        "case-turn": Sample({"case": world.case.uuid}, _reads_case(world.case)),
        # Nothing to assess in this one: a person who may read it is told so.
        "case-assess": Sample({"case": world.case.uuid, "step": "apply"}, lambda actor, _actions: False),
        "case-together": Sample({"service": "nursing_subsidy", "step": "decision"}),
        "case-public": Sample({"service": "nursing_subsidy", "step": "publicity"}),
        "provider": Sample({"provider": world.provider.uuid}, _subject(world.provider)),
        # Nobody's: only who broke it reads it (tests/loop/deliver/test_emergency.py).
        "emergency-of": Sample({"glass": uuid.UUID(int=1)}, lambda actor, _actions: False),
        "notice-export": Sample(
            {"case": world.notice.case.uuid, "notice": world.notice.uuid}, _reads_case(world.notice.case)
        ),
        "notice": Sample(
            {"case": world.notice.case.uuid, "notice": world.notice.uuid}, _reads_case(world.notice.case)
        ),
        "list-new": Sample({"slot": "other"}),
        **dict.fromkeys(
            ("list", "list-agree", "list-answers"),
            Sample({"list": world.agreement.uuid}, _subject(world.agreement)),
        ),
        "list-doubts-export": Sample(
            {"list": world.agreement.uuid, "inquiry": world.inquiry.uuid}, _subject(world.agreement)
        ),
        "review-person": person,
        **dict.fromkeys(
            ("duplicate", "duplicate-undo"), Sample({"pair": world.double.uuid}, _subject(world.double))
        ),
        **dict.fromkeys(("pair", "pair-undo"), Sample({"pair": world.pair.uuid}, _subject(world.pair))),
        "whatif-ask": pack,
        **dict.fromkeys(
            ("whatif", "whatif-people"),
            Sample({"comparison": world.comparison.uuid}, _subject(world.comparison)),
        ),
    }


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

    @property
    def is_file(self) -> bool:
        """A file leaves by POST; everything else is looked at."""
        return self.name.endswith("export") or self.name == "import-refused"

    def expected(self, actor: User) -> tuple[int, ...]:
        if self.actions in (ANYBODY, SIGNED_IN):
            return (200, 302)
        if not any(access.grants(actor, action) for action in self.actions):
            return (403,)
        if not self.sample.within(actor, self.actions):
            return (403, 404)
        return (200, 302, 404) if self.guessed else (200, 302)  # 404: nothing of that kind there


def addresses(world: World) -> Iterator[Address]:
    filled = samples(world)
    for pattern, one in pages():
        name = str(one.name)
        if "<" in pattern:
            assert name in filled, f"{name}: a sample is missing, so nobody knows whether it keeps the policy"
        sample = filled.get(name, Sample())
        yield Address(name, one.callback.actions, reverse(f"desk:{name}", kwargs=sample.kwargs), sample)


def guesses(world: World) -> Iterator[Address]:
    """The addresses of one person's things with the keys of everybody else's, as somebody who tries would."""
    findings = Finding.objects.order_by("id").select_related("person")
    for address in addresses(world):
        kwargs = address.sample.kwargs
        others: list[tuple[str, Any]] = []
        if "person" in kwargs:
            others = [("person", person) for person in world.people if person != world.lin]
        elif "finding" in kwargs:
            others = [("finding", one) for one in findings if one.person_id != world.lin.pk]
        for key, other in others:
            sample = Sample({**kwargs, key: other.uuid}, _subject(other))
            href = reverse(f"desk:{address.name}", kwargs=sample.kwargs)
            yield Address(address.name, address.actions, href, sample, guessed=True)


def faults(who: str, world: World, only: str = "") -> list[Fault]:
    """What is wrong with the site as `who` sees it; an empty list is what every test hopes for. `only`: as in `looks`."""
    actor = User.objects.get(username=who)
    client = Client(raise_request_exception=False)
    client.force_login(actor)
    marks, places, secrets = hidden_from(actor, world), places_hidden_from(actor), secrets_of(world)
    wrong: list[Fault] = []
    for address in [*addresses(world), *guesses(world)]:
        if address.name == "sign-out" or not address.href.startswith(only):
            continue
        response = visit(client, address)
        expected = address.expected(actor)
        if response.status_code not in expected:
            wrong.append((address.name, response.status_code, expected))
        if response.status_code != 302 and address.actions != ANYBODY:
            wrong += [(address.name, "may be kept in a cache")] * ("no-store" not in kept_by(response))
        if address.name == "patterns":  # shows people of its own making
            continue
        text = _without_own(text_of(response), address)
        wrong += [(address.name, "shows", mark) for mark in marks if mark in text]
        if address.name != "round-export":  # the national system knows people by their whole number
            wrong += [(address.name, "shows whole", what) for what, value in secrets if value in text]
        wrong += [(address.name, "offers", one) for one in _offered(text) if one in places]
    return wrong


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


def hidden_from(actor: User, world: World) -> list[str]:
    """Names, masked numbers and keys of those whom the actor may not read, and the keys of their findings."""
    mine = access.scope(actor, Action.PERSON_READ, Person.objects.all())
    others = [person for person in world.people if person not in mine]
    masks = {masking.id_number(person.id_number) for person in others}
    findings = access.scope(actor, Action.FINDING_READ, Finding.objects.all()).values("pk")
    keys = [
        *(person.uuid for person in others),
        *Finding.objects.exclude(pk__in=findings).values_list("uuid", flat=True),
    ]
    return [
        *(person.name for person in others),
        *(masks - {masking.id_number(person.id_number) for person in mine}),
        *map(str, keys),
    ]


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


def places_hidden_from(actor: User) -> set[str]:
    """Codes and names of places where no post of the actor reaches."""
    held = [post.area for post in actor.posts_on()]
    outside = [
        area
        for area in Area.objects.all()
        if not any(mine.covers(area.code) or area.covers(mine.code) for mine in held)
    ]
    return {text for area in outside for text in (area.code, area.name)}


OPTION = re.compile(r'<option[^>]*value="([^"]*)"[^>]*>([^<]*)<')


def _offered(text: str) -> Iterator[str]:
    """The values of every drop-down, and their labels without the count behind them."""
    for value, label in OPTION.findall(text):
        yield value
        yield re.sub(r"[·\s]|\(\d+\)", "", label)


CHANGING = (
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(r'name="key" value="[^"]*"'),  # drawn anew for each form
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
            found = seen[address.href] = _still(text_of(visit(client, address)))
            for select in SORT.findall(found):
                for value, _label in OPTION.findall(select):
                    sorted_by = f"{address.href}?sort={value}"
                    seen[sorted_by] = _still(text_of(client.get(sorted_by)))
        transaction.set_rollback(True)
    return seen


def _still(text: str) -> str:
    for pattern in CHANGING:
        text = pattern.sub("", text)
    return text


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The addresses that look otherwise, each with the first line that does."""
    return [f"{href}: {_first(before[href], after[href])}" for href in before if before[href] != after[href]]


def _first(before: str, after: str) -> str:
    pairs = zip_longest(before.splitlines(), after.splitlines(), fillvalue="")
    return next((f"{old.strip()[:200]} → {new.strip()[:200]}" for old, new in pairs if old != new), "")
