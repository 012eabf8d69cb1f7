"""The chain's head, noted outside the database while people work: what is cut off its end is missed.

Whoever has the database's password alone can take the last events out and set the head back, and the rest looks whole.
So each process that writes notes the head it committed in a file beside the anchors, at most once a minute; the last of
a burst is noted when its minute is over, without another write. The files are only added to: a chain that goes on
from an earlier event takes no line away. `tidy` drops what later lines that hold make needless.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yice.audit.models import Event
from yice.terms.errors import Problem
from yice.terms.messages import Message

EVERY = 60.0  # seconds between two notes of one process
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Noted:
    """An event's number and hash as they were noted outside the database."""

    event_id: int
    hash: bytes

    def line(self) -> str:
        return json.dumps({"event": self.event_id, "hash": self.hash.hex()}) + "\n"


def folder() -> Path:
    """Where heads are noted: `heads` beside the file of the anchors, one file a machine."""
    return Path(settings.YICE_ANCHORS).with_name("heads")


def read(path: Path) -> list[Noted]:
    """The lines of one file; Problem "anchors" where somebody or something spoilt it."""
    try:
        lines = [json.loads(line) for line in path.read_text("ascii").splitlines()]
        return [Noted(int(one["event"]), bytes.fromhex(one["hash"])) for one in lines]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        what = Message("记下锚的文件读不出来，或被改坏了。")
        raise Problem(
            "anchors", what, fix=Message("请用安全处保存的那一份，以 YICE_ANCHORS 指明。")
        ) from None


def noted() -> list[Noted]:
    """Every head that was noted, of all machines whose files lie here; nothing where there is none."""
    return [one for path in sorted(folder().glob("*.txt")) for one in read(path)]


def missing(those: Iterable[Noted]) -> list[Noted]:
    """Those that the record does not hold as they were noted."""
    asked = list(dict.fromkeys(those))
    held: dict[int, bytes] = {}
    for at in range(0, len(asked), 500):
        keys = {one.event_id for one in asked[at : at + 500]}
        held.update(
            (pk, bytes(kept)) for pk, kept in Event.objects.filter(pk__in=keys).values_list("pk", "hash")
        )
    return [one for one in asked if held.get(one.event_id) != one.hash]


def tidy() -> None:
    """Of each file keep the newest head that holds, and every one that does not."""
    for path in folder().glob("*.txt"):
        with changed(path) as lines:
            gone = set(missing(lines))
            newest = max(
                (one for one in lines if one not in gone), key=lambda one: one.event_id, default=None
            )
            lines[:] = [one for one in lines if one in gone or one == newest]


def put_aside(path: Path, gone: Iterable[Noted]) -> None:
    """Move these lines of a file, as they are, to one beside it that is not compared."""
    aside = set(gone)
    with _held(path):
        kept, moved = [], []
        for line in path.read_text("ascii").splitlines(keepends=True):
            one = json.loads(line)
            (moved if Noted(int(one["event"]), bytes.fromhex(one["hash"])) in aside else kept).append(line)
        if moved:
            with os.fdopen(_to_add(path.with_suffix(".aside")), "a", encoding="ascii") as stream:
                stream.writelines(moved)
            _put(path, kept)


@contextlib.contextmanager
def changed(path: Path) -> Iterator[list[Noted]]:
    """The lines of a file, written back whole if they were changed; nobody adds meanwhile."""
    with _held(path):
        lines = read(path)
        before = list(lines)
        yield lines
        if lines != before:
            _put(path, [one.line() for one in lines])


def _put(path: Path, lines: Iterable[str]) -> None:
    """The file anew, whole or not at all."""
    half = path.with_suffix(".half")
    half.touch(0o600)
    half.write_text("".join(lines), "ascii")
    os.replace(half, path)


def _to_add(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file open for adding, under lock; opened again where it was replaced meanwhile."""
    while True:
        handle = _to_add(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if _stands(handle, path):
                yield handle
                return
        finally:
            os.close(handle)


def _stands(handle: int, path: Path) -> bool:
    """Whether the open file is the one that has the name now."""
    try:
        return os.path.samestat(os.fstat(handle), os.stat(path))
    except FileNotFoundError:
        return False


class Noting:
    """What one process does: the head it committed last, when it noted one, and the timer for the rest of a minute."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._due = 0.0  # the next note may be written from then on
        self._waits: tuple[Path, Noted] | None = None
        self._timer: threading.Timer | None = None

    def committed(self, head: Noted) -> None:
        """Called once `head` is committed: note it, or leave it to the end of the minute."""
        with self._lock:
            self._waits = folder() / f"{socket.gethostname()}.txt", head
            left = self._due - self._now()
            if left > 0:
                if self._timer is None:
                    self._timer = threading.Timer(left, self.flush)
                    self._timer.daemon = True
                    self._timer.start()
                return
        self.flush()

    def flush(self) -> None:
        """Note what waits, now."""
        with self._lock:
            waits, self._waits, self._timer = self._waits, None, None
            self._due = self._now() + EVERY
        if waits is None:
            return
        path, head = waits
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _held(path) as handle:
                os.write(handle, head.line().encode())
        except OSError:  # what was written is committed: told, not failed
            log.error("the record's head could not be noted", exc_info=True)

    def stop(self) -> None:
        """No timer any more, and nothing waits. Takes no lock: in a forked process nobody may be there to let it go."""
        if self._timer is not None:
            self._timer.cancel()
        self._waits = self._timer = None


_noting = Noting()


def note_once_committed(event: Event) -> None:
    """Called in the transaction of the event."""
    head = Noted(event.pk, bytes(event.hash))
    transaction.on_commit(lambda: _noting.committed(head))


def begin_anew() -> None:
    """Forget what waits: a process that was forked has no timer and has noted nothing yet."""
    global _noting
    _noting.stop()
    _noting = Noting()


os.register_at_fork(after_in_child=begin_anew)
atexit.register(lambda: _noting.flush())
