"""docs/asvs.md points only at tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/asvs.md").read_text("utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| V")]
FILES = {path.name: path for path in (ROOT / "tests").rglob("test_*.py")}


def pointed() -> list[tuple[str, str]]:
    """File and test of each pointer; `::name` alone belongs to the file named before it."""
    found, file = [], ""
    for path, test in re.findall(r"`([\w/]*\.py)?(?:::(\w+))?`", TEXT):
        file = path.rpartition("/")[2] or file
        if file.startswith("test_"):
            found.append((file, test))
    return found


@pytest.mark.parametrize(("file", "test"), sorted(set(pointed())))
def test_a_test_that_is_pointed_at_exists(file: str, test: str) -> None:
    assert file in FILES
    assert f"def {test}" in FILES[file].read_text("utf-8")


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_proof_or_says_that_it_is_not_met(row: str) -> None:
    proof = row.rstrip("| ").rpartition("|")[2]
    assert len(row.split("|")) == 5
    assert re.search(r"`|\*\*not met\*\*|by design|not used|none", proof)
