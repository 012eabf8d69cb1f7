"""Answering: what was said becomes facts, the person is judged again at once."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.cast import Cast

from yice.accounts.access import Forbidden
from yice.loop.identify import selectors, services
from yice.loop.identify.models import Answer, Ask, Batch, Change, Facts, Finding, Household, Person
from yice.loop.identify.services import Given
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
HELD = {"certified": True, "certificate_status": "valid"}


@pytest.fixture
def wu(cast: Cast) -> Person:
    """吴静: not on a subsistence list; her household's income and assets are not known."""
    make.all_lists()
    wu = make.person("吴静", grade=3)
    make.screened(cast)
    return wu


def ask_of(person: Person) -> Ask:
    return Ask.objects.get(person=person)


def facts_asked(person: Person) -> list[str]:
    return [question["fact"] for question in ask_of(person).questions]


def test_the_questions_are_the_ones_that_decide(cast: Cast, wu: Person) -> None:
    assert {"income_pc_month", "assets_within_limit"} <= set(facts_asked(wu))
    page = selectors.person_page(cast.chen, wu.uuid)
    assert page.ask is not None and page.ask.may_answer
    assert page.ask.questions[0].decides
    assert Finding.objects.get(person=wu, kind="ask").reason["questions"] == len(page.ask.questions)


def test_an_answer_is_a_fact_with_its_source_and_judges_at_once(cast: Cast, wu: Person) -> None:
    given = {
        "income_pc_month": Given("value", "50000"),
        "assets_within_limit": Given("value", "true"),
    }
    done = services.answer(actor=cast.chen, person=wu, answers=given, version=ask_of(wu).version)
    assert done.statuses["JH-3.1.3"] == "eligible"
    assert "gap:JH-3.1.3" in done.opened
    held = Facts.objects.get(person=wu).overrides["income_pc_month"][0]
    assert (held["value"], held["source"], held["by"]) == (50000, "person", "陈专委")
    assert Batch.objects.get(kind="answer").recorded_by == cast.chen
    assert set(Change.objects.values_list("fact", "after")) == {
        ("income_pc_month", 50000),
        ("assets_within_limit", True),
    }


def test_not_known_and_refused_are_answers_and_are_not_asked_again(cast: Cast, wu: Person) -> None:
    first, second = facts_asked(wu)[:2]
    given = {first: Given("does_not_know"), second: Given("refuses")}
    services.answer(actor=cast.chen, person=wu, answers=given, version=ask_of(wu).version)
    assert not {first, second} & set(facts_asked(wu))
    make.screened(cast)
    assert not {first, second} & set(facts_asked(wu))
    assert set(Answer.objects.values_list("kind", flat=True)) == {"does_not_know", "refuses"}
    assert Facts.objects.get(person=wu).overrides == {}


def test_what_is_the_households_counts_for_all_of_it(cast: Cast) -> None:
    make.all_lists()
    home = Household.objects.create(number="H1", area="440704001001")
    wu, brother = make.person("吴静", grade=3, household=home), make.person("吴安", grade=3, household=home)
    make.screened(cast)
    given = {"income_pc_month": Given("value", "900000")}
    services.answer(actor=cast.chen, person=wu, answers=given, version=ask_of(wu).version)
    assert Facts.objects.get(person=brother).overrides["income_pc_month"][0]["value"] == 900000
    assert Finding.objects.filter(kind="gap", group="JH-3.1.3").count() == 0


def test_a_household_is_followed_up_once(cast: Cast) -> None:
    make.all_lists()
    home = Household.objects.create(number="H1", area="440704001001")
    poor = {"income_pc_month": 50000, "assets_within_limit": True}
    for name in ("吴静", "吴安"):
        make.person(name, grade=3, household=home, **poor)
    make.screened(cast)
    assert Finding.objects.filter(kind="gap", group="JH-3.1.3").count() == 1


def test_every_mistake_is_named_beside_its_fact(cast: Cast, wu: Person) -> None:
    given = {
        "income_pc_month": Given("value", "-5"),
        "assets_within_limit": Given("value", ""),
        "grade": Given("value", "1"),
        "no_such": Given("refuses"),
    }
    with pytest.raises(Problems) as raised:
        services.answer(actor=cast.chen, person=wu, answers=given, version=ask_of(wu).version)
    assert {problem.field for problem in raised.value.problems} == set(given)
    assert not Answer.objects.exists() and not Batch.objects.filter(kind="answer").exists()


def test_the_same_answers_sent_twice_are_taken_once(cast: Cast, wu: Person) -> None:
    version = ask_of(wu).version
    for _ in range(2):
        services.answer(
            actor=cast.chen,
            person=wu,
            answers={"income_pc_month": Given("value", "90000000")},
            version=version,
        )
    assert Answer.objects.count() == 1


def test_a_stale_page_is_told_so(cast: Cast, wu: Person) -> None:
    version = ask_of(wu).version
    services.answer(
        actor=cast.chen, person=wu, answers={"assets_within_limit": Given("value", "false")}, version=version
    )
    with pytest.raises(Problem) as raised:
        services.answer(
            actor=cast.liang,
            person=wu,
            answers={"assets_within_limit": Given("value", "true")},
            version=version,
        )
    assert raised.value.code == "stale"


@pytest.mark.parametrize("who", ["luo", "zhou", "sheng", "admin", "pan", "nobody"])
def test_nobody_answers_outside_their_area(cast: Cast, wu: Person, who: str) -> None:
    with pytest.raises(Forbidden):
        services.answer(
            actor=getattr(cast, who), person=wu, answers={"income_pc_month": Given("refuses")},
            version=ask_of(wu).version,
        )  # fmt: skip


def test_a_list_that_comes_answers_instead(cast: Cast, wu: Person) -> None:
    wu_on = Batch.objects.get(source="list:subsistence")
    make.on_list(wu_on, wu, income_class="subsistence")
    make.screened(cast)
    assert not ask_of(wu).open
    assert Finding.objects.get(person=wu, kind="ask").closed_why["code"] == "decided"
