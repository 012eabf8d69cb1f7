"""A demo filled once for all tests that look at one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.config.site import Site
from tests.once import once


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a filled demo, and beside it a backup of it with its keys. Not to be written into."""

    def make(place: Path) -> None:
        site = Site(place / "var")
        (place / "fill.txt").write_text(site.fill(), "utf-8")
        said = site.done("backup", str(place / "site.tar.gz"), "--with-keys", str(place / "site.keys"))
        (place / "backup.txt").write_text(said, "utf-8")

    return once(tmp_path_factory, "filled", make)


@pytest.fixture
def demo_folder(filled: Path, tmp_path: Path) -> Path:
    """A copy of the filled demo's data folder, to do with as one likes."""
    return Path(shutil.copytree(filled / "var", tmp_path / "var"))
