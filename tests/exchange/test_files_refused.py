"""Refused rows go back as the same sheet with a reason, and nothing in them can run."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from yice.exchange.files import read, refused_workbook, safe_text
from yice.terms.errors import Problem
from yice.terms.messages import Message

WHY = Problem("x", Message("没有姓名。"), fix=Message("请补上姓名。"))


def test_refused_rows_come_back_with_their_reason_and_row_number(tmp_path: Path) -> None:
    source, out = tmp_path / "a.csv", tmp_path / "退回.xlsx"
    source.write_text("名册\n姓名,身份证号\n吴静,1\n=HYPERLINK(),2\n", encoding="utf-8")
    assert refused_workbook(source, {4: [WHY]}, out) == 1
    page = openpyxl.load_workbook(out).active
    assert [cell.value for cell in page[1]] == ["姓名", "身份证号", "原表行号", "退回原因"]
    assert [cell.value for cell in page[2]] == ["=HYPERLINK()", "2", "4", "没有姓名。 请补上姓名。"]
    assert page["A2"].data_type == "s"  # a text, not a formula
    assert read(out).sheets[0].columns[1].to_pylist() == ["2"]


def test_texts_that_a_spreadsheet_would_run_are_disarmed() -> None:
    assert safe_text("=1+1") == "'=1+1"
    assert safe_text("@SUM(A1)") == "'@SUM(A1)"
    assert safe_text("＝1+1") == "'＝1+1"
    assert safe_text("-30.50") == "-30.50"
    assert safe_text("欧阳明") == "欧阳明"
