"""Where lasting files stand: uploads, refused rows, snapshots, comparisons. One folder, or one bucket, by `YICE_FILES`.

A file has a name (`snapshots/2020-06-30/…/values.parquet`) that tells of nobody, is written whole or not at all, and
is read by path, since Parquet and workbooks are. In a bucket everything is sealed, in a folder what holds whole
numbers (`SEALED`). What is the work of one process or one machine alone (staged rows on SQLite, unpacked packs, keys)
stays in `YICE_VAR`.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from yice.shelf.address import Address, address_of
from yice.shelf.folder import Folder
from yice.shelf.kept import Kept, Shelf
from yice.terms.errors import Problem
from yice.terms.messages import Message

__all__ = [
    "Kept",
    "exists",
    "names",
    "passing",
    "path",
    "probe",
    "put",
    "remove",
    "remove_folder",
    "scratch",
    "seal_old",
    "tidy",
    "unsealed",
]

LEFT = 86_400  # seconds: a scratch folder that old is a killed process's


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder of one's own, 0700, to make a file in before it is put; gone afterwards."""
    place = Path(settings.VAR) / "scratch"
    place.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


def put(name: str, made: Path) -> None:
    """Take the finished file `made` under `name`; what stood there is replaced. AwayError where it cannot be reached."""
    _shelf().put(name, made)


def path(name: str) -> Path:
    """The file to read, as often as one likes; FileNotFoundError where there is none. Only for what never changes."""
    return _shelf().path(name)


def passing(name: str) -> AbstractContextManager[Path]:
    """The file to read now: no copy of it stays on this machine. For what holds whole numbers."""
    if not exists(name):
        raise Problem("file-gone", Message("存下的文件已经不在。"), fix=Message("请重新上传，或从备份恢复。"))
    return _shelf().passing(name)


def exists(name: str) -> bool:
    return _shelf().exists(name)


def names(folder: str) -> list[Kept]:
    """Everything below a folder; nothing where there is none."""
    return _shelf().names(folder)


def remove(name: str) -> None:
    """Take it away; nothing happens where it is not there."""
    _shelf().remove(name)


def remove_folder(folder: str) -> None:
    """Take everything below a folder away."""
    _shelf().remove_folder(folder)


def probe() -> None:
    """Write, read and remove a small file; AwayError where that cannot be done."""
    name = f"probe/{time.time_ns():x}"
    with scratch() as own:
        (own / "probe").write_bytes(name.encode())
        put(name, own / "probe")
    with passing(name) as held:
        assert held.read_bytes() == name.encode()  # noqa: S101 - the seal has said so already
    remove_folder("probe")


def seal_old() -> int:
    """Seal what an older version left as it came; gives how many files that were."""
    return _shelf().seal_old()


def unsealed() -> list[str]:
    """Names of files that lie as they came though they should be sealed."""
    return _shelf().unsealed()


def tidy() -> None:
    """Drop copies that nobody has read for a while, and what killed processes left half made."""
    _shelf().tidy()
    place = Path(settings.VAR) / "scratch"
    for left in place.iterdir() if place.is_dir() else ():
        if left.stat().st_mtime < time.time() - LEFT:
            shutil.rmtree(left, ignore_errors=True)


def _shelf() -> Shelf:
    return _of(settings.YICE_FILES, Path(settings.VAR))


@lru_cache(maxsize=8)
def _of(said: str, var: Path) -> Shelf:
    at = address_of(said)
    if isinstance(at, Address):
        from yice.shelf.bucket import Bucket  # only who has one waits for it

        return Bucket(at, var / "cache")
    return Folder(at or var, var / "cache")
