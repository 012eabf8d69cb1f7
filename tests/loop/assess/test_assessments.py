"""Scales scored with their bands, certified on the day, run out and come back as work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, OUTSIDE_VILLAGE, VILLAGE, Cast

from yice.loop.assess import services as assess
from yice.loop.assess.models import Assessment
from yice.loop.assess.scoring import score
from yice.loop.assess.selectors import tally, to_assess, valid_assessment
from yice.loop.assess.services.following import follow_moves
from yice.loop.identify.models import Person
from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack
from yice.terms import clock
from yice.terms.errors import Problem, Problems

PLAN: Plan = load_pack(make.PACKS / "cn")
BARTHEL = {
    "feeding": 10, "bathing": 5, "grooming": 5, "dressing": 5, "bowels": 10, "bladder": 10, "toilet": 5,
    "transfer": 10, "walking": 5, "stairs": 0,
}  # fmt: skip
At = Callable[[dt.date | str], None]


def test_barthel_is_a_sum_with_its_band() -> None:
    found = score(PLAN.scales["barthel"], BARTHEL)
    assert (found.score, found.band and found.band.id) == (65, "mild")


@pytest.mark.parametrize(
    ("points", "band"), [(0, "severe"), (40, "severe"), (45, "moderate"), (60, "moderate"), (65, "mild")]
)
def test_bands_hold_at_their_edges(points: int, band: str) -> None:
    left, answers = points, {}
    for item in PLAN.scales["barthel"].items:
        answers[item.id] = max(one for one in item.scores if one <= left)
        left -= answers[item.id]
    found = score(PLAN.scales["barthel"], answers)
    assert (found.score, found.band and found.band.id) == (points, band)


def test_lawton_counts_what_somebody_can_do() -> None:
    able = {item.id: int(n < 3) for n, item in enumerate(PLAN.scales["lawton_iadl"].items)}
    found = score(PLAN.scales["lawton_iadl"], able)
    assert (found.score, found.band and found.band.id) == (3, "moderate")


def test_wg_ss_takes_the_hardest_domain() -> None:
    answers = {item.id: 1 for item in PLAN.scales["wg_ss"].items} | {"hearing": 3}
    found = score(PLAN.scales["wg_ss"], answers)
    assert (found.score, found.band and found.band.id) == (3, "disability")


def test_every_item_that_is_missing_or_wrong_is_named() -> None:
    with pytest.raises(Problems) as told:
        score(PLAN.scales["barthel"], BARTHEL | {"bathing": 10, "stairs": "", "dancing": 5})
    assert [problem.field for problem in told.value.problems] == ["bathing", "stairs", "dancing"]


@given(st.data())
def test_every_possible_answer_has_a_band(data: st.DataObject) -> None:
    scale = PLAN.scales[data.draw(st.sampled_from(["barthel", "lawton_iadl", "wg_ss"]))]
    found = score(scale, {item.id: data.draw(st.sampled_from(item.scores)) for item in scale.items})
    assert found.band is not None and found.score is not None
    assert found.band.low <= found.score <= found.band.high


@pytest.fixture
def zhou(cast: Cast) -> Person:
    make.jianghai()
    return make.person("周大山")


def barthel(cast: Cast, person: Person, key: str = "1") -> Assessment:
    return assess.record_assessment(actor=cast.chen, person=person, kind="barthel", key=key, answers=BARTHEL)


def test_it_is_kept_with_its_scores_and_its_last_day(cast: Cast, zhou: Person) -> None:
    made = barthel(cast, zhou)
    assert (made.score, made.band, made.valid_until) == (65, "mild", dt.date(2021, 6, 29))
    assert barthel(cast, zhou).pk == made.pk


def test_a_later_one_replaces_it(cast: Cast, zhou: Person) -> None:
    first, second = barthel(cast, zhou), barthel(cast, zhou, "2")
    first.refresh_from_db()
    assert (first.state, second.replaces, valid_assessment(zhou, "barthel")) == ("replaced", first, second)


def test_one_written_down_late_replaces_nothing_newer(cast: Cast, zhou: Person) -> None:
    newest = barthel(cast, zhou)
    old = assess.record_assessment(
        actor=cast.chen, person=zhou, kind="barthel", key="late", answers=BARTHEL, on=dt.date(2020, 3, 1)
    )
    assert (valid_assessment(zhou, "barthel"), old.state, old.replaces) == (newest, "replaced", None)


def test_it_runs_out_and_comes_back_as_work(cast: Cast, zhou: Person, clock_at: At) -> None:
    barthel(cast, zhou)
    assert to_assess(cast.chen) == []
    clock_at("2021-06-15")
    assert [one.why for one in to_assess(cast.chen)] == ["expiring"]
    clock_at("2021-06-30")
    assert valid_assessment(zhou, "barthel") is None
    assert assess.expire_assessments(clock.today()) == 1
    assert [one.why for one in to_assess(cast.chen)] == ["expired"]


def test_who_moved_is_assessed_again_where_they_live_now(cast: Cast, zhou: Person, clock_at: At) -> None:
    """Whoever they left sees nothing of it from that day, though the work is still on its way."""
    barthel(cast, zhou)
    clock_at("2021-06-15")
    Person.objects.filter(pk=zhou.pk).update(hukou=FAR_VILLAGE, residence=FAR_VILLAGE)
    assert to_assess(cast.chen) == []
    assert (follow_moves(VILLAGE), follow_moves(VILLAGE), tally(cast.zhou)) == (1, 0, 1)
    Person.objects.filter(pk=zhou.pk).update(residence=OUTSIDE_VILLAGE)
    assert (follow_moves(OUTSIDE_VILLAGE), follow_moves(FAR_VILLAGE)) == (0, 1)  # a run goes by the hukou
    assert (tally(cast.zhou), tally(cast.pan), tally(cast.chen)) == (1, 1, 0)


def test_a_disputed_one_does_not_count_and_the_final_one_is_another_assessors(
    cast: Cast, zhou: Person
) -> None:
    made = barthel(cast, zhou)
    assess.dispute_assessment(actor=cast.chen, assessment=made, grounds="当天发烧")
    assert valid_assessment(zhou, "barthel") is None
    made.refresh_from_db()
    with pytest.raises(Problem) as told:  # nobody assesses around what is in dispute
        barthel(cast, zhou, key="once more")
    assert told.value.code == "assessment-disputed"
    final = assess.record_assessment(
        actor=cast.he, person=zhou, kind="barthel", key="f", answers=BARTHEL, settles=made
    )
    assert final.final and valid_assessment(zhou, "barthel") == final


def test_a_certificate_covers_its_kinds_and_days(cast: Cast, zhou: Person) -> None:
    from yice.loop.assess.services.certifying import certified

    held = assess.certify_assessor(
        actor=cast.he, name="平评估", area=COUNTY, certificate="A1", since=dt.date(2020, 1, 1),
        until=dt.date(2020, 6, 29), kinds=["barthel"],
    )  # fmt: skip
    assert certified(held, "barthel", dt.date(2020, 6, 29))
    assert not certified(held, "barthel", dt.date(2020, 6, 30))
    assert not certified(held, "wg_ss", dt.date(2020, 6, 29))


def test_a_scale_the_plan_does_not_know_is_refused(cast: Cast, zhou: Person) -> None:
    with pytest.raises(Problem):
        assess.record_assessment(actor=cast.chen, person=zhou, kind="magic", key="1")


def test_the_determination_keeps_what_it_rests_on(cast: Cast, zhou: Person) -> None:
    made = barthel(cast, zhou)
    whole = assess.determine(
        actor=cast.liang,
        person=zhou,
        conclusion="需要护理补贴和居家服务",
        needs=["care", "home_service"],
        key="d",
    )
    assert list(whole.assessments.all()) == [made]
    assert whole.statuses and whole.pack_hash
