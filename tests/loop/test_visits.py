"""The day's list: made once, printed in order, typed back."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories as make
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.loop.identify import selectors, services
from yice.loop.identify.models import Answer, NeedVoice, VisitList
from yice.loop.identify.services import Given, Said, TypedLine
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
TODAY = dt.date(2020, 6, 30)


@pytest.fixture
def village(cast: Cast) -> Cast:
    make.all_lists()
    make.person("林小禾", grade=1, long_term_care_need=True)
    make.person("周大山", grade=4, income_pc_month=90_000_00)
    make.person("吴静", grade=3, residence=NEXT_VILLAGE)
    make.person("欧阳明", grade=3, hukou=NEXT_VILLAGE, residence=VILLAGE)
    make.screened(cast)
    return cast


def made(cast: Cast, **more: int) -> VisitList:
    return services.make_visit_list(actor=cast.chen, day=TODAY, **more)


def test_it_goes_where_people_live_and_most_can_be_decided_first(village: Cast) -> None:
    page = selectors.visit_list(village.chen, made(village, size=1).uuid)
    assert [row.name for row in page.rows] == ["林小禾"]
    assert page.rows[0].reasons and page.rows[0].questions
    everybody = services.make_visit_list(actor=village.liang, day=dt.date(2020, 7, 1), area=VILLAGE)
    names = {row.name for row in selectors.visit_list(village.liang, everybody.uuid).rows}
    assert "吴静" not in names and "欧阳明" in names


def test_asked_again_the_same_list_comes_back(village: Cast) -> None:
    assert made(village).pk == made(village, size=1).pk


def test_typed_lines_become_results_and_answers(village: Cast) -> None:
    today = made(village)
    page = selectors.visit_list(village.chen, today.uuid)
    row = next(row for row in page.rows if row.name == "林小禾")
    fact = row.questions[0].fact
    lines = [
        TypedLine(row.position, "met", "在家", {fact: Given("does_not_know")}, row.seen),
        *(TypedLine(other.position, "not_home") for other in page.rows if other is not row),
    ]
    for _ in range(2):
        services.type_back(actor=village.chen, visit_list=today, lines=lines)
    assert Answer.objects.count() == 1
    again = selectors.visit_list(village.chen, today.uuid)
    assert all(line.typed for line in again.rows) and again.version == len(page.rows)
    assert selectors.home(village.chen).visits == selectors.home(village.chen).visits is not None


def test_typed_twice_it_is_recorded_once(village: Cast) -> None:
    today = made(village)
    row = next(row for row in selectors.visit_list(village.chen, today.uuid).rows if row.questions)
    lines = [TypedLine(row.position, "met", "", {row.questions[0].fact: Given("refuses")}, row.seen)]
    for _ in range(2):
        services.type_back(actor=village.chen, visit_list=today, lines=lines)
    assert Event.objects.filter(code="visit.typed").count() == 1


def test_every_wrong_line_is_named(village: Cast) -> None:
    today = made(village)
    with pytest.raises(Problems) as raised:
        services.type_back(
            actor=village.chen, visit_list=today, lines=[TypedLine(1, "no-such"), TypedLine(99, "met")]
        )
    assert [one.field for one in raised.value.problems] == ["line-1", "line-99"]


def test_one_wrong_line_takes_back_none(village: Cast) -> None:
    today = made(village)
    with pytest.raises((Problem, Problems)):
        services.type_back(
            actor=village.chen, visit_list=today, lines=[TypedLine(1, "met"), TypedLine(99, "met")]
        )
    assert not any(row.typed for row in selectors.visit_list(village.chen, today.uuid).rows)


def test_nobody_lists_people_of_another_area(village: Cast) -> None:
    with pytest.raises(Forbidden):
        services.make_visit_list(actor=village.chen, day=TODAY, area=NEXT_VILLAGE)
    for who in ("luo", "sheng", "admin", "nobody"):
        with pytest.raises(Forbidden):
            services.make_visit_list(actor=getattr(village, who), day=TODAY)
    with pytest.raises(Problem):
        selectors.visit_list(village.zhou, made(village).uuid)


def test_a_need_whose_answer_was_lost_is_not_said_twice(village: Cast) -> None:
    row = made(village).visits.get(person__name="林小禾")
    for key, said in (("lost", "轮椅"), ("again", "轮椅"), ("more", "轮椅和拐杖")):
        one = Said({"result": "met"}, need="device", need_said=said)
        services.record_visit(
            actor=village.chen, visit=row, said=one, version=0, key=key, follows=["lost", "again"]
        )
    assert list(NeedVoice.objects.order_by("id").values_list("need__times", "said")) == [
        (2, "轮椅"),
        (2, "轮椅和拐杖"),
    ]
