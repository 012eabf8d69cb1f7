"""Pass 2: numbers wrong by a slip, cut by a spreadsheet, or wrong alike on both lists."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.matching.people_on_lists import CHEN, DA, REGISTRY, WANG, XIAO, Row, match, number, table, told

from yice.identifiers import citizen_id
from yice.matching.normalise import eighteen, matrix
from yice.matching.passes.slips import neighbours

NUMBER = WANG["id_number"]
WRONG = {
    "a figure": NUMBER[:12] + "9" + NUMBER[13:],
    "two neighbours": NUMBER[:6] + NUMBER[7] + NUMBER[6] + NUMBER[8:],
    "one left out": NUMBER[:9] + NUMBER[10:],
    "the check left out": NUMBER[:17],
    "one too many": NUMBER[:9] + "0" + NUMBER[9:],
    "one twice": NUMBER[:12] + NUMBER[11:],
    "the check": NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1"),
}


def bare(name: str, written: str) -> Row:
    return {"name": name, "id_number": written}


@pytest.mark.parametrize("written", WRONG.values(), ids=WRONG)
def test_a_number_wrong_by_a_slip_finds_its_person_by_name(written: str) -> None:
    assert told(match(REGISTRY, bare("王秀英", written))) == [(0, 0, "same", "slip-and-name")]


def test_the_slip_may_stand_in_the_registry() -> None:
    registry = table(bare("王秀英", WRONG["a figure"]))
    assert told(match(registry, bare("王秀英", NUMBER))) == [(0, 0, "same", "slip-and-name")]


def test_a_slip_beside_another_name_is_nobody() -> None:
    assert told(match(REGISTRY, bare("李明", WRONG["a figure"]))) == []


def test_a_number_cut_by_a_spreadsheet_finds_its_person_by_name() -> None:
    assert told(match(REGISTRY, bare("王秀英", NUMBER[:15] + "000"))) == [(0, 0, "same", "cut-and-name")]


def test_a_cut_number_in_another_county_is_asked_about() -> None:
    elsewhere = bare("王秀英", NUMBER[:15] + "000") | {"village": "110105001001"}
    assert told(match(REGISTRY, elsewhere)) == [(0, 0, "queue", "other-county")]


def test_the_figures_a_spreadsheet_kept_must_agree() -> None:
    assert told(match(REGISTRY, bare("王秀英", "440799195203157000"))) == []


def test_a_cut_number_that_passes_its_check_is_cut_where_others_are() -> None:
    fifteens = (f"4407991962{month:02}15{first}" for month in range(1, 13) for first in range(10))
    kept = next(fifteen for fifteen in fifteens if number(fifteen + "00").endswith("0"))
    registry, chance = table(bare("王秀英", number(kept + "24"))), kept + "000"
    assert citizen_id.read(chance, allow_test_range=True).usable
    alone = match(registry, bare("王秀英", chance))
    beside = match(registry, bare("王秀英", chance), bare("陈桂英", CHEN["id_number"][:15] + "000"))
    assert told(alone) == []
    assert told(beside) == [(0, 0, "same", "cut-and-name")]


def test_two_lists_with_the_same_wrong_number_mean_one_person() -> None:
    registry = table(bare("王秀英", WRONG["a figure"]))
    assert told(match(registry, bare("王秀英", WRONG["a figure"]))) == [(0, 0, "same", "wrong-alike")]


def test_a_passport_is_a_number_too() -> None:
    registry = table(bare("欧阳明", "E12345678"))
    assert told(match(registry, bare("歐陽明", "e12345678"))) == [(0, 0, "same", "wrong-alike")]


def test_unknown_written_in_words_is_no_number() -> None:
    registry = table(bare("欧阳明", "不详"))
    assert told(match(registry, bare("欧阳明", "不详"))) == []


def test_twins_with_a_slip_in_the_number_are_told_apart_by_name() -> None:
    slip = XIAO["id_number"][:13] + "9" + XIAO["id_number"][14:]
    found = match(table(DA, XIAO), XIAO | {"id_number": slip})
    assert [(row, decision) for row, _, decision, _ in told(found)] == [(1, "same")]


days = st.dates(min_value=dt.date(1930, 1, 1), max_value=dt.date(2019, 12, 31))
seventeen = st.builds("440799{:%Y%m%d}{:03}".format, days, st.integers(0, 999))


def keys(text: str) -> set[int]:
    return set(neighbours(matrix(pa.array([text])))[1].tolist())


def key(text: str) -> int:
    return int(eighteen(pa.array([text]))[0])


@given(seventeen.map(number), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_figure_leaves_the_true_number_among_the_neighbours(text: str, at: int, shift: int) -> None:
    wrong = text[:at] + str((int(text[at]) + shift) % 10) + text[at + 1 :]
    assert key(text) in keys(wrong)


@given(seventeen.map(number), st.integers(0, 16))
def test_two_swapped_neighbours_leave_the_true_number_among_the_neighbours(text: str, at: int) -> None:
    wrong = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if "X" not in wrong[:17] and wrong != text:
        assert key(text) in keys(wrong)


@given(seventeen.map(number), st.integers(0, 16), st.integers(1, 9))
def test_the_neighbours_are_those_found_one_by_one(text: str, at: int, shift: int) -> None:
    wrong = text[:at] + str((int(text[at]) + shift) % 10) + text[at + 1 :]
    one_by_one = set(eighteen(pa.array(citizen_id.neighbours(wrong), pa.string())).tolist())
    assert one_by_one <= keys(wrong)
    assert len(keys(wrong)) < 40


def test_many_wrong_numbers_are_worked_out_together() -> None:
    texts = [text for text in WRONG.values() if len(text) == 18]
    rows, found = neighbours(matrix(pa.array(texts)))
    assert set(rows[found == key(NUMBER)].tolist()) == {0, 1, 2}
    assert np.bincount(rows).max() < 40
