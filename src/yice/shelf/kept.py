"""What a place for files must do. Two do it: a folder and a bucket."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Kept:
    """A file that stands there: bytes, and when it was put (seconds since 1970)."""

    name: str
    size: int
    at: float


class Shelf(Protocol):
    def put(self, name: str, made: Path) -> None: ...
    def path(self, name: str) -> Path: ...
    def passing(self, name: str) -> AbstractContextManager[Path]: ...
    def exists(self, name: str) -> bool: ...
    def names(self, folder: str) -> list[Kept]: ...
    def remove(self, name: str) -> None: ...
    def remove_folder(self, folder: str) -> None: ...
    def tidy(self) -> None: ...
