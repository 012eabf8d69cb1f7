"""Comparing as a whole: what must hold for any two lists, and a made-up county."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching.people_on_lists import CHEN, DA, LILE, REGISTRY, WAIHAI, WANG, Row, match, table, told

from yice.exchange.synth import Settings, make
from yice.exchange.synth.lists import SHEETS
from yice.matching import Decision, compare

NUMBER = WANG["id_number"]
rows = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["王秀英", "王 秀英", "王秀鹰", "陈桂英", ""]),
            "id_number": st.sampled_from(
                [NUMBER, NUMBER + "42", NUMBER[:17] + "0", CHEN["id_number"], CHEN["id_number"][:15] + "000", "", "E1234"]
            ),
        },
        optional={
            "birth_date": st.sampled_from(["1962-03-15", "1958-11-02", ""]),
            "sex": st.sampled_from(["男", "女", ""]),
            "village": st.sampled_from([WAIHAI, LILE, ""]),
        },
    ),
    min_size=1,
    max_size=7,
)  # fmt: skip


def usable(lists: list[Row]) -> bool:
    return any(row["name"] or row["id_number"] for row in lists)


@settings(deadline=None, max_examples=40)
@given(rows, rows.filter(usable))
def test_a_row_finds_one_person_at_most(ours: list[Row], theirs: list[Row]) -> None:
    found = match(table(*ours), *theirs, checked=False)
    first = [row for _, row, _, reason in told(found) if reason != "other-row"]
    assert len(first) == len(set(first))


@settings(deadline=None, max_examples=40)
@given(rows, rows.filter(usable))
def test_the_order_of_the_list_changes_nothing(ours: list[Row], theirs: list[Row]) -> None:
    forth = [(a, b, c) for a, b, c, _ in told(match(table(*ours), *theirs, checked=False, events=True))]
    back = [(a, b, c) for a, b, c, _ in told(match(table(*ours), *theirs[::-1], checked=False, events=True))]
    assert {(a, len(theirs) - 1 - b, c) for a, b, c in back} == set(forth)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from([WANG, CHEN, DA]), st.sets(st.sampled_from(list(WANG))), st.sampled_from(list(WANG)))
def test_filling_a_blank_as_the_registry_has_it_never_loses_the_person(
    person: Row, blank: set[str], filled: str
) -> None:
    row = {name: "" if name in blank else value for name, value in person.items()}
    if not row["name"] and not row["id_number"]:
        return
    before = match(REGISTRY, row, checked=False)
    after = match(REGISTRY, row | {filled: person[filled]}, checked=False)
    if told(before) and told(before)[0][2] == "same":
        assert [pair[:3] for pair in told(after)] == [pair[:3] for pair in told(before)]


def test_an_empty_list_has_no_pairs() -> None:
    empty = REGISTRY.slice(0, 0)
    assert len(compare(empty, REGISTRY, allow_test_range=True)) == 0
    assert len(compare(REGISTRY, empty, allow_test_range=True)) == 0


def test_two_without_a_name_are_not_namesakes() -> None:
    assert told(match(table({"name": "", "id_number": ""}, WANG), {"name": ""}, CHEN)) == []


def test_on_a_synthetic_county_nothing_is_matched_wrongly_and_little_is_missed() -> None:
    county = make(Settings(people=5000, seed=3))
    registry, payroll = SHEETS["registry"](county), SHEETS["living_subsidy"](county)
    ours, theirs = (
        pa.table({"name": sheet.columns["姓名"], "id_number": sheet.columns[key]})
        for sheet, key in ((registry, "身份证号"), (payroll, "身份证号码"))
    )
    found = compare(ours, theirs, events=True, allow_test_range=True)
    same = found.of(Decision.SAME)
    assert (registry.person[same.registry_row] == payroll.person[same.list_row]).all()
    registered = np.isin(payroll.person, registry.person)
    assert np.isin(np.flatnonzero(registered), same.list_row).mean() > 0.97
