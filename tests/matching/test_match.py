"""Who is the same person on two lists. Wang Xiuying and Chen Guiying are nobody's names with nobody's numbers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.exchange.synth import Settings, make
from yice.exchange.synth.lists import SHEETS
from yice.identifiers.citizen_id import check_digit
from yice.matching import Decision, Pairs, Reason
from yice.matching import match as match_tables
from yice.terms.errors import Problem

WANG = "440799196203157243"
CHEN = "440799195811023527"
WAIHAI, LILE = "440704004201", "440704005201"


def table(*rows: dict[str, str]) -> pa.Table:
    columns = {key for row in rows for key in row}
    return pa.table({key: pa.array([row.get(key) for row in rows], pa.string()) for key in sorted(columns)})


def match(registry: pa.Table, list_: pa.Table) -> Pairs:
    return match_tables(registry, list_, allow_test_range=True)


def told(pairs: Pairs) -> list[tuple[int, int, str, str]]:
    return [
        (int(ours), int(theirs), Decision(decision).name, Reason(reason).name)
        for ours, theirs, decision, reason in zip(
            pairs.registry_row, pairs.list_row, pairs.decision, pairs.reason, strict=True
        )
    ]


REGISTRY = table(
    {"name": "王秀英", "id_number": WANG, "village": WAIHAI},
    {"name": "陈桂英", "id_number": CHEN, "village": LILE},
)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("王秀英", WANG),
        ("王 秀英", f" {WANG}"),
        ("王秀英", WANG + "42"),
        ("王秀英", f"{WANG}42B"),
        ("王秀英", f" {WANG} 42"),
        ("王秀英", "440799620315724"),
    ],
)
def test_number_and_name_agree_however_they_are_written(name: str, number: str) -> None:
    assert told(match(REGISTRY, table({"name": name, "id_number": number}))) == [
        (0, 0, "SAME", "ID_AND_NAME")
    ]


def test_the_same_number_beside_another_name_is_looked_at() -> None:
    found = match(REGISTRY, table({"name": "李明", "id_number": WANG}, {"name": "", "id_number": CHEN}))
    assert told(found) == [(0, 0, "QUEUE", "ID_OTHER_NAME"), (1, 1, "QUEUE", "ID_NO_NAME")]


def test_a_namesake_without_number_is_possible_and_no_more() -> None:
    assert told(match(REGISTRY, table({"name": "王秀英"}))) == [(0, 0, "POSSIBLE", "NAME_NO_ID")]


def test_a_namesake_with_another_valid_number_is_somebody_else() -> None:
    other = "44079919620315728"
    assert told(match(REGISTRY, table({"name": "王秀英", "id_number": other + check_digit(other)}))) == []


@pytest.mark.parametrize("contradiction", [{"birth_date": "1963-03-15"}, {"sex": "男"}, {"village": LILE}])
def test_a_namesake_whom_something_contradicts_is_somebody_else(contradiction: dict[str, str]) -> None:
    assert told(match(REGISTRY, table({"name": "王秀英", **contradiction}))) == []


@pytest.mark.parametrize(
    "agreement",
    [{"birth_date": "1962/3/15"}, {"sex": "女"}, {"village": "440704004205"}, {"village": "外海"}],
)
def test_a_namesake_who_agrees_stays_possible(agreement: dict[str, str]) -> None:
    assert told(match(REGISTRY, table({"name": "王秀英", **agreement}))) == [(0, 0, "POSSIBLE", "NAME_NO_ID")]


def test_a_number_cut_by_a_spreadsheet_speaks_by_the_figures_it_kept() -> None:
    mine, other = "440799196203157000", "440799195203157000"
    assert told(match(REGISTRY, table({"name": "王秀英", "id_number": mine}))) == [
        (0, 0, "POSSIBLE", "NAME_CUT_ID")
    ]
    assert told(match(REGISTRY, table({"name": "王秀英", "id_number": other}))) == []


def test_a_number_failing_its_check_is_no_evidence() -> None:
    assert told(match(REGISTRY, table({"name": "王秀英", "id_number": WANG[:17] + "0"}))) == [
        (0, 0, "POSSIBLE", "NAME_BROKEN_ID")
    ]


def test_who_is_found_by_number_needs_no_namesake() -> None:
    found = match(REGISTRY, table({"name": "王秀英", "id_number": WANG}, {"name": "王秀英"}))
    assert told(found) == [(0, 0, "SAME", "ID_AND_NAME")]


def test_every_row_of_a_person_is_paired() -> None:
    twice = pa.concat_tables([REGISTRY, REGISTRY.slice(0, 1)])
    found = match(twice, table({"name": "王秀英", "id_number": WANG}))
    assert told(found) == [(0, 0, "SAME", "ID_AND_NAME"), (2, 0, "SAME", "ID_AND_NAME")]


def test_two_without_a_name_are_not_namesakes() -> None:
    assert told(match(table({"name": "", "id_number": ""}), table({"name": "", "id_number": ""}))) == []


def test_a_list_of_nothing_usable_is_refused() -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "match-no-columns"):
        match(REGISTRY, table({"phone": "111"}))


def test_an_empty_list_has_no_pairs() -> None:
    assert len(match(REGISTRY, REGISTRY.slice(0, 0))) == 0
    assert len(match(REGISTRY.slice(0, 0), REGISTRY)) == 0


rows = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["王秀英", "王 秀英", "陈桂英", ""]),
            "id_number": st.sampled_from(
                [WANG, WANG + "42", WANG[:17] + "0", CHEN, CHEN[:15] + "000", "", "E1234"]
            ),
        },
        optional={"sex": st.sampled_from(["男", "女", ""]), "village": st.sampled_from([WAIHAI, LILE, ""])},
    ),
    min_size=1,
    max_size=8,
)


@given(rows, rows)
def test_two_different_valid_numbers_are_never_paired(
    ours: list[dict[str, str]], theirs: list[dict[str, str]]
) -> None:
    found = match(table(*ours), table(*theirs))
    for mine, yours, decision, _ in told(found):
        a, b = ours[mine]["id_number"], theirs[yours]["id_number"]
        both = a[:18] in (WANG, CHEN) and b[:18] in (WANG, CHEN)
        assert not (both and a[:18] != b[:18])
        if decision == "SAME":
            assert (
                both and ours[mine]["name"].replace(" ", "") == theirs[yours]["name"].replace(" ", "") != ""
            )


@given(rows, rows)
def test_the_order_of_rows_changes_nothing(ours: list[dict[str, str]], theirs: list[dict[str, str]]) -> None:
    forth = set(told(match(table(*ours), table(*theirs))))
    back = told(match(table(*ours[::-1]), table(*theirs[::-1])))
    assert {(len(ours) - 1 - a, len(theirs) - 1 - b, *rest) for a, b, *rest in back} == forth


def test_on_a_synthetic_county_nothing_is_matched_wrongly_and_little_is_missed() -> None:
    county = make(Settings(people=5000, seed=3))
    registry, payroll = SHEETS["registry"](county), SHEETS["living_subsidy"](county)
    ours, theirs = (
        pa.table({"name": sheet.columns["姓名"], "id_number": sheet.columns[key]})
        for sheet, key in ((registry, "身份证号"), (payroll, "身份证号码"))
    )
    found = match(ours, theirs)
    same = found.of(Decision.SAME)
    assert (registry.person[same.registry_row] == payroll.person[same.list_row]).all()
    registered = np.isin(payroll.person, registry.person)
    assert np.isin(np.flatnonzero(registered), same.list_row).mean() > 0.95
    # Whoever is on the list is found, or left undecided because of a namesake: hardly anybody seems to be missing.
    touched = {*registry.person[found.registry_row].tolist()}
    on_list = {*payroll.person[registered].tolist()}
    assert len(on_list - touched) / len(on_list) < 0.005
