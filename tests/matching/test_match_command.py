"""`yice match` on two plain files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from yice.config import cli

WANG = "440799196203157243"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "registry.csv").write_text(
        f"row_id,name,id_number\nr1,王秀英,{WANG}\nr2,陈桂英,\n", encoding="utf-8-sig"
    )
    (tmp_path / "list.csv").write_text(f"name,id_number\n王秀英,{WANG}\n陈桂英,\n", encoding="utf-8")
    return [
        f"--{name}={tmp_path / file}"
        for name, file in (("registry", "registry.csv"), ("list", "list.csv"), ("pairs", "pairs.csv"), ("review", "review.csv"))
    ]  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_it_writes_all_pairs_and_those_to_look_at(files: list[str], tmp_path: Path) -> None:
    assert cli.run(["match", *files, "--test-range"]) == 0
    pairs, review = read(tmp_path / "pairs.csv"), read(tmp_path / "review.csv")
    assert [(row["registry_row"], row["list_row"], row["pass"], row["decision"]) for row in pairs] == [
        ("r1", "1", "1", "same"),
        ("r2", "2", "4", "possible"),
    ]
    assert [(row["registry_row"], row["reason"]) for row in review] == [("r2", "name-no-id")]


def test_real_runs_do_not_take_test_numbers(files: list[str], tmp_path: Path) -> None:
    assert cli.run(["match", *files]) == 0
    assert [row["decision"] for row in read(tmp_path / "pairs.csv")] == ["possible", "possible"]


def test_a_missing_file_is_told_in_a_sentence(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["match", "--registry=no.csv", *files[1:]]) == cli.PROBLEM
    assert "no.csv" in capsys.readouterr().err


def test_a_workbook_is_sent_elsewhere(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["match", "--registry=no.xlsx", *files[1:]]) == cli.PROBLEM
    assert "yice look" in capsys.readouterr().err
