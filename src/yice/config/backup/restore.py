"""Restore a backup into an empty site, and prove that it is the same: files, counts, the audit chain, a sealed value."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from yice import shelf
from yice.audit.services import record
from yice.audit.verifying import verify
from yice.config import keys, serving
from yice.config.backup import database, manifest
from yice.config.backup.manifest import DATABASE, FILES, FOLDERS, LASTING, Manifest
from yice.config.sealed import Sample, open_sample
from yice.identifiers import sealing
from yice.shelf.sealed import is_sealed, opened
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

Tell = Callable[[Message], None]
KEYS_WANTED = Message("请用 --keys 给出备份时另存的密钥文件，或在环境里设好 YICE_SEAL_KEY 等密钥。")


@dataclass(frozen=True)
class Restored:
    """What was put back. `sample`: whether a sealed value could be opened."""

    manifest: Manifest
    sample: Sample


def restore(path: Path, *, keys_from: Path | None = None, tell: Tell = lambda message: None) -> Restored:
    """Restore `path` into this site. Nothing is touched before everything has been checked."""
    _require_empty()
    given = keys.read(keys_from) if keys_from is not None else None
    if given is not None:
        _use(given)
    root = Path(settings.VAR)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=root) as folder:
        tell(Message("解开备份并核对每个文件……"))
        held = Path(folder)
        _open(path, held)
        said = manifest.read(held / manifest.NAME)
        _require_fit(said, held, given)
        tell(Message("放回数据库……"))
        if given is not None:
            keys.put(given)
        database.put(held / DATABASE[said.vendor])
        for one in (path for folder in LASTING for path in (held / folder).rglob("*") if path.is_file()):
            shelf.put(one.relative_to(held).as_posix(), one)
        for name in (*FOLDERS, *FILES):
            if (held / name).exists():
                if (root / name).is_dir():
                    shutil.rmtree(root / name)  # proven empty
                os.replace(held / name, root / name)
    tell(Message("核对行数、审计记录和密封的值……"))
    sample = _prove(said)
    serving.migrate()
    record(actor=None, code="site.restored", values={"made_at": said.made_at, "yice": said.yice})
    return Restored(said, sample)


def _require_empty() -> None:
    root = Path(settings.VAR)
    files = any(path.is_file() for folder in FOLDERS for path in (root / folder).rglob("*"))
    if files or any(shelf.names(folder) for folder in LASTING) or not database.is_empty():
        raise Problem(
            "site-not-empty",
            Message("这个站点已有数据，备份只能恢复到空的站点。"),
            why=Message("恢复会覆盖数据库和文件。"),
            fix=Message("请用 YICE_VAR（和 YICE_DATABASE）另指一个空的地方。"),
        )


def _use(given: dict[str, bytes]) -> None:
    sealing.use_keys(seal=keys.seal_versions(given), index=keys.index_versions(given), row=given["ROW"])


def _open(path: Path, into: Path) -> None:
    """Open the seal, and take out what is in it. A backup of an older version has none."""
    try:
        if not is_sealed(path):
            _unpack(path, into)
            return
        with path.open("rb") as held, opened(manifest.SEALED_AS, held, into / ".open") as archive:
            _unpack(archive, into)
        (into / ".open").rmdir()
    except OSError:
        raise _unreadable(path) from None
    except Problem as problem:
        if problem.code != "file-changed":
            raise
        what = Message("打不开备份 {path}：密钥不是做它时的，或它被改动、截断过。", path=str(path))
        raise Problem("backup-sealed", what, fix=KEYS_WANTED) from None


def _unpack(path: Path, into: Path) -> None:
    """Plain files at the places a backup has; anything else in the archive is refused."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for entry in archive:
                top = entry.name.split("/")[0]
                known = top in (*FOLDERS, *LASTING) or entry.name in (
                    *FILES,
                    manifest.NAME,
                    *DATABASE.values(),
                )
                target = (into / entry.name).resolve()
                stream = archive.extractfile(entry) if entry.isreg() else None
                if not known or stream is None or not target.is_relative_to(into.resolve()):
                    raise Problem("backup-strange", Message("备份里有不该有的内容，没有恢复。"))
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with (
                    stream,
                    os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out,
                ):
                    shutil.copyfileobj(stream, out)
    except (OSError, EOFError, tarfile.TarError):
        raise _unreadable(path) from None


def _unreadable(path: Path) -> Problem:
    return Problem(
        "backup-unreadable", Message("读不了备份 {path}：文件不在、已损坏或不完整。", path=str(path))
    )


def _require_fit(said: Manifest, held: Path, given: dict[str, bytes] | None) -> None:
    """Everything that would make a bad site of it, told at once."""
    problems = [*_of_files(said, held), *_of_kind(said), *_of_keys(said, given)]
    if problems:
        raise Problems(problems)


def _of_files(said: Manifest, held: Path) -> list[Problem]:
    there = {path.relative_to(held).as_posix() for path in held.rglob("*") if path.is_file()}
    wrong = [n for n, what in said.files.items() if n not in there or manifest.digest_of(held / n) != what]
    wrong += sorted(there - set(said.files) - {manifest.NAME})
    if not wrong:
        return []
    what = Message("备份里有 {count} 个文件与清单不符，例如 {name}。", count=len(wrong), name=wrong[0])
    return [Problem("backup-damaged", what, fix=Message("请换一份备份。"))]


def _of_kind(said: Manifest) -> list[Problem]:
    found = []
    if bool(said.demo) != bool(settings.DEMO):
        words = Message("演示库"), Message("正式库")
        here, there = words if settings.DEMO else words[::-1]
        found.append(
            Problem(
                "backup-kind",
                Message("备份来自{there}，这里是{here}，不能互相恢复。", there=there, here=here),
                fix=Message("演示的备份请恢复到设了 YICE_DEMO=1 的另一个 YICE_VAR。"),
            )
        )
    if said.vendor != connection.vendor:
        found.append(
            Problem(
                "backup-vendor",
                Message("备份是 {there} 的，这里用的是 {here}。", there=said.vendor, here=connection.vendor),
                fix=Message("请用同一种数据库恢复。"),
            )
        )
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if not set(said.migrations) <= known:
        found.append(
            Problem(
                "backup-newer",
                Message("备份是更新的版本（{yice}）做的。", yice=said.yice),
                fix=Message("请先升级这里的程序。"),
            )
        )
    return found


def _of_keys(said: Manifest, given: dict[str, bytes] | None) -> list[Problem]:
    """The keys that will be in force must be those that sealed the values."""
    force = keys.fingerprints(
        {
            **(given or {}),
            **{
                name: key
                for name, key in keys.current().items()
                if given is None or os.environ.get(f"YICE_{name.partition('.')[0]}_KEY")
            },
        }
    )
    if all(force.get(name) == said.keys[name] for name in said.keys if name != "SECRET"):
        return []
    what = Message("密钥与备份不符：恢复后密封的证件号、电话和地址都打不开。")
    return [Problem("keys-other", what, fix=KEYS_WANTED)]


def _prove(said: Manifest) -> Sample:
    """The site as it now stands is the one the manifest tells of."""
    there = manifest.counts()
    other = [table for table, rows in said.counts.items() if there.get(table) != rows]
    if other:
        what = Message(
            "恢复后有 {count} 张表的行数与备份不同，例如 {table}。", count=len(other), table=other[0]
        )
        raise Problem("restored-otherwise", what, fix=Message("请不要使用这个站点，换一份备份再恢复。"))
    if manifest.chain_head() != said.chain_head or verify():
        what = Message("恢复后的审计记录核对不上。")
        raise Problem("restored-chain", what, fix=Message("请运行 yice audit verify 看是哪一条。"))
    sample = open_sample()
    if sample is Sample.SHUT:
        raise Problem("restored-sealed", Message("恢复后密封的值打不开：密钥不是这份数据的。"))
    return sample
