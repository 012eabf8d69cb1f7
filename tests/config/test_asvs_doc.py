"""docs/asvs.md has a row for every requirement of level 2, and points, as docs/threats.md does, only at tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/asvs.md").read_text("utf-8")
THREATS = (ROOT / "docs/threats.md").read_text("utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| V")]
# The requirements of level 2 in ASVS 4.0.3: section → numbers. The others are of level 3, or were dropped.
LEVEL_2 = {
    "V1.1": (1, 2, 3, 4, 5, 6, 7), "V1.2": (1, 2, 3, 4), "V1.4": (1, 4, 5), "V1.5": (1, 2, 3, 4),
    "V1.6": (1, 2, 3, 4), "V1.7": (1, 2), "V1.8": (1, 2), "V1.9": (1, 2), "V1.10": (1,), "V1.11": (1, 2),
    "V1.12": (2,), "V1.14": (1, 2, 3, 4, 5, 6), "V2.1": tuple(range(1, 13)), "V2.2": (1, 2, 3),
    "V2.3": (1, 2, 3), "V2.4": (1, 2, 3, 4, 5), "V2.5": (1, 2, 3, 4, 5, 6, 7), "V2.6": (1, 2, 3),
    "V2.7": (1, 2, 3, 4, 5, 6), "V2.8": (1, 2, 3, 4, 5, 6, 7), "V2.9": (1, 2, 3), "V2.10": (1, 2, 3, 4),
    "V3.1": (1,), "V3.2": (1, 2, 3, 4), "V3.3": (1, 2, 3, 4), "V3.4": (1, 2, 3, 4, 5), "V3.5": (1, 2, 3),
    "V3.7": (1,), "V4.1": (1, 2, 3, 5), "V4.2": (1, 2), "V4.3": (1, 2, 3), "V5.1": (1, 2, 3, 4, 5),
    "V5.2": tuple(range(1, 9)), "V5.3": tuple(range(1, 11)), "V5.4": (1, 2, 3), "V5.5": (1, 2, 3, 4),
    "V6.1": (1, 2, 3), "V6.2": (1, 2, 3, 4, 5, 6), "V6.3": (1, 2), "V6.4": (1, 2), "V7.1": (1, 2, 3, 4),
    "V7.2": (1, 2), "V7.3": (1, 3, 4), "V7.4": (1, 2, 3), "V8.1": (1, 2, 3, 4), "V8.2": (1, 2, 3),
    "V8.3": tuple(range(1, 9)), "V9.1": (1, 2, 3), "V9.2": (1, 2, 3, 4), "V10.2": (1, 2), "V10.3": (1, 2, 3),
    "V11.1": tuple(range(1, 9)), "V12.1": (1, 2, 3), "V12.2": (1,), "V12.3": (1, 2, 3, 4, 5, 6),
    "V12.4": (1, 2), "V12.5": (1, 2), "V12.6": (1,), "V13.1": (1, 3, 4, 5), "V13.2": (1, 2, 3, 5, 6),
    "V13.3": (1, 2), "V13.4": (1, 2), "V14.1": (1, 2, 3, 4), "V14.2": (1, 2, 3, 4, 5, 6), "V14.3": (2, 3),
    "V14.4": (1, 2, 3, 4, 5, 6, 7), "V14.5": (1, 2, 3, 4),
}  # fmt: skip
FILES = {path.name: path for path in (ROOT / "tests").rglob("test_*.py")}


def pointed() -> list[tuple[str, str]]:
    """File and test of each pointer; `::name` alone belongs to the file named before it."""
    found, file = [], ""
    for path, test in re.findall(r"`([\w/]*\.py)?(?:::(\w+))?`", TEXT + THREATS):
        file = path.rpartition("/")[2] or file
        if file.startswith("test_"):
            found.append((file, test))
    return found


@pytest.mark.parametrize(("file", "test"), sorted(set(pointed())))
def test_a_test_that_is_pointed_at_exists(file: str, test: str) -> None:
    assert file in FILES
    assert f"def {test}" in FILES[file].read_text("utf-8")


def test_every_requirement_has_a_row_of_its_own() -> None:
    asked = [f"{section}.{number}" for section, numbers in LEVEL_2.items() for number in numbers]
    assert [row.split("|")[1].strip() for row in ROWS] == asked


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_proof_or_says_that_it_is_not_met(row: str) -> None:
    proof = row.rstrip("| ").rpartition("|")[2]
    assert len(row.split("|")) == 5
    assert re.search(r"`|\*\*not met\*\*|by design|not used|none", proof)
