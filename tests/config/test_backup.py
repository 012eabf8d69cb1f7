"""A site in one file and back: same rows, same record, the sealed values open; and what must not be restored is not.

A restore that is refused touches nothing: it is tried here, in this process. What is restored is restored by the
command, into a folder and a database of its own.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.config.site import Site
from tests.shelf.server import serving

from tools import postgres
from yice.config import keys
from yice.config.backup.make import make
from yice.config.backup.restore import restore
from yice.identifiers import sealing
from yice.shelf.sealed import opened
from yice.terms.errors import Problem, Problems

# One process: the others need not wait while the demo is filled.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.fixture
def backup(filled: Path) -> Path:
    return filled / "site.tar.gz"


def counts(folder: Path) -> dict[str, int]:
    with sqlite3.connect(folder / "yice.sqlite3") as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for name in ("snapshots", "uploads", "files")
        for path in (folder / name).rglob("*")
        if path.is_file()
    }


def test_a_restored_site_holds_the_same_rows_files_and_record(filled: Path, tmp_path: Path) -> None:
    fresh = Site(tmp_path / "fresh")
    own = fresh.folder / "keys/seal.key"
    own.parent.mkdir(mode=0o700, parents=True)
    own.write_text("5" * 64, "ascii")
    said = fresh.several(
        ("restore", str(filled / "site.tar.gz"), "--keys", str(filled / "site.keys")), ("audit", "verify")
    )
    assert "密封的值能打开" in said and "没有发现改动" in said
    before, after = counts(filled / "var"), counts(fresh.folder)
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert changed == {}  # one event more on either side: backed up, restored
    assert before["identify_person"] >= 55
    assert hashes(fresh.folder) == hashes(filled / "var") != {}
    with sqlite3.connect(fresh.folder / "yice.sqlite3") as database:
        paths = [row[0] for row in database.execute("SELECT path FROM policy_snapshot")]
    assert paths and all((fresh.folder / path / "values.parquet").is_file() for path in paths)
    # A key that stood there is kept beside the new one.
    assert [path.read_text("ascii") for path in own.parent.glob("seal.key.replaced-*")] == ["5" * 64]
    assert own.read_text("ascii") == (filled / "var/keys/seal.key").read_text("ascii")


@contextmanager
def unsealed(backup: Path) -> Iterator[tarfile.TarFile]:
    """What is in a backup, with the demo's keys, which stand beside it."""
    given = keys.read(backup.with_name("site.keys"))
    with (
        using(given),
        backup.open("rb") as held,
        opened("backup", held, backup.parent) as path,
        tarfile.open(path) as archive,
    ):
        yield archive


@contextmanager
def using(given: dict[str, bytes]) -> Iterator[None]:
    before = sealing.keys_given()
    sealing.use_keys(seal=keys.seal_versions(given), index=keys.index_versions(given), row=given["ROW"])
    yield
    sealing.use_keys(**before)


def told(backup: Path) -> dict[str, Any]:
    """Size and hash of each file, by the manifest."""
    with unsealed(backup) as archive:
        manifest = archive.extractfile("manifest.json")
        assert manifest is not None
        return {**json.load(manifest)["files"], "database.sqlite3": None}


def test_a_folders_backup_is_restored_into_a_bucket_and_the_buckets_into_a_folder(
    filled: Path, tmp_path: Path
) -> None:
    with serving() as server:
        files = {"YICE_FILES": server.say(server.bucket())}
        fresh = Site(tmp_path / "fresh", more={"YICE_DEMO": "1", "YICE_TODAY": "2020-06-30", **files})
        again = tmp_path / "again.tar.gz"
        keys_from = ("--keys", str(filled / "site.keys"))
        fresh.several(("restore", str(filled / "site.tar.gz"), *keys_from), ("backup", str(again)))
        assert not {"uploads", "snapshots", "refused"} & {path.name for path in fresh.folder.iterdir()}
        shutil.copy(filled / "site.keys", tmp_path)
        before, after = told(filled / "site.tar.gz"), told(again)
        assert {name for name in before if name.startswith("snapshots/")}
        assert after == before
        other = Site(tmp_path / "other", more={"YICE_DEMO": "1", "YICE_TODAY": "2020-06-30", **files})
        code, said = other.run("restore", str(again), *keys_from)
        assert code == 2 and "已有数据" in said  # in the bucket


def test_a_backup_holds_no_key_and_only_its_owner_may_read_it(filled: Path, backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert stat.S_IMODE((filled / "site.keys").stat().st_mode) == 0o600
    secrets = [path.read_bytes() for path in (filled / "var/keys").glob("*.key")]
    assert len(secrets) == 4 and backup.read_bytes().startswith(b"YICE1") and not tarfile.is_tarfile(backup)
    with unsealed(backup) as archive:
        for entry in archive:
            held = archive.extractfile(entry)
            assert held is not None
            content = held.read()
            assert not any(secret in content for secret in secrets)
    assert "site.keys" in (filled / "backup.txt").read_text("utf-8")


@pytest.fixture
def empty(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process as an empty site with a data folder of its own."""
    settings.VAR = tmp_path / "empty"
    settings.VAR.mkdir()
    monkeypatch.setenv("YICE_VAR", str(settings.VAR))
    return Path(settings.VAR)


def refused(*arguments: Any, **named: Any) -> str:
    with pytest.raises((Problem, Problems)) as said:
        restore(*arguments, **named)
    return str(said.value)


@pytest.mark.any_database
def test_what_does_not_fit_is_not_restored(empty: Path, filled: Path, backup: Path, settings: Any) -> None:
    given = filled / "site.keys"
    assert "密钥不是做它时的" in refused(backup)
    settings.DEMO = False
    assert "演示库" in refused(backup, keys_from=given)
    settings.DEMO = True
    half = empty.parent / "half.tar.gz"
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    assert "截断过" in refused(half, keys_from=given)
    # One that an older version made: not sealed, and looked at like any other.
    older = rewritten(backup, empty.parent / "older.tar.gz", "columns.yaml", b"{}")
    assert "密钥与备份不符" in refused(older) and "与清单不符" in refused(older, keys_from=given)
    for name, says in (
        ("filled.json", "与清单不符"),
        ("../outside", "不该有的内容"),
        ("keys/seal.key", "不该有的内容"),
    ):
        assert says in refused(rewritten(backup, empty.parent / "bad.tar.gz", name, b"{}"), keys_from=given)
    assert not (empty.parent / "outside").exists()
    left = [path for path in empty.rglob("*") if path.is_file() and path.parent.name != "keys"]
    assert left == [] and keys.fingerprints() != keys.fingerprints(keys.read(given))


@pytest.mark.any_database
def test_nothing_is_restored_over_a_site_with_data_and_no_backup_over_another(
    empty: Path, cast: Any, filled: Path, backup: Path
) -> None:
    assert "已有数据" in refused(backup, keys_from=filled / "site.keys")
    before = backup.read_bytes()
    with pytest.raises(Problem, match="已经存在"):
        make(backup)
    assert backup.read_bytes() == before


def rewritten(backup: Path, into: Path, name: str, content: bytes) -> Path:
    """The backup with one member changed or added."""
    with unsealed(backup) as old, tarfile.open(into, "w:gz") as new:
        for entry in old:
            if entry.name != name:
                new.addfile(entry, old.extractfile(entry))
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        new.addfile(entry, io.BytesIO(content))
    return into


@pytest.fixture
def server() -> Iterator[str]:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    try:
        with postgres.cluster() as address:
            yield address
    except postgres.PostgresMissingError as error:
        pytest.skip(str(error))


def test_a_site_on_postgresql_is_dumped_in_one_moment_and_restored_into_an_empty_cluster(
    server: str, tmp_path: Path
) -> None:
    """Three accounts, the divisions and sealed persons; no demo, whose filling is tried on SQLite."""
    first, second = (
        Site(tmp_path / name, f"{server.rpartition('/')[0]}/{name}") for name in ("one", "other")
    )
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE one")
    held, given = str(tmp_path / "site.tar.gz"), str(tmp_path / "site.keys")
    first.several(("migrate",), ("backup", held, "--with-keys", given), before=SETTLE)
    with postgres.cluster() as empty:
        second.database = empty
        said = second.several(("restore", held, "--keys", given), ("audit", "verify"))
        assert "密封的值能打开" in said and "没有发现改动" in said
        assert people(second.database) == people(first.database) != []
    with unsealed(Path(held)) as archive:
        manifest = archive.extractfile("manifest.json")
        assert manifest is not None
        assert json.load(manifest)["counts"]["identify_person"] == 3


SETTLE = """
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from tests.cast import settle
from tests import factories as make
from yice.accounts.services import install
settle(); install(demo=True)
for name in ("林小禾", "周大山", "吴静"):
    make.person(name, phone="11100000001")
"""


def people(address: str) -> list[Any]:
    """Every person as they lie there, sealed."""
    with psycopg.connect(address) as connection:
        return connection.execute("SELECT md5(p::text) FROM identify_person p ORDER BY id").fetchall()
