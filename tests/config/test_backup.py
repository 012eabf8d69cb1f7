"""A site in one file and back: same rows, same record, the sealed values open; and what must not be restored is not."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.config.site import Site

from tools import postgres

# One process: the others need not wait while the demo is filled.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@dataclass(frozen=True)
class Kept:
    """A filled site, its backup and its keys."""

    site: Site
    backup: Path
    keys: Path
    said: str

    @property
    def manifest(self) -> dict[str, object]:
        with tarfile.open(self.backup) as archive:
            held = archive.extractfile("manifest.json")
            assert held is not None
            found: dict[str, object] = json.load(held)
            return found


def keep(site: Site) -> Kept:
    site.fill()
    backup, keys = site.folder.parent / "site.tar.gz", site.folder.parent / "site.keys"
    return Kept(site, backup, keys, site.done("backup", str(backup), "--with-keys", str(keys)))


@pytest.fixture
def kept(filled: Path, demo_folder: Path) -> Kept:
    said = (filled / "backup.txt").read_text("utf-8")
    return Kept(Site(demo_folder), filled / "site.tar.gz", filled / "site.keys", said)


@pytest.fixture
def fresh(tmp_path: Path) -> Site:
    return Site(tmp_path / "fresh")


def counts(folder: Path) -> dict[str, int]:
    with sqlite3.connect(folder / "yice.sqlite3") as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def test_a_restored_site_holds_the_same_rows_files_and_record(kept: Kept, fresh: Site) -> None:
    said = fresh.done("restore", str(kept.backup), "--keys", str(kept.keys))
    assert "密封的值能打开" in said
    before, after = counts(kept.site.folder), counts(fresh.folder)
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert changed == {}  # one event more on either side: backed up, restored
    assert before["identify_person"] >= 55
    assert "没有发现改动" in fresh.done("audit", "verify")
    for name in ("snapshots", "uploads", "files"):
        files = [sorted(p.name for p in (f / name).rglob("*")) for f in (kept.site.folder, fresh.folder)]
        assert files[0] == files[1]


def test_a_backup_holds_no_key_and_only_its_owner_may_read_it(kept: Kept) -> None:
    assert stat.S_IMODE(kept.backup.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.keys.stat().st_mode) == 0o600
    secrets = [path.read_bytes() for path in (kept.site.folder / "keys").glob("*.key")]
    assert len(secrets) == 4
    with tarfile.open(kept.backup) as archive:
        for entry in archive:
            held = archive.extractfile(entry)
            assert held is not None
            content = held.read()
            assert not any(secret in content for secret in secrets)
    assert "site.keys" in kept.said


def test_a_copied_row_that_names_a_file_finds_it(kept: Kept, fresh: Site) -> None:
    fresh.done("restore", str(kept.backup), "--keys", str(kept.keys))
    with sqlite3.connect(fresh.folder / "yice.sqlite3") as database:
        paths = [row[0] for row in database.execute("SELECT path FROM policy_snapshot")]
    assert paths
    assert all((fresh.folder / path / "values.parquet").is_file() for path in paths)


def test_nothing_is_restored_over_a_site_with_data(kept: Kept) -> None:
    before = counts(kept.site.folder)
    code, said = kept.site.run("restore", str(kept.backup), "--keys", str(kept.keys))
    assert (code, "已有数据" in said) == (2, True)
    assert counts(kept.site.folder) == before


def test_a_demo_is_not_restored_into_a_live_site(kept: Kept, fresh: Site) -> None:
    fresh.more = {}
    code, said = fresh.run("restore", str(kept.backup), "--keys", str(kept.keys))
    assert (code, "演示库" in said) == (2, True)
    assert not (fresh.folder / "snapshots").exists()


def test_without_its_keys_a_backup_is_not_restored(kept: Kept, fresh: Site) -> None:
    code, said = fresh.run("restore", str(kept.backup))
    assert (code, "密钥与备份不符" in said) == (2, True)


def test_a_key_that_stood_there_is_kept_beside_the_new_one(kept: Kept, fresh: Site) -> None:
    fresh.done("migrate")  # makes keys of its own
    own = (fresh.folder / "keys/seal.key").read_text("ascii")
    fresh.done("restore", str(kept.backup), "--keys", str(kept.keys))
    beside = list((fresh.folder / "keys").glob("seal.key.replaced-*"))
    assert [path.read_text("ascii") for path in beside] == [own]
    assert (fresh.folder / "keys/seal.key").read_text("ascii") != own


def rewritten(kept: Kept, into: Path, name: str, content: bytes) -> Path:
    """The backup with one member changed or added."""
    with tarfile.open(kept.backup) as old, tarfile.open(into, "w:gz") as new:
        for entry in old:
            if entry.name != name:
                new.addfile(entry, old.extractfile(entry))
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        new.addfile(entry, io.BytesIO(content))
    return into


@pytest.mark.parametrize(
    ("name", "says"),
    [("filled.json", "与清单不符"), ("../outside", "不该有的内容"), ("keys/seal.key", "不该有的内容")],
)
def test_a_backup_that_was_meddled_with_is_refused(
    kept: Kept, fresh: Site, tmp_path: Path, name: str, says: str
) -> None:
    bad = rewritten(kept, tmp_path / "bad.tar.gz", name, b"{}")
    code, said = fresh.run("restore", str(bad), "--keys", str(kept.keys))
    assert (code, says in said) == (2, True), said
    assert not (tmp_path / "outside").exists()


def test_half_a_backup_is_refused(kept: Kept, fresh: Site, tmp_path: Path) -> None:
    half = tmp_path / "half.tar.gz"
    half.write_bytes(kept.backup.read_bytes()[: kept.backup.stat().st_size // 2])
    code, said = fresh.run("restore", str(half), "--keys", str(kept.keys))
    assert (code, "不完整" in said) == (2, True)


def test_a_backup_never_overwrites_another(kept: Kept) -> None:
    before = kept.backup.read_bytes()
    code, _said = kept.site.run("backup", str(kept.backup))
    assert code == 2
    assert kept.backup.read_bytes() == before


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    try:
        with postgres.cluster() as address:
            yield address
    except postgres.PostgresMissingError as error:
        pytest.skip(str(error))


def test_a_site_on_postgresql_is_dumped_in_one_moment_and_restored(server: str, tmp_path: Path) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        for name in ("one", "other"):
            connection.execute(f"CREATE DATABASE {name}")
    first = Site(tmp_path / "one", server.rpartition("/")[0] + "/one")
    kept = keep(first)
    second = Site(tmp_path / "other", server.rpartition("/")[0] + "/other")
    assert "密封的值能打开" in second.done("restore", str(kept.backup), "--keys", str(kept.keys))
    assert "没有发现改动" in second.done("audit", "verify")
    said = kept.manifest["counts"]
    assert isinstance(said, dict)
    with psycopg.connect(second.database) as connection:
        row = connection.execute("SELECT count(*) FROM identify_person").fetchone()
    assert row is not None
    assert row[0] == said["identify_person"]
