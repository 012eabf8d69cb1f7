"""A figure lies between what it can be at least and at most; a verdict is given only where nothing can change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.identifiers.division import tier, upper_bound
from yice.rules.columns import Columns
from yice.rules.model import Measured, Plan, Row, Target
from yice.rules.pack.loader import load_pack
from yice.rules.targets.count import count
from yice.rules.targets.forms import figure
from yice.rules.targets.sheet import TIERS, Range, Sheet, Tree
from yice.rules.targets.verdict import Figure
from yice.rules.words import Place, Words

PACKS = Path(__file__).resolve().parents[2] / "packs"
WORDS = Words("说明", "words")
DAY = dt.date(2020, 6, 30)
DISTRICT, STREET, VILLAGE, OTHER = "440704000000", "440704001000", "440704001001", "440704004200"
SHARE = Target(
    "T", WORDS, "", Place("t", 1, 1), "persons", ("county",), Measured(WORDS, "employed"),
    Measured(WORDS, "rural"), "percent", threshold=Decimal(90),
)  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_pack(PACKS / "cn-440704-2016")


@pytest.fixture(scope="module")
def beijing() -> Plan:
    return load_pack(PACKS / "cn-11-2018")


def tree(*codes: str) -> Tree:
    depth = {code: TIERS.index(tier(code)) + 1 for code in codes}
    return Tree((code, upper_bound(code), depth[code], depth[code]) for code in codes)


def sheet(
    plan: Plan, rows: Sequence[Mapping[str, Any]], place: str = VILLAGE, **whole: Sequence[Range]
) -> Sheet:
    places = [int(row.get("hukou") or row.get("at") or place) for row in rows]
    homes = [int(row.get("home", -1)) for row in rows]
    facts = [{name: value for name, value in row.items() if name not in ("home", "at")} for row in rows]
    return Sheet(Columns.from_records(plan, facts), np.array(places), np.array(homes), whole)


def came_to(
    plan: Plan, target: Target, rows: Sequence[Mapping[str, Any]], area: str = DISTRICT, **more: Any
) -> Figure:
    """The figure of one target over persons in the district's villages."""
    plan = replace(plan, targets={target.id: target})
    counted = count(plan, {"person": sheet(plan, rows)}, tree(DISTRICT, STREET, VILLAGE, OTHER), DAY)
    return figure(target, counted.of(target.id, area), DAY, **more)


def people(yes: int = 0, no: int = 0, unknown: int = 0, doubtful: int = 0) -> list[dict[str, Any]]:
    return [
        *({"rural": True, "employed": True} for _ in range(yes)),
        *({"rural": True, "employed": False} for _ in range(no)),
        *({"rural": True} for _ in range(unknown)),
        *({} for _ in range(doubtful)),
    ]


def test_where_everything_is_known_the_figure_is_a_point(plan: Plan) -> None:
    found = came_to(plan, SHARE, [*people(yes=9, no=1), {"rural": False}])
    assert (found.point, found.verdict, found.short) == (90, "met", 1)


def test_the_threshold_itself_counts_unless_the_document_leaves_it_out(plan: Plan) -> None:
    assert came_to(plan, SHARE, people(yes=9, no=1)).verdict == "met"
    assert came_to(plan, replace(SHARE, inclusive=False), people(yes=9, no=1)).verdict == "not_met"


def test_unknown_rows_make_a_range_and_not_a_false_number(plan: Plan) -> None:
    found = came_to(plan, SHARE, people(yes=8, no=1, unknown=1))
    assert (found.low, found.high, found.point, found.verdict) == (80, 90, None, "cannot_tell")


def test_a_range_that_lies_on_one_side_is_told(plan: Plan) -> None:
    assert came_to(plan, SHARE, people(yes=5, no=4, unknown=1)).verdict == "not_met"
    assert came_to(plan, SHARE, people(yes=95, no=2, unknown=3)).verdict == "met"


def test_a_day_ahead_makes_it_not_yet(plan: Plan) -> None:
    ahead = replace(SHARE, by=dt.date(2020, 12, 31))
    assert came_to(plan, ahead, people(no=1)).verdict == "not_yet"
    assert came_to(plan, replace(ahead, by=dt.date(2020, 6, 29)), people(no=1)).verdict == "not_met"


def test_all_in_need_is_never_scored_while_it_is_not_known_who_they_are(plan: Plan) -> None:
    everybody = replace(SHARE, threshold=Decimal(100))
    found = came_to(plan, everybody, people(yes=9, no=1, doubtful=1))
    assert (found.verdict, found.short) == ("cannot_tell", 1)
    assert came_to(plan, everybody, people(yes=9, no=1)).verdict == "not_met"


def test_what_the_document_leaves_to_conditions_is_no_failure(plan: Plan) -> None:
    assert came_to(plan, replace(SHARE, optional=True), people(no=1)).verdict == "told"
    assert came_to(plan, replace(SHARE, soft=True), people(no=1)).verdict == "told"


def test_without_a_threshold_nothing_is_met(plan: Plan) -> None:
    assert came_to(plan, replace(SHARE, threshold=None), people(yes=1)).verdict == "no_threshold"


def test_nobody_in_the_denominator_is_nothing_to_judge(plan: Plan) -> None:
    assert came_to(plan, SHARE, [{"rural": False}]).verdict == "nothing"


def test_the_dead_and_those_of_other_places_are_not_counted(plan: Plan) -> None:
    rows = [*people(yes=1), {"rural": True, "deceased": True}, {"rural": True, "hukou": "110101001001"}]
    assert came_to(plan, SHARE, rows).denominator == came_to(plan, SHARE, people(yes=1)).denominator


def test_sums_go_up_the_tree_in_one_pass(plan: Plan) -> None:
    rows = [*people(yes=2, no=1), {"rural": True, "employed": True, "hukou": OTHER}]
    shares = [came_to(plan, SHARE, rows, area).point for area in (VILLAGE, STREET, OTHER, DISTRICT)]
    assert shares == [Fraction(200, 3), Fraction(200, 3), 100, 75]


def test_a_household_is_one_whoever_lives_in_it(plan: Plan) -> None:
    homes = replace(SHARE, unit="households")
    rows = [
        {"home": 1, "rural": True, "employed": True},
        {"home": 1, "rural": True, "employed": False},
        {"home": 2, "rural": True, "employed": False},
        {"rural": True, "employed": True},
    ]
    assert came_to(plan, homes, rows).point == Fraction(200, 3)


def test_services_count_people_where_they_live(plan: Plan) -> None:
    rows = people(yes=1, no=1)
    people_sheet = replace(sheet(plan, rows), living=np.array([int(OTHER), int(VILLAGE)]))
    counted = {}
    for basis in ("hukou", "residence"):
        target = replace(SHARE, basis=basis)
        one = replace(plan, targets={"T": target})
        told = count(one, {"person": people_sheet}, tree(DISTRICT, STREET, VILLAGE, OTHER), DAY)
        counted[basis] = [told.of("T", code) for code in (VILLAGE, OTHER, DISTRICT)]
    assert counted["hukou"] == [[1, 1, 0, 0, 0, 0], [0] * 6, [1, 1, 0, 0, 0, 0]]
    assert counted["residence"] == [[0, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]]


def test_a_share_of_perhaps_nobody_is_not_judged(plan: Plan) -> None:
    assert came_to(plan, SHARE, [{"employed": True}]).verdict == "cannot_tell"
    assert came_to(plan, replace(SHARE, threshold=Decimal(0)), [{"employed": False}]).verdict == "cannot_tell"


def test_a_total_is_judged_only_where_the_document_sets_it(plan: Plan) -> None:
    total = replace(SHARE, denominator=None, scale="number", threshold=Decimal(2))
    assert came_to(plan, total, people(yes=3), tiers=("county",)).verdict == "met"
    assert came_to(plan, total, people(yes=3), tiers=("village",)).verdict == "other_tier"


@pytest.mark.parametrize(
    ("before", "low", "high", "verdict"),
    [
        (10, 15, 15, "met"),
        (10, 14, 14, "not_met"),
        (10, 14, 16, "cannot_tell"),
        (None, 15, 15, "cannot_tell"),
    ],
)
def test_a_share_must_rise_by_its_step(before: int | None, low: int, high: int, verdict: str) -> None:
    rising = replace(SHARE, threshold=None, compare="rising", step=Decimal(5))
    cells = [low, 100 - high, high - low, 0, 0, 0]
    earlier = None if before is None else Figure("met", Fraction(before), Fraction(before))
    assert figure(rising, cells, DAY, before=earlier).verdict == verdict


def test_another_year_than_the_documents_is_not_judged() -> None:
    assert figure(replace(SHARE, year=2016), [1, 0, 0, 0, 0, 0], DAY).verdict == "other_year"


@given(
    st.lists(st.sampled_from([(d, n) for d in (True, False, None) for n in (True, False, None)]), max_size=5)
)
def test_bounds_are_the_least_and_the_most_over_all_that_may_be_so(
    rows: list[tuple[bool | None, bool | None]],
) -> None:
    def may_be(value: bool | None) -> tuple[bool, ...]:
        return (True, False) if value is None else (value,)

    shares = set()
    for chosen in product(*(product(may_be(d), may_be(n)) for d, n in rows)):
        counted = [n for d, n in chosen if d]
        if counted:
            shares.add(Fraction(100 * sum(counted), len(counted)))
    order = [(True, True), (True, False), (True, None), (None, True), (None, False), (None, None)]
    found = figure(SHARE, [rows.count(cell) for cell in order], DAY)
    assert (found.low, found.high) == ((min(shares), max(shares)) if shares else (None, None))


# Norms: facilities and posts in each area, beds of each, sums over sums


def norm(plan: Plan, name: str, rows: Mapping[Row, Sheet], area: str, *codes: str) -> Figure:
    counted = count(plan, rows, tree(*codes), DAY, [name])
    return figure(plan.targets[name], counted.of(name, area), DAY)


CITY, ONE, TWO = "110000000000", "110101001000", "110101002000"
EVERYWHERE = [(0, 10**12)]


def test_stations_are_counted_by_kind_in_every_street(beijing: Plan) -> None:
    rows = [
        {"facility_kind": "psychiatric_day", "at": "110101001001"},
        {"facility_kind": "device_station", "at": "110101001001"},
        {"facility_kind": "device_station", "at": "110101002001"},
        {"facility_kind": "device_station", "at": "110101002001"},
    ]
    whole = {"psychiatric_day": EVERYWHERE, "device_station": EVERYWHERE}
    found = norm(
        beijing, "BJ-1.3.2.Q5", {"organisation": sheet(beijing, rows, **whole)}, CITY, CITY, ONE, TWO
    )
    assert (found.point, found.numerator and found.numerator.yes) == (50, 1)


def test_a_station_missing_from_a_register_that_is_not_whole_may_exist(beijing: Plan) -> None:
    rows = [{"facility_kind": "psychiatric_day", "at": "110101001001"}]
    found = norm(beijing, "BJ-1.3.2.Q5", {"organisation": sheet(beijing, rows)}, CITY, CITY, ONE, TWO)
    assert (found.low, found.high, found.verdict) == (0, 100, "cannot_tell")


@pytest.mark.parametrize(
    ("beds", "share"), [([50, 50], 100), ([99, 1], 0), ([100], 0), ([50, 49], 0), ([60, 70, 10], 100)]
)
def test_beds_are_those_of_each_institution_and_not_in_total(
    beijing: Plan, beds: list[int], share: int
) -> None:
    district = "110101000000"
    rows = [{"facility_kind": "special_welfare", "beds": n, "at": "110101001001"} for n in beds]
    known = {"organisation": sheet(beijing, rows, special_welfare=EVERYWHERE)}
    assert norm(beijing, "BJ-5.3.3.Q4", known, district, district, ONE).point == share


def test_beds_that_are_not_known_leave_it_open(beijing: Plan) -> None:
    district = "110101000000"
    rows = [{"facility_kind": "special_welfare", "beds": n, "at": "110101001001"} for n in (60, None)]
    known = {"organisation": sheet(beijing, rows, special_welfare=EVERYWHERE)}
    found = norm(beijing, "BJ-5.3.3.Q4", known, district, district, ONE)
    assert (found.low, found.high) == (0, 100)


@pytest.mark.parametrize(
    ("kinds", "share"), [(["comprehensive"], 100), (["care_day", "care_day"], 100), ([], 0)]
)
def test_one_of_three_kinds_is_enough(kinds: list[str], share: int) -> None:
    jilin, county = load_pack(PACKS / "cn-22-2017"), "220102000000"
    rows = [{"facility_kind": kind, "at": "220102001001"} for kind in kinds]
    whole = dict.fromkeys(("rehabilitation", "care_day", "care_residential", "comprehensive"), EVERYWHERE)
    found = norm(jilin, "JL-2.3", {"organisation": sheet(jilin, rows, **whole)}, county, county)
    assert found.point == share


def test_beds_per_thousand_residents_and_staff_per_bed(beijing: Plan) -> None:
    district = "110101000000"
    beds = [{"facility_kind": "rehabilitation_hospital", "rehabilitation_beds": 40, "at": "110101001001"}]
    sheets: dict[Row, Sheet] = {
        "organisation": sheet(beijing, beds, **{"": EVERYWHERE}),
        "area": sheet(beijing, [{"residents": 80_000, "at": district}]),
        "post": sheet(beijing, [{"post_kind": "therapist", "at": ONE}] * 12, therapist=EVERYWHERE),
    }
    assert norm(beijing, "BJ-1.3.3.Q3", sheets, district, district, ONE).point == Fraction(1, 2)
    per_bed = norm(beijing, "BJ-1.3.3.Q4.b", sheets, district, district, ONE)
    assert (per_bed.point, per_bed.verdict) == (Fraction(3, 10), "met")


def test_what_is_allocated_is_shared_out_in_proportion() -> None:
    hunan = load_pack(PACKS / "cn-43-2016")
    target = hunan.targets["HN-3.2.4"]
    found = figure(target, [30, 0], DAY, whole=[120, 0])
    assert found.point == 25


def test_without_records_there_is_no_source(beijing: Plan) -> None:
    assert norm(beijing, "BJ-1.3.2.Q5", {}, CITY, CITY).verdict == "no_source"
    assert figure(beijing.targets["BJ-0.3.2h"], None, DAY).verdict == "no_source"
