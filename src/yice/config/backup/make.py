"""Make a backup: the database first, then the files, so that every file a copied row names is there."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from yice import shelf
from yice.audit.models import Event
from yice.audit.services import record
from yice.config import keys
from yice.config.backup import database, last, manifest
from yice.config.backup.manifest import DATABASE, FILES, FOLDERS, LASTING, Manifest
from yice.shelf.sealed import Sealing
from yice.terms.errors import Problem
from yice.terms.messages import Message


def make(out: Path, *, keys_to: Path | None = None) -> Manifest:
    """Write a backup to `out` (whole or not at all, mode 0600), and the keys to `keys_to` where asked for.

    The tables may still be an older version's: a backup comes before `yice migrate`.
    """
    if Event._meta.db_table not in connection.introspection.table_names():
        raise Problem("site-none", Message("这里还没有站点。"), fix=Message("请先运行 yice migrate。"))
    if out.exists():
        raise Problem(
            "backup-exists",
            Message("文件 {path} 已经存在，备份不会覆盖它。", path=str(out)),
            fix=Message("请换一个文件名，例如带上日期。"),
        )
    if keys_to is not None and keys_to.resolve() == out.resolve():
        raise Problem("keys-beside", Message("密钥要放在另一个文件里。"))
    half = out.with_name(out.name + ".part")
    try:
        handle = os.open(half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    except OSError as error:
        what = Message("不能写到 {path}（{why}）。", path=str(out), why=error.strerror)
        raise Problem("backup-out", what) from None
    try:
        with shelf.scratch() as folder, os.fdopen(handle, "wb") as stream:
            copy = folder / "database"  # not beside the backup: it lies in clear until it is sealed
            said = database.copy(copy)
            shut = Sealing(manifest.SEALED_AS, stream)
            with tarfile.open(fileobj=shut, mode="w:gz", compresslevel=3) as archive:  # type: ignore[call-overload]
                _add(archive, said, DATABASE[said.vendor], copy)
                for name in (one.name for folder in LASTING for one in shelf.names(folder)):
                    with suppress(Problem), shelf.passing(name) as path:  # removed meanwhile: nobody names it
                        _add(archive, said, name, path)
                for name, path in _files():
                    _add(archive, said, name, path)
                content = said.as_json()
                entry = tarfile.TarInfo(manifest.NAME)
                entry.size, entry.mode = len(content), 0o600
                archive.addfile(entry, io.BytesIO(content))
            shut.close()
            stream.flush()
            os.fsync(stream.fileno())
        if keys_to is not None:
            keys.write(keys_to)
        os.replace(half, out)
        last.note()
    finally:
        half.unlink(missing_ok=True)
    record(actor=None, code="site.backed_up", values={"keys": keys_to is not None, "files": len(said.files)})
    return said


def _files() -> Iterator[tuple[str, Path]]:
    root = Path(settings.VAR)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not _unfinished(path.relative_to(root)):
                yield path.relative_to(root).as_posix(), path
    for name in FILES:
        if (root / name).is_file():
            yield name, root / name


def _unfinished(path: Path) -> bool:
    """Still being written by a job, which will write it again."""
    return any(part.endswith((".part", "-journal", "-wal", "-shm")) for part in path.parts)


def _add(archive: tarfile.TarFile, said: Manifest, name: str, path: Path) -> None:
    """Add a file as it is now; one that a job has just removed is no longer named by any row worth having."""
    try:
        said.files[name] = manifest.digest_of(path)
        archive.add(path, name, recursive=False, filter=_plain)
    except FileNotFoundError:
        said.files.pop(name, None)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry
