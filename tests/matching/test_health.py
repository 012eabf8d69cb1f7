"""A list that cannot be compared is refused; one that went wrong on its way is stopped before anything follows."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from tests.matching.people_on_lists import REGISTRY, WANG, match, table

from yice.exchange.synth import Settings, make
from yice.exchange.synth.lists import SHEETS
from yice.matching import compare, normalise
from yice.matching.health import health
from yice.terms.errors import Problem


@pytest.fixture(scope="module")
def lists() -> tuple[pa.Table, pa.Table]:
    county = make(Settings(people=600, seed=5))
    sheets = (SHEETS["registry"](county), "身份证号"), (SHEETS["living_subsidy"](county), "身份证号码")
    one, other = (
        pa.table({"name": sheet.columns["姓名"], "id_number": sheet.columns[key]}) for sheet, key in sheets
    )
    return one, other


def spoiled(table: pa.Table, column: str, how: Callable[[str], str]) -> pa.Table:
    texts = [how(text or "") for text in table[column].to_pylist()]
    return table.set_column(table.column_names.index(column), column, pa.array(texts))


def code(problem: Problem) -> bool:
    return problem.code == "match-suspicious"


def test_a_list_of_nothing_usable_is_refused_with_what_is_missing() -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "match-no-columns") as caught:
        compare(REGISTRY, pa.table({"phone": ["111"]}))
    assert "name" in str(caught.value)
    assert "phone" in str(caught.value)


def test_blank_columns_are_no_columns() -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "match-no-columns"):
        compare(REGISTRY, table({"name": " "}, {"id_number": ""}))


def test_a_good_list_passes(lists: tuple[pa.Table, pa.Table]) -> None:
    assert len(compare(*lists, allow_test_range=True)) > 100


@pytest.mark.parametrize(
    ("column", "how"),
    [
        ("name", lambda text: text.encode().decode("latin-1")),
        ("name", lambda text: text.encode().decode("gb18030", "replace")),
        ("id_number", lambda text: text[:11]),
        ("id_number", lambda text: "外海街道"),
        ("name", lambda text: "1987.5"),
    ],
    ids=["latin", "gb18030", "phones for numbers", "places for numbers", "numbers for names"],
)
def test_what_makes_no_sense_is_stopped(
    lists: tuple[pa.Table, pa.Table], column: str, how: Callable[[str], str]
) -> None:
    ours, theirs = lists
    with pytest.raises(Problem, check=code):
        compare(ours, spoiled(theirs, column, how), allow_test_range=True)


def test_a_column_sorted_by_itself_is_stopped(lists: tuple[pa.Table, pa.Table]) -> None:
    ours, theirs = lists
    alone = pa.array(sorted(theirs["name"].to_pylist()))
    with pytest.raises(Problem, check=code):
        compare(ours, theirs.set_column(0, "name", alone), allow_test_range=True)


def test_who_knows_better_may_go_on(lists: tuple[pa.Table, pa.Table]) -> None:
    ours, theirs = lists
    compare(ours, spoiled(theirs, "id_number", lambda text: text[:11]), allow_test_range=True, checked=False)


def test_a_few_rows_prove_nothing() -> None:
    assert len(match(REGISTRY, *[WANG | {"id_number": "不详", "name": "？"}] * 10)) == 0


def test_damage_is_told_by_kind() -> None:
    rows = table(WANG, WANG | {"id_number": WANG["id_number"][:15] + "000"}, WANG | {"id_number": "12345"})
    told = health(rows, normalise(rows, allow_test_range=True))
    assert told.damage == {"damaged": 1, "other": 1}
    assert told.share("birth_date") == 1.0
    assert told.filled["id_number"] == 3
