"""Another reading beside the one in force: who gains, who loses, of whom it cannot be told; nothing changes by it."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.jobs.leases import claim
from yice.jobs.models import Job
from yice.jobs.runner import attempt
from yice.policy import proposals, selectors
from yice.policy.models import Comparison, InstalledPack
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db


@pytest.fixture
def village(cast: Cast) -> Cast:
    """林小禾 of grade 1 and 周大山 of grade 2 receive nursing; of 吴静 the grade is not known."""
    lists = make.all_lists()
    for one in (make.person("林小禾", grade=1), make.person("周大山", grade=2, hukou=NEXT_VILLAGE)):
        make.paid(lists["nursing_subsidy"], one, 22000)
    make.person("吴静", grade=None, certified=False, hukou=FAR_VILLAGE)
    return cast


def compared(cast: Cast, **settings: Any) -> Comparison:
    pack = make.jianghai()
    other = proposals.propose(actor=cast.he, base=pack, settings=settings)
    return proposals.compare(actor=cast.he, old=pack, new=other, area=COUNTY)


def nursing(told: Comparison) -> dict[str, Any]:
    (one,) = [item for item in told.figures["items"] if item["id"] == "nursing_subsidy"]
    return one  # type: ignore[no-any-return]


def test_a_stricter_reading_takes_from_grade_two_and_says_who_receives(village: Cast) -> None:
    told = compared(village, severe_grade=1)
    assert nursing(told)["changes"]["loses"] == 1
    assert nursing(told)["cost"]["difference_fen"] == -22000
    assert told.dropped == 1
    rows, total = selectors.behind(told, {"dropped": True}, 1, 25)
    assert (total, rows[0].before, rows[0].after, rows[0].amount_before) == (
        1,
        "eligible",
        "ineligible",
        22000,
    )


def test_whose_grade_nobody_knows_neither_gains_nor_loses(village: Cast) -> None:
    told = nursing(compared(village, severe_grade=1))
    assert told["before"]["unknown"] == told["after"]["unknown"]
    assert told["changes"]["undecidable"] == told["changes"]["decidable"] == 0


def test_a_wider_reading_drops_nobody(village: Cast) -> None:
    told = compared(village, nursing_subsidy_fen=25000)
    assert told.dropped == 0
    assert nursing(told)["changes"]["amount"] == 2


def test_figures_stand_by_street_and_age(village: Cast) -> None:
    told = compared(village, severe_grade=1)
    places = {
        place: item["changes"]["loses"]
        for place, items in told.figures["by"]["township"].items()
        for item in items
        if item["id"] == "nursing_subsidy"
    }
    assert places == {NEXT_VILLAGE[:9]: 1}
    rows, total = selectors.behind(
        told, {"item": "nursing_subsidy", "change": "loses", "township": NEXT_VILLAGE[:9]}, 1, 25
    )
    assert total == len(rows) == 1


def test_comparing_changes_nothing(village: Cast) -> None:
    before = make.jianghai()
    compared(village, severe_grade=1)
    assert list(InstalledPack.objects.filter(active=True)) == [before]
    assert Event.objects.filter(code="policy.compared").count() == 1


def test_the_same_readings_twice_are_one_version(village: Cast) -> None:
    pack = make.jianghai()
    one, two = (proposals.propose(actor=village.he, base=pack, settings={"severe_grade": 1}) for _ in "ab")
    assert one == two and not one.active


@pytest.mark.parametrize("settings", [{"severe_grad": 1}, {"severe_grade": "two"}])
def test_a_setting_that_cannot_be_is_refused_in_a_sentence(village: Cast, settings: dict[str, Any]) -> None:
    with pytest.raises(Problems):
        proposals.propose(actor=village.he, base=make.jianghai(), settings=settings)


def test_two_versions_that_are_one_are_not_compared(village: Cast) -> None:
    pack = make.jianghai()
    with pytest.raises(Problem) as refused:
        proposals.request_comparison(actor=village.he, old=pack, new=pack, area=COUNTY)
    assert refused.value.code == "compare-same"


def test_a_commissioner_compares_nothing(village: Cast) -> None:
    with pytest.raises(Forbidden):
        proposals.propose(actor=village.chen, base=make.jianghai(), settings={"severe_grade": 1})


def test_a_pack_that_names_no_place_still_asks_for_the_right_to_compare(village: Cast) -> None:
    pack = make.jianghai()
    pack.areas = []
    with pytest.raises(Forbidden):
        proposals.propose(actor=village.chen, base=pack, settings={"severe_grade": 1})


def test_it_runs_as_a_job_that_leads_to_its_result(village: Cast) -> None:
    pack = make.jianghai()
    other = proposals.propose(actor=village.he, base=pack, settings={"severe_grade": 1})
    asked = proposals.request_comparison(actor=village.he, old=pack, new=other, area=COUNTY)
    one = claim("test")
    assert one is not None
    attempt(one)
    done = Job.objects.get(pk=asked.pk)
    assert done.result["comparison"] == str(Comparison.objects.get().uuid)
