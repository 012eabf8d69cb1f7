"""Correcting a fact: ours here and at once, a register's by asking its owner."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories as make
from tests.cast import NEXT_VILLAGE, Cast

from yice.accounts.access import Forbidden
from yice.loop.identify import selectors, services
from yice.loop.identify.models import CorrectionRequest, Facts, Finding, Person
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
SEEN = dt.date(2020, 6, 29)


@pytest.fixture
def lin(cast: Cast) -> Person:
    make.all_lists()
    lin = make.person("林小禾", grade=1, long_term_care_need=True)
    make.screened(cast)
    return lin


def test_a_corrected_fact_judges_at_once_and_is_shown_with_who_and_when(cast: Cast, lin: Person) -> None:
    done = services.correct_fact(
        actor=cast.liang, person=lin, fact="long_term_care_need", value="false", seen_on=SEEN, why="上门核实"
    )
    assert "gap:CN-2015-52-2.1b" in done.closed
    assert Finding.objects.get(benefit="nursing_subsidy").closed_why["code"] == "no_longer_due"
    (row,) = [
        row
        for section in selectors.person_page(cast.liang, lin.uuid).facts
        for row in section.rows
        if row.name == "long_term_care_need"
    ]
    assert (row.text, row.source, row.date, row.by) == ("否", "核实更正", SEEN, "梁经办")
    assert [other.text for other in row.others] == ["是"]


def test_where_somebody_lives_moves_their_visits(cast: Cast, lin: Person) -> None:
    services.correct_fact(
        actor=cast.liang, person=lin, fact="residence", value=NEXT_VILLAGE, seen_on=SEEN, why="已搬家"
    )
    assert Person.objects.get(pk=lin.pk).residence == NEXT_VILLAGE
    assert set(Finding.objects.exclude(state="closed").values_list("residence", flat=True)) == {NEXT_VILLAGE}


def test_a_registers_fact_is_not_changed_here(cast: Cast, lin: Person) -> None:
    with pytest.raises(Problem) as raised:
        services.correct_fact(
            actor=cast.liang, person=lin, fact="grade", value="2", seen_on=SEEN, why="证上是二级"
        )
    assert raised.value.code == "not-ours"
    for _ in range(2):
        services.request_correction(
            actor=cast.liang, person=lin, register="", fact="grade", asked="2", why="证上是二级"
        )
    request = CorrectionRequest.objects.get()
    assert (request.register, request.held, request.asked) == ("certificates", 1, 2)
    assert Facts.objects.get(person=lin).grade == 1


def test_a_village_and_a_stranger_correct_nothing(cast: Cast, lin: Person) -> None:
    for who in ("chen", "luo", "zhou", "pan", "sheng", "admin"):
        with pytest.raises(Forbidden):
            services.correct_fact(
                actor=getattr(cast, who),
                person=lin,
                fact="employed",
                value="true",
                seen_on=SEEN,
                why="上门核实",
            )


def test_nothing_is_seen_tomorrow_or_without_a_reason(cast: Cast, lin: Person) -> None:
    for seen, why in ((dt.date(2020, 7, 1), "上门核实"), (SEEN, " ")):
        with pytest.raises(Problem):
            services.correct_fact(
                actor=cast.liang, person=lin, fact="employed", value="true", seen_on=seen, why=why
            )
    assert Facts.objects.get(person=lin).overrides == {}
