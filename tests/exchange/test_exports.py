"""What goes out: text that no spreadsheet runs or mangles, the place's own order of columns, 演示数据 on a demo."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from tests.cast import COUNTY, STREET, Cast

from yice.accounts.services import install
from yice.exchange.exports import made
from yice.exchange.exports.orders import order
from yice.loop.identify.selectors.exports import Export
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
LABELS = {
    "name": "姓名",
    "id_masked": "身份证号",
    "age": "年龄",
    "due_fen": "应发金额",
    "opened_on": "发现日期",
}


def export(name: str = "林小禾", **changes: Any) -> Export:
    values: dict[str, Any] = {
        "name": name, "id_masked": "440**************1", "age": 33, "due_fen": 16550, "opened_on": dt.date(2020, 6, 1),
        **changes,
    }  # fmt: skip
    types = {"age": pa.int16(), "due_fen": pa.int64(), "opened_on": pa.date32()}
    table = pa.table({key: pa.array([value], types.get(key, pa.string())) for key, value in values.items()})
    return Export("findings", table, LABELS)


def written(of: Export, form: str) -> bytes:
    """The file's content; the file itself is let go."""
    done = made(of, form, title="工作清单")
    with done.file as file:
        return file.read()


def sheets(file: Any) -> dict[str, list[list[Any]]]:
    with file:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_workbook_has_text_cells_and_numbers_that_add_up() -> None:
    done = made(export(), "xlsx", title="工作清单", about=[("区域", "江海区")])
    book = sheets(done.file)
    assert book["工作清单"] == [
        ["姓名", "身份证号", "年龄", "应发金额", "发现日期"],
        ["林小禾", "440**************1", 33, 165.5, "2020-06-01"],
    ]
    assert book["说明"] == [["区域", "江海区"]]
    assert (done.name, done.rows) == ("工作清单-2020-06-30.xlsx", 1)


def test_a_csv_begins_with_the_mark_of_its_encoding() -> None:
    content = written(export(), "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        ["姓名", "身份证号", "年龄", "应发金额", "发现日期"],
        ["林小禾", "440**************1", "33", "165.5", "2020-06-01"],
    ]


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "\t=1", "-2+3", "\r=1"])
def test_a_name_that_is_a_formula_is_never_run(name: str) -> None:
    content = written(export(name), "csv").decode("utf-8-sig")
    assert next(iter(list(csv.reader(io.StringIO(content)))[1])).startswith("'")
    with zipfile.ZipFile(io.BytesIO(written(export(name), "xlsx"))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_name_can_be_written(name: str) -> None:
    for form in ("xlsx", "csv"):
        assert len(written(export(name), form)) > 80


def test_what_is_not_known_stays_empty() -> None:
    content = written(export(age=None, due_fen=None), "csv").decode("utf-8-sig")
    assert content.splitlines()[1] == "林小禾,440**************1,,,2020-06-01"


def test_a_demo_says_so_in_the_name_and_inside(cast: Cast) -> None:
    install(demo=True)
    done = made(export(), "xlsx", title="工作清单")
    assert done.name.startswith("演示数据-")
    assert "演示数据" in str(sheets(done.file)["说明"])
    assert "演示数据" in written(export(), "csv").decode("utf-8-sig")


def test_a_place_has_its_own_columns_in_its_own_order(settings: Any, tmp_path: Path) -> None:
    settings.YICE_COLUMNS = str(tmp_path / "columns.yaml")
    (tmp_path / "columns.yaml").write_text(f'findings: {{"{COUNTY}": [id_masked, name]}}\n', "utf-8")
    present = list(LABELS)
    assert order("findings", present, [STREET]) == ["id_masked", "name"]
    assert order("findings", present, ["110101000000"]) == [
        "name",
        "id_masked",
        "age",
        "due_fen",
        "opened_on",
    ]
    assert order("unheard of", present) == present


def test_a_columns_file_that_cannot_be_read_is_said_in_words(settings: Any, tmp_path: Path) -> None:
    settings.YICE_COLUMNS = str(tmp_path / "columns.yaml")
    for text in ("findings: [", "findings: 3", "[1, 2]"):
        (tmp_path / "columns.yaml").write_text(text, "utf-8")
        with pytest.raises(Problem) as told:
            order("findings", ["name"])
        assert told.value.code == "columns-file"
