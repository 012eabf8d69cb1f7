"""What an officer meets who tries a first look on whatever lies in a folder."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from tests.exchange.columns_cast import DASHAN, OUYANG, XIAOHE
from tests.exchange.look_cast import NAMES, County

from yice.config.cli import run
from yice.exchange.look import Choices, look
from yice.exchange.look.excel import write_excel
from yice.exchange.look.html import write_html
from yice.terms.errors import Problem, Problems
from yice.terms.messages import catalogue, use_translator

PACKS = Path(__file__).resolve().parents[2] / "packs"


@pytest.fixture
def county(tmp_path: Path) -> County:
    folder = tmp_path / "江海"
    folder.mkdir()
    return County(folder, payroll=[(NAMES[one], one, 165) for one in (XIAOHE, DASHAN, OUYANG)])


@pytest.fixture
def english() -> Iterator[None]:
    use_translator(catalogue("en"))
    yield
    use_translator(catalogue("zh-hans"))


def test_a_folder_stands_for_the_tables_in_it_and_not_for_earlier_reports(county: County) -> None:
    files = county.files()
    assert run(["look", str(county.folder), "--out", str(county.folder)]) == 0
    (county.folder / "~$江海区残疾人名册.xlsx").write_bytes(b"open in Excel")
    (county.folder / "说明.docx").write_bytes(b"no table")
    again = look([str(county.folder)], Choices())
    assert len(again.files) == len(files)


def test_a_file_given_twice_is_read_once(county: County) -> None:
    files = county.files()
    assert len(look([*files, str(county.folder)], Choices()).files) == len(files)


def test_a_folder_without_tables_says_so(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        look([str(tmp_path)], Choices())
    assert caught.value.code == "look-empty-folder"


def test_another_places_plan_is_not_applied(county: County) -> None:
    with pytest.raises(Problem) as caught:
        county.look(pack=PACKS / "cn-11-2018")
    assert caught.value.code == "look-plan-elsewhere"
    assert "北京" in str(caught.value.why)


def test_a_place_that_does_not_exist_is_not_looked_at(county: County) -> None:
    with pytest.raises(Problem) as caught:
        county.look(area="99")
    assert caught.value.code == "look-no-such-area"


def test_where_no_row_stands_the_reason_met_most_often_is_told(county: County) -> None:
    with pytest.raises(Problem) as caught:
        county.look(area="440703")
    assert caught.value.code == "look-nobody"
    assert "5 行" in str(caught.value.why)
    assert "--area" in str(caught.value.fix)


def test_what_was_last_looked_at_too_long_ago_is_unknown(county: County) -> None:
    """The pack lets work count for 366 days."""
    county.at_work = {
        XIAOHE: ("否", "2019-06-29"),  # 367 days before the end of June 2020
        DASHAN: ("否", "2019-06-30"),
        OUYANG: ("否", ""),
    }
    told = [line for line in county.look(as_of=dt.date(2020, 6, 30)).assumptions if "已过时" in line]
    assert len(told) == 1 and "有 1 人" in told[0]


def test_a_sheet_that_is_not_recognised_shows_the_header_it_has(county: County, tmp_path: Path) -> None:
    (tmp_path / "无用.csv").write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(Problems) as caught:
        look([*county.files(), str(tmp_path / "无用.csv")], Choices())
    assert "甲、乙" in str(caught.value)


def test_the_workbook_begins_with_what_to_do_and_leads_there(county: County, tmp_path: Path) -> None:
    write_excel(county.look(), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    first = book.worksheets[0]
    assert first.title == "先看这里"
    links = [cell.hyperlink.location for row in first.iter_rows() for cell in row if cell.hyperlink]
    assert links
    for link in links:
        assert link.partition("!")[0].strip("'") in book.sheetnames
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes is not None, sheet.title
        assert sheet.auto_filter.ref is not None, sheet.title
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_an_id_in_the_workbook_is_text_and_the_outcome_may_be_chosen(county: County, tmp_path: Path) -> None:
    write_excel(county.look(), tmp_path / "r.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["疑似应享未享"]
    head = int(re.sub(r"\D", "", sheet.freeze_panes)) - 1
    at = [cell.value for cell in sheet[head]].index("身份证号") + 1
    assert (sheet.cell(head + 1, at).data_type, sheet.cell(head + 1, at).number_format) == ("s", "@")
    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1.strip('"').split(",")[0] == "已协助申请"


@pytest.mark.usefixtures("english")
def test_in_english_no_heading_and_no_choice_is_left_in_chinese(county: County, tmp_path: Path) -> None:
    report = county.look()
    write_html(report, tmp_path / "r.html")
    write_excel(report, tmp_path / "r.xlsx")
    page = (tmp_path / "r.html").read_text("utf-8")
    headings = re.findall(r"<(?:h2|h3|caption|th scope=\"col\"|dt|summary)[^>]*>([^<]*)", page)
    assert len(headings) > 40
    own = re.compile(r"江海区|\S+\.xlsx")  # what the files themselves are called
    assert [one for one in headings if re.search("[\u4e00-\u9fff]", own.sub("", one))] == []
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert not [name for name in book.sheetnames if re.search("[\u4e00-\u9fff]", name)]
    for sheet in book.worksheets[1:]:
        for choice in sheet.data_validations.dataValidation:
            assert len(choice.formula1.split(",")) in (3, 4)  # a comma within would part a choice in two
