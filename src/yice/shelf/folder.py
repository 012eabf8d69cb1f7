"""Lasting files in a folder: this machine's, or one that several machines share (a rename must be atomic)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from yice.shelf.kept import SEALED, Kept
from yice.shelf.sealed import forget, is_sealed, opened, seal
from yice.terms.errors import AwayError

HALF = ".part"


class Folder:
    """`cache`: where a sealed file is opened for as long as it is read."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root, self.cache = root, cache

    def put(self, name: str, made: Path) -> None:
        if not self.root.is_dir():  # a share that is not mounted: made here, it would be lost under it
            raise AwayError
        target = self.root / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = target.with_name(target.name + HALF)
        if _sealed(name):
            with made.open("rb") as plain, half.open("wb") as out:
                os.fchmod(out.fileno(), 0o600)
                seal(name, plain, out)
        else:
            shutil.move(made, half)
            os.chmod(half, 0o600)
        with half.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(half, target)
        if made != target:
            made.unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        if _sealed(name):
            raise ValueError("sealed files are read by `passing`")
        return self._place(name)

    @contextmanager
    def passing(self, name: str) -> Iterator[Path]:
        place = self._place(name)
        if not _sealed(name):
            yield place
            return
        with place.open("rb") as held, opened(name, held, self.cache / "passing") as path:
            yield path

    def _place(self, name: str) -> Path:
        if not self.exists(name):
            raise FileNotFoundError
        return self.root / name

    def exists(self, name: str) -> bool:
        if (self.root / name).is_file():
            return True
        if not self.root.is_dir():
            raise AwayError
        return False

    def names(self, folder: str) -> list[Kept]:
        if not self.root.is_dir():
            raise AwayError
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
        forget(self.cache)

    def seal_old(self) -> int:
        """Seal what an older version left as it came; gives how many. Begun again, it goes on."""
        found = self.unsealed()
        for name in found:
            with suppress(FileNotFoundError):  # decided meanwhile
                told = (self.root / name).stat()
                self.put(name, self.root / name)
                os.utime(self.root / name, (told.st_atime, told.st_mtime))  # its time to go stays what it was
        return len(found)

    def unsealed(self) -> list[str]:
        every = [one.name for folder in SEALED for one in self.names(folder)]
        return [name for name in every if not is_sealed(self.root / name)]


def _sealed(name: str) -> bool:
    return name.partition("/")[0] in SEALED
