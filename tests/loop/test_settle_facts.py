"""Which value of a fact stands: by source rank, then by day; silence only of a whole list; stale is unknown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import factories as make
from tests.cast import FAR_VILLAGE, Cast

from yice.loop.identify.facts import settled
from yice.loop.identify.facts.column import FactColumn, Origin
from yice.loop.identify.models import Facts, Finding, Person
from yice.policy import selectors as policy
from yice.policy.provided import Request
from yice.rules.model import Fact
from yice.rules.words import Words

TODAY = dt.date(2020, 6, 30)
FACT = Fact("income_class", "code", Words("", ""), codes=("none", "subsistence"), source="list:subsistence")
SOURCES = ("registry", "household", "person", "correction", "list:subsistence")
offers = st.lists(
    st.tuples(st.sampled_from(SOURCES), st.dates(dt.date(2020, 1, 1), TODAY), st.sampled_from(FACT.codes)),
    min_size=1,
    max_size=6,
    unique_by=lambda offer: offer[:2],
)


def taken(given_: list[tuple[str, dt.date, str]]) -> FactColumn:
    column = FactColumn(FACT, [None], others={})
    held = Origin("registry", dt.date.min)
    for source, day, value in given_:
        column.offer(0, value, Origin(source, day), column.origins.get(0, held))
    return column


@given(offers, st.randoms())
def test_the_value_that_stands_has_the_highest_rank_and_day_in_any_order(given_: Any, random: Any) -> None:
    column = taken(given_)
    shuffled = list(given_)
    random.shuffle(shuffled)
    best = max(column.rank(Origin(source, day)) for source, day, _ in given_)
    assert column.rank(column.origins[0]) == best == taken(shuffled).rank(taken(shuffled).origins[0])


@given(offers)
def test_every_value_is_kept_and_shown(given_: Any) -> None:
    column = taken(given_)
    assert column.others is not None
    kept = [offer.value for offer in column.others.get(0, [])] + [column.values[0]]
    assert sorted(kept) == sorted(value for _, _, value in given_)


def facts_of(person: Person) -> dict[str, Any]:
    plan = policy.plan(make.jianghai())
    (part,) = settled(Request(plan, "", "", TODAY, [person.pk]))
    return {name: (column.values[0], column.states.get(0, "")) for name, column in part.columns.items()}


@pytest.mark.django_db
class TestLists:
    def test_silence_needs_every_list_that_could_name_the_person(self, cast: Cast) -> None:
        lin = make.person("林小禾")
        make.received("subsistence")
        make.received("low_income")
        assert facts_of(lin)["income_class"] == (None, "")
        make.received("extreme_hardship")
        assert facts_of(lin)["income_class"] == ("none", "silence")

    def test_a_list_that_is_not_whole_or_of_another_place_is_not_silent(self, cast: Cast) -> None:
        lin = make.person("林小禾")
        for kind in make.HARDSHIP:
            make.received(kind, whole=False)
        assert facts_of(lin)["income_class"][0] is None
        for kind in make.HARDSHIP:
            make.received(kind, area=FAR_VILLAGE)
        assert facts_of(lin)["income_class"][0] is None

    def test_a_possible_row_makes_unknown(self, cast: Cast) -> None:
        lists = make.all_lists()
        lin = make.person("林小禾", income_class="none")
        make.on_list(lists["low_income"], lin, state="possible", income_class="low_income")
        assert facts_of(lin)["income_class"] == (None, "possible")

    def test_a_refused_row_is_nobodys(self, cast: Cast) -> None:
        lists = make.all_lists()
        lin = make.person("林小禾")
        make.on_list(lists["low_income"], lin, state="refused", income_class="low_income")
        assert facts_of(lin)["income_class"] == ("none", "silence")

    def test_an_older_list_speaks_while_it_is_fresh(self, cast: Cast) -> None:
        lin = make.person("林小禾")
        for kind in make.HARDSHIP:
            make.received(kind, month=dt.date(2020, 5, 1))
        assert facts_of(lin)["income_class"][0] == "none"

    def test_an_old_list_does_not(self, cast: Cast) -> None:
        lin = make.person("林小禾")
        for kind in make.HARDSHIP:
            make.received(kind, month=dt.date(2020, 1, 1))
        assert facts_of(lin)["income_class"][0] is None

    def test_a_later_whole_list_takes_back_what_an_earlier_one_said(self, cast: Cast) -> None:
        lin = make.person("林小禾")
        may = make.received("subsistence", month=dt.date(2020, 5, 1))
        make.on_list(may, lin, income_class="subsistence")
        assert facts_of(lin)["income_class"][0] == "subsistence"
        make.all_lists()
        assert facts_of(lin)["income_class"][0] == "none"

    def test_a_payroll_of_last_month_says_nothing_of_this_one(self, cast: Cast) -> None:
        lin = make.person("林小禾")
        make.paid(make.received("living_subsidy", month=dt.date(2020, 5, 1)), lin, 16500)
        assert facts_of(lin)["receives.living_subsidy"][0] is None

    def test_the_insured_receive_only_where_the_roll_says_who_paid(self, cast: Cast) -> None:
        roll = make.received("medical_insurance")
        paid, own, silent = (make.person(name) for name in ("林小禾", "周大山", "吴静"))
        make.on_list(roll, paid, medical_kind="resident", funded_fen=25000)
        make.on_list(roll, own, medical_kind="resident", funded_fen=0)
        make.on_list(roll, silent, medical_kind="resident")
        name = "receives.medical_insurance_funding"
        assert [facts_of(one)[name][0] for one in (paid, own, silent)] == [True, False, None]


@pytest.mark.django_db
def test_a_row_that_says_when_it_was_last_looked_at_speaks_of_that_day(cast: Cast) -> None:
    old = make.person("林小禾", need_device=True, rural=True, updated_on="2019-06-01")
    ahead = make.person("周大山", need_device=True, updated_on="2021-01-01")
    plan = policy.plan(make.jianghai())
    (part,) = settled(Request(plan, "", "", TODAY, [old.pk, ahead.pk]))
    assert part.origin("rural", 0).date == dt.date(2019, 6, 1)  # type: ignore[union-attr]
    assert [part.columns["need_device"].values[at] for at in (0, 1)] == [
        None,
        True,
    ]  # over a year old: unknown
    assert part.base[1].date <= TODAY


@pytest.mark.django_db
class TestDeaths:
    def died(self, person: Person, day: str, how: str = "id_and_name", kind: str = "deaths_funeral") -> None:
        make.on_list(make.received(kind), person, how=how, deceased=True, died_on=day)

    def test_id_and_name_must_agree(self, cast: Cast) -> None:
        lin, zhou = make.person("林小禾"), make.person("周大山")
        self.died(lin, "2020-03-01")
        self.died(zhou, "2020-03-01", how="id_other_name", kind="deaths_health")
        assert facts_of(lin)["deceased"][0] is True
        assert facts_of(zhou)["deceased"][0] is None  # blank: alive

    def test_nobody_has_died_before_the_day(self, cast: Cast) -> None:
        lin = make.person("林小禾")
        self.died(lin, "2020-07-02")
        assert facts_of(lin)["deceased"][0] is None

    @pytest.mark.parametrize(("day", "kinds"), [("2020-06-02", []), ("2020-05-31", ["leak"])])
    def test_the_month_of_death_is_rightly_paid(self, cast: Cast, day: str, kinds: list[str]) -> None:
        lists = make.all_lists()
        lin = make.person("林小禾", grade=1, long_term_care_need=True)
        make.paid(lists["nursing_subsidy"], lin, 22000)
        self.died(lin, day)
        make.screened(cast)
        found = Finding.objects.filter(benefit="nursing_subsidy").values_list("kind", flat=True)
        assert list(found) == kinds


@pytest.mark.django_db
def test_what_was_said_long_ago_is_unknown(cast: Cast) -> None:
    old = make.batch(as_of=dt.date(2019, 1, 1))
    lin = make.person("林小禾", register=old, employed=True, literate=True)
    facts = facts_of(lin)
    assert facts["employed"] == (None, "stale")
    assert facts["literate"] == (True, "")


@pytest.mark.django_db
def test_an_answer_outranks_the_register_on_what_the_person_knows(cast: Cast) -> None:
    lin = make.person("林小禾", employed=True)
    said = {"value": False, "source": "person", "date": "2020-05-01", "by": "陈专委", "batch": None}
    Facts.objects.filter(person=lin).update(overrides={"employed": [said]})
    assert facts_of(lin)["employed"] == (False, "conflict")
