"""How a long piece of work tells where it is and commits: a job's `Work`, or plainly, for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from django.db import transaction


class Steps(Protocol):
    """The part of `jobs.work.Work` that imports need."""

    def progress(self, done: int, total: int, stage: str = "") -> None: ...

    def check(self) -> None: ...

    def commit(self, *, last: bool = False) -> AbstractContextManager[None]: ...


class Alone:
    """Work outside a job: nobody can take it over, nobody calls it off."""

    def __init__(self, tell: Callable[[int, int, str], None] | None = None) -> None:
        self._tell = tell

    def progress(self, done: int, total: int, stage: str = "") -> None:
        if self._tell is not None:
            self._tell(done, total, stage)

    def check(self) -> None:
        """Nothing can have happened."""

    @contextmanager
    def commit(self, *, last: bool = False) -> Iterator[None]:
        with transaction.atomic():
            yield
