"""Every service of every pack along its own road, and off it: overdue, handed over, returned, refused.

The roads stand in `roads.py`; here is what is true of all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, get_args

import pytest
from tests import factories as make
from tests.loop.deliver.automatic import Auto, Town
from tests.loop.deliver.roads import ROADS, Road
from tests.loop.deliver.walking import Subject, Walk

from yice.accounts.access import Forbidden
from yice.loop.assess.models import Assessment
from yice.loop.deliver import services
from yice.loop.deliver.enums import FundSource, Mode, PaymentKind
from yice.loop.deliver.models import Delivery, Payment
from yice.loop.deliver.selectors.offers import offers
from yice.loop.deliver.services import DeliveryLine, PaymentLine, blocking, filling
from yice.loop.identify.models import Household, Person
from yice.loop.identify.rights import consents
from yice.loop.identify.rights.basis import asked
from yice.loop.identify.rights.enums import GivenBy, How
from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack
from yice.rules.services import ConsentName, Form, Step
from yice.terms import clock
from yice.terms.errors import Problem, Problems

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
DAY = dt.date(2020, 6, 30)
# Their facts come from lists and groups: proved in test_subsidy.py.
ON_LISTS = ("living_subsidy", "nursing_subsidy")
HELP = DeliveryLine(
    "服务", FundSource.COUNTY, Mode.PURCHASE, persons=2, person_times=5, fen=120000, provider="安居服务中心"
)

# Duties of the catalogue that a step on the road carries out.
CARRIED = {
    "rehabilitation": "BJ-1.3.4.Q2 BJ-1.3.4.Q4 BJ-1.3.4.Q5 BJ-1.3.4.Q9 BJ-1.3.4.S5",
    "rural_house_renovation": "BJ-2.2.9 BJ-2.3.5.Q4",
    "omission_clearing": "BJ-2.3.1.Q2",
    "festival_visit": "BJ-2.3.1.S2",
    "medical_ladder": "BJ-2.3.4.Q2",
    "preschool_to_primary": "BJ-3.3.1.S3",
    "school_placement": "BJ-3.3.2.Q1 BJ-3.3.2.Q2 BJ-3.3.2.Q3",
    "mainstream_follow_up": "BJ-3.3.2.Q6 BJ-3.3.2.Q7",
    "exam_admission": "BJ-3.3.3.Q3 BJ-3.3.3.Q4",
    "job_matching": "BJ-4.3.2.Q1 BJ-4.3.3.1.Q1 BJ-4.3.3.1.Q3",
    "own_business": "BJ-4.3.3.2.Q2",
    "income_base": "BJ-4.3.3.3.Q3 BJ-4.3.3.3.S5",
    "mutual_help": "BJ-5.3.1.Q4",
    "institution_stay": "BJ-5.3.3.Q1 BJ-5.3.3.S4",
    "respite_stay": "BJ-5.3.3.S5",
    "provider_admission": "BJ-6.3.3.S1 BJ-6.3.3.S5",
    "child_report": "JH-5.2.5",
    "employment_chain": "JH-4.1.1",
    "district_supervision": "JH-7.4.5",
    "care_task_numbers": "HN-3.2.5 HN-3.2.6",
    "care_purchase": "HN-3.2.9 HN-3.2.10 HN-3.2.12",
    "sunshine_care": "HN-3.1.6 HN-3.2.1",
    "star_rating": "HN-2.9 HN-3.4.8",
    "helping_pair": "NM-3.2.7",
    "community_rehabilitation": "NM-3.3.1 NM-3.3.7",
    "early_intervention": "NM-3.3.5",
    "rights_violation": "NM-3.5.4",
    "plan_inspection": "JL-4.1 JL-4.8",
}


class RoadTown(Town):
    """A town whose people are born when the road says."""

    road: Road

    def person(self, home: Household | None = None) -> Person:
        register = make.batch(area=self.codes["county"], as_of=clock.today().replace(day=1))
        return make.person(
            "周大山", birth=self.road.birth, hukou=self.village, household=home, register=register
        )


class OnRoad(Auto):
    """A case on its road."""

    road: Road

    def fill(self, form: Form, step: Step) -> dict[str, Any]:
        given = self.road.values.get(step.id, {})
        unknown = set(given) - set(form.fields)
        assert not unknown, f"{step.id} does not ask for {unknown}"
        return {**super().fill(form, step), **given}

    def _given(self, step: Step, chosen: Any, actor: Any) -> dict[str, Any]:
        given = super()._given(step, chosen, actor)
        if "deliveries" in given:
            given["deliveries"] = [HELP]
        return given

    def _payments(self) -> list[PaymentLine]:
        if self.service.unit == "organisation":
            return [PaymentLine(500000, FundSource.PROVINCE, Mode.PURCHASE, provider="安居服务中心")]
        return super()._payments()

    def go(self, until: str | None = None) -> None:
        """Along the road, up to a step or to its end."""
        for name, outcome in self.road.steps():
            if name == until:
                return
            assert name in self.waiting(), f"{name} does not wait, {self.waiting()} do"
            self.step(name, outcome)


@pytest.fixture(params=ROADS)
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param in ON_LISTS:
        monkeypatch.setattr(blocking, "_fact", lambda case, block: None)
    yield request.param


@pytest.fixture
def town(name: str) -> RoadTown:
    road = ROADS[name]
    plan = _plan(road.pack)
    clock.set_day(min(DAY, (plan.until or DAY).replace(month=1, day=15)))
    made = RoadTown.settle(road.pack)
    made.road = road
    assert isinstance(made, RoadTown)
    return made


def begin(town: RoadTown, name: str, on: dt.date) -> OnRoad:
    clock.set_day(on)
    case = town.open(name).case
    made = OnRoad(case, town=town, service=town.plan.services[name])
    made.road = town.road
    return made


def test_every_service_has_a_road() -> None:
    written = {name for pack in {one.pack for one in ROADS.values()} for name in _services(pack)}
    assert written == set(ROADS)


@cache
def _plan(pack: str) -> Plan:
    return load_pack(make.PACKS / pack)


def _services(pack: str) -> set[str]:
    return set(_plan(pack).services)


@pytest.mark.parametrize("name", CARRIED)
def test_the_road_passes_the_steps_that_carry_a_duty(name: str) -> None:
    steps = _plan(ROADS[name].pack).services[name].steps
    walked = {duty for step, _ in ROADS[name].steps() for duty in steps[step].duties}
    assert set(CARRIED[name].split()) <= walked


def test_along_the_road_and_off_it(town: RoadTown, name: str) -> None:
    day = clock.today()
    along(begin(town, name, day))
    overdue_and_handed_over(begin(town, name, day))
    returned(begin(town, name, day))
    refused(begin(town, name, day))


@pytest.mark.parametrize("name", ["charity_match", "job_matching", "mutual_help", "helping_pair"])
def test_a_withdrawn_consent_stops_what_was_agreed_to_until_it_is_given_again(
    town: RoadTown, name: str
) -> None:
    case, clerk = begin(town, name, clock.today()), town.staff["clerk@township"][0]
    steps = town.plan.services[name].steps
    step, use = next(
        (one, block.consent)
        for one, _outcome in town.road.steps()
        for block in steps[one].blocks
        if block.consent
    )
    outcome = next(way for one, way in town.road.steps() if one == step and way != "none_yet")
    case.go(until=step)
    who = case.case.person or case.case.household.persons.get()
    said: dict[str, Any] = {"actor": clerk, "person": who, "purpose": use, "how": How.SPOKEN}
    consents.withdraw_consent(withdrawn_by=GivenBy.PERSON, **said)
    with pytest.raises(Problems) as stopped:
        case.step(step, outcome)
    assert "已于" in str(stopped.value) and "撤回" in str(stopped.value)
    consents.record_consent(given_by=GivenBy.PERSON, **said)
    case.step(step, outcome)


def test_no_benefit_asks_for_a_consent() -> None:
    services_ = [
        one for pack in {one.pack for one in ROADS.values()} for one in _plan(pack).services.values()
    ]
    asking = {
        one.id
        for one in services_
        if any(block.consent for step in one.steps.values() for block in step.blocks)
    }
    assert asking == {"charity_match", "job_matching", "mutual_help", "helping_pair"}
    assert not any(one.benefit for one in services_ if one.id in asking)
    assert set(get_args(ConsentName)) == set(asked())


def along(case: OnRoad) -> None:
    """Step by step to the end; each record holds who, when, under which clause, and what the form asks for."""
    case.go()
    case.case.refresh_from_db()
    assert case.case.end == case.road.end
    assert case.waiting() == []
    records = list(case.case.records.exclude(kind__in=["opened", "handed"]).order_by("version"))
    steps = [step for step, _ in case.road.steps()]
    assert [one.step for one in records if one.step] == steps
    for record in records:
        for field, value in case.road.values.get(record.step, {}).items():
            if record.kind == "taken":
                assert filling.unsealed(record.values[field]) == (
                    sorted(value) if isinstance(value, list) else value
                )
    given = [one for one in steps if case.service.steps[one].delivers]
    deliveries = list(Delivery.objects.filter(case=case.case))
    assert len(deliveries) == len(given)
    for one in deliveries:
        assert (one.persons, one.person_times) == (2, 5)
        assert (one.fund_source, one.mode, one.provider) == ("county", "purchase", "安居服务中心")
    payments = list(Payment.objects.filter(case=case.case))
    assert bool(payments) == any(case.service.steps[one].pays for one in steps)
    for paid in payments:
        assert paid.fund_source and paid.mode and paid.amount_fen > 0
        assert paid.mode == "cash" or paid.provider


def overdue_and_handed_over(case: OnRoad) -> None:
    """The second step of the road passes its day, climbs a tier, and keeps the deadline in another's hands."""
    step = list(case.road.steps())[1][0]
    case.go(until=step)
    waiting = case.open_step(step)
    due, tier = waiting.due_on, waiting.tier
    assert due is not None, f"{step} has no deadline"
    clock.set_day(due + dt.timedelta(days=1))
    services.climb(clock.today())
    assert case.open_step(step).tier == max(1, tier - 1)  # above the province there is nobody
    case.hand(case.arranger(step), step, case.taker(step, 1))
    assert case.open_step(step).due_on == due


def returned(case: OnRoad) -> None:
    """Sent back with everything missing named, mended, and back at the step that sent it."""
    steps = [one for one, _ in case.road.steps()]
    step = next((one for one in steps if case.service.steps[one].returns in steps), None)
    if step is None:
        assert not any(one.returns for one in case.service.steps.values())
        return
    case.go(until=step)
    back = case.service.steps[step].returns
    case.back(case.taker(step), step, items=["再补一份材料"])
    assert back is not None and case.open_step(back).missing == ["再补一份材料"]
    again = list(case.road.steps())
    for name, outcome in again[steps.index(back) : steps.index(step)]:
        case.step(name, outcome)
    assert step in case.waiting()


def refused(case: OnRoad) -> None:
    """Refused with a reason of the pack; where that is the end, the person gets it in writing."""
    for name, _ in case.road.steps():
        refusal = next((o for o in case.service.steps[name].outcomes.values() if o.kind == "refuse"), None)
        if refusal is None:
            continue
        case.go(until=name)
        case.step(name, refusal.id)
        assert case.last().kind == "refused" and case.last().reasons == list(refusal.reasons)[:1]
        case.case.refresh_from_db()
        if case.case.state == "ended":
            assert case.case.notices.filter(kind=refusal.notice).exists()
        return


def settled(name: str, birth: dt.date = dt.date(1970, 5, 1)) -> tuple[RoadTown, OnRoad]:
    clock.set_day(DAY)
    town = RoadTown.settle(ROADS[name].pack)
    town.road = replace(ROADS[name], birth=birth)
    return town, begin(town, name, DAY)


def test_no_rehabilitation_before_its_assessment() -> None:
    _, case = settled("rehabilitation")
    case.go(until="deliver")
    Assessment.objects.update(valid_until=DAY - dt.timedelta(days=1))
    with pytest.raises(Problems) as told:
        case.step("deliver", "finished")
    assert "先评估后服务" in str(told.value)


def test_no_household_is_visited_twice_for_one_festival() -> None:
    town, case = settled("festival_visit")
    case.go()
    with pytest.raises(Problem) as told:
        Walk.open(town.staff["clerk@township"][0], "festival_visit", Subject(household=case.case.household))
    assert told.value.code == "too-soon"


def test_a_stay_is_handed_to_old_age_care_only_near_sixty() -> None:
    _, case = settled("institution_stay")
    case.go(until="review")
    with pytest.raises(Problems):
        case.step("review", "transfer")
    case.step("review", "stays")
    assert "review" in case.waiting()


def test_the_programmes_funds_are_never_paid_out_in_cash() -> None:
    _, case = settled("sunshine_care")
    case.go(until="serve")
    cash = DeliveryLine("护理", FundSource.CENTRAL, Mode.CASH, fen=150000)
    with pytest.raises(Problems) as told:
        case.step("serve", "goes_on", deliveries=[cash])
    assert [one.code for one in told.value.problems] == ["no-cash"]


def test_never_more_is_paid_than_was_approved_and_what_came_back_may_be_paid_again() -> None:
    _, case = settled("emergency_relief")
    case.go(until="decide")
    case.step("decide", "granted", values={"amount": "3000"})
    (pay,) = case.waiting()

    def sums(*fen: int) -> list[PaymentLine]:
        kinds = [PaymentKind.RECOVERY if one < 0 else PaymentKind.REGULAR for one in fen]
        pairs = zip(fen, kinds, strict=True)
        return [PaymentLine(one, FundSource.COUNTY, Mode.CASH, kind=kind) for one, kind in pairs]

    for lines, said in (
        (sums(300001), "这次要付 3,000.01 元，超过了批准还能付的 3,000.00 元"),
        (sums(200000, 200000), "这次要付 4,000.00 元"),
        (sums(300000, -1), "追回 0.01 元，超过了已发的 0.00 元"),
    ):
        with pytest.raises(Problems) as told:
            case.step(pay, payments=lines)
        assert said in str(told.value)
    case.step(pay, payments=sums(200000, 100000))
    case.case.refresh_from_db()
    again = services.reopen(
        actor=case.town.staff["civil_affairs@county"][0], case=case.case, step=pay,
        version=case.case.version, note="卡号有误，款退回了一半",
    )  # fmt: skip
    case.case = again
    with pytest.raises(Problems) as told:
        case.step(pay, payments=sums(150000))
    assert "还能付的 0.00 元" in str(told.value)
    Payment.objects.create(
        case=again, record=again.records.get(step="pay", kind="taken"), kind=PaymentKind.RECOVERY,
        amount_fen=-150000, fund_source="county", mode="cash", paid_on=clock.today(),
    )  # fmt: skip
    case.step(pay, payments=sums(150000))
    assert case.case.payments.filter(amount_fen__gt=0).count() == 3


def test_a_department_above_the_county_opens_what_its_line_says_and_nothing_else() -> None:
    town, _ = settled("provider_admission")
    (city, _), (health, _) = town.staff["federation@province"], town.staff["health@province"]
    assert [one.id for one in offers(city)] == ["provider_admission"]
    assert offers(health) == []
    bureau = Subject(name="某评估中心", area=town.codes["county"])
    assert Walk.open(city, "provider_admission", bureau).waiting() == ["apply"]
    for other in (health, town.staff["federation@prefecture"][0]):
        with pytest.raises(Forbidden):
            Walk.open(other, "provider_admission", Subject(name="另一家", area=town.codes["county"]))
