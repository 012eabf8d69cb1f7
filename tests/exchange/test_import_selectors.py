"""What the desk is shown of imports, and only of its own area."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.cast import OUTSIDE_COUNTY, Cast
from tests.exchange import import_cast as people

from yice import shelf
from yice.accounts.access import Forbidden
from yice.accounts.services import install
from yice.exchange.files import read
from yice.exchange.imports import selectors, services
from yice.terms.errors import Problem

JUNE = dt.date(2020, 6, 1)


@pytest.fixture(autouse=True)
def _demo(cast: Cast) -> None:
    install(demo=True)


def test_a_preview_tells_changes_before_they_are_in_and_the_same_after(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, people.everybody())
    rows = [people.lin(employed="false"), *people.everybody()[1:]]
    staged = people.stage(cast.he, tmp_path, rows)
    before = selectors.changes(cast.he, staged)
    assert [(row.name, row.fact, row.before, row.after) for row in before.rows] == [
        ("林小禾", "employed", True, False)
    ]
    committed = people.bring_in(cast.he, tmp_path, rows)
    assert selectors.changes(cast.he, committed).rows == before.rows


def test_refused_rows_come_back_with_their_reasons(cast: Cast, tmp_path: Path) -> None:
    bad = people.lin(name="", phone="11100000777")
    far = people.wu(hukou="440703001001")
    batch = people.stage(cast.he, tmp_path, [bad, people.zhou(), far, people.zhou(employed="true")])
    assert batch.counts["refused"] == 3
    told = {row.line: " ".join(map(str, row.problems)) for row in selectors.refused_rows(cast.he, batch)}
    assert set(told) == {2, 4, 5}
    with services.hand_back(actor=cast.he, batch=batch) as path:
        sheet = read(path).sheets[0]
    assert sheet.headers[-1] == "退回原因"
    assert len(sheet) == 3


def test_the_refused_workbook_outlives_the_commit_and_the_upload_does_not(cast: Cast, tmp_path: Path) -> None:
    batch = people.bring_in(cast.he, tmp_path, [people.lin(name=""), people.zhou()])
    with services.hand_back(actor=cast.he, batch=batch) as path:
        assert path.stat().st_mode & 0o777 == 0o600
    assert not shelf.exists(batch.file_path)


def test_the_pile_of_a_list_is_shown_to_who_may_see_imports_there(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(
        cast.luo,
        tmp_path,
        [{"姓名": "无名氏", "身份证号": "", "补贴金额": "1"}],
        "nursing_subsidy",
        month=JUNE,
    )
    assert [entry.name for entry in selectors.unmatched(cast.luo).entries] == ["无名氏"]
    assert selectors.unmatched(cast.tan).total == 0
    assert selectors.unmatched(cast.chen).total == 0


def test_a_batch_of_another_county_reads_as_one_that_is_not_there(cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(cast.he, tmp_path, people.everybody())
    assert selectors.batches(cast.he).count() == 1
    assert selectors.batches(cast.pan).count() == 0
    with pytest.raises(Problem) as told:
        selectors.batch(cast.pan, batch.uuid)
    assert told.value.code == "import-unknown"


def test_nobody_brings_in_what_is_not_theirs(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        people.stage(cast.he, tmp_path, people.everybody(), area=OUTSIDE_COUNTY)
    with pytest.raises(Forbidden):
        people.stage(cast.luo, tmp_path, people.everybody())
    with pytest.raises(Forbidden):
        people.stage(cast.liang, tmp_path, people.everybody())
