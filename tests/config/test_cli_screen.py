"""`yice screen` on a county's own file: what comes out, what is refused and why, what silence means."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yice.config.cli import run
from yice.rules.pack.loader import load_pack
from yice.terms.messages import use_translator

PACKS = Path(__file__).resolve().parents[2] / "packs"
JIANGHAI = PACKS / "cn-440704-2016"
HEADER = "person_id,birth_date,category,grade,certified,certificate_status,hukou,income_class,parts"
CHEN = "chen,1985-02-10,physical,2,true,valid,440704001003,none,"
LIN = "lin,2013-07-01,intellectual,3,true,valid,440704004002,,"
ZHOU = "zhou,1960-12-01,multiple,3,true,valid,440704005001,subsistence,physical:3;psychiatric:4"


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("YICE_LANG", "zh-hans")
    yield
    use_translator(str)


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return write(tmp_path / "facts.csv", HEADER, CHEN, LIN, ZHOU)


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding)
    return path


def screen(facts: Path, *more: str, out: str = "out.csv", as_of: str = "2020-06-30") -> int:
    given = [
        "--pack",
        str(JIANGHAI),
        "--facts",
        str(facts),
        "--as-of",
        as_of,
        "--out",
        str(facts.parent / out),
    ]
    return run(["screen", *given, *more])


def rows(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {(row["person_id"], row["group"]): row for row in csv.DictReader(stream)}


def refused(path: Path) -> Sequence[Sequence[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))[1:]


def test_every_person_has_a_row_for_every_group(county: Path) -> None:
    assert screen(county) == 0
    found = rows(county.parent / "out.csv")
    groups = load_pack(JIANGHAI).groups.values()
    assert len(found) == 3 * sum(group.unit in ("person", "household") for group in groups)
    assert not {"JH-4.2.4", "JH-3.2.10.hospital"} & {group for _, group in found}  # employers, hospitals
    assert found["chen", "CN-2015-52-2.1b"]["status"] == "eligible"
    assert found["chen", "CN-2015-52-2.1b"]["amount_fen"] == "22000"
    assert found["zhou", "JH-3.2.2"]["status"] == "eligible"
    assert found["lin", "JH-3.2.3"]["status"] == "eligible"
    assert (found["lin", "JH-3.1.6"]["status"], found["lin", "JH-3.1.6"]["missing"]) == (
        "unknown",
        "income_class",
    )
    assert found["lin", "JH-3.1.4"]["failed"].split(";") == ["adult", "severe"]
    assert list(next(iter(found.values()))) == [
        "person_id", "group", "status", "failed", "missing", "amount_fen", "receiving", "finding",
    ]  # fmt: skip


def test_parquet_and_csv_say_the_same(county: Path) -> None:
    assert screen(county) == 0
    with county.open(encoding="utf-8", newline="") as stream:
        people = [{name: value or None for name, value in row.items()} for row in csv.DictReader(stream)]
    pq.write_table(pa.Table.from_pylist([*people, people[0]]), county.parent / "facts.parquet")
    assert screen(county.parent / "facts.parquet", out="out.parquet") == 0
    again = pq.read_table(county.parent / "out.parquet").to_pylist()
    assert [line[1] for line in refused(county.parent / "out.parquet.refused.csv")] == [
        "person_id 在前面已经出现过"
    ]
    assert len(again) == len(rows(county.parent / "out.csv"))
    first = rows(county.parent / "out.csv")
    assert {(r["person_id"], r["group"]): r["status"] for r in again} == {
        k: r["status"] for k, r in first.items()
    }


def test_bad_rows_are_refused_with_their_number_and_the_rest_goes_on(county: Path) -> None:
    write(
        county,
        HEADER,
        CHEN,
        "wu,1985-02-30,physical,2,true,valid,440704001003,none,",
        "he,1985-02-10,physical,5,true,valid,440704001003,none,",
        "guo,1985-02-10",
        "chen,1985-02-10,physical,2,true,valid,440704001003,none,",
        "ma,2020-07-01,physical,2,true,valid,440704001003,none,",
        "luo,1985-02-10,wooden,2,true,valid,440704001003,none,",
        ",1985-02-10,physical,2,true,valid,440704001003,none,",
        ZHOU,
    )
    assert screen(county) == 0
    assert {person for person, _ in rows(county.parent / "out.csv")} == {"chen", "zhou"}
    told = refused(county.parent / "out.csv.refused.csv")
    assert [line[0] for line in told] == ["3", "4", "5", "6", "7", "8", "9"]
    assert told[0][2] == "wu"
    assert "1985-02-30" not in told[0][1]  # the reason never repeats the value


def test_a_run_without_refusals_leaves_no_refusals_of_an_earlier_one(county: Path) -> None:
    write(county.parent / "out.csv.refused.csv", "old")
    assert screen(county) == 0
    assert not (county.parent / "out.csv.refused.csv").exists()


def test_a_blank_means_no_only_where_the_list_came_whole(county: Path) -> None:
    write(county, HEADER + ",receives.nursing_subsidy", CHEN + ",", ZHOU.replace(",3,", ",2,", 1) + ",true")
    assert screen(county) == 0
    assert rows(county.parent / "out.csv")["chen", "CN-2015-52-2.1b"]["finding"] == "ask"
    lists = write(
        county.parent / "lists.csv",
        "list,area,month,whole",
        "nursing_subsidy,440704001000,2020-06,true",
        "nursing_subsidy,440704005000,2020-06,false",
    )
    assert screen(county, "--lists", str(lists)) == 0
    found = rows(county.parent / "out.csv")
    assert found["chen", "CN-2015-52-2.1b"]["finding"] == "gap"
    assert found["zhou", "CN-2015-52-2.1b"]["finding"] == "ok"


@pytest.mark.parametrize(
    "line", ["nursing_subsidy,440704,2020-05,true", "nursing_subsidy,440703,2020-06,true"]
)
def test_a_list_of_another_month_or_place_says_nothing(county: Path, line: str) -> None:
    lists = write(county.parent / "lists.csv", "list,area,month,whole", line)
    assert screen(county, "--lists", str(lists)) == 0
    assert rows(county.parent / "out.csv")["chen", "CN-2015-52-2.1b"]["finding"] == "ask"


def test_the_income_class_is_none_only_when_all_three_lists_came(county: Path) -> None:
    two = ["list,area,month,whole", "subsistence,440704,2020-06,true", "low_income,440704,2020-05,true"]
    lists = write(county.parent / "lists.csv", *two)
    assert screen(county, "--lists", str(lists)) == 0
    assert rows(county.parent / "out.csv")["lin", "JH-3.1.6"]["status"] == "unknown"
    write(lists, *two, "extreme_hardship,,2020-06,true")
    assert screen(county, "--lists", str(lists)) == 0
    assert rows(county.parent / "out.csv")["lin", "JH-3.1.6"]["status"] == "ineligible"


def test_a_value_older_than_its_fact_stays_fresh_is_unknown(county: Path) -> None:
    header = HEADER + ",employed,employed@date,employed@source,family_dependent,can_form_own_household"
    old = CHEN.replace("none", "low_income")
    write(
        county,
        header,
        f"{old},false,2019-01-01,survey,true,false",
        f"{old.replace('chen', 'an')},false,2020-01-01,,true,false",
    )
    assert screen(county) == 0
    found = rows(county.parent / "out.csv")
    assert (found["chen", "JH-3.1.4"]["status"], found["chen", "JH-3.1.4"]["missing"]) == (
        "unknown",
        "employed",
    )
    assert found["an", "JH-3.1.4"]["status"] == "eligible"


def test_an_unknown_area_is_a_warning_and_the_row_stays(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        county, HEADER, CHEN.replace("440704001003", "990704001003"), LIN.replace("440704004002", "nowhere")
    )
    assert screen(county) == 0
    found = rows(county.parent / "out.csv")
    assert found["chen", "CN-2015-52-2.1b"]["failed"] == "in_area"
    assert found["lin", "CN-2015-52-2.1b"]["status"] == "ineligible"  # grade 3
    assert found["lin", "JH-3.2.3"]["missing"] == "hukou"
    assert "区划代码" in capsys.readouterr().err


def test_a_byte_order_mark_is_no_part_of_the_first_heading(county: Path) -> None:
    write(county, HEADER, CHEN, encoding="utf-8-sig")
    assert screen(county) == 0
    assert ("chen", "JH-3.1.4") in rows(county.parent / "out.csv")


def test_findings_only_leaves_out_what_needs_no_work(county: Path) -> None:
    assert screen(county, "--rows", "findings") == 0
    assert {row["finding"] for row in rows(county.parent / "out.csv").values()} <= {
        "gap",
        "leak",
        "amount",
        "duplicate",
        "ask",
    }


def test_a_setting_can_be_read_otherwise(county: Path) -> None:
    assert screen(county, "--set", "child_rehab_last_age=5") == 0
    assert rows(county.parent / "out.csv")["lin", "JH-3.2.3"]["status"] == "ineligible"


def test_after_the_plan_its_last_day_counts_and_that_is_said(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert screen(county, as_of="2023-06-30") == 0
    assert rows(county.parent / "out.csv")["lin", "JH-3.2.3"]["failed"] == "age"
    assert "2020-12-31" in capsys.readouterr().err


def test_a_result_too_large_is_refused_before_any_work(
    county: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("yice.rules.files.screen.MOST_ROWS", 20)
    assert screen(county) == 2
    assert "--rows findings" in capsys.readouterr().err
    assert not (county.parent / "out.csv").exists()
    assert screen(county, "--rows", "findings") == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--as-of", "30/06/2020"], "2020-06-30"),
        (["--set", "severe_grade"], "名称=值"),
        (["--set", "sever_grade=1"], "severe_grade"),
        (["--engine", "spark"], "--engine local"),
        (["--facts", "nothing.csv"], "nothing.csv"),
        (["--out", "result.txt"], ".parquet"),
        (["--pack", "nowhere"], "nowhere"),
        (["--lists", "nowhere.csv"], "nowhere.csv"),
        (["--row", "all"], "--rows"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_exit_code_2(
    county: Path, more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert screen(county, *more) == 2
    told = capsys.readouterr().err
    assert says in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEADER.encode() + "\n陈,".encode("gb18030"), "UTF-8"),
        (b"name,id\nx,y\n", "yice look"),
        (b"grade,grade\n1,1\n", "grade"),
        (b"", "facts.csv"),
    ],
)
def test_a_file_that_is_no_file_of_facts_says_so(
    county: Path, content: bytes, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    county.write_bytes(content)
    assert screen(county) == 2
    assert says in capsys.readouterr().err


def test_lists_that_cannot_be_read_are_told_line_by_line(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lists = write(
        county.parent / "lists.csv",
        "list,area,month,whole",
        "nursing,44,2020-06,true",
        "low_income,4,2020-13,maybe",
    )
    assert screen(county, "--lists", str(lists)) == 2
    told = capsys.readouterr().err
    assert "lists.csv:2:1" in told
    assert "lists.csv:3:2" in told
    assert "lists.csv:3:3" in told
    assert "lists.csv:3:4" in told


def test_findings_of_many_blocks_stand_in_few_row_groups(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yice.rules.files.facts.BLOCK_ROWS", 64)
    people = [
        {"person_id": f"p{number}", "grade": 1 + number % 4, "category": "physical", "hukou": 440704001003}
        for number in range(1000)
    ]
    pq.write_table(pa.Table.from_pylist(people), county.parent / "facts.parquet")
    assert screen(county.parent / "facts.parquet", out="out.parquet") == 0
    found = pq.ParquetFile(county.parent / "out.parquet")
    assert found.metadata.num_row_groups == 1
    by_group = found.read().to_pylist()
    assert [row["person_id"] for row in by_group if row["group"] == "JH-3.1.4"] == [
        f"p{n}" for n in range(1000)
    ]
