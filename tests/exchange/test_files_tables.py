"""Workbooks as offices make them: titles above the header, totals below, merged households, hidden sheets."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from yice.exchange.files import Sheet, read


def column(sheet: Sheet, heading: str) -> list[str | None]:
    return sheet.columns[sheet.headers.index(heading)].to_pylist()


@pytest.fixture
def book() -> Any:
    return openpyxl.Workbook()


def saved(book: Any, tmp_path: Path) -> Path:
    book.save(tmp_path / "表.xlsx")
    return tmp_path / "表.xlsx"


def test_the_header_is_found_below_merged_titles(book: Any, tmp_path: Path) -> None:
    book.active.merge_cells("A1:C1")
    for row in (
        ["江海区残疾人名册"],
        ["填报日期：2020年6月30日"],
        ["序号", "姓名", "身份证号"],
        [1, "林小禾", "x"],
    ):
        book.active.append(row) if row[0] != "江海区残疾人名册" else book.active.__setitem__("A1", row[0])
    sheet = read(saved(book, tmp_path)).sheets[0]
    assert (sheet.header_row, sheet.headers) == (3, ["序号", "姓名", "身份证号"])
    assert sheet.rows.tolist() == [4]
    assert sheet.titles[0] == "江海区残疾人名册"


def test_two_header_lines_are_one_header(book: Any, tmp_path: Path) -> None:
    for row in (
        ["姓名", "证件", None, "金额"],
        [None, "身份证号", "残疾人证号", None],
        ["吴静", "1", "2", 3],
    ):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    sheet = read(saved(book, tmp_path)).sheets[0]
    assert sheet.headers == ["姓名", "身份证号", "残疾人证号", "金额"]
    assert column(sheet, "残疾人证号") == ["2"]


def test_totals_signatures_and_repeated_headers_are_no_persons(book: Any, tmp_path: Path) -> None:
    rows = [
        ["姓名", "身份证号", "性别", "金额"],
        ["林小禾", "1", "女", 285],
        ["姓名", "身份证号", "性别", "金额"],
        ["周大山", "2", "男", 285],
        ["合 计", None, None, 570],
        ["制表人：某某", None, None, None],
    ]
    for row in rows:
        book.active.append(row)
    sheet = read(saved(book, tmp_path)).sheets[0]
    assert column(sheet, "姓名") == ["林小禾", "周大山"]
    assert (sheet.totals, sheet.notes) == ([5], [3, 6])
    assert {one.code for one in sheet.warnings} == {"rows-totals", "rows-notes"}


def test_a_head_merged_over_its_members_stands_beside_each(book: Any, tmp_path: Path) -> None:
    for row in (["户主姓名", "姓名"], ["周大山", "周大山"], [None, "吴静"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    assert column(read(saved(book, tmp_path)).sheets[0], "户主姓名") == ["周大山", "周大山"]


def test_numbers_dates_and_truth_become_the_texts_people_see(book: Any, tmp_path: Path) -> None:
    book.active.append(["姓名", "身份证号", "金额", "出生日期", "是否就业"])
    book.active.append(["吴静", 110105194912310020, 285.5, dt.date(1949, 12, 31), True])
    sheet = read(saved(book, tmp_path)).sheets[0]
    assert [one[0].as_py() for one in sheet.columns] == [
        "吴静",
        "1.1010519491231E+17",
        "285.5",
        "1949-12-31",
        "TRUE",
    ]


def test_formulas_are_told_and_their_last_value_is_read(book: Any, tmp_path: Path) -> None:
    for row in (["姓名", "身份证号", "金额"], ["吴静", "1", "=100+85"], ["=cmd|'/c calc'!A1", "2", 3]):
        book.active.append(row)
    found = read(saved(book, tmp_path))
    assert "sheet-has-formulas" in {one.code for one in found.warnings}
    assert "C2" in str(found.warnings[0])


def test_hidden_and_empty_sheets_are_told_and_come_last(book: Any, tmp_path: Path) -> None:
    hidden = book.active
    hidden.title, hidden.sheet_state = "旧数据", "hidden"
    hidden.append(["姓名", "身份证号"])
    hidden.append(["旧人", "1"])
    book.create_sheet("空表")
    shown = book.create_sheet("名单")
    shown.append(["姓名", "身份证号"])
    shown.append(["吴静", "2"])
    found = read(saved(book, tmp_path))
    assert [one.name for one in found.sheets] == ["名单", "旧数据"]
    assert {one.code for one in found.warnings} >= {"sheet-hidden"}
