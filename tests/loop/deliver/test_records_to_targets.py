"""From the work itself to what a target comes to: services walked step by step, plans, needs, then a screening.

Each target named here is carried (docs/catalogue/carried.yaml). Who has no record where records are kept is known
not to have been served; where the help may have come from elsewhere it stays unknown.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests import factories as make
from tests.loop.deliver.automatic import Town
from tests.loop.deliver.walking import again

from yice.accounts.models import User
from yice.identifiers.division import upper_bound
from yice.loop.deliver.facts import columns
from yice.loop.identify.enums import AnsweredBy, Channel, NeedOutcome
from yice.loop.identify.models import Household, Person
from yice.loop.identify.services import needs
from yice.loop.plan import services as plans
from yice.loop.plan.enums import MeasureState, Signer
from yice.loop.plan.services import MeasureLine
from yice.loop.supervise.models import TargetTally
from yice.policy import registry, selectors, services
from yice.policy.provided import Request
from yice.rules.targets.forms import figure
from yice.rules.targets.verdict import Figure
from yice.terms import clock

pytestmark = pytest.mark.django_db
PUPIL = {"birth": dt.date(2010, 3, 1), "in_school_roll": True, "school_kind": "mainstream"}
# Service → the step that waits when enough was done, and what is known of the two people: one walks, one does not.
WALKS: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "cn-11-2018": {
        "home_adaptation": ("acceptance", {"need_adaptation": True}),
        "rehabilitation": ("result", {"need_rehab": True}),
        "preschool_to_primary": ("training", {"birth": dt.date(2016, 3, 1)}),
        "school_placement": ("mainstream", {"birth": dt.date(2010, 3, 1), "in_school_roll": False}),
        "contribution_aid": ("confirm", {}),
        "rural_house_renovation": (
            "accept", {"rural": True, "income_class": "subsistence", "certified_dangerous_house": True},
        ),
        "festival_visit": ("", {}),
        "mainstream_follow_up": ("again", PUPIL),
    },
    "cn-11-2018 exam": {"exam_admission": ("score", {})},  # the day of the examination lies far ahead
    "cn-43-2016": {"sunshine_care": ("leave", {})},
    "cn-440704-2016": {"child_report": ("effect", {"birth": dt.date(2015, 3, 1), "need_rehab": True})},
}  # fmt: skip
# Target → verdict, how many are known to be counted in the numerator, how many known to be lacking.
COMES_TO: dict[str, dict[str, tuple[str, int, int | None]]] = {
    "cn-11-2018": {
        "BJ-6.3.2.Q3": ("met", 1, None), "BJ-6.3.4.Q1": ("met", 1, None), "BJ-6.3.4.Q3": ("met", 1, None),
        "BJ-6.3.5.Q0": ("met", 1, None), "BJ-6.3.3.Q2": ("met", 1, None), "BJ-6.3.4.S1": ("met", 1, None),
        "BJ-6.3.4.S2": ("met", 1, None), "BJ-1.3.4.Q5": ("met", 1, None),
        "BJ-3.3.2.S3": ("cannot_tell", 1, 1), "BJ-3.3.2.Q6": ("cannot_tell", 1, 1), "BJ-3.3.1.Q1": ("not_met", 1, 1),
        "BJ-3.3.2.S5c": ("not_met", 1, 1),
 "BJ-2.3.3.Q3": ("met", 1, 0), "BJ-2.2.8": ("cannot_tell", 1, 1),
        "BJ-2.3.5.Q3": ("met", 1, 0), "BJ-2.2.9": ("met", 1, None), "BJ-2.3.1.S2": ("met", 1, 0),
    },
    "cn-11-2018 exam": {"BJ-3.3.3.S3": ("met", 1, None)},
    "cn-43-2016": {
        "HN-2.1": ("not_yet", 2, None), "HN-2.2": ("not_met", 1, None), "HN-3.1.6": ("met", 1, 0),
    },
    "cn-440704-2016": {"JH-5.2.6": ("cannot_tell", 1, 0), "JH-5.2.4": ("cannot_tell", 1, 0)},
}  # fmt: skip


class Village(Town):
    """A town whose people are as a service asks for."""

    known: dict[str, Any]

    def person(self, home: Household | None = None) -> Person:
        register = make.batch(area=self.codes["county"], as_of=clock.today().replace(day=1))
        return make.person("周大山", hukou=self.village, household=home, register=register, **self.known)


def came_to(town: Town, tier: str = "county") -> dict[str, Figure]:
    """Every target of the county, or of a place above it, after a screening of it today."""
    actor, area = town.staff[f"federation@{tier}"][0], town.codes[tier]
    pack = selectors.pack_for(area)
    assert pack is not None
    run = services.run_screening(actor=again(actor), pack=pack, area=area, as_of=clock.today())
    numbers = TargetTally.objects.get(run=run, area=area).numbers
    return {
        name: figure(target, numbers.get(name), clock.today()) for name, target in town.plan.targets.items()
    }


@pytest.mark.parametrize("world", WALKS)
def test_services_that_were_walked_are_what_a_target_comes_to(
    world: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yice.loop.deliver.services.blocking._fact", lambda case, block: None)
    town = Village.settle(world.split()[0])
    assert isinstance(town, Village)
    before = came_to(town)
    for service, (until, known) in WALKS[world].items():
        town.known = known
        town.subject(town.plan.services[service])
        case = town.open(service)
        if service == "exam_admission":
            case.step("ask", "asked")
            case.step("assess", "granted")
        case.to(until) if until else case.to_the_end()
    after = came_to(town)
    wanted, told = COMES_TO[world], {}
    for name, (_, _, short) in wanted.items():
        found, sides = after[name], (before[name].numerator, after[name].numerator)
        assert not sides[0] or not sides[0].yes, (name, before[name])
        told[name] = (found.verdict, sides[1].yes if sides[1] else 0, None if short is None else found.short)
    assert told == wanted


# Target → the kind of need, and what is known of the three people: one was helped, one waits, of one nothing is kept.
NEEDS: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {
    "cn-11-2018": {
        "BJ-1.2.1": ("rehabilitation", {"birth": dt.date(2010, 3, 1)}),
        "BJ-1.2.2": ("rehabilitation", {"need_rehab": True}),
        "BJ-1.2.3": ("device", {"need_device": True}),
        "BJ-5.2.2": ("day_care", {"need_day_care": True}),
        "BJ-6.2.1": ("adaptation", {"need_adaptation": True}),
    },
    "cn-440704-2016": {
        "JH-3.3.2": ("housing", {"certified_dangerous_house": True}),
        "JH-3.3.4": ("adaptation", {"need_adaptation": True}),
        "JH-5.1.8": ("home_service", {"need_home_service": True}),
        "JH-5.2.6": ("rehabilitation", {"birth": dt.date(2015, 3, 1)}),
    },
    "cn-22-2017": {"JL-2.2": ("education", {"need_rehab": True})},
}  # fmt: skip


def said(person: Person, kind: str, *, met: bool) -> None:
    need = needs.record_need(
        actor=None, person=person, kind=kind, channel=Channel.WINDOW, key=f"{person.pk}{kind}"
    )
    if met:
        version, row = need.need.version, need.need
        clerk = User.objects.get(username="clerk@township-1")
        needs.answer_need(
            actor=clerk, need=row, version=version, outcome=NeedOutcome.MET, answer="已经办好",
            answered_by=AnsweredBy.FACE,
        )  # fmt: skip


@pytest.mark.parametrize("pack", NEEDS)
def test_a_need_that_was_met_is_help_and_one_that_waits_is_none(pack: str) -> None:
    town = Village.settle(pack)
    register = make.batch(area=town.codes["county"])
    for kind, known in NEEDS[pack].values():
        people = [
            make.person("吴静", register=register, **{"hukou": town.village, **known}) for _ in range(3)
        ]
        said(people[0], kind, met=True)
        said(people[1], kind, met=False)
    after = came_to(town)
    for name in NEEDS[pack]:
        found = after[name]
        assert found.numerator is not None and found.denominator is not None
        assert (found.numerator.yes, found.short, found.denominator.yes) == (1, 1, 3), (name, found)
        assert found.high is not None and found.high > (found.low or 0), (name, found)


def test_plans_their_measures_and_requests_are_counted_from_the_ledger() -> None:
    town = Village.settle("cn-11-2018")
    clerk = again(town.staff["clerk@township"][0])
    home = Household.objects.create(area=town.codes["county"])
    register = make.batch(area=town.codes["county"])
    zhou, wu = (
        make.person(name, hukou=town.village, household=house, register=register, need_rehab=True,
                    birth=dt.date(2010, 3, 1), in_school_roll=True)
        for name, house in (("周大山", home), ("吴静", None))
    )  # fmt: skip
    need = needs.record_need(actor=None, person=zhou, kind="education", channel=Channel.WINDOW, key="n").need

    def line(kind: str, **more: Any) -> MeasureLine:
        by = clock.today() + dt.timedelta(days=90)
        return MeasureLine(kind, "帮助", "federation@county", "解决", by, responsible_name="甲", **more)

    lines = [line("education", need=need), line("other")]
    own = plans.write_plan(actor=clerk, measures=lines, key="own", person=zhou).plan
    shared = plans.write_plan(actor=clerk, measures=[line("other")], key="home", household=home).plan
    for plan in (own, shared):
        plans.sign_plan(actor=clerk, plan=plan, version=1, signed_as=Signer.PERSON)
    measure = own.versions.get().measures.get(kind="education").uuid
    plans.record_progress(actor=clerk, plan=own, measure=measure, state=MeasureState.DONE, result="已经入学")
    plans.review_plan(actor=clerk, plan=own, effect="有效", next_on=clock.today() + dt.timedelta(days=30))
    clock.set_day(need.due_on + dt.timedelta(days=1))
    found = came_to(town)
    told = {}
    for name in ("BJ-0.1.6", "BJ-0.3.2c", "BJ-3.3.2.Q2", "BJ-0.1.0", "BJ-0.3.2g", "BJ-0.3.2h"):
        numerator = found[name].numerator
        told[name] = (found[name].verdict, numerator.yes if numerator else None)
    assert told == {
        "BJ-0.1.6": ("not_met", 1), "BJ-0.3.2c": ("not_met", 1), "BJ-3.3.2.Q2": ("not_met", 1),
        "BJ-0.1.0": ("not_met", 1), "BJ-0.3.2g": ("not_met", 1), "BJ-0.3.2h": ("not_met", 0),
    }  # fmt: skip
    assert wu.plans.count() == 0


def test_one_person_after_an_edit_is_not_asked_about_their_records(django_assert_num_queries: Any) -> None:
    """Targets alone read them: a decision at a desk page stays as cheap as it was."""
    town = Village.settle("cn-11-2018")
    person = make.person("林小禾", hukou=town.village)
    low, high = town.codes["county"], upper_bound(town.codes["county"])
    told = Request(town.plan, low, high, clock.today(), [person.pk])
    (part,) = registry.provide(told)
    with django_assert_num_queries(0):
        assert columns(told, part.values).values.column_names == []
