"""A plan is put in force with the list of who would lose what they receive seen and signed for, or not at all."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.cast import COUNTY, STREET, Cast
from tests.policy.test_compare_plans import compared, village

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.jobs.leases import claim
from yice.jobs.models import Job, State
from yice.jobs.runner import attempt
from yice.policy import proposals
from yice.policy.models import Comparison, InstalledPack
from yice.terms.errors import Problem

__all__ = ["village"]
pytestmark = pytest.mark.django_db
WHY = "县政府办公会议定"


def in_force() -> InstalledPack:
    return InstalledPack.objects.get(active=True)


def worked() -> Job:
    one = claim("test")
    assert one is not None
    attempt(one)
    return Job.objects.latest("id")


@pytest.mark.parametrize(("reason", "seen"), [("", True), (WHY, False), ("  ", True)])
def test_a_plan_that_drops_recipients_is_not_put_in_force_unsigned(
    village: Cast, reason: str, seen: bool
) -> None:
    told = compared(village, severe_grade=1)
    with pytest.raises(Problem) as refused:
        proposals.request_in_force(actor=village.he, comparison=told, reason=reason, seen=seen)
    assert refused.value.code == "plan-drops"
    assert in_force() == told.old


def test_signed_for_it_is_put_in_force_and_the_record_says_who_and_why(village: Cast) -> None:
    told = compared(village, severe_grade=1)
    proposals.request_in_force(actor=village.luo, comparison=told, reason=WHY, seen=True)
    assert worked().state == State.DONE
    assert in_force() == told.new
    told.refresh_from_db()
    assert (told.signed_by, told.reason) == (village.luo, WHY)
    assert Event.objects.get(code="policy.in_force").values["dropped"] == 1


def test_somebody_who_joined_the_list_meanwhile_stops_it(village: Cast) -> None:
    told = compared(village, severe_grade=1)
    proposals.request_in_force(actor=village.he, comparison=told, reason=WHY, seen=True)
    make.paid(make.received("nursing_subsidy"), make.person("欧阳明", grade=2), 22000)
    job = worked()
    assert (job.state, job.error) == (State.FAILED, "plan-drops-more")
    assert in_force() == told.old


def test_a_comparison_of_a_part_does_not_bind_the_whole(village: Cast) -> None:
    pack = make.jianghai()
    other = proposals.propose(actor=village.he, base=pack, settings={"nursing_subsidy_fen": 25000})
    told = proposals.compare(actor=village.he, old=pack, new=other, area=STREET)
    with pytest.raises(Problem) as refused:
        proposals.request_in_force(actor=village.he, comparison=told, reason=WHY, seen=True)
    assert refused.value.code == "compare-part"


def test_yesterdays_comparison_is_made_anew(village: Cast) -> None:
    told = compared(village, nursing_subsidy_fen=25000)
    Comparison.objects.update(as_of="2020-06-29")
    told.refresh_from_db()
    with pytest.raises(Problem) as refused:
        proposals.request_in_force(actor=village.he, comparison=told, reason=WHY, seen=True)
    assert refused.value.code == "compare-old"


def test_a_viewer_signs_nothing(village: Cast) -> None:
    told = compared(village, nursing_subsidy_fen=25000)
    with pytest.raises(Forbidden):
        proposals.request_in_force(actor=village.sheng, comparison=told, reason=WHY, seen=True)


def test_the_second_signature_finds_it_done(village: Cast) -> None:
    told = compared(village, nursing_subsidy_fen=25000)
    proposals.put_in_force(actor=village.he, comparison=told, reason=WHY)
    with pytest.raises(Problem):
        proposals.put_in_force(actor=village.luo, comparison=told, reason=WHY)
    assert in_force().settings == {"nursing_subsidy_fen": 25000}
    assert COUNTY in in_force().areas
