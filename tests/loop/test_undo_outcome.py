"""A step recorded by mistake is taken back with all that followed from it; both stay in the record."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests import factories as make
from tests.cast import NEXT_VILLAGE, Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.loop.identify import services
from yice.loop.identify.models import Change, CorrectionRequest, Facts, Finding, Outcome, Person
from yice.loop.identify.selectors.findings import finding_blocks
from yice.loop.identify.selectors.timeline import timeline
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
WHY = "登记到了别人名下"


@pytest.fixture
def gap(cast: Cast) -> Finding:
    """林小禾, severe, needs care, and not on the nursing payroll."""
    make.all_lists()
    make.person("林小禾", grade=1, long_term_care_need=True)
    make.screened(cast)
    return Finding.objects.get(kind="gap", benefit="nursing_subsidy")


@pytest.fixture
def leak(cast: Cast) -> Finding:
    lists = make.all_lists()
    person = make.person("周大山", grade=4)
    make.paid(lists["nursing_subsidy"], person, 22000)
    make.screened(cast)
    return Finding.objects.get(kind="leak", benefit="nursing_subsidy")


def handle(cast: Cast, gap: Finding, code: str, **more: Any) -> Finding:
    gap.refresh_from_db()
    return services.handle_gap(actor=cast.chen, finding=gap, version=gap.version, code=code, **more)


def undo(cast: Cast, finding: Finding, who: str = "chen", why: str = WHY) -> Finding:
    finding.refresh_from_db()
    return services.undo_outcome(
        actor=getattr(cast, who), finding=finding, version=finding.version, reason=why
    )


def test_the_finding_stands_as_before_and_history_keeps_both(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "declined", left_out_reason="unwilling")
    done = undo(cast, gap)
    assert (done.state, done.closed_on, done.closed_by, done.closed_why) == ("open", None, "", {})
    step = Outcome.objects.get()
    assert (step.undone, step.undone_by, step.undone_why) == (True, cast.chen, WHY)
    codes = Event.objects.filter(subject_id=gap.person.uuid).order_by("id").values_list("code", flat=True)
    assert list(codes) == ["finding.outcome", "finding.undone"]
    said = [item.text for item in timeline(cast.chen, gap.person, None)]
    assert any(WHY in text for text in said) and any("登记了处理结果" in text for text in said)


def test_only_the_last_step_is_taken_back_and_the_one_before_holds_again(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "help_to_apply")
    handle(cast, gap, "included", left_out_reason="did_not_know")
    assert undo(cast, gap).state == "started"
    assert undo(cast, gap).state == "open"
    with pytest.raises(Problem) as told:
        undo(cast, gap)
    assert told.value.code == "undo-nothing"


def test_included_taken_back_waits_for_no_list(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "included", left_out_reason="did_not_know")
    done = undo(cast, gap)
    assert (done.state, done.confirm_from) == ("open", None)


def test_a_fact_corrected_with_the_step_is_as_it_was(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "not_eligible", corrected={"long_term_care_need": "false"})
    done = undo(cast, gap)
    assert done.state == "open"
    assert Facts.objects.get(person=gap.person).overrides == {}
    last = Change.objects.filter(person=gap.person).order_by("id").last()
    assert last is not None and (last.before, last.after) == (False, True)
    make.screened(cast)
    gap.refresh_from_db()
    assert gap.state == "open"


def test_what_was_said_of_the_fact_since_stays(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "not_eligible", corrected={"long_term_care_need": "false"})
    services.correct_fact(
        actor=cast.he, person=gap.person, fact="long_term_care_need", value="true",
        seen_on=clock.today(), why="上门看过",
    )  # fmt: skip
    changes = Change.objects.count()
    live = Finding.objects.exclude(state="closed").filter(benefit="nursing_subsidy", kind="gap")
    if live.exists():
        with pytest.raises(Problem) as told:
            undo(cast, gap)
        assert told.value.code == "undo-superseded"
        return
    undo(cast, gap)
    held = Facts.objects.get(person=gap.person).overrides["long_term_care_need"]
    assert [one["value"] for one in held] == [True]
    assert Change.objects.count() == changes


def test_a_corrected_residence_goes_back(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "not_eligible", corrected={"residence": NEXT_VILLAGE, "long_term_care_need": "false"})
    assert Person.objects.get().residence == NEXT_VILLAGE
    undo(cast, gap)
    assert Person.objects.get().residence == gap.person.hukou


def test_the_request_to_the_registers_owner_is_withdrawn(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "not_eligible", corrected={"grade": "3"}, note="证上是三级")
    undo(cast, gap)
    assert CorrectionRequest.objects.get().answer == "withdrawn"


def test_a_hearing_taken_back_was_never_held(cast: Cast, leak: Finding) -> None:
    day = dt.date(2020, 6, 29)

    def pay(code: str, **more: Any) -> None:
        leak.refresh_from_db()
        services.handle_payment(
            actor=cast.luo, finding=leak, version=leak.version, code=code, told_on=day, heard_on=day, **more
        )

    pay("told_and_heard")
    pay("stopped", month=dt.date(2020, 7, 1))
    done = undo(cast, leak, "luo")
    assert (done.state, done.confirm_from) == ("started", None)
    undo(cast, leak, "luo")
    (block,) = (one for one in finding_blocks(cast.luo, leak.person) if one.uuid == leak.uuid)
    assert not block.heard
    with pytest.raises(Exception, match="听取意见"):
        services.handle_payment(
            actor=cast.luo, finding=leak, version=done.version + 1, code="stopped", month=day
        )


def test_what_a_list_confirmed_is_not_undone(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "included", left_out_reason="did_not_know")
    july = make.all_lists(dt.date(2020, 7, 1))
    make.paid(july["nursing_subsidy"], gap.person, 22000)
    with clock.on(dt.date(2020, 7, 31)):
        make.screened(cast)
    with pytest.raises(Problem) as told:
        undo(cast, gap)
    assert told.value.code == "undo-confirmed"


def test_an_old_finding_does_not_open_beside_a_new_one(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "declined", left_out_reason="unwilling")
    Facts.objects.filter(person=gap.person).update(grade=2)
    make.screened(cast)
    with pytest.raises(Problem) as told:
        undo(cast, gap)
    assert told.value.code == "undo-superseded"


def test_a_stale_page_and_a_missing_reason_are_refused(cast: Cast, gap: Finding) -> None:
    handle(cast, gap, "help_to_apply")
    with pytest.raises(Problem) as told:
        undo(cast, gap, why="错")
    assert told.value.code == "reason-missing"
    with pytest.raises(Problem) as told:
        services.undo_outcome(actor=cast.chen, finding=gap, version=gap.version - 1, reason=WHY)
    assert told.value.code == "stale"


@pytest.mark.parametrize("who", ["luo", "zhou", "sheng", "admin", "pan", "nobody"])
def test_nobody_undoes_outside_their_area_or_line(cast: Cast, gap: Finding, who: str) -> None:
    handle(cast, gap, "help_to_apply")
    with pytest.raises(Forbidden):
        undo(cast, gap, who)
