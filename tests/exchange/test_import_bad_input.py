"""Bad input gets a sentence and changes nothing."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import openpyxl
import pytest
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.exchange.imports import selectors, services, working
from yice.exchange.imports.steps import Alone
from yice.loop.identify.models import Batch, Person
from yice.terms.errors import Problem, Problems


@pytest.fixture(autouse=True)
def _demo(cast: Cast) -> None:
    install(demo=True)


def code_of(cast: Cast, path: Path, **options: object) -> str:
    """Bring a file in as the register; the code of what is said, checked to be a sentence without a trace."""
    with pytest.raises((Problem, Problems)) as told:
        batch = services.receive(
            actor=cast.he, path=path, **{"kind": "registry", "area": COUNTY, "as_of": people.AS_OF, **options}
        )
        working.stage_batch(batch, Alone())
    assert "Traceback" not in str(told.value) and str(told.value)
    assert not Person.objects.exists()
    return told.value.code if isinstance(told.value, Problem) else told.value.problems[0].code


def test_a_file_that_is_no_table_is_unreadable_and_its_batch_says_so(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "scan.xlsx"
    path.write_bytes(b"%PDF-1.4" + os.urandom(500))
    assert code_of(cast, path)
    assert Batch.objects.get().state == "unreadable"


def test_a_missing_file_is_named(cast: Cast, tmp_path: Path) -> None:
    assert code_of(cast, tmp_path / "none.csv") == "file-missing"


def test_a_sheet_without_a_number_column_says_what_it_lacks(cast: Cast, tmp_path: Path) -> None:
    assert (
        code_of(cast, people.write_csv(tmp_path / "a.csv", [{"姓名": "林小禾", "地址": "某处"}]))
        == "sheet-lacks-column"
    )


def test_a_day_to_come_is_refused(cast: Cast, tmp_path: Path) -> None:
    path = people.write_csv(tmp_path / "a.csv", people.everybody())
    assert code_of(cast, path, as_of=dt.date(2021, 1, 1)) == "as-of-future"


def test_a_place_nobody_knows_is_refused(cast: Cast, tmp_path: Path) -> None:
    path = people.write_csv(tmp_path / "a.csv", people.everybody())
    assert code_of(cast, path, area="999999000000") == "area-unknown"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "姓名"),
        ({"id_number": people.LIN[:17] + "0", "certificate_number": ""}, "身份证号"),
        ({"id_number": people.ZHOU}, "残疾人证号"),
        ({"hukou": "440703001001"}, "区域|区县|本县"),
        ({"hukou": "440704001999"}, "代码"),
        ({"id_number": "", "certificate_number": ""}, "号"),
    ],
)
def test_a_row_that_cannot_stand_is_refused_with_its_reason_and_the_others_stay(
    cast: Cast, tmp_path: Path, changes: dict[str, str], told: str
) -> None:
    batch = people.bring_in(cast.he, tmp_path, [people.lin(**changes), people.zhou()])
    assert list(Person.objects.values_list("name", flat=True)) == ["周大山"], batch.counts
    assert batch.counts["refused"] == 1
    again = people.stage(cast.he, tmp_path, [people.lin(**changes), people.zhou()])
    import re

    reasons = " ".join(str(one) for row in selectors.refused_rows(cast.he, again) for one in row.problems)
    assert re.search(told, reasons)


def test_a_number_given_twice_is_taken_once(cast: Cast, tmp_path: Path) -> None:
    rows = [people.lin(), people.lin(), people.zhou()]
    batch = people.bring_in(cast.he, tmp_path, rows)
    assert Person.objects.count() == 2
    assert batch.counts["refused"] == 1


def test_a_paused_batch_waits_for_a_yes(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, [*people.everybody(), *people.strangers(60)])
    batch = people.stage(cast.he, tmp_path, people.everybody(), whole=True)
    assert [entry["code"] for entry in batch.pauses] == ["removals"]
    with pytest.raises(Problem) as told:
        working.commit_batch(batch, Alone(), actor=cast.he)
    assert told.value.code == "import-paused"
    assert "60" in str(told.value)
    working.commit_batch(batch, Alone(), actor=cast.he, accept_pauses=True)
    assert Person.objects.filter(removed_on__isnull=False).count() == 60


def test_a_discarded_batch_leaves_nothing_behind(cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(cast.he, tmp_path, people.everybody())
    services.discard(actor=cast.he, batch=batch)
    assert not Person.objects.exists()
    with pytest.raises(Problem):
        working.commit_batch(batch, Alone(), actor=cast.he)


def test_a_payroll_brought_in_as_the_register_waits_and_is_called_what_it_is(
    cast: Cast, tmp_path: Path
) -> None:
    payroll = {"姓名": "林小禾", "身份证号": people.LIN, "补贴类别": "生活补贴", "发放月份": "202005",
               "补贴金额": "175", "银行账号": "6200000000000000", "发放状态": "正常"}  # fmt: skip
    batch = people.stage(cast.he, tmp_path, [payroll], file_name="困难残疾人生活补贴发放表.csv")
    assert [entry["code"] for entry in batch.pauses] == ["other_kind"]
    assert "困难残疾人生活补贴" in str(selectors.view(cast.he, batch).why_waiting[0])
    with pytest.raises(Problem):
        working.commit_batch(batch, Alone(), actor=cast.he)
    assert not Person.objects.exists()


def test_of_several_sheets_the_one_looked_at_is_named(cast: Cast, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "采购清单"
    for sheet in (book.active, book.create_sheet("说明")):
        sheet.append(["物品", "数量", "单价"])
        sheet.append(["轮椅", "3", "500"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Problems) as told:
        batch = services.receive(
            actor=cast.he, path=tmp_path / "a.xlsx", kind="registry", area=COUNTY, as_of=people.AS_OF
        )
        working.stage_batch(batch, Alone())
    assert "工作表“采购清单”" in str(told.value)


def test_a_number_that_a_spreadsheet_made_a_figure_is_refused_and_the_certificate_beside_it_saves_the_row(
    cast: Cast, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "残疾人证号", "户籍地代码"])
    book.active.append(["林小禾", float(people.LIN[:15] + "000"), f"{people.LIN}42", people.VILLAGE])
    book.active.append(["周大山", float(people.ZHOU[:15] + "000"), "", people.VILLAGE])
    book.save(tmp_path / "a.xlsx")
    batch = services.receive(
        actor=cast.he, path=tmp_path / "a.xlsx", kind="registry", area=COUNTY, as_of=people.AS_OF
    )
    batch = working.stage_batch(batch, Alone())
    assert (batch.counts["added"], batch.counts["refused"]) == (1, 1)
    (row,) = selectors.refused_rows(cast.he, batch)
    assert (row.line, [problem.code for problem in row.problems]) == (3, ["id-damaged-by-spreadsheet"])


def test_a_text_written_like_a_formula_stays_a_text(cast: Cast, tmp_path: Path) -> None:
    rows = [people.lin(address='=HYPERLINK("http://example.org","x")'), people.zhou()]
    people.bring_in(cast.he, tmp_path, rows)
    assert Person.objects.get(name="林小禾").address == '=HYPERLINK("http://example.org","x")'


def test_a_whole_register_from_another_county_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, people.everybody())
    moved = [{**row, "hukou": "440703001001"} for row in people.everybody()]
    batch = people.stage(cast.he, tmp_path, moved, whole=True)
    assert (batch.counts["refused"], batch.counts["would_remove"]) == (4, 0)
    assert "refused" in [entry["code"] for entry in batch.pauses]


def test_what_is_taken_but_not_as_written_is_told_with_its_rows(cast: Cast, tmp_path: Path) -> None:
    rows = [
        people.lin(残疾类别="木头", certificate_number=""),
        people.zhou(残疾类别="肢体"),
        people.ouyang(发证日期="1950-01-01"),
    ]
    batch = people.stage(cast.he, tmp_path, rows)
    told = {one.example[0].code: one.lines for one in selectors.odd(batch)}
    assert told == {"value-unknown": [2], "certificate-other-category": [3], "before-birth": [4]}
    assert (batch.counts["read"], batch.counts["refused"]) == (3, 0)


def test_a_death_before_the_birth_is_nobodys(cast: Cast, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, people.everybody())
    dead = [{"姓名": "吴静", "身份证号": people.WU, "死亡日期": "2001-01-01"}]
    batch = people.stage(cast.luo, tmp_path, dead, "deaths_registered")
    (why,) = selectors.refused_reasons(cast.luo, batch)
    assert why.example[0].code == "before-birth"
