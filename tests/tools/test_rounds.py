"""The rounds of `make test`: two side by side are told apart, and neither can fail in silence."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from tools.test import Rounds

from tools import test as tool


@pytest.fixture
def pytest_says(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """By marks: the exit code and how many failures the report counts."""
    says: dict[str, tuple[int, int]] = {}

    def run(command: list[str], *, stdout: Any, **_: Any) -> subprocess.CompletedProcess[bytes]:
        marks = command[command.index("-m", 3) + 1]
        code, failures = says.get(marks, (0, 0))
        report = next(part.partition("=")[2] for part in command if part.startswith("--junitxml="))
        Path(report).write_text(f'<testsuite tests="3" errors="0" skipped="0" failures="{failures}"/>')
        print(f"ran {marks}", file=stdout, flush=True)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(tool.subprocess, "run", run)
    return says


def both(rounds: Rounds) -> None:
    with rounds.beside("Chromium", "browser"):
        rounds.run("PostgreSQL", "django_db")


def test_two_rounds_side_by_side_are_told_one_after_the_other(
    pytest_says: dict[str, tuple[int, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = Rounds([])
    both(rounds)
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("===", "ran"))]
    assert [line.split(":")[0] for line in said] == [
        "=== PostgreSQL ===", "ran django_db", "=== PostgreSQL", "=== Chromium ===", "ran browser", "=== Chromium",
    ]  # fmt: skip
    assert rounds.counts["tests"] == 6
    assert rounds.close() == 0


@pytest.mark.parametrize("marks", ["browser", "django_db"])
def test_a_round_that_fails_fails_the_whole(pytest_says: dict[str, tuple[int, int]], marks: str) -> None:
    pytest_says[marks] = (1, 1)
    rounds = Rounds([])
    both(rounds)
    assert rounds.close() == 1


def test_a_round_that_breaks_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("no pytest")

    rounds = Rounds([])
    monkeypatch.setattr(tool.subprocess, "run", broken)
    with pytest.raises(OSError, match="no pytest"), rounds.beside("Chromium", "browser"):
        pass


def test_nothing_selected_is_a_fault_unless_the_selection_was_made_by_hand(
    pytest_says: dict[str, tuple[int, int]],
) -> None:
    pytest_says["browser"] = (tool.NO_TESTS, 0)
    whole, by_hand = Rounds([]), Rounds(["tests/areas"])
    both(whole)
    both(by_hand)
    assert (whole.close(), by_hand.close()) == (1, 0)
