"""`yice match` on two plain files."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.matching.people_on_lists import number

from yice.config import cli
from yice.matching.files import read_list
from yice.terms.errors import Problem

WANG, CHEN = "440799196203157243", "440799195811023527"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "registry.csv").write_text(
        f"row_id,name,id_number\nr1,王秀英,{WANG}\nr2,陈桂英,{CHEN}\nr3,王 秀英,{WANG}\n",
        encoding="utf-8-sig",
    )
    (tmp_path / "list.csv").write_text(f"name,id_number\n王秀英,{WANG}\n李明,{CHEN}\n", encoding="utf-8")
    return [
        f"--{name}={tmp_path / file}"
        for name, file in (("registry", "registry.csv"), ("list", "list.csv"), ("pairs", "pairs.csv"), ("review", "review.csv"))
    ]  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_it_writes_who_was_found_and_apart_what_to_look_at(files: list[str], tmp_path: Path) -> None:
    assert cli.run(["match", *files, "--test-range"]) == 0
    pairs, review = read(tmp_path / "pairs.csv"), read(tmp_path / "review.csv")
    assert list(pairs[0]) == ["registry_row", "list_row", "pass", "weight", "decision"]
    assert [(row["registry_row"], row["list_row"], row["pass"], row["decision"]) for row in pairs] == [
        ("r1", "1", "1", "same"), ("r3", "1", "1", "same"),
    ]  # fmt: skip
    assert [(row["registry_row"], row["list_row"], row["decision"], row["reason"]) for row in review] == [
        ("r2", "2", "queue", "id-other-name")
    ]
    assert list(review[0]) == [*pairs[0], "reason"]
    assert float(pairs[0]["weight"]) > float(review[0]["weight"])


def test_a_register_of_test_numbers_is_known_as_made_up(files: list[str], tmp_path: Path) -> None:
    assert cli.run(["match", *files]) == 0
    assert [row["list_row"] for row in read(tmp_path / "pairs.csv")] == ["1", "1"]


def test_a_real_register_takes_no_test_numbers(files: list[str], tmp_path: Path) -> None:
    real = "".join(f"r{n},王秀英,{number(f'4401031962031{n}724')}\n" for n in range(5, 9))
    with (tmp_path / "registry.csv").open("a", encoding="utf-8") as file:
        file.write(real)
    assert cli.run(["match", *files]) == 0
    assert read(tmp_path / "pairs.csv") == []


def test_parquet_in_and_out_says_the_same(files: list[str], tmp_path: Path) -> None:
    assert cli.run(["match", *files, "--test-range"]) == 0
    names = ("registry", "list")
    for name in names:
        pq.write_table(read_list(tmp_path / f"{name}.csv"), tmp_path / f"{name}.parquet")
    wanted = [*(f"--{name}={tmp_path / name}.parquet" for name in names), f"--pairs={tmp_path / 'pairs.parquet'}", files[3]]  # fmt: skip
    assert cli.run(["match", *wanted, "--test-range"]) == 0
    found = pq.read_table(tmp_path / "pairs.parquet")
    assert found["registry_row"].to_pylist() == [row["registry_row"] for row in read(tmp_path / "pairs.csv")]


def test_a_cut_number_is_told_for_its_sender(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text(f"name,id_number\n王秀英,{WANG[:15]}000\n", encoding="utf-8")
    assert cli.run(["match", *files, "--test-range"]) == 0
    assert "1 个身份证号被表格软件截断" in capsys.readouterr().out


def test_a_list_without_names_and_numbers_is_refused(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text("phone,town\n111,外海\n", encoding="utf-8")
    assert cli.run(["match", *files]) == cli.PROBLEM
    assert "name" in capsys.readouterr().err
    assert not (tmp_path / "pairs.csv").exists()


def test_names_alone_name_nobody_and_it_says_so(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text("name\n王秀英\n", encoding="utf-8")
    assert cli.run(["match", *files]) == 0
    assert "没有出生日期" in capsys.readouterr().out and read(tmp_path / "review.csv") == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", ",;\t")
def test_encodings_and_delimiters_are_told_by_themselves(
    files: list[str], tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = f"Row_ID,name,ID_number\n\nx,王秀英,{WANG.lower()}\ny,陳桂英\n".replace(",", delimiter)
    (tmp_path / "list.csv").write_text(text, encoding=encoding)
    assert cli.run(["match", *files]) == 0
    assert {row["list_row"] for row in read(tmp_path / "pairs.csv")} == {"x"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "l.csv"),
        (bytes(range(256)), "GB18030"),
        (f"name,id_number,phone\n李明,{CHEN},1,2\n".encode(), "2"),  # a cell no heading covers: shifted
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes, told: str
) -> None:
    (tmp_path / "l.csv").write_bytes(text)
    assert cli.run(["match", files[0], f"--list={tmp_path / 'l.csv'}", *files[2:]]) == cli.PROBLEM
    assert told in capsys.readouterr().err


def test_rows_that_bear_one_id_are_told(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text(
        f"row_id,name,id_number\nx,王秀英,{WANG}\nx,李明,{CHEN}\n,李明,{CHEN}\n"
    )
    assert cli.run(["match", *files]) == 0
    assert "2 行的 row_id" in capsys.readouterr().out
    assert {row["list_row"] for row in read(tmp_path / "review.csv")} == {"x", "3"}


def test_no_result_is_written_over_a_file_that_was_read(files: list[str], tmp_path: Path) -> None:
    before = (tmp_path / "list.csv").read_text()
    assert cli.run(["match", *files[:2], f"--pairs={tmp_path / 'list.csv'}", files[3]]) == cli.PROBLEM
    assert (tmp_path / "list.csv").read_text() == before


def test_a_missing_file_is_told_in_a_sentence(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["match", "--registry=no.csv", *files[1:]]) == cli.PROBLEM
    assert "no.csv" in capsys.readouterr().err


def test_a_workbook_is_sent_elsewhere(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["match", "--registry=no.xlsx", *files[1:]]) == cli.PROBLEM
    assert "yice look" in capsys.readouterr().err


def test_a_file_with_other_headings_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("姓名,身份证号\n王秀英,1\n", encoding="utf-8")
    with pytest.raises(Problem) as told:
        read_list(tmp_path / "list.csv")
    assert told.value.code == "match-no-columns"


def test_headings_of_the_field_are_understood_and_every_row_is_accounted_for(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text(
        f"姓名,身份证号码,户籍区划\n王秀英,{WANG},\n李明,{CHEN},\n无名氏,,\n", encoding="utf-8"
    )
    assert cli.run(["match", *files, "--test-range"]) == 0
    assert "名单 3 行：1 行认定到本人，1 行待人核对，1 行没有对上登记册里的人" in capsys.readouterr().out
