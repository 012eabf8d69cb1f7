"""`yice pack`: check, test, new and schema as an author meets them; and how commands are found."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from yice.config.cli import run
from yice.rules.pack.schema import json_schema
from yice.terms.messages import use_translator

PACKS = Path(__file__).resolve().parents[2] / "packs"


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("YICE_LANG", "zh-hans")
    yield
    use_translator(str)


def test_a_new_pack_passes_its_own_check_and_test(tmp_path: Path) -> None:
    assert run(["pack", "new", str(tmp_path / "cn-440799-2026")]) == 0
    assert run(["pack", "check", str(tmp_path / "cn-440799-2026")]) == 0
    assert run(["pack", "test", str(tmp_path / "cn-440799-2026")]) == 0
    assert run(["pack", "new", str(tmp_path / "cn-440799-2026")]) == 2


def test_a_case_that_fails_shows_the_difference_and_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PACKS, tmp_path / "packs")
    rates = tmp_path / "packs" / "cn-350112-2022" / "tables" / "living_subsidy.csv"
    rates.write_text(rates.read_text("utf-8").replace("285", "286"), "utf-8")
    assert run(["pack", "test", str(tmp_path / "packs" / "cn-350112-2022")]) == 1
    told = capsys.readouterr().out
    assert "3,269,520.00" in told
    assert "3,280,992.00" in told
    assert "3824人，每月285元，三个月。" in told
    assert "2 个不符" in told


def test_a_broken_pack_is_told_with_places_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(PACKS, tmp_path / "packs")
    pack = tmp_path / "packs" / "cn-440704-2016"
    settings = pack / "settings.yaml"
    settings.write_text(settings.read_text("utf-8").replace("adult_from:", "adult_form:", 1), "utf-8")
    assert run(["pack", "check", str(pack)]) == 2
    told = capsys.readouterr().out
    assert "groups/living.yaml:18:30" in told
    assert "adult_form" in told


def test_the_schema_of_every_file_is_valid_json(tmp_path: Path) -> None:
    assert run(["pack", "schema", "--out", str(tmp_path)]) == 0
    group = json.loads((tmp_path / "groups.schema.json").read_text("utf-8"))
    assert "when" in group["additionalProperties"]["properties"]
    assert len(list(tmp_path.iterdir())) == len(json_schema())


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["screan"]) == 2
    assert "screen" in capsys.readouterr().err


def test_screening_starts_without_django() -> None:
    look = "import sys; from yice.config.cli import run; run(['screen', '--help']); sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, check=False).returncode == 0
