"""The worklist and home show each of us our own area and line, in rows, counts and filters alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests import factories as make
from tests.cast import FAR_VILLAGE, NEXT_VILLAGE, STREET, Cast

from yice.loop.identify import selectors
from yice.loop.identify.models import Finding, Person
from yice.loop.identify.selectors import Filters

pytestmark = pytest.mark.django_db
EVERY = Filters(state=())


@pytest.fixture
def county(cast: Cast) -> Cast:
    lists = make.all_lists()
    lin = make.person("林小禾", grade=3, birth=dt.date(2010, 3, 1), phone="11100000001")
    zhou = make.person("周大山", grade=3, birth=dt.date(1950, 3, 1), hukou=NEXT_VILLAGE)
    wu = make.person("吴静", grade=2, category="psychiatric", hukou=FAR_VILLAGE)
    make.on_list(lists["subsistence"], lin, income_class="subsistence")
    make.on_list(lists["subsistence"], wu, income_class="subsistence")
    make.paid(lists["living_subsidy"], zhou, 16500)
    make.screened(cast)
    return cast


def seen(actor: Any, filters: Filters = EVERY) -> list[tuple[str, str, str]]:
    page = selectors.worklist(actor, filters)
    assert page.total == len(page.rows)
    return sorted((row.name, row.kind, row.benefit) for row in page.rows)


def test_everybody_sees_their_own_area_and_line(county: Cast) -> None:
    assert {name for name, _, _ in seen(county.chen)} == {"林小禾"}
    assert ("林小禾", "gap", "living_subsidy") in seen(county.chen)
    assert {name for name, _, _ in seen(county.liang)} <= {"林小禾", "周大山"}
    assert ("周大山", "leak", "living_subsidy") not in seen(county.liang)
    assert ("周大山", "leak", "living_subsidy") in seen(county.luo)
    assert {"林小禾", "周大山", "吴静"} == {name for name, _, _ in seen(county.he)}


@pytest.mark.parametrize("who", ["sheng", "admin", "pan", "tan", "nobody"])
def test_outsiders_see_no_rows_counts_filters_or_hits(county: Cast, who: str) -> None:
    actor = getattr(county, who)
    page = selectors.worklist(actor, EVERY)
    assert (page.rows, page.total, page.facets) == ([], 0, []) or not any(f.choices for f in page.facets)
    assert selectors.home(actor).waiting == []
    for text in ("林", "林小禾", "11100000001", Person.objects.get(name="林小禾").id_number):
        assert selectors.search(actor, text).hits == []


def test_filters_do_not_tell_what_others_work_on(county: Cast) -> None:
    facets = {facet.name: facet for facet in selectors.worklist(county.chen, EVERY).facets}
    assert {choice.value for choice in facets["kind"].choices} <= {"gap", "ask"}
    assert {choice.value for choice in facets["area"].choices} <= {"440704001000", "440704001001"}
    assert (
        sum(choice.count for choice in facets["kind"].choices) == selectors.worklist(county.chen, EVERY).total
    )


@pytest.mark.parametrize(
    "query",
    [
        {"kind": ["leak"]},
        {"benefit": ["living_subsidy"]},
        {"area": NEXT_VILLAGE},
        {"age": ["60-"]},
        {"category": ["psychiatric"]},
        {"grade": ["3"]},
        {"text": "周"},
        {"overdue": "1"},
    ],
)
def test_each_filter_narrows_and_its_count_is_true(county: Cast, query: dict[str, Any]) -> None:
    everything = selectors.worklist(county.he, EVERY)
    filters = Filters.read({"state": "all", **query})
    page = selectors.worklist(county.he, filters)
    assert len(page.rows) == page.total < everything.total
    for facet in page.facets:
        for choice in facet.choices:
            if choice.chosen and facet.name not in ("state", "overdue"):
                assert choice.count == page.total


@pytest.mark.parametrize(
    "filters", [EVERY, Filters(kind=("gap", "ask"), grade=("3",), area=STREET, state=())]
)
def test_a_count_is_what_choosing_it_would_show(county: Cast, filters: Filters) -> None:
    for facet in selectors.worklist(county.he, filters).facets:
        for choice in facet.choices:
            asked: Any = {"overdue": True, "area": choice.value}.get(facet.name, (choice.value,))
            shown = selectors.worklist(county.he, replace(filters, **{facet.name: asked}))
            assert len(shown.rows) == shown.total == choice.count


def test_an_age_band_holds_both_of_its_ends(county: Cast) -> None:
    Person.objects.filter(name="林小禾").update(birth_date=dt.date(2004, 6, 30))  # 16 today
    assert {row.name for row in selectors.worklist(county.he, Filters(age=("16-59",))).rows} == {
        "林小禾",
        "吴静",
    }
    Person.objects.filter(name="林小禾").update(birth_date=dt.date(2004, 7, 1))  # 15
    assert {row.name for row in selectors.worklist(county.he, Filters(age=("7-15",))).rows} == {"林小禾"}


def test_a_number_finds_its_person_and_stays_out_of_addresses(county: Cast) -> None:
    number = Person.objects.get(name="林小禾").id_number
    (hit,) = selectors.search(county.chen, f" {number.lower()} ").hits
    assert (hit.name, hit.by) == ("林小禾", "id")
    assert number not in hit.id_masked
    assert selectors.search(county.chen, "111 0000 0001").hits[0].by == "phone"
    filters = Filters.read({"text": number})
    assert number not in filters.query()
    assert {row.name for row in selectors.worklist(county.he, filters).rows} == {"林小禾"}


def test_unknown_words_in_an_address_are_dropped() -> None:
    filters = Filters.read({"kind": ["no-such"], "age": "x", "area": "44", "state": "zzz"})
    assert filters == Filters()


def test_a_filter_survives_its_address(county: Cast) -> None:
    from django.http import QueryDict

    filters = Filters(
        kind=("gap",), state=("closed", "open"), area=NEXT_VILLAGE, age=("60-",), overdue=True, text="周"
    )
    assert Filters.read(QueryDict(filters.query(page=3))) == filters
    assert Filters.read(QueryDict(EVERY.query())) == EVERY


def test_home_counts_what_waits(county: Cast) -> None:
    he = selectors.home(county.he)
    waiting = {one.kind: one for one in he.waiting}
    assert waiting["leak"].count == 1 and waiting["leak"].week == 1
    assert he.run is not None and he.run.people == 3
    assert {state.kind for state in he.lists if state.current} == {*make.HARDSHIP, *make.PAYROLLS}
    assert selectors.home(county.chen).lists == []


def test_the_number_of_queries_does_not_grow_with_the_rows(
    county: Cast, django_assert_max_num_queries: Any
) -> None:
    selectors.worklist(county.he, EVERY)
    with django_assert_max_num_queries(16):
        selectors.worklist(county.he, EVERY)
    with django_assert_max_num_queries(8):
        selectors.home(county.he)
    assert Finding.objects.count() >= 3
