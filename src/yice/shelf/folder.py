"""Lasting files in a folder: this machine's, or one that several machines share (a rename must be atomic)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from yice.shelf.kept import Kept
from yice.terms.errors import AwayError

HALF = ".part"


class Folder:
    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, made: Path) -> None:
        if not self.root.is_dir():  # a share that is not mounted: made here, it would be lost under it
            raise AwayError
        target = self.root / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = target.with_name(target.name + HALF)
        shutil.move(made, half)
        os.chmod(half, 0o600)
        with half.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(half, target)

    def path(self, name: str) -> Path:
        if not self.exists(name):
            raise FileNotFoundError
        return self.root / name

    @contextmanager
    def passing(self, name: str) -> Iterator[Path]:
        yield self.path(name)

    def exists(self, name: str) -> bool:
        if (self.root / name).is_file():
            return True
        if not self.root.is_dir():
            raise AwayError
        return False

    def names(self, folder: str) -> list[Kept]:
        found = []
        for path in sorted((self.root / folder).rglob("*")):
            with suppress(FileNotFoundError):  # removed meanwhile
                if path.is_file() and not path.is_symlink() and not path.name.endswith(HALF):
                    told = path.stat()
                    found.append(Kept(path.relative_to(self.root).as_posix(), told.st_size, told.st_mtime))
        return found

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def remove_folder(self, folder: str) -> None:
        place = self.root / folder
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):  # others stand beside it
            place.parent.rmdir()

    def tidy(self) -> None:
        """No copies are made."""
