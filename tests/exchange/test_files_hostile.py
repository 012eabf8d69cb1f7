"""Files that would hurt, or are not what they are called: each gets a sentence, none is opened."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from yice.exchange.files import LIMITS, read
from yice.exchange.files.limits import MEGA
from yice.terms.errors import Problem

SMALL = replace(LIMITS, unpacked_bytes=8 * MEGA, ratio_from=MEGA)


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def repack(source: Path, changed: dict[str, bytes]) -> Path:
    """The workbook with some of its parts replaced."""
    parts = zipfile.ZipFile(io.BytesIO(source.read_bytes()))
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            out.writestr(name, changed.get(name, parts.read(name)))
    return source


def refusal(path: Path, **given: object) -> str:
    with pytest.raises(Problem) as caught:
        read(path, **given)  # type: ignore[arg-type]
    assert str(caught.value)
    return caught.value.code


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return workbook(tmp_path / "登记册.xlsx", [["姓名", "身份证号"], ["林小禾", "1"]])


def test_a_part_that_unpacks_enormously_is_not_opened(register: Path) -> None:
    repack(register, {"xl/worksheets/sheet1.xml": b"<x>" + b"<c/>" * (2 * MEGA) + b"</x>"})
    assert refusal(register, limits=SMALL) == "file-unpacks-too-large"


def test_one_cell_of_many_megabytes_is_refused(register: Path) -> None:
    sheet = zipfile.ZipFile(register).read("xl/worksheets/sheet1.xml")
    long, cells = re.subn(rb"<t>[^<]*</t>", b"<t>" + b"a" * (3 * MEGA) + b"</t>", sheet, count=1)
    assert cells == 1
    repack(register, {"xl/worksheets/sheet1.xml": long})
    assert refusal(register) == "cell-too-long"


def test_a_directory_that_declares_less_than_comes_out_is_not_believed(register: Path) -> None:
    body = register.read_bytes()
    entry = body.rfind(b"PK\x01\x02")
    while b"sheet1.xml" not in body[entry : entry + 120]:
        entry = body.rfind(b"PK\x01\x02", 0, entry)
    register.write_bytes(body[: entry + 24] + struct.pack("<I", 10) + body[entry + 28 :])
    assert refusal(register) == "file-unpacks-too-large"


def test_a_cell_in_the_last_corner_does_not_span_the_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "姓名", "x"
    book.save(tmp_path / "far.xlsx")
    assert refusal(tmp_path / "far.xlsx") == "sheet-too-wide"


def test_a_row_number_beyond_all_rows_is_refused(register: Path) -> None:
    sheet = zipfile.ZipFile(register).read("xl/worksheets/sheet1.xml")
    repack(register, {"xl/worksheets/sheet1.xml": sheet.replace(b'r="2"', b'r="99999999"')})
    assert refusal(register) == "sheet-too-long"


def test_a_truncated_workbook_is_called_damaged(register: Path) -> None:
    register.write_bytes(register.read_bytes()[:-200])
    assert refusal(register) == "file-damaged"


def test_a_workbook_whose_sheet_is_not_xml_is_called_damaged(register: Path) -> None:
    repack(register, {"xl/worksheets/sheet1.xml": b"<<<< not xml"})
    assert refusal(register) in {"file-damaged", "file-no-rows"}


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "file-empty"),
        ("a.xlsx", b"%PDF-1.7 ...", "file-not-a-table"),
        ("a.xls", b"<html><table><tr><td>x", "file-html"),
        ("a.xls", b"\xef\xbb\xbf<HTML>", "file-html"),
        ("a.xls", b'<?xml version="1.0"?><Workbook/>', "file-not-a-table"),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "file-not-a-table"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "file-password"),
        ("a.xls", OLE, "file-damaged"),
        ("a.rar", b"Rar!\x1a\x07\x00", "file-archive"),
        ("a.png", b"\x89PNG\r\n", "file-not-a-table"),
        ("a.csv", b"\x00\x01\x02name,x\n" * 10, "file-not-a-table"),
        ("a.csv", b"\xff\xff\xff\xff\n\x80\x80", "file-encoding"),
        ("a.csv", "姓名,身份证号\n".encode(), "file-no-rows"),
    ],
)
def test_what_a_file_is_decides_not_its_name(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(tmp_path / name) == code


@pytest.mark.parametrize(
    ("part", "code"), [("word/document.xml", "file-not-a-table"), ("a.xlsx", "file-archive")]
)
def test_other_packed_files_are_named(tmp_path: Path, part: str, code: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as out:
        out.writestr(part, "x")
    assert refusal(tmp_path / "x.xlsx") == code


def test_a_missing_file_a_folder_and_a_file_too_large_are_told(tmp_path: Path, register: Path) -> None:
    assert refusal(tmp_path / "none.xlsx") == "file-missing"
    assert refusal(tmp_path) == "file-is-folder"
    assert refusal(register, limits=replace(LIMITS, file_bytes=10)) == "file-too-large"


@pytest.mark.parametrize("line", ["," * 200_000, "a" * 200_000, '"' + "b" * 200_000])
def test_a_line_that_is_too_much_of_one_thing_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(f"{line}\n" * 3, "utf-8")
    assert refusal(path) in ("sheet-too-wide", "cell-too-long")
