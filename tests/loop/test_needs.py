"""Every need is numbered, joined to the one that is open, and closed only with an answer and an outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, OUTSIDE_COUNTY, Cast
from tests.loop.deliver.walking import Walk, again, staff

from yice.accounts.access import Forbidden
from yice.accounts.enums import Role
from yice.accounts.models import Post
from yice.audit.models import Event
from yice.loop.deliver.services import Subject
from yice.loop.identify.enums import AnsweredBy, Channel, NeedOutcome, TieKind
from yice.loop.identify.models import Guardian, Household, HouseholdMember, Need, NeedStep, NeedVoice, Person
from yice.loop.identify.selectors.needs import NeedFilters, able_to_own, tally, waiting
from yice.loop.identify.services import needs, ties
from yice.loop.identify.services.needs_following import follow_moves
from yice.rules.services import NEEDS
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
At = Callable[[dt.date | str], None]


@pytest.fixture
def zhou(cast: Cast) -> Person:
    make.jianghai()
    return make.person("周大山")


def say(
    cast: Cast, person: Person, key: str, channel: Channel = Channel.SURVEY, kind: str = "device"
) -> Need:
    return needs.record_need(
        actor=cast.chen, person=person, kind=kind, channel=channel, key=key, said="要一辆轮椅"
    ).need


def test_it_is_numbered_owned_and_due_in_working_days(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    assert need.number == "X440704-2020-00001"
    assert (need.owner, need.tier) == (cast.chen, 5)
    assert need.due_on == dt.date(2020, 7, 21)


@pytest.mark.parametrize("channel", list(Channel))
def test_every_channel_makes_the_same_need(cast: Cast, zhou: Person, channel: Channel) -> None:
    first = say(cast, zhou, "1")
    second = needs.record_need(actor=cast.liang, person=zhou, kind="device", channel=channel, key="2")
    assert second.joined and second.need == first
    assert [one.channel for one in first.voices.order_by("id")] == ["survey", channel]
    assert Need.objects.get().times == 2


def test_a_key_with_something_else_is_no_repetition(cast: Cast, zhou: Person) -> None:
    """Back in the browser, another choice, sent again: not taken, and not said to be."""
    assert say(cast, zhou, "1") == say(cast, zhou, "1") and Need.objects.get().times == 1
    with pytest.raises(Problem) as other_kind:
        say(cast, zhou, "1", kind="rehabilitation")
    with pytest.raises(Problem) as other_person:
        say(cast, make.person("林小禾"), "1")
    with pytest.raises(Problem) as somebody_else:
        needs.record_need(
            actor=cast.liang, person=zhou, kind="device", channel=Channel.SURVEY, key="1", said="要一辆轮椅"
        )
    codes = {one.value.code for one in (other_kind, other_person, somebody_else)}
    assert codes == {"key-reused"} and Need.objects.count() == 1


def test_another_kind_is_another_need(cast: Cast, zhou: Person) -> None:
    assert say(cast, zhou, "1") != say(cast, zhou, "2", kind="rehabilitation")


def test_a_request_sent_again_is_one_voice(cast: Cast, zhou: Person) -> None:
    say(cast, zhou, "1")
    say(cast, zhou, "1")
    assert (Need.objects.get().times, NeedVoice.objects.count()) == (1, 1)


def test_it_closes_with_an_outcome_that_is_one(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    for wrong in ({"outcome": ""}, {"answered_by": "magic"}):
        how: dict[str, Any] = {"outcome": NeedOutcome.MET, "answered_by": AnsweredBy.FACE, **wrong}
        with pytest.raises(Problem) as told:
            needs.answer_need(actor=cast.chen, need=need, version=0, answer="已修好", key="a", **how)
        assert told.value.code == "outcome-missing"


def test_nothing_closes_without_an_answer(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    with pytest.raises(Problem) as told:
        needs.answer_need(
            actor=cast.chen,
            need=need,
            version=0,
            outcome=NeedOutcome.MET,
            answer=" ",
            answered_by=AnsweredBy.FACE,
        )
    assert told.value.field == "answer"
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.update(state="closed")


def test_an_answer_closes_it_and_the_next_one_is_new(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    closed = needs.answer_need(
        actor=cast.chen,
        need=need,
        version=0,
        outcome=NeedOutcome.MET,
        answer="轮椅已送到",
        answered_by=AnsweredBy.FACE,
    )
    assert (closed.state, closed.closed_on) == ("closed", clock.today())
    needs.rate_need(actor=cast.chen, need=closed, satisfied=5)
    assert say(cast, zhou, "2").pk != need.pk
    assert Event.objects.filter(code="need.answered", subject_id=zhou.uuid).exists()


def test_a_stale_page_says_what_changed(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    needs.send_need(actor=cast.liang, need=need, version=0, office="health@county")
    with pytest.raises(Problem) as told:
        needs.own_need(actor=cast.liang, need=need, version=0, owner=cast.liang)
    assert told.value.code == "stale" and "转交" in str(told.value.why)


def test_sent_again_it_does_nothing_twice(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    for _ in range(2):
        needs.send_need(actor=cast.liang, need=need, version=0, office="health@county", key="k")
    assert NeedStep.objects.filter(kind="sent").count() == 1


def test_a_department_that_is_not_there_is_refused(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    with pytest.raises(Problem):
        needs.send_need(actor=cast.liang, need=need, version=0, office="health@village")


def test_the_overdue_climb_a_tier_at_a_time(cast: Cast, zhou: Person, clock_at: At) -> None:
    need = say(cast, zhou, "1")
    clock_at("2020-07-21")
    assert needs.climb_needs(clock.today()) == 0
    clock_at("2020-07-22")
    assert (needs.climb_needs(clock.today()), needs.climb_needs(clock.today())) == (1, 0)
    clock_at("2020-07-29")
    assert needs.climb_needs(clock.today()) == 1
    need.refresh_from_db()
    assert need.tier == 3
    assert Event.objects.filter(code="need.climbed").count() == 2


def test_another_place_takes_no_needs_here(cast: Cast) -> None:
    far = make.person("吴静", hukou=FAR_VILLAGE)
    with pytest.raises(Forbidden):
        say(cast, far, "1")


def test_every_kind_has_its_word_in_both_languages() -> None:
    assert all(words.zh and words.en for words in NEEDS.values())


@pytest.mark.parametrize("near", ["guardian", "member", "household", "declared"])
def test_a_relatives_need_is_not_answered(cast: Cast, zhou: Person, near: str) -> None:
    need = say(cast, zhou, "1")
    name = cast.liang.name
    if near == "guardian":
        Guardian.objects.create(person=zhou, name=name)
    elif near == "declared":
        ties.declare_tie(actor=cast.liang, user=cast.liang, person=zhou, kind=TieKind.SIBLING)
    else:
        zhou.household = Household.objects.create(area=zhou.hukou)
        zhou.save()
        if near == "member":
            HouseholdMember.objects.create(household=zhou.household, name=name, name_folded=name)
        else:
            make.person(name, household=zhou.household)
    with pytest.raises(Problem) as told:
        needs.own_need(actor=cast.liang, need=need, version=0, owner=cast.liang)
    assert told.value.code == "own-or-kin"


def test_a_shared_name_is_cleared_by_a_colleague_only(cast: Cast, zhou: Person) -> None:
    Guardian.objects.create(person=zhou, name=cast.liang.name)
    with pytest.raises(Forbidden):
        ties.declare_tie(actor=cast.liang, user=cast.liang, person=zhou, kind=TieKind.NONE)
    ties.declare_tie(actor=cast.he, user=cast.liang, person=zhou, kind=TieKind.NONE)
    assert not ties.is_kin(cast.liang, zhou)


def test_a_department_reads_and_answers_what_was_sent_to_it(cast: Cast, zhou: Person) -> None:
    wei = staff("wei", "卫健员", Role.HEALTH)
    need = say(cast, zhou, "1")
    assert not waiting(wei).exists()
    with pytest.raises(Forbidden):
        needs.own_need(actor=wei, need=need, version=0, owner=wei)
    sent = needs.send_need(actor=cast.liang, need=need, version=0, office="health@county")
    assert list(waiting(wei)) == [need]
    closed = needs.answer_need(
        actor=wei,
        need=sent,
        version=1,
        outcome=NeedOutcome.MET,
        answer="已约复诊",
        answered_by=AnsweredBy.PHONE,
    )
    assert closed.state == "closed"


def test_an_application_is_taken_for_the_need_it_meets(cast: Cast, zhou: Person) -> None:
    need, other = say(cast, zhou, "1", kind="care"), say(cast, zhou, "2", kind="device")
    case = Walk.open(cast.liang, "nursing_subsidy", Subject(person=zhou)).case
    need.refresh_from_db()
    assert (case.need, need.state) == (need, "in_hand")
    with pytest.raises(Problem) as told:
        Walk.open(cast.liang, "nursing_subsidy", Subject(person=make.person("吴静")), need=need)
    assert told.value.code == "need-of-other"
    with pytest.raises(Problem) as told:
        Walk.open(cast.liang, "nursing_subsidy", Subject(person=make.person("郑和")), need=other)
    assert told.value.code == "need-other"


def test_what_climbed_is_seen_above_and_no_lower(cast: Cast, zhou: Person, clock_at: At) -> None:
    city, province, beside = (
        staff(area, "上级残联", Role.FEDERATION_ABOVE, area)
        for area in ("440700000000", "440000000000", OUTSIDE_COUNTY)
    )
    say(cast, zhou, "1")
    for day, seen in (("2020-07-22", [cast.liang]), ("2020-07-29", [cast.he]), ("2020-08-05", [city])):
        clock_at(day)
        needs.climb_needs(clock.today())
        above = [cast.liang, cast.he, city, province, beside, cast.chen, cast.pan]
        assert [one for one in above if tally(one).climbed][-1:] == seen
    assert waiting(city).count() == 1
    assert not waiting(province).exists() and not waiting(beside).exists()


def test_it_is_given_to_a_colleague_and_never_to_kin(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    wei = staff("wei", "卫健员", Role.HEALTH)
    assert cast.liang in able_to_own(need) and wei not in able_to_own(need)
    for to in (wei, cast.pan):
        with pytest.raises(Problem) as told:
            needs.own_need(actor=cast.he, need=need, version=0, owner=to)
        assert told.value.code == "not-their-need"
    Guardian.objects.create(person=zhou, name=cast.liang.name)
    assert cast.liang not in able_to_own(need)
    with pytest.raises(Problem) as told:
        needs.own_need(actor=cast.he, need=need, version=0, owner=cast.liang)
    assert told.value.code == "own-or-kin"
    assert needs.own_need(actor=cast.chen, need=need, version=0, owner=cast.he).owner == cast.he


def test_who_leaves_leaves_it_to_be_seen_as_nobodys(cast: Cast, zhou: Person) -> None:
    say(cast, zhou, "1")
    assert tally(again(cast.he)).adrift == 0
    Post.objects.filter(user=cast.chen).update(until=dt.date(2020, 6, 29))
    assert tally(again(cast.he)).adrift == 1
    assert list(waiting(cast.liang, NeedFilters(adrift=True))) == [Need.objects.get()]
    assert tally(again(cast.pan)).adrift == 0


def test_it_goes_where_the_person_goes(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    Person.objects.filter(pk=zhou.pk).update(hukou=FAR_VILLAGE, residence=FAR_VILLAGE)
    assert not waiting(cast.zhou).exists()
    assert (follow_moves(COUNTY), follow_moves(COUNTY)) == (1, 0)
    moved = waiting(cast.zhou).get()
    assert (moved, moved.owner, moved.due_on) == (need, None, need.due_on)
    assert not waiting(cast.chen).exists()


def test_a_rating_sent_again_is_one(cast: Cast, zhou: Person) -> None:
    need = say(cast, zhou, "1")
    told = {"outcome": NeedOutcome.MET, "answer": "轮椅已送到", "answered_by": AnsweredBy.FACE}
    closed = needs.answer_need(actor=cast.chen, need=need, version=0, **told)
    for _ in range(2):
        needs.rate_need(actor=cast.chen, need=closed, satisfied=4, key="k")
    assert NeedStep.objects.filter(kind="rated").count() == 1
