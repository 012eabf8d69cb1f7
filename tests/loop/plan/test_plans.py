"""One person one plan: five things a measure, versions never overwritten, signed, followed up, closed with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.cast import Cast

from yice.audit.models import Event
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Person
from yice.loop.identify.services.needs import record_need
from yice.loop.plan import selectors, services
from yice.loop.plan.enums import CloseReason, MeasureState, Signer
from yice.loop.plan.models import GroupStay, HelpPlan
from yice.loop.plan.services import MeasureLine
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
At = Callable[[dt.date | str], None]
DEVICE = MeasureLine(
    "device", "适配轮椅", "federation@county", "能独立出门", dt.date(2020, 9, 30), responsible_name="何业务",
    fen=120000, fund_source="county",
)  # fmt: skip


@pytest.fixture
def zhou(cast: Cast) -> Person:
    make.jianghai()
    make.all_lists()
    return make.person("周大山", grade=1, long_term_care_need=True)


def write(cast: Cast, person: Person, *lines: MeasureLine, **more: Any) -> HelpPlan:
    whose = {} if "plan" in more else {"person": person}
    more = {"key": "p1", **whose, **more}
    return services.write_plan(actor=cast.liang, measures=lines or (DEVICE,), **more).plan


def sign(cast: Cast, plan: HelpPlan) -> HelpPlan:
    return services.sign_plan(actor=cast.liang, plan=plan, version=plan.version, signed_as=Signer.PERSON)


def test_a_measure_has_department_person_result_date_and_source_of_money(cast: Cast, zhou: Person) -> None:
    bare = MeasureLine("magic", "", "mayor", "", dt.date(2020, 1, 1), fen=100)
    with pytest.raises(Problems) as told:
        write(cast, zhou, DEVICE, bare)
    assert [problem.field for problem in told.value.problems] == [
        f"measures.1.{name}"
        for name in ("kind", "what", "department", "responsible", "result", "by", "fund_source")
    ]


@pytest.mark.parametrize("wrong", ["mode", "measure", "need"])
def test_a_measure_is_of_this_plan_and_its_people(cast: Cast, zhou: Person, wrong: str) -> None:
    wu = make.person("吴静")
    theirs = write(cast, wu, key="p2").versions.get().measures.get()
    need = record_need(actor=cast.chen, person=wu, kind="device", channel=Channel.VISIT, key="n").need
    more: dict[str, dict[str, Any]] = {
        "mode": {"mode": "somehow"}, "measure": {"uuid": theirs.uuid},
        "need": {"need": need},
    }  # fmt: skip
    with pytest.raises(Problems) as told:
        write(cast, zhou, DEVICE, replace(DEVICE, **more[wrong]))
    assert [one.code for one in told.value.problems] == ["measure"]
    assert not HelpPlan.objects.filter(person=zhou).exists()


def test_it_is_in_force_once_it_is_signed(cast: Cast, zhou: Person) -> None:
    plan = write(cast, zhou)
    assert (plan.state, selectors.plan_in_force(zhou)) == ("draft", None)
    sign(cast, plan)
    assert selectors.plan_in_force(zhou) == plan


def test_a_guardian_signs_with_a_name(cast: Cast, zhou: Person) -> None:
    plan = write(cast, zhou)
    with pytest.raises(Problem):
        services.sign_plan(actor=cast.liang, plan=plan, version=1, signed_as=Signer.GUARDIAN)


def test_a_change_is_a_new_version_and_the_old_one_stands(cast: Cast, zhou: Person) -> None:
    plan = sign(cast, write(cast, zhou))
    first = plan.versions.get().measures.get()
    write(
        cast,
        zhou,
        replace(DEVICE, uuid=first.uuid, what="适配电动轮椅"),
        plan=plan,
        version=1,
        why="评估后调整",
    )
    view = selectors.view(cast.liang, plan.uuid)
    assert (view.version.number, view.in_force and view.in_force.number) == (2, 1)
    assert [one.measure.what for one in view.measures] == ["适配电动轮椅"]
    assert selectors.view(cast.liang, plan.uuid, 1).measures[0].measure.what == "适配轮椅"


def test_two_who_write_at_once_do_not_overwrite_each_other(cast: Cast, zhou: Person) -> None:
    plan = write(cast, zhou)
    write(cast, zhou, plan=plan, version=1)
    with pytest.raises(Problem) as told:
        write(cast, zhou, plan=plan, version=1)
    assert told.value.code == "stale"


def test_there_is_one_plan_a_person(cast: Cast, zhou: Person) -> None:
    assert write(cast, zhou) == write(cast, zhou)
    with pytest.raises(Problem) as told:
        write(cast, zhou, key="p2")
    assert told.value.code == "plan-open"


def test_progress_is_added_and_an_overdue_measure_shows(cast: Cast, zhou: Person, clock_at: At) -> None:
    plan = sign(cast, write(cast, zhou))
    measure = plan.versions.get().measures.get()
    clock_at("2020-10-01")
    (row,) = selectors.view(cast.liang, plan.uuid).measures
    assert row.overdue
    services.record_progress(
        actor=cast.liang, plan=plan, measure=measure.uuid, state=MeasureState.DONE, result="已能出门"
    )
    (row,) = selectors.view(cast.liang, plan.uuid).measures
    assert (row.overdue, row.state) == (False, "done")


def test_what_is_sent_again_adds_nothing_and_a_second_officer_is_told_what_the_first_said(
    cast: Cast, zhou: Person
) -> None:
    plan = sign(cast, write(cast, zhou))
    measure = plan.versions.get().measures.get().uuid
    begun = {"plan": plan, "measure": measure, "state": MeasureState.OPEN, "note": "已订货", "seen": 0}
    first = services.record_progress(actor=cast.liang, **begun)
    assert services.record_progress(actor=cast.liang, **begun) == first
    done = {**begun, "state": MeasureState.DONE, "result": "已能出门"}
    with pytest.raises(Problem) as told:
        services.record_progress(actor=cast.he, **done)
    assert told.value.code == "stale" and cast.liang.name in str(told.value.why)
    services.record_progress(actor=cast.he, **{**done, "seen": first.pk})
    assert plan.progress.count() == 2
    seen = [services.review_plan(actor=cast.chen, plan=plan, effect="轮椅合用") for _ in range(2)]
    assert seen[0] == seen[1]
    closed = [
        services.close_plan(actor=cast.liang, plan=plan, version=1, reason=CloseReason.MOVED) for _ in "12"
    ]
    assert closed[0] == closed[1]
    with pytest.raises(Problem) as told:
        sign(cast, plan)
    assert told.value.code == "stale" and str(CloseReason.MOVED.label) in str(told.value.why)


def test_a_follow_up_sets_the_next_one(cast: Cast, zhou: Person, clock_at: At) -> None:
    plan = sign(cast, write(cast, zhou, review_on=dt.date(2020, 7, 10)))
    clock_at("2020-07-11")
    assert selectors.to_review(cast.chen) == [plan]
    services.review_plan(actor=cast.chen, plan=plan, effect="轮椅合用")
    plan.refresh_from_db()
    assert plan.review_on == dt.date(2021, 1, 11)
    assert selectors.to_review(cast.chen) == []


def test_met_needs_every_measure_settled_and_the_persons_word(cast: Cast, zhou: Person) -> None:
    plan = sign(cast, write(cast, zhou))
    close = {"actor": cast.liang, "plan": plan, "version": 1, "reason": CloseReason.MET}
    for satisfied in (None, 5):
        with pytest.raises(Problem):
            services.close_plan(**close, satisfied=satisfied)
    measure = plan.versions.get().measures.get()
    services.record_progress(
        actor=cast.liang, plan=plan, measure=measure.uuid, state=MeasureState.DONE, result="已能出门"
    )
    closed = services.close_plan(**close, satisfied=5)
    assert (closed.state, closed.close_reason, closed.satisfied) == ("closed", "met", 5)


def test_groups_are_entered_and_left_with_a_reason(cast: Cast, zhou: Person) -> None:
    entered, _ = services.update_groups(zhou)
    assert entered and services.update_groups(zhou) == ([], [])
    zhou.facts.rest = {**zhou.facts.rest, "deceased": True}
    zhou.facts.save()
    _, left = services.update_groups(zhou)
    assert set(left) == set(entered)
    stay = GroupStay.objects.filter(group=left[0]).get()
    assert stay.left_on is not None and stay.left_why["failed"] == ["alive"]


def test_a_screening_run_enters_and_leaves_groups_when_a_fact_changes_and_the_plan_says_why(
    cast: Cast, zhou: Person, client: Client, clock_at: At
) -> None:
    plan = sign(cast, write(cast, zhou))
    before = set(GroupStay.objects.filter(left_on=None).values_list("group", flat=True))
    assert before

    def run_with(**facts: Any) -> set[str]:
        zhou.facts.rest = {**zhou.facts.rest, **facts}
        zhou.facts.save()
        make.screened(cast)
        return set(GroupStay.objects.filter(left_on=None).values_list("group", flat=True))

    assert run_with() == before  # nothing changed: nothing moves
    clock_at("2020-07-02")
    assert run_with(deceased=True) == set()
    client.force_login(cast.liang)
    text = client.get(f"/plans/{plan.uuid}/").content.decode()
    assert "2020年7月2日" in text and "在世" in text  # left when, and the condition that failed
    clock_at("2020-07-05")
    assert run_with(deceased=False) == before
    stays = GroupStay.objects.filter(group=min(before)).order_by("entered_on")
    assert [(one.entered_on.day, one.left_on and one.left_on.day) for one in stays] == [(30, 2), (5, None)]
    assert Event.objects.filter(code__in=("group.entered", "group.left")).count() == 3 * len(before)
