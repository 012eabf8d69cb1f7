"""A demo filled once for all tests that look at one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.config.site import Site
from tests.once import once

from yice.config import keys
from yice.config.environment import index_keys, seal_keys
from yice.identifiers import sealing


@pytest.fixture(autouse=True)
def _keys_as_they_were() -> Iterator[None]:
    """A site that is restored, or changes its keys, leaves other tests of this process as they were."""
    given, folder = dict(sealing.keys_given()), keys.var_dir() / "keys"
    yield
    for path in folder.glob("*.[0-9].key"):
        path.unlink()
    sealing.use_keys(**given, newer=seal_keys, newer_index=index_keys)


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
