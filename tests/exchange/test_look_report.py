"""A first look at a handful of people: what is found, what is not claimed, and what the report lets out."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from tests.exchange.columns_cast import DASHAN, OUYANG, XIAOHE, id_of
from tests.exchange.look_cast import NAMES, County

from yice.config.cli import run
from yice.exchange.look import Choices, Report, look
from yice.exchange.look.excel import write_excel
from yice.exchange.look.html import write_html
from yice.terms.errors import Problem, Problems


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(tmp_path, payroll=[(NAMES[one], one, 165) for one in (XIAOHE, DASHAN, OUYANG)])


def found(report: Report, kind: str, benefit: str = "困难残疾人生活补贴") -> list[str]:
    return [one.person.name for one in report.findings if (one.kind, one.benefit) == (kind, benefit)]


def test_who_is_entitled_and_not_on_the_payroll_is_a_gap_with_clause_and_source(county: County) -> None:
    report = county.look()
    assert report.plan_id == "cn-440704-2016"
    assert found(report, "gap") == ["何梅花"]
    (gap,) = [one for one in report.of("gap") if one.benefit == "困难残疾人生活补贴"]
    assert gap.due_fen == 16500
    assert any("低保" in value and "第 5 行" in value for value in gap.values)
    assert any("国发" in clause for clause in gap.clauses)


def test_who_left_subsistence_and_is_still_paid_is_a_leak(county: County) -> None:
    county.subsistence.remove(OUYANG)
    assert found(county.look(), "leak") == ["欧阳明"]


def test_who_died_before_the_month_is_a_leak_and_within_it_is_not(county: County) -> None:
    county.deaths = [("周大山", DASHAN, "2020-05-02"), ("欧阳明", OUYANG, "2020-06-02")]
    report = county.look()
    assert found(report, "leak") == ["周大山"]
    assert "2020-05-02 去世" in report.of("leak")[0].values[0]


def test_a_death_under_another_name_kills_nobody(county: County) -> None:
    county.deaths = [("周小山", DASHAN, "2020-05-02")]
    report = county.look()
    assert found(report, "leak") == []
    assert [one.maybe_row for one in report.deaths_to_check] == [3]


def test_a_wrong_sum_and_a_double_payment_are_told_apart(county: County) -> None:
    county.payroll = [
        ("林小禾", XIAOHE, 150),
        ("周大山", DASHAN, 165),
        ("周大山", DASHAN, 165),
        ("欧阳明", OUYANG, 165),
    ]
    report = county.look()
    assert found(report, "amount") == ["林小禾"]
    assert "少发 15.00 元" in report.of("amount")[0].reasons[0]
    assert found(report, "duplicate") == ["周大山"]


@pytest.mark.parametrize("number", [None, "4.40799E+17", id_of("1988-08-08")])
def test_a_namesake_on_the_payroll_leaves_it_unknown_never_a_gap(county: County, number: str | None) -> None:
    county.payroll.append(("何梅花", number, 165))
    report = county.look()
    assert found(report, "gap") == []
    assert found(report, "ask") == ["何梅花"]


def test_without_whole_lists_nobody_is_left_out_or_paid_in_error(county: County) -> None:
    county.subsistence.remove(OUYANG)
    report = county.look(not_whole=frozenset({"living_subsidy", "subsistence"}))
    assert found(report, "gap") == []
    assert found(report, "leak") == []
    assert "何梅花" in found(report, "ask")


def test_a_list_that_was_not_given_is_asked_for(county: County) -> None:
    report = county.look()
    assert any("护理补贴" in title for title, _, _ in report.missing_lists)


def test_neither_report_lets_an_id_out(county: County, tmp_path: Path) -> None:
    report = county.look()
    write_html(report, tmp_path / "r.html")
    write_excel(report, tmp_path / "r.xlsx")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    cells = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    for number, name in NAMES.items():
        for hidden in (number, number[6:14], f"{number[6:10]}-{number[10:12]}-{number[12:14]}"):
            assert hidden not in page
            assert hidden not in cells
        assert name not in page  # masked in what is passed on; the workbook is for the officer
    assert "何*花" in page
    assert "何梅花" in cells


def test_the_page_needs_nothing_from_elsewhere(county: County, tmp_path: Path) -> None:
    write_html(county.look(), tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    assert "<script" not in page
    assert page.count("<h1") == 1
    assert "演示数据" in page


def test_markup_in_a_file_stays_text(county: County, tmp_path: Path) -> None:
    county.payroll.append(("<script>alert(1)</script>", id_of("1971-01-01"), 165))
    write_html(county.look(), tmp_path / "r.html", names=True)
    assert "<script" not in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_every_file_that_cannot_be_read_is_told_at_once(county: County, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(Problems) as caught:
        look([*county.files(), str(tmp_path / "a.pdf"), str(tmp_path / "none.xlsx")], Choices())
    assert [one.code for one in caught.value.problems] == ["file-not-a-table", "file-missing"]


def test_without_a_register_it_says_so(county: County) -> None:
    with pytest.raises(Problem) as caught:
        look(county.files()[1:], Choices())
    assert caught.value.code == "look-no-registry"


def test_the_command_writes_both_reports(
    county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["look", *county.files(), "--out", str(tmp_path / "out")]) == 0
    assert sorted(one.suffix for one in (tmp_path / "out").iterdir()) == [".html", ".xlsx"]
    assert "疑似应享未享" in capsys.readouterr().out


def test_the_command_says_in_a_sentence_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["look", str(tmp_path / "none.xlsx")]) == 2
    said = capsys.readouterr().err
    assert "none.xlsx" in said
    assert "Traceback" not in said
