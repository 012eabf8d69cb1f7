"""`yice trace` says of each duty what carries it, and what it says is true."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from yice.config import trace as tracing
from yice.config.cli import run
from yice.config.trace import trace
from yice.terms.errors import Problem
from yice.terms.messages import use_translator

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "packs"
TRUE = {
    "element": "cn-440704-2016:JH-3.2.2",
    "code": "yice.policy.services:run_screening",
    "test": "tests/exchange/test_import_to_groups.py::test_what_came_in_as_files_decides_who_belongs",
}


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("YICE_LANG", "zh-hans")
    yield
    use_translator(str)


def marks(packs: Path, carried: Path) -> tuple[dict[str, str], list[str]]:
    problems: list[Problem] = []
    found = {one.duty.id: one.mark for one in trace(packs, problems, carried=carried)}
    return found, [str(problem) for problem in problems]


def told(folder: Path, duty: str = "JH-3.2.2", **changes: str) -> Path:
    """A list of carried duties with one line."""
    path = folder / "carried.yaml"
    lines = "".join(f"  {name}: {value}\n" for name, value in {**TRUE, **changes}.items())
    path.write_text(f"{duty}:\n{lines}", "utf-8")
    return path


def test_what_is_said_to_be_carried_is_true() -> None:
    problems: list[Problem] = []
    every = trace(PACKS, problems)
    assert [str(problem) for problem in problems] == []
    counts = Counter(one.mark for one in every if one.duty.priority == 1)
    assert sum(counts.values()) == 410
    assert counts["carried"] >= 95
    assert counts["defined"] >= 50


def test_the_catalogue_has_each_duty_once_and_none_of_the_documents_words() -> None:
    every = tracing.duties()
    assert len({duty.id for duty in every}) == len(every) == 899
    assert max(len(duty.clause) for duty in every) < 60


def test_every_group_of_a_plan_names_a_duty_of_the_catalogue() -> None:
    """A mistyped id would be found nowhere and be missed by nobody."""
    known = {duty.id for duty in tracing.duties()}
    documents = {"JL", "JH", "HN", "NM", "BJ"}
    named = {
        name
        for file in PACKS.glob("cn-*/groups/*.yaml")
        for name, value in tracing.read_yaml(file.read_text("utf-8"), file.name).value.items()  # type: ignore[union-attr]
        for name in [value.get("duty") or name]
        if name.partition("-")[0] in documents
    }
    assert named - known == set()


def test_a_duty_without_its_element_is_not_yet_carried(tmp_path: Path) -> None:
    shutil.copytree(PACKS / "cn-440704-2016", tmp_path / "packs/cn-440704-2016")
    before, _ = marks(tmp_path / "packs", told(tmp_path))
    (tmp_path / "packs/cn-440704-2016/groups/insurance.yaml").unlink()
    after, problems = marks(tmp_path / "packs", told(tmp_path))
    assert (before["JH-3.2.2"], after["JH-3.2.2"]) == ("carried", "not yet")
    assert len(problems) == 1


def test_an_element_alone_only_defines_and_cases_do_not(tmp_path: Path) -> None:
    nothing = tmp_path / "carried.yaml"
    nothing.write_text("{}\n", "utf-8")
    assert marks(PACKS, nothing)[0]["JH-3.2.2"] == "defined"
    cases = tmp_path / "packs/some/cases"
    cases.mkdir(parents=True)
    (cases / "one.yaml").write_text("JH-3.2.2: {expect: eligible}\n", "utf-8")
    assert marks(tmp_path / "packs", nothing)[0]["JH-3.2.2"] == "not yet"


@pytest.mark.parametrize(
    "changes",
    [
        {"element": "cn-440704-2016:JH-3.2.3"},
        {"code": "yice.policy.services:no_such_function"},
        {"code": "os:getcwd"},
        {"test": "tests/exchange/test_import_to_groups.py::test_no_such_test"},
        {
            "test": "tests/audit/test_chain.py::test_a_changed_event_is_named"
        },  # it does not speak of the element
        {"duty": "JH-99.9"},
        {"more": "words"},
    ],
)
def test_a_line_that_names_what_is_not_there_carries_nothing(tmp_path: Path, changes: dict[str, str]) -> None:
    found, problems = marks(PACKS, told(tmp_path, **changes))
    assert found["JH-3.2.2"] == "defined"
    assert problems[0].startswith("carried.yaml:1")


def test_the_command_lists_and_counts(capsys: Any) -> None:
    assert run(["trace", "--show", "carried"]) == 0
    out = capsys.readouterr().out
    assert "JH-3.2.2" in out and "410" in out
    assert run(["trace", "--json", "--priority", "0"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 899


def test_a_folder_that_is_not_there_is_said_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["trace", "--packs", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.count("。") == 2
