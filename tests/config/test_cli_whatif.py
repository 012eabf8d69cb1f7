"""`yice whatif` on a county's own file and the packs that come with Yice."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yice.config.cli import run
from yice.terms.messages import use_translator

PACKS = Path(__file__).resolve().parents[2] / "packs"
JIANGHAI = PACKS / "cn-440704-2016"
HEADER = "person_id,birth_date,category,grade,certified,certificate_status,hukou,income_class"
MEI = "mei,1985-02-10,physical,2,true,valid,440704001003,low_income"
XIAOHE = "xiaohe,1990-07-01,physical,3,true,valid,440704004002,"
DASHAN = "dashan,1960-12-01,physical,1,true,valid,440704005001,subsistence"


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("YICE_LANG", "zh-hans")
    yield
    use_translator(str)


@pytest.fixture
def county(tmp_path: Path) -> Path:
    return write(tmp_path / "facts.csv", HEADER, MEI, XIAOHE, DASHAN)


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def whatif(facts: Path, *more: str, new: Path | None = None) -> dict[str, Any]:
    """Compare Jianghai's plan with `new`; gives the summary."""
    out, summary = facts.parent / "out.csv", facts.parent / "summary.json"
    packs = [str(JIANGHAI), *([str(new)] if new else [])]
    given = ["--facts", str(facts), "--as-of", "2020-06-30", "--out", str(out), "--summary", str(summary)]
    assert run(["whatif", *packs, *given, *more]) == 0
    found: dict[str, Any] = json.loads(summary.read_text("utf-8"))
    return found


def rows(facts: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (facts.parent / "out.csv").open(encoding="utf-8", newline="") as stream:
        return {(row["person_id"], row["item"]): row for row in csv.DictReader(stream)}


def item(summary: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in summary["items"] if one["id"] == name)


def test_a_narrower_setting_takes_from_one_and_leaves_the_unknown_unknown(county: Path) -> None:
    summary = whatif(county, "--set", "low_income_classes=low_income")
    found = rows(county)
    assert found["dashan", "utility_concession"]["change"] == "loses"
    assert ("mei", "utility_concession") not in found
    told = item(summary, "utility_concession")
    assert told["changes"]["loses"] == 1
    assert told["after"]["unknown"] == told["before"]["unknown"] == 1
    here = {one["id"]: one["changes"]["loses"] for one in summary["by"]["township"]["440704005"]}
    assert here["utility_concession"] == 1


def test_another_amount_is_told_person_by_person_and_as_the_months_cost(county: Path) -> None:
    summary = whatif(county, "--set", "nursing_subsidy_fen=25000")
    changed = rows(county)
    assert {person for person, name in changed} == {"mei", "dashan"}
    one = changed["mei", "nursing_subsidy"]
    assert (one["change"], one["amount_before_fen"], one["amount_after_fen"]) == ("amount", "22000", "25000")
    assert summary["monthly"]["difference_fen"] == 2 * 3000
    assert item(summary, "living_subsidy")["cost"]["before"]["status_unknown"] == 1


def test_everybody_is_written_when_asked_for(county: Path) -> None:
    summary = whatif(county, "--rows", "all", "--set", "nursing_subsidy_fen=25000")
    assert len(rows(county)) == summary["changed_rows"] == 3 * len(summary["items"])


def test_two_plans_are_compared_by_what_both_and_either_know(county: Path, capsys: Any) -> None:
    summary = whatif(county, new=PACKS / "cn")
    assert item(summary, "utility_concession")["after"]["absent"] == 3
    assert rows(county)["dashan", "utility_concession"]["after"] == "absent"
    assert (summary["old"]["id"], summary["new"]["id"]) == ("cn-440704-2016", "cn")
    assert "cn-440704-2016" in capsys.readouterr().err


def test_the_same_plan_twice_changes_nothing_and_says_so(county: Path, capsys: Any) -> None:
    summary = whatif(county)
    assert summary["changed_rows"] == 0
    assert "没有一个人有变化" in capsys.readouterr().err


def test_a_row_that_one_of_the_plans_cannot_read_is_left_out_of_both(county: Path) -> None:
    for name in ("cn", "cn-440704-2016"):
        shutil.copytree(PACKS / name, county.parent / "packs" / name)
    cn = county.parent / "packs/cn/facts.yaml"
    text = cn.read_text("utf-8")
    assert "range: [1, 4]" in text
    cn.write_text(text.replace("range: [1, 4]", "range: [1, 2]", 1), "utf-8")
    summary = whatif(county, new=county.parent / "packs/cn-440704-2016")
    assert (summary["rows"], summary["refused"]) == (3, 1)
    assert sum(item(summary, "nursing_subsidy")["before"].values()) == 2
    with (county.parent / "out.csv.refused.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [line[2] for line in csv.reader(stream)][1:] == ["xiaohe"]


def test_parquet_in_row_groups_says_what_the_csv_says(county: Path) -> None:
    first = whatif(county, "--set", "low_income_classes=low_income")
    with county.open(encoding="utf-8", newline="") as stream:
        people = [{name: value or None for name, value in row.items()} for row in csv.DictReader(stream)]
    source = county.parent / "facts.parquet"
    pq.write_table(pa.Table.from_pylist(people), source, row_group_size=1)
    assert whatif(source, "--set", "low_income_classes=low_income") == first


def test_lists_that_came_whole_are_heard_by_both_sides(county: Path) -> None:
    lists = write(
        county.parent / "lists.csv",
        "list,area,month,whole",
        *(f"{name},440704,2020-06,true" for name in ("subsistence", "low_income", "extreme_hardship")),
    )
    summary = whatif(county, "--lists", str(lists), "--set", "nursing_subsidy_fen=25000")
    assert item(summary, "utility_concession")["before"]["unknown"] == 0
