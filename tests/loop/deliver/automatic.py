"""Any service walked by itself: a town with somebody for every office, forms filled in by their types.

What the facts of a person must be (`when` blocks) is the business of a pack's cases; a walk may take them as true.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests import factories as make
from tests.loop.deliver.walking import Subject, Walk, again

from yice.accounts.models import Post, User
from yice.accounts.offices import GUEST_ROLES, parties, party, role_of
from yice.areas.models import Area, Tier
from yice.identifiers.division import WIDTHS, prefix, upper_bound
from yice.loop.assess.models import Assessor
from yice.loop.deliver import services
from yice.loop.deliver.enums import FundSource, Mode, PaymentKind
from yice.loop.deliver.models import OpenStep
from yice.loop.deliver.services import DeliveryLine, PaymentLine
from yice.loop.deliver.services.blocking import value_of
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Household, Person
from yice.loop.identify.rights import consents
from yice.loop.plan import services as plans
from yice.loop.plan.enums import Signer
from yice.loop.plan.services import MeasureLine
from yice.network.models import Provider, ProviderState
from yice.policy import services as policy
from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack
from yice.rules.services import GUESTS, Form, FormField, Outcome, Service, Step
from yice.terms import clock
from yice.terms.periods import Month

_FILLERS = {"prefecture": "01", "county": "01", "township": "001", "village": "001"}
PROVIDERS = ("某机构", "安居服务中心")  # admitted to the network wherever a service asks for it
_serial = itertools.count(1)
MOST = 80  # steps of one walk


@dataclass
class Town:
    """A place of a plan from province to village, with two people for every office and guest."""

    plan: Plan
    codes: dict[str, str]
    staff: dict[str, list[User]] = field(default_factory=dict)

    @classmethod
    def settle(cls, pack: str) -> Town:
        plan = load_pack(make.PACKS / pack)
        town = cls(plan, _codes(plan.areas[0] if plan.areas else "440704000000"))
        above = None
        for tier, code in town.codes.items():
            level = Tier[tier.upper()]
            above = Area.objects.create(
                code=code, end=upper_bound(code), name=tier, tier=level, lowest_tier=level, parent=above
            )
        policy.install(actor=None, path=make.PACKS / pack)
        for one in parties():
            code = town.codes[one.tier or "county"]
            for n in (1, 2):
                user = User.objects.create(username=f"{one}-{n}", name=f"{one}{n}")
                Post.objects.create(user=user, role=role_of(one), area_id=code)
                town.staff.setdefault(str(one), []).append(user)
                if one.office in ("assessor", "arbitrator"):
                    _certify(town, user)
        _certify(town, None)
        ordered = [one.id for one in plan.services.values() if one.providers is not None]
        for name in PROVIDERS if ordered else ():
            Provider.objects.create(
                name=name, area=town.codes["county"], services=ordered, state=ProviderState.ADMITTED,
                applied_on=dt.date(2000, 1, 1), since=dt.date(2000, 1, 1), until=dt.date(2099, 12, 31),
            ).people.set(town.staff["provider"])  # fmt: skip
        return town

    @property
    def village(self) -> str:
        return self.codes["village"]

    def subject(self, service: Service) -> Subject:
        """Somebody, some household or some organisation nobody has a case for yet."""
        if service.unit == "person":
            return Subject(person=self.person())
        if service.unit == "household":
            home = Household.objects.create(area=self.village)
            self.person(home)
            return Subject(household=home)
        return Subject(name=f"某单位{next(_serial)}", area=self.village)

    def person(self, home: Household | None = None) -> Person:
        register = make.batch(area=self.codes["county"], as_of=clock.today().replace(day=1))
        return make.person(f"周大山{next(_serial)}", hukou=self.village, household=home, register=register)

    def open(self, name: str) -> Auto:
        service = self.plan.services[name]
        subject = self.subject(service)
        if any(block.plan for step in service.steps.values() for block in step.blocks):
            self._plan(subject)
        self._agree(service, subject)
        opener = self._taker(service.steps[service.start])
        walk = Walk.open(opener, name, subject, channel=Channel.WINDOW, key=f"auto-{next(_serial)}")
        return Auto(walk.case, town=self, service=service)

    def _agree(self, service: Service, subject: Subject) -> None:
        """Everybody concerned agrees to the uses that the service asks a consent for."""
        uses = {block.consent for step in service.steps.values() for block in step.blocks} - {None}
        people = [subject.person] if subject.person else Person.objects.filter(household=subject.household)
        for person in people if uses else ():
            for use in sorted(filter(None, uses)):
                consents.noted(actor=self.staff["clerk@township"][0], person=person, purpose=use, form="示例")

    def _taker(self, step: Step) -> User:
        """Who takes an application: never a guest, who sees what is handed to them and nothing else."""
        posts = (str(one) for one in (*step.who, *step.recorded_by) if one.office not in GUESTS)
        office = next(one for one in posts if one in self.staff)
        return self.staff[office][0]

    def _plan(self, subject: Subject) -> None:
        clerk = self.staff["clerk@township"][0]
        line = MeasureLine(
            "other",
            "帮助",
            "federation@county",
            "解决",
            clock.today() + dt.timedelta(days=90),
            responsible_name="甲",
        )
        whose: dict[str, Any] = (
            {"person": subject.person} if subject.person else {"household": subject.household}
        )
        made = plans.write_plan(actor=clerk, measures=[line], key=f"plan-{next(_serial)}", **whose).plan
        plans.sign_plan(actor=clerk, plan=made, version=1, signed_as=Signer.PERSON)


def _codes(area: str) -> dict[str, str]:
    head, codes = prefix(area), {}
    for tier, width in WIDTHS.items():
        if len(head) < width:
            head += _FILLERS[tier]
        codes[tier] = head[:width].ljust(12, "0")
    return codes


def _certify(town: Town, user: User | None) -> None:
    Assessor.objects.create(
        name=user.name if user else "平评估", user=user, area=town.codes["county"], since=dt.date(2000, 1, 1),
        certificate=f"C{next(_serial)}",
    )  # fmt: skip


@dataclass
class Auto(Walk):
    """A walk that fills in forms and finds its own way."""

    town: Town = None  # type: ignore[assignment]
    service: Service = None  # type: ignore[assignment]

    def step(self, name: str, outcome: str | None = None, **more: Any) -> None:
        """Take a waiting step with everything it asks for."""
        about = self.service.steps[name]
        chosen = about.outcomes[outcome] if outcome else self._way(name)
        waiting = self.open_step(name)
        if waiting.wakes_on is not None and clock.today() < waiting.wakes_on:
            clock.set_day(waiting.wakes_on)
        actor = self.taker(name)
        given = {**self._given(about, chosen, actor), **more}
        self.take(actor, name, chosen.id, **given)

    def taker(self, name: str, nth: int = 0) -> User:
        """Who takes it: nobody who held another duty. A guest gets it handed over first."""
        waiting = self.open_step(name)
        offices = [one.office for one in waiting.offices.order_by("id")]
        office = next((one for one in offices if role_of(party(one)) in GUEST_ROLES), offices[0])
        actor = self._unbound(office, name, nth)
        if role_of(party(office)) in GUEST_ROLES and waiting.holder_id != actor.pk:
            self.hand(self._unbound(offices[-1], name), name, actor)
        return actor

    def arranger(self, name: str) -> User:
        """Who hands a step over: who takes it, of a guest's step the office that arranged it."""
        offices = list(self.open_step(name).offices.order_by("id").values_list("office", flat=True))
        guest = any(role_of(party(one)) in GUEST_ROLES for one in offices)
        return self._unbound(offices[-1], name) if guest else self.taker(name)

    def _unbound(self, office: str, name: str, nth: int = 0) -> User:
        duty = self.service.steps[name].duty
        records = self.case.records.filter(for_whom="").exclude(duty__in=["", "request", "arrange", duty])
        bound = set(records.values_list("by", flat=True))
        free = [one for one in self.town.staff[office] if one.pk not in bound]
        if len(free) <= nth:
            code = self.town.codes[party(office).tier or "county"]
            user = User.objects.create(username=f"{office}-{next(_serial)}", name=f"{office}{next(_serial)}")
            Post.objects.create(user=user, role=role_of(party(office)), area_id=code)
            if party(office).office in ("assessor", "arbitrator"):
                _certify(self.town, user)
            self.town.staff[office].append(user)
            return self._unbound(office, name, nth)
        return free[nth]

    def _given(self, step: Step, chosen: Outcome, actor: User) -> dict[str, Any]:
        given: dict[str, Any] = {"evidence": dict.fromkeys(step.evidence, "seen")}
        if step.form is not None:
            given["values"] = self.fill(self.town.plan.forms[step.form], step)
        if chosen.kind in ("refuse", "stop"):
            given["reasons"] = list(chosen.reasons)[:1]
            given["note"] = "不符合"
            return given
        if step.assesses is not None:
            self._assess(step, actor)
        if step.pays and chosen.kind == "go":
            given["payments"] = self._payments()
        if step.delivers and chosen.kind == "go":
            given["deliveries"] = [
                DeliveryLine("服务", FundSource.COUNTY, Mode.PURCHASE, provider="某机构", fen=100)
            ]
        return given

    def _assess(self, step: Step, actor: User) -> None:
        scale = self.town.plan.scales[step.assesses or ""]
        own = Assessor.objects.filter(user=actor).first()
        services.assess_in_case(
            actor=again(actor), case=self.case, step=step.id, key=f"as-{next(_serial)}",
            assessor=own or Assessor.objects.get(user=None),
            answers={one.id: one.scores[-1] for one in scale.items},
            score=None if scale.items else scale.high, findings="需要",
        )  # fmt: skip

    def _payments(self) -> list[PaymentLine]:
        self.case.refresh_from_db()
        if self.case.from_month is None:
            return [PaymentLine(self.case.amount_fen or 100, FundSource.COUNTY, Mode.CASH)]
        now = Month.of(clock.today())
        return [
            PaymentLine(
                self.case.amount_fen or 100, FundSource.COUNTY, Mode.CASH, month,
                PaymentKind.REGULAR if month == now else PaymentKind.ARREARS,
            )
            for month in services.due_months(self.case)
        ]  # fmt: skip

    def fill(self, form: Form, step: Step) -> dict[str, Any]:
        """Every field with some value that fits it and the step's blocks."""
        values = {name: self._value(one) for name, one in form.fields.items()}
        for block in step.blocks:
            limit = block.among or block.at_most
            if limit is not None:
                earlier = value_of(self.case, limit[1], limit[2])
                values[limit[0]] = earlier if earlier is not None else values[limit[0]]
            if block.differs is not None and isinstance(values[block.differs[0]], str):
                one = form.fields[block.differs[0]]
                other = value_of(self.case, block.differs[1], block.differs[2])
                values[block.differs[0]] = next(
                    (c for c in one.codes if c != other), f"另一家{next(_serial)}"
                )
        return {name: value for name, value in values.items() if _asked(form.fields[name], values)}

    def _value(self, one: FormField) -> Any:
        match one.type:
            case "bool":
                return True
            case "int" | "money":
                return one.low if one.low not in (None, 0) else min(1, one.high or 1)
            case "date":
                return clock.today().isoformat()
            case "month":
                return str(Month.of(clock.today()))
            case "code":
                return next(iter(one.codes))
            case "set":
                return list(one.codes)[:2]
            case "area":
                return self.town.village
        return "示例"

    def _way(self, name: str, targets: frozenset[str] = frozenset()) -> Outcome:
        """The outcome on the shortest road to a target, by default to a good end."""
        ends = {one.id for one in self.service.ends.values() if one.kind == "met"}
        wanted = targets or ends or set(self.service.ends)
        best: tuple[int, Outcome] | None = None
        for outcome in self.service.steps[name].outcomes.values():
            far = min((self._far(one, wanted) for one in outcome.next), default=MOST)
            far += 30 if outcome.kind in ("refuse", "dispute") and not targets else 0
            if best is None or far < best[0]:
                best = (far, outcome)
        assert best is not None
        return best[1]

    def _far(self, start: str, wanted: Any) -> int:
        seen, waiting = {start}, deque([(start, 0)])
        while waiting:
            name, far = waiting.popleft()
            if name in wanted:
                return far
            step = self.service.steps.get(name)
            for outcome in step.outcomes.values() if step else ():
                for one in outcome.next:
                    if one not in seen:
                        seen.add(one)
                        waiting.append((one, far + 1))
        return MOST

    def to(self, target: str) -> None:
        """Walk until `target` waits."""
        wanted = frozenset({target})
        for _ in range(MOST):
            if target in self.waiting():
                return
            nearest = min(self.waiting(), key=lambda one: self._far(one, wanted))
            self.step(nearest, self._way(nearest, wanted).id)
        raise AssertionError(f"{target} is not reached")

    def to_the_end(self) -> str:
        """Walk to an end, a good one where there is one; gives its kind."""
        for _ in range(MOST):
            waiting = OpenStep.objects.filter(case=self.case).order_by("wakes_on", "id")
            names = [one.step for one in waiting]
            if not names:
                self.case.refresh_from_db()
                return self.case.end_kind
            wanted = {one.id for one in self.service.ends.values() if one.kind == "met"} or set(
                self.service.ends
            )
            self.step(min(names, key=lambda one: self._far(one, wanted)))
        raise AssertionError("no end is reached")


def _asked(one: FormField, values: Mapping[str, Any]) -> bool:
    if one.only_if is None:
        return True
    held = values.get(one.only_if.field)
    return any(str(v).lower() in one.only_if.values for v in (held if isinstance(held, list) else [held]))
