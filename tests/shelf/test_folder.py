"""What holds whole numbers lies sealed in a folder, too; the rest is read where it stands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from yice import shelf
from yice.identifiers import sealing
from yice.terms.errors import Problem

PLAIN = b"110105199001011234,"


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Path:
    if not sealing.keys_given():
        sealing.use_keys(seal={1: b"k" * 32}, index=b"i", row=b"r")
    settings.VAR, settings.YICE_FILES = tmp_path / "var", ""
    settings.VAR.mkdir()
    return Path(settings.VAR)


def put(place: Path, name: str) -> Path:
    (place / "made").write_bytes(PLAIN)
    shelf.put(name, place / "made")
    return place / name


def test_an_upload_lies_sealed_is_read_in_passing_and_leaves_no_copy(place: Path) -> None:
    held = put(place, "uploads/a.csv")
    assert PLAIN not in held.read_bytes() and held.stat().st_mode & 0o777 == 0o600
    with shelf.passing("uploads/a.csv") as path:
        assert path.read_bytes() == PLAIN and path.suffix == ".csv"
    assert [one for one in place.rglob("*") if one.is_file()] == [held]
    with pytest.raises(ValueError):
        shelf.path("uploads/a.csv")
    # Neither changed nor one put in another's place, nor a plain one instead.
    for other in (held.read_bytes()[:-1], put(place, "uploads/b.csv").read_bytes(), PLAIN):
        held.write_bytes(other)
        with pytest.raises(Problem, match="和存进去时不一样"), shelf.passing("uploads/a.csv"):
            pass


def test_a_snapshot_is_read_where_it_stands(place: Path) -> None:
    assert put(place, "snapshots/d/values.parquet").read_bytes() == PLAIN
    assert shelf.path("snapshots/d/values.parquet").read_bytes() == PLAIN


def test_what_an_older_version_left_in_clear_is_sealed_once_and_goes_when_it_would_have_gone(
    place: Path,
) -> None:
    (place / "uploads").mkdir()
    left = place / "uploads" / "old.csv"
    left.write_bytes(PLAIN)
    os.utime(left, (1_500_000_000, 1_500_000_000))
    assert shelf.unsealed() == ["uploads/old.csv"] and (shelf.seal_old(), shelf.seal_old()) == (1, 0)
    assert PLAIN not in left.read_bytes() and left.stat().st_mtime == 1_500_000_000
    with shelf.passing("uploads/old.csv") as path:
        assert path.read_bytes() == PLAIN
