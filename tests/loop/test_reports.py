"""The county's figures count each person once; a frozen report stays, and the next one tells what changed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests import factories as make
from tests.cast import (
    COUNTY,
    FAR_VILLAGE,
    NEXT_VILLAGE,
    OTHER_STREET,
    STREET,
    VILLAGE,
    Cast,
)

from yice.accounts.access import Forbidden
from yice.loop.identify import services
from yice.loop.identify.models import Finding, Person
from yice.loop.supervise import selectors as supervise
from yice.loop.supervise.models import Report
from yice.loop.supervise.months import keep_months
from yice.loop.supervise.services import freeze_report
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(cast: Cast) -> Cast:
    lists = make.all_lists()
    lin = make.person("林小禾", grade=1, long_term_care_need=True)
    zhou = make.person("周大山", grade=3, hukou=NEXT_VILLAGE)
    make.on_list(lists["subsistence"], lin, income_class="subsistence")
    make.paid(lists["living_subsidy"], zhou, 16500)
    make.screened(cast)
    return cast


def _gap(person: Person) -> None:
    """One like the gap that is there, of somebody else."""
    one = Finding.objects.filter(kind="gap").order_by("id")[0]
    one.pk, one.uuid, one.person, one.hukou, one.residence = (
        None,
        uuid4(),
        person,
        person.hukou,
        person.residence,
    )
    one._state.adding = True
    one.save()


def test_a_person_with_two_gaps_counts_once_everywhere(county: Cast) -> None:
    assert Finding.objects.filter(person__name="林小禾", kind="gap").count() >= 2
    page = supervise.county_page(county.he)
    counts = {row.code: row.counts["gaps"] for row in (page.total, *page.rows)}
    assert counts[COUNTY] == counts[STREET] == counts[VILLAGE] == 1
    assert page.total.counts["people"] == 2 and page.total.counts["leaks"] == 1


def test_a_figure_and_the_rows_behind_it_agree(county: Cast) -> None:
    page = supervise.county_page(county.luo)
    for figure in page.figures:
        rows, _ = supervise.behind(county.luo, COUNTY, figure.name)
        if figure.name in ("leaks", "people"):
            assert len({row.person for row in rows}) == page.total.counts[figure.name]


def test_a_village_sees_its_own_figures_of_its_own_line(county: Cast) -> None:
    page = supervise.county_page(county.chen)
    assert page.area == VILLAGE and not page.may_freeze
    assert "leaks" not in {figure.name for figure in page.figures} | page.total.counts.keys()
    with pytest.raises(Forbidden):
        supervise.county_page(county.chen, COUNTY)


def test_a_provincial_viewer_sees_figures_never_names(county: Cast) -> None:
    page = supervise.county_page(county.sheng, COUNTY)
    assert page.total.counts["gaps"] is None and page.least == 5 and not page.open  # one person: withheld
    assert supervise.behind(county.sheng, COUNTY, "gaps") == ([], 0)
    made = freeze_report(actor=county.he, area=COUNTY)
    assert supervise.report(county.sheng, made.uuid).page.total.counts["gaps"] is None
    assert supervise.report(county.he, made.uuid).page.total.counts["gaps"] == 1


def test_a_viewer_of_statistics_reads_a_place_the_same_on_every_page(cast: Cast) -> None:
    for n in range(22):
        make.person(f"居民{n}", hukou=(VILLAGE, NEXT_VILLAGE, FAR_VILLAGE)[n % 3], grade=1)
    for n in range(3):
        make.person(f"少数{n}", hukou="440704004201", grade=1)
    shown: dict[str, set[int | None]] = {}
    for area in ("440000000000", "440700000000", COUNTY, STREET, OTHER_STREET, "440704004201"):
        page = supervise.county_page(cast.sheng, area)
        for row in (page.total, *page.rows):
            shown.setdefault(row.code, set()).add(row.counts["people"])
    assert all(len(values) == 1 for values in shown.values())
    assert shown["440704004201"] == shown[FAR_VILLAGE] == {None}  # three, and what would tell them
    assert shown[COUNTY] == {25} and shown[VILLAGE] == {8}
    assert supervise.county_page(cast.he).total.counts["people"] == 25


def test_nobody_who_looks_every_day_sees_one_person_come_or_go(county: Cast, clock_at: Any) -> None:
    """The attack: note every number, day by day and over the turn of the month, and subtract."""
    for n in range(39):
        _gap(make.person(f"居民{n}", hukou=(NEXT_VILLAGE, VILLAGE)[n % 2], grade=1))
    at = (COUNTY, STREET, VILLAGE)
    first = [supervise.county_page(county.sheng, area).total.counts["gaps"] for area in at]
    assert first == [40, 40, 20]
    _gap(make.person("吴静", hukou=VILLAGE, grade=1))
    assert [supervise.county_page(county.sheng, area).total.counts["gaps"] for area in at] == first
    assert supervise.county_page(county.he).total.counts["gaps"] == 41
    clock_at("2020-07-01")
    assert [supervise.county_page(county.sheng, area).total.counts["gaps"] for area in at] == first
    for n in range(6):
        _gap(make.person(f"新居民{n}", hukou=VILLAGE, grade=1))
    clock_at("2020-08-01")
    assert supervise.county_page(county.sheng, COUNTY).as_of == clock.today()
    told = [supervise.county_page(county.sheng, area).total.counts["gaps"] for area in at]
    assert told == [47, 47, 27]


def test_a_report_tells_what_stood_when_it_was_frozen_and_nothing_more(county: Cast, clock_at: Any) -> None:
    """The attack: a county freezes its figures amid a month, the place above it an hour later with one gap more."""
    for n in range(39):
        _gap(make.person(f"居民{n}", hukou=(NEXT_VILLAGE, VILLAGE)[n % 2], grade=1))
    early = freeze_report(actor=county.he, area=COUNTY)
    _gap(make.person("吴静", hukou=VILLAGE, grade=1))
    clock_at("2020-07-10")
    late = freeze_report(actor=county.he, area=COUNTY)
    Report.objects.filter(pk=late.pk).update(area="440700000000")
    told = [supervise.report(county.sheng, one.uuid).page.total.counts for one in (early, late)]
    assert [one["gaps"] for one in told] == [40, 40] and [one["people"] for one in told] == [41, 41]
    assert supervise.compare(county.sheng, late.uuid).counts["gaps"] == (40, 40)
    assert supervise.report(county.he, early.uuid).page.total.counts["gaps"] == 40
    assert supervise.compare(county.sheng, early.uuid).previous is None


def test_nothing_stands_until_a_large_place_was_counted(
    county: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yice.loop.deliver.selectors.ledger.LIVE", 1)
    for n in range(8):
        make.person(f"居民{n}", hukou=VILLAGE, grade=1)
    page = supervise.county_page(county.sheng, COUNTY)
    assert {row.counts["people"] for row in (page.total, *page.rows)} == {None}
    assert keep_months() == 1 and keep_months() == 0
    assert supervise.county_page(county.sheng, COUNTY).total.counts["people"] == 10


def test_the_next_report_names_who_entered_who_left_and_who_was_corrected(county: Cast) -> None:
    first = freeze_report(actor=county.he, area=COUNTY)
    gap = Finding.objects.get(kind="gap", benefit="nursing_subsidy")
    services.handle_gap(
        actor=county.chen, finding=gap, version=gap.version, code="not_eligible",
        corrected={"long_term_care_need": "false"},
    )  # fmt: skip
    Person.objects.filter(name="周大山").update(removed_on="2020-06-29")
    make.person("吴静", grade=1, long_term_care_need=True)
    make.screened(county)
    second = freeze_report(actor=county.he, area=COUNTY)
    assert second.previous == first
    told = supervise.compare(county.he, second.uuid)
    assert "吴静" in {one.name for one in told.entered}
    assert [one.name for one in told.corrected] == ["林小禾"]
    assert {one.name for one in told.left} >= {"周大山"}
    assert told.counts["leaks"] == (1, 0)
    page = supervise.report(county.he, first.uuid).page
    assert page.total.counts["leaks"] == 1  # as it stood


def test_a_report_is_the_countys(county: Cast) -> None:
    made = freeze_report(actor=county.he, area=COUNTY)
    for who in ("chen", "liang", "luo", "sheng", "pan"):
        with pytest.raises(Forbidden):
            freeze_report(actor=getattr(county, who), area=COUNTY)
    for who in ("chen", "liang", "pan", "nobody"):
        with pytest.raises(Problem):
            supervise.report(getattr(county, who), made.uuid)
    told = supervise.compare(county.sheng, made.uuid)
    assert not told.names


def test_queries_do_not_grow_with_villages(county: Cast, django_assert_max_num_queries: Any) -> None:
    supervise.county_page(county.he)
    with django_assert_max_num_queries(10):
        supervise.county_page(county.he)
