"""The lists about a synthetic county, and whether the truth beside them is true."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pytest

from yice.exchange.synth import County, Settings, make, write
from yice.exchange.synth.benefits import FINDINGS
from yice.exchange.synth.damage import DAMAGES, LOST
from yice.exchange.synth.lists import SHEETS
from yice.exchange.synth.sheets import Sheet
from yice.identifiers import names
from yice.identifiers.certificate import parse
from yice.identifiers.citizen_id import read
from yice.matching import Decision, normalise, published
from yice.matching.both import Both
from yice.matching.passes.joining import run
from yice.matching.passes.two_ids import BY_TWO_IDS
from yice.terms.errors import Problem
from yice.terms.periods import parse_date

PEOPLE = 20_000


@pytest.fixture(scope="module")
def county() -> County:
    return make(Settings(people=PEOPLE, seed=11))


@pytest.fixture(scope="module")
def sheets(county: County) -> dict[str, Sheet]:
    return {name: make_sheet(county) for name, make_sheet in SHEETS.items()}


def cells(sheet: Sheet, *headings: str) -> list[tuple[str, ...]]:
    return list(zip(*(sheet.columns[heading].to_pylist() for heading in headings), strict=True))


def paid_in_june(county: County, sheet: Sheet, month: str, kind: str, amount: str) -> dict[int, list[int]]:
    """Regular payments of the last month, in yuan, by person as the truth of the rows names them."""
    june = {"2020年6月", "202006"}
    found = defaultdict(list)
    for person, (when, what, yuan) in zip(sheet.person, cells(sheet, month, kind, amount), strict=True):
        if when in june and what == "正常发放":
            found[int(person)].append(int(yuan))
    return found


@pytest.mark.parametrize(
    ("name", "month", "kind", "amount", "right", "before"),
    [
        ("living", "发放月份", "发放类型", "金额", 165, 156),
        ("nursing", "补贴月份", "类型", "补贴金额", 220, 210),
    ],
)
def test_a_payroll_says_what_the_truth_says(
    county: County,
    sheets: dict[str, Sheet],
    name: str,
    month: str,
    kind: str,
    amount: str,
    right: int,
    before: int,
) -> None:
    subsidy = getattr(county.benefits, name)
    paid = paid_in_june(county, sheets[f"{name}_subsidy"], month, kind, amount)
    seen = Counter()
    for at, person in enumerate(county.person):
        finding = FINDINGS[subsidy.finding[at]]
        expected = {
            "": [], "gap": [], "ok": [right], "leak": [right], "amount": [before], "duplicate": [right, right],
        }[finding]  # fmt: skip
        assert paid.get(int(person), []) == expected
        seen[finding] += 1
    entitled, receiving = int(subsidy.entitled.sum()), int(subsidy.paid.sum())
    assert seen["gap"] / entitled == pytest.approx(0.06, abs=0.002)
    assert seen["leak"] / receiving == pytest.approx(0.01, abs=0.003)
    assert seen["amount"] / receiving == pytest.approx(0.015, abs=0.002)
    assert seen["duplicate"] >= 1


def test_nobody_dead_or_without_certificate_is_entitled(county: County) -> None:
    for one in (county.benefits.living, county.benefits.nursing, county.benefits.medical):
        assert not (one.entitled & county.lives.dead).any()
        assert not (one.entitled & (county.lives.certificate_status != 0)).any()


def test_payments_are_told_apart_by_kind(sheets: dict[str, Sheet]) -> None:
    kinds = Counter(sheets["living_subsidy"].columns["发放类型"].to_pylist())
    assert kinds["正常发放"] > 100 * kinds["追回"] > 0
    assert kinds["补发"] > 0
    for kind, yuan, remark in cells(sheets["living_subsidy"], "发放类型", "金额", "备注"):
        assert (int(yuan) < 0) == (kind == "追回")
        assert bool(remark) == (kind != "正常发放")


def test_some_accounts_are_a_relatives(sheets: dict[str, Sheet]) -> None:
    relation = Counter(sheets["living_subsidy"].columns["与本人关系"].to_pylist())
    assert 0.02 < relation["户主"] / sum(relation.values()) < 0.15


def test_what_is_not_marked_as_lost_reads_as_the_true_number(
    county: County, sheets: dict[str, Sheet]
) -> None:
    keys = {
        "registry": "身份证号", "households": "身份证号", "subsistence": "户主身份证号", "low_income": "家庭成员身份证号码",
        "extreme_hardship": "公民身份号码", "living_subsidy": "身份证号码", "medical_insurance": "证件号码",
        "pension_insurance": "社会保障号码（身份证号）", "deaths_civil": "公民身份号码", "deaths_health": "证件号码",
        "deaths_funeral": "逝者身份证号",
    }  # fmt: skip
    true = county.people.id_number.to_pylist()
    for name, heading in keys.items():
        sheet = sheets[name]
        for cell, person, damage in zip(
            sheet.columns[heading].to_pylist(), sheet.person, sheet.damage, strict=True
        ):
            same = read(cell, allow_test_range=True).text == true[person]
            assert same == (DAMAGES[damage] not in LOST), name


def test_the_nursing_payroll_is_kept_by_certificate(county: County, sheets: dict[str, Sheet]) -> None:
    sheet = sheets["nursing_subsidy"]
    assert "残疾登记" in sheet.columns
    assert not any("身份证" in heading for heading in sheet.columns)
    true = county.people.id_number.to_pylist()
    for cell, person, damage in zip(
        sheet.columns["残疾证号"].to_pylist(), sheet.person, sheet.damage, strict=True
    ):
        if DAMAGES[damage] not in LOST:
            assert parse(cell, allow_test_range=True).citizen.text == true[person]


def test_names_are_the_true_ones_unless_marked(county: County, sheets: dict[str, Sheet]) -> None:
    true = county.people.name.to_pylist()
    sheet = sheets["registry"]
    for cell, person, damage in zip(
        sheet.columns["姓名"].to_pylist(), sheet.person, sheet.name_damage, strict=True
    ):
        assert names.same(cell, true[person]) == (DAMAGES[damage] != "name_wrong")


def test_every_kind_of_damage_is_met(sheets: dict[str, Sheet]) -> None:
    met = {
        DAMAGES[code]
        for sheet in sheets.values()
        for code in {*sheet.damage.tolist(), *sheet.name_damage.tolist()}
    }
    assert met == set(DAMAGES)


def test_lists_hold_strangers_some_of_a_registered_name(county: County, sheets: dict[str, Sheet]) -> None:
    registered = set(county.people.name.take(county.person).to_pylist())
    for name, sheet in sheets.items():
        strangers = sheet.person[sheet.person >= county.people.members]
        if name in ("registry", "households"):
            assert not len(strangers)
            continue
        assert len(strangers) > 0, name
    on_list = sheets["subsistence"].person
    namesakes = county.people.name.take(on_list[on_list >= county.people.members]).to_pylist()
    assert sum(name in registered for name in namesakes) > 10


def test_nobody_is_registered_dead_on_the_day_of_death(county: County, sheets: dict[str, Sheet]) -> None:
    for name, died, registered in (
        ("deaths_civil", "死亡日期", "户口注销日期"),
        ("deaths_health", "死亡时间", "报告日期"),
        ("deaths_funeral", "去世日期", "火化日期"),
    ):
        for first, second in cells(sheets[name], died, registered):
            assert parse_date(first) < parse_date(second) <= county.settings.as_of
        held = np.isin(county.person[county.lives.dead], sheets[name].person).mean()
        assert 0.4 < held < 0.9, "no list of deaths is complete, and none is empty"


def test_the_school_roll_often_lacks_the_number(sheets: dict[str, Sheet]) -> None:
    blanks = sum(not cell for cell in sheets["school_roll"].columns["身份证件号"].to_pylist())
    assert 0.3 < blanks / len(sheets["school_roll"]) < 0.5


def test_the_register_keeps_rows_of_former_certificates(county: County, sheets: dict[str, Sheet]) -> None:
    rows = Counter(sheets["registry"].person.tolist())
    twice = sum(count == 2 for count in rows.values())
    assert twice / PEOPLE == pytest.approx(0.01, abs=0.002)
    assert max(rows.values()) == 2


def test_a_few_stand_on_the_register_twice_and_the_engine_asks_about_each(
    county: County, sheets: dict[str, Sheet]
) -> None:
    """Same name, day, place and phone beside another sound number: found by pass 3, never merged by itself."""
    sheet = sheets["registry"]
    assert sheet.note is not None
    again = np.flatnonzero(np.array(sheet.note.to_pylist()) == "second_record")
    assert len(again) == round(0.001 * PEOPLE)
    table = pa.table(
        {
            "name": sheet.columns["姓名"], "id_number": sheet.columns["身份证号"],
            "village": sheet.columns["户籍地代码"], "phone": sheet.columns["联系电话"],
        }
    )  # fmt: skip
    records = normalise(table, allow_test_range=True)
    every = np.ones(len(records), dtype=np.bool_)
    asked = run(BY_TWO_IDS, Both.of(records, records, published()), every, every)
    assert (asked.decision == Decision.QUEUE).all() and set(again) == set(asked.list_row.tolist())
    assert (sheet.person[asked.registry_row] == sheet.person[asked.list_row]).all()


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("file_format", ["xlsx", "csv", "parquet"])
def test_one_seed_gives_one_county_to_the_byte(tmp_path: Path, file_format: str) -> None:
    for at, seed in (("a", 5), ("b", 5), ("c", 6)):
        write(make(Settings(people=300, seed=seed)), tmp_path / at, file_format)  # type: ignore[arg-type]
    first, second, other = digests(tmp_path / "a"), digests(tmp_path / "b"), digests(tmp_path / "c")
    assert first == second
    assert first.keys() == other.keys()
    assert sum(first[name] != other[name] for name in first) > len(first) / 2


def test_the_truth_is_written_beside_the_lists(tmp_path: Path) -> None:
    write(make(Settings(people=300, seed=5)), tmp_path, "csv")
    benefits = pcsv.read_csv(tmp_path / "truth/benefits.csv")
    assert benefits.num_rows == 4 * 300
    rows = pcsv.read_csv(tmp_path / "truth/rows_living_subsidy.csv")
    assert rows.num_rows == pcsv.read_csv(tmp_path / "living_subsidy.csv").num_rows
    assert (tmp_path / "subsistence.csv").read_bytes().decode("gb18030").startswith('"低保证号"')
    assert (tmp_path / "registry.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_workbook_has_a_title_a_note_and_then_its_headings(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    write(make(Settings(people=300, seed=5)), tmp_path, "xlsx")
    page = openpyxl.load_workbook(tmp_path / "registry.xlsx").active
    assert "演示数据" in page["A1"].value and len(page.merged_cells.ranges) == 1
    assert [cell.value for cell in page[3]][:3] == ["序号", "姓名", "性别"]
    assert isinstance(page["F4"].value, str)


def test_a_workbook_too_large_for_a_sheet_is_refused_before_anything_is_written(
    tmp_path: Path, county: County
) -> None:
    class Huge:
        people = type("People", (), {"members": 2_000_000})()

    with pytest.raises(Problem, check=lambda problem: problem.code == "synth-sheet-full"):
        write(Huge(), tmp_path / "out", "xlsx")  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()
