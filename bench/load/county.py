"""The county that the province is made of: the demo's, by the services a site uses, and its cases walked by its staff.

People, lists, findings, the round and the first needs are the demo's. A few histories of every service of the pack
are walked here by the services themselves, each from a day of its own and at its own pace, so that some have ended,
some wait and some are late; `multiply` gives everybody three of them.
"""

from __future__ import annotations

import datetime as dt
import random
from itertools import count
from typing import Any

DAY = dt.date(2020, 6, 30)
COUNTY = "440704"
HISTORIES = 14  # of each service, in a county of 10,000
NEEDS, PLANS = 40, 20
AGE = 600  # days: how long ago the oldest history began


def make(people: int, seed: int) -> None:
    """Fill the empty database that the environment names."""
    import django

    django.setup()
    from django.contrib.auth.hashers import make_password

    from yice.accounts.demo import PASS_PHRASE
    from yice.accounts.models import Installation, User
    from yice.config import serving
    from yice.config.demo import fill
    from yice.policy.models import InstalledPack
    from yice.terms import clock

    serving.migrate()
    clock.set_day(DAY)
    fill(area=COUNTY, people=people, tell=lambda text: print(f"    {text}", flush=True))
    InstalledPack.objects.update(areas=[f"{COUNTY[:2]}0000000000"])  # one plan binds the whole province
    Installation.objects.update(demo=False)
    password = make_password(PASS_PHRASE)  # the same for all: signing in costs what it costs
    rng = random.Random(seed)
    _walk(_staff(password), max(1, HISTORIES * people // 10_000), rng)
    User.objects.filter(password="").update(password=password)  # whom a walk called in
    _ask(people // 10, rng)
    _plan(people // 5, rng)
    clock.set_day(DAY)
    print(f"    {User.objects.count()} people work here", flush=True)


def _staff(password: str) -> dict[str, list[Any]]:
    """A clerk a street, a commissioner a village, two of every office of the county and above; all share a password."""
    from yice.accounts.models import Post, User
    from yice.accounts.offices import parties, role_of
    from yice.areas.models import Area, Tier
    from yice.loop.assess.models import Assessor

    found: dict[str, list[Any]] = {}
    places = {
        "township": Tier.TOWNSHIP,
        "village": Tier.VILLAGE,
        "prefecture": Tier.PREFECTURE,
        "province": Tier.PROVINCE,
    }
    for one in parties():
        tier = places.get(str(one.tier or "county"), Tier.COUNTY)
        rows = Area.objects.filter(code__startswith=COUNTY, tier=tier).order_by("code")
        if tier < Tier.COUNTY:
            rows = Area.objects.filter(
                code__in=[f"{COUNTY[:4]}00000000", f"{COUNTY[:2]}0000000000"], tier=tier
            )
        for area in rows:
            for n in range(1 if tier > Tier.COUNTY else 2):
                name = f"{one.office[:12]}-{area.code.rstrip('0')}-{n}"
                user = User.objects.create(username=name, name=f"员{len(found)}{n}", password=password)
                Post.objects.create(user=user, role=role_of(one), area=area)
                found.setdefault(str(one), []).append(user)
                if one.office in ("assessor", "arbitrator"):
                    Assessor.objects.create(
                        name=user.name,
                        user=user,
                        area=f"{COUNTY}000000",
                        since=dt.date(2000, 1, 1),
                        certificate=name,
                    )
    Assessor.objects.create(name="平评估", area=f"{COUNTY}000000", since=dt.date(2000, 1, 1), certificate="P")
    return found


def _walk(staff: dict[str, list[Any]], histories: int, rng: random.Random) -> None:
    """Histories of every service about people or households, with somebody's real post at each step."""
    from django.db import transaction
    from tests.loop.deliver.automatic import Auto, Town
    from tests.loop.deliver.walking import Subject, again

    from yice.loop.deliver.models import Case
    from yice.loop.deliver.services import blocking
    from yice.loop.identify.models import Person
    from yice.policy import selectors as policy
    from yice.terms import clock
    from yice.terms.errors import Problem, Problems

    pack = policy.pack_for(f"{COUNTY}000000")
    assert pack is not None
    plan = policy.plan(pack)
    # Whether a person's facts open a service is the business of its findings; here every road is walked.
    blocking._fact = lambda case, block: None
    people = Person.objects.filter(removed_on=None, household__isnull=False).order_by("id")
    free = iter(people.exclude(cases__isnull=False).distinct())

    class Here(Town):
        person_: Any = None

        def subject(self, service: Any) -> Any:
            person = next(free)
            self.codes["village"] = person.hukou
            self.codes["township"] = person.hukou[:9] + "000"
            for office, users in self.everybody.items():
                held = [user for user in users if _near(user, person.hukou)]
                if held:
                    self.staff[office] = held
            return (
                Subject(household=person.household) if service.unit == "household" else Subject(person=person)
            )

    def _near(user: Any, village: str) -> bool:
        return any(post.area.covers(village) for post in user.posts_on())

    codes = {
        "province": f"{COUNTY[:2]}0000000000",
        "prefecture": f"{COUNTY[:4]}00000000",
        "county": f"{COUNTY}000000",
    }
    town = Here(plan, {**codes, "township": "", "village": ""})
    town.everybody = {office: [again(user) for user in users] for office, users in staff.items()}  # type: ignore[attr-defined]
    for name, service in plan.services.items():
        if service.unit not in ("person", "household"):
            continue
        for _ in range(histories):
            clock.set_day(DAY - dt.timedelta(days=rng.randint(3, AGE)))
            try:
                with transaction.atomic():
                    case: Auto = town.open(name)
            except (Problem, Problems) as problem:
                print(f"    {name}: not opened, {problem}", flush=True)
                break
            for _step in range(14):
                clock.set_day(clock.today() + dt.timedelta(days=rng.choice((0, 1, 1, 2, 3, 5, 9, 20))))
                waiting = case.waiting()
                if not waiting or clock.today() > DAY:
                    break
                chosen = case.open_step(rng.choice(waiting))
                if chosen.wakes_on is not None and chosen.wakes_on > DAY:
                    break
                try:
                    with transaction.atomic():
                        case.step(chosen.step)
                except (Problem, Problems, LookupError, AssertionError):
                    break
    print(f"    {Case.objects.count()} histories of {len(plan.services)} services", flush=True)


def _ask(first: int, rng: random.Random) -> None:
    """Needs in every state, by several channels, most of them answered."""
    from yice.accounts.models import User
    from yice.loop.identify.enums import AnsweredBy, Channel, NeedOutcome
    from yice.loop.identify.models import Person
    from yice.loop.identify.services.needs import answer_need, record_need
    from yice.rules.services import NEEDS as KINDS
    from yice.terms import clock

    actor, keys = User.objects.get(username="he"), count(1)
    people = Person.objects.filter(removed_on=None, needs__isnull=True).order_by("id")
    for number, person in enumerate(people[first : first + NEEDS]):
        ended = number % 10 < 7
        clock.set_day(DAY - dt.timedelta(days=rng.randint(1, AGE if ended else 20)))
        need = record_need(
            actor=actor, person=person, kind=rng.choice(sorted(KINDS)), channel=rng.choice(list(Channel)),
            said="说了要什么", key=f"bench-need-{next(keys)}",
        ).need  # fmt: skip
        if ended:
            answer_need(
                actor=actor, need=need, version=need.version, outcome=NeedOutcome.MET, answer="已经办好并告知",
                answered_by=AnsweredBy.FACE, key=f"bench-need-{next(keys)}",
            )  # fmt: skip
    clock.set_day(DAY)


def _plan(first: int, rng: random.Random) -> None:
    """Plans in force with three measures, one of them done."""
    from yice.accounts.models import User
    from yice.loop.identify.models import Person
    from yice.loop.plan.enums import MeasureState, Signer
    from yice.loop.plan.services import MeasureLine, record_progress, sign_plan, write_plan
    from yice.terms import clock

    actor = User.objects.get(username="he")
    people = Person.objects.filter(removed_on=None, plans__isnull=True).order_by("id")
    for number, person in enumerate(people[first : first + PLANS]):
        clock.set_day(DAY - dt.timedelta(days=rng.randint(5, 300)))
        lines = [
            MeasureLine(
                kind=kind, what="要做的事", department="federation@county", result="做到什么程度", responsible=actor,
                by=clock.today() + dt.timedelta(days=90), fen=100_000 if kind == "device" else None,
                fund_source="county" if kind == "device" else "",
            )
            for kind in ("device", "home_service", "employment")
        ]  # fmt: skip
        review = clock.today() + dt.timedelta(days=rng.randint(30, 300))
        plan = write_plan(
            actor=actor,
            measures=lines,
            key=f"bench-plan-{number}",
            person=person,
            goal="过得好",
            review_on=review,
        ).plan
        sign_plan(actor=actor, plan=plan, version=1, signed_as=Signer.PERSON)
        first = plan.versions.get().measures.order_by("id")[0]
        record_progress(actor=actor, plan=plan, measure=first.uuid, state=MeasureState.DONE, result="做完了")
    clock.set_day(DAY)
