"""Delimited text in every encoding and shape that comes by mail."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from yice.exchange.files import read
from yice.exchange.files.text import _fast
from yice.terms.errors import Problem

ROWS = [["姓名", "身份证号", "备注"], ["欧阳明", "01", "=1+1"], ["吴静", "02", ""]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_every_encoding_and_delimiter_reads_the_same(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in ROWS)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    found = read(tmp_path / "a.csv")
    assert found.delimiter == delimiter
    assert [one.to_pylist() for one in found.sheets[0].columns] == [
        ["欧阳明", "吴静"],
        ["01", "02"],
        ["=1+1", None],
    ]


def test_rows_of_uneven_length_are_filled_up(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("名册\n姓名,身份证号,备注\n吴静,1\n\n周大山,2,x\n", encoding="utf-8")
    sheet = read(tmp_path / "a.csv").sheets[0]
    assert sheet.rows.tolist() == [3, 5]
    assert sheet.columns[2].to_pylist() == [None, "x"]


def test_a_quoted_line_break_stays_in_its_cell(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('姓名,身份证号,地址\n吴静,1,"礼乐\n街道"\n周大山,2,x\n', encoding="utf-8")
    sheet = read(tmp_path / "a.csv").sheets[0]
    assert sheet.columns[2].to_pylist() == ["礼乐\n街道", "x"]


def test_an_open_quote_that_swallows_the_file_is_told(tmp_path: Path) -> None:
    rest = "\n".join(f"人{number},{number},x" for number in range(9000))
    (tmp_path / "a.csv").write_text(f'姓名,身份证号,备注\n吴静,1,x\n周大山,2,"{rest}\n', encoding="utf-8")
    with pytest.raises(Problem) as caught:
        read(tmp_path / "a.csv")
    assert caught.value.code == "cell-too-long"


def test_both_readers_agree_on_even_rows() -> None:
    content = "吴静,1,x\n周大山,2,\n".encode()
    fast = _fast(content, ",", 3)
    assert fast is not None
    assert [one.to_pylist() for one in fast] == [["吴静", "周大山"], ["1", "2"], ["x", None]]
    assert not content.startswith(codecs.BOM_UTF8)


def test_a_broken_character_late_in_a_marked_file_is_told_with_its_row(tmp_path: Path) -> None:
    rows = "\n".join(f"吴静,{number}" for number in range(500)).encode()
    (tmp_path / "a.csv").write_bytes(codecs.BOM_UTF8 + "姓名,身份证号\n".encode() + rows + b"\n\xff\xfe,1\n")
    with pytest.raises(Problem) as caught:
        read(tmp_path / "a.csv")
    assert caught.value.code == "file-encoding"
    assert "502" in str(caught.value)


def test_a_heading_repeated_on_every_page_is_no_person(tmp_path: Path) -> None:
    page = "姓名,身份证号,地址,备注\n吴静,1,姓名,\n"
    (tmp_path / "a.csv").write_text(page * 3, encoding="utf-8")
    sheet = read(tmp_path / "a.csv").sheets[0]
    assert (sheet.rows.tolist(), sheet.notes) == ([2, 4, 6], [3, 5])
