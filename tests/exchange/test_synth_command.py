"""`yice synth` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from yice.config import cli


def test_it_writes_a_county_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["synth", "--people=200", "--seed=3", f"--out={tmp_path / 'c'}", "--format=csv"]) == 0
    assert "200" in capsys.readouterr().out
    summary = json.loads((tmp_path / "c/truth/summary.json").read_text(encoding="utf-8"))
    assert (summary["people"], summary["area"], summary["as_of"]) == (200, "440704", "2020-06-30")
    assert summary["rows"]["registry"] == 202


def test_amounts_can_be_a_places_own(tmp_path: Path) -> None:
    (tmp_path / "amounts.yaml").write_text("living: 9900\n", encoding="utf-8")
    options = [
        f"--amounts={tmp_path / 'amounts.yaml'}",
        f"--out={tmp_path / 'c'}",
        "--format=csv",
        "--people=200",
    ]
    assert cli.run(["synth", *options]) == 0
    assert '"99"' in (tmp_path / "c/living_subsidy.csv").read_text(encoding="utf-8-sig")


def test_an_amount_nobody_knows_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "amounts.yaml").write_text("generosity: 1\n", encoding="utf-8")
    assert cli.run(["synth", f"--amounts={tmp_path / 'amounts.yaml'}", f"--out={tmp_path}"]) == cli.PROBLEM
    assert "living" in capsys.readouterr().err


def test_an_area_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["synth", "--area=449999", f"--out={tmp_path}"]) == cli.PROBLEM
    assert "449999" in capsys.readouterr().err
