"""Handling a gap: each step leads somewhere, is done once, and outlives the next run."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests import factories as make
from tests.cast import Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.audit.sentences import sentence
from yice.loop.identify import services
from yice.loop.identify.models import CorrectionRequest, Facts, Finding, Guardian, Need, Outcome
from yice.terms import clock
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
JULY = dt.date(2020, 7, 1)


@pytest.fixture
def gap(cast: Cast) -> Finding:
    """林小禾, severe, needs care, and not on the nursing payroll."""
    make.all_lists()
    make.person("林小禾", grade=1, long_term_care_need=True)
    make.screened(cast)
    return Finding.objects.get(kind="gap", benefit="nursing_subsidy")


def handle(cast: Cast, gap: Finding, code: str, **more: Any) -> Finding:
    gap.refresh_from_db()
    return services.handle_gap(actor=cast.chen, finding=gap, version=gap.version, code=code, **more)


def test_helping_to_apply_starts_the_work(cast: Cast, gap: Finding) -> None:
    assert handle(cast, gap, "help_to_apply").state == "started"
    event = Event.objects.get(code="finding.outcome")
    assert event.subject_id == gap.person.uuid and event.values["outcome"] == "help_to_apply"
    assert str(sentence(event)) == "登记了处理结果：协助申请"


def test_included_waits_for_the_list_and_the_list_closes_it(cast: Cast, gap: Finding) -> None:
    done = handle(cast, gap, "included", left_out_reason="did_not_know")
    assert (done.state, done.confirm_from) == ("provisional", JULY)
    make.screened(cast)
    gap.refresh_from_db()
    assert gap.state == "provisional"
    july = make.all_lists(JULY)
    make.paid(july["nursing_subsidy"], gap.person, 22000)
    with clock.on(dt.date(2020, 7, 31)):
        make.screened(cast)
    gap.refresh_from_db()
    assert (gap.state, gap.closed_by) == ("closed", "list")


def test_included_opens_again_when_the_next_list_does_not_show_it(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "included", left_out_reason="did_not_know")
    make.all_lists(JULY)
    with clock.on(dt.date(2020, 7, 31)):
        make.screened(cast)
    gap.refresh_from_db()
    assert gap.state == "open"


def test_declined_is_not_asked_again_while_the_facts_are_the_same(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "declined", left_out_reason="unwilling")
    make.screened(cast)
    assert [f.state for f in Finding.objects.filter(kind="gap", benefit="nursing_subsidy")] == ["closed"]


def test_declined_comes_back_when_the_facts_changed(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "declined", left_out_reason="unwilling")
    Facts.objects.filter(person=gap.person).update(grade=2)
    make.screened(cast)
    assert sorted(
        Finding.objects.filter(kind="gap", benefit="nursing_subsidy").values_list("state", flat=True)
    ) == [
        "closed",
        "open",
    ]


def test_not_eligible_corrects_the_fact_and_stays_closed(cast: Cast, gap: Finding) -> None:
    done = handle(cast, gap, "not_eligible", corrected={"long_term_care_need": "false"})
    assert (done.state, done.closed_by) == ("closed", "person")
    held = Facts.objects.get(person=gap.person).overrides["long_term_care_need"][0]
    assert (held["value"], held["source"]) == (False, "correction")
    make.screened(cast)
    assert not Finding.objects.exclude(state="closed").filter(benefit="nursing_subsidy").exists()


def test_a_certificate_fact_is_corrected_by_its_owner(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "not_eligible", corrected={"grade": "3"}, note="证上是三级")
    request = CorrectionRequest.objects.get()
    assert (request.register, request.fact, request.held, request.asked) == ("certificates", "grade", 1, 3)
    make.screened(cast)
    assert not Finding.objects.exclude(state="closed").filter(benefit="nursing_subsidy").exists()


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("included", "left_out_reason"),
        ("declined", "left_out_reason"),
        ("not_eligible", "corrected"),
        ("refer", "refer_to"),
    ],
)
def test_what_a_step_needs_is_asked_for_beside_its_field(
    cast: Cast, gap: Finding, code: str, field: str
) -> None:
    with pytest.raises(Problems) as raised:
        handle(cast, gap, code)
    assert [problem.field for problem in raised.value.problems] == [field]
    assert not Outcome.objects.exists()


@pytest.mark.parametrize("code", ["stopped", "kept", "no-such", ""])
def test_a_step_of_another_kind_is_refused(cast: Cast, gap: Finding, code: str) -> None:
    with pytest.raises(Problem) as raised:
        handle(cast, gap, code)
    assert raised.value.code == "outcome-unknown"


def test_the_same_form_sent_twice_does_nothing_twice(cast: Cast, gap: Finding) -> None:
    version = gap.version
    for _ in range(2):
        services.handle_gap(
            actor=cast.chen, finding=gap, version=version, code="help_to_apply", note="已约好"
        )
    assert Outcome.objects.count() == 1


def test_a_page_out_of_date_says_what_changed(cast: Cast, gap: Finding) -> None:
    version = gap.version
    services.handle_gap(actor=cast.liang, finding=gap, version=version, code="help_to_apply")
    with pytest.raises(Problem) as raised:
        services.handle_gap(
            actor=cast.chen, finding=gap, version=version, code="declined", left_out_reason="unwilling"
        )
    assert raised.value.code == "stale"
    assert "梁经办" in str(raised.value) and "协助申请" in str(raised.value)


@pytest.mark.parametrize("who", ["luo", "zhou", "sheng", "admin", "pan", "nobody"])
def test_nobody_handles_a_gap_outside_their_area_or_line(cast: Cast, gap: Finding, who: str) -> None:
    with pytest.raises(Forbidden):
        services.handle_gap(actor=getattr(cast, who), finding=gap, version=gap.version, code="help_to_apply")
    assert not Outcome.objects.exists()


def test_who_is_helped_to_apply_has_a_need_that_is_to_be_answered(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "help_to_apply", note="周一去办")
    need = Need.objects.get()
    assert (need.channel, need.kind, need.owner, need.finding) == ("finding", "care", cast.chen, gap)
    assert need.voices.get().said == "比对发现可能漏了“重度残疾人护理补贴”；周一去办"
    make.paid(make.all_lists(JULY)["nursing_subsidy"], gap.person, 22000)
    for day in (dt.date(2020, 7, 31), dt.date(2020, 8, 1)):
        with clock.on(day):
            make.screened(cast)
    gap.refresh_from_db()
    need.refresh_from_db()
    assert (gap.state, need.state) == ("closed", "open")
    assert [one.kind for one in need.steps.order_by("id")] == ["opened", "settled"]


def test_nobody_handles_a_gap_of_their_own_kin(cast: Cast, gap: Finding) -> None:
    Guardian.objects.create(person=gap.person, name=cast.chen.name)
    with pytest.raises(Problem) as told:
        handle(cast, gap, "help_to_apply")
    assert told.value.code == "own-or-kin"
    assert not Outcome.objects.exists()
