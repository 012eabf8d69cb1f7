"""Preparing in other processes while this one reads and loads: sealing and folding keep the second core busy."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.ipc

from yice.exchange.imports.chunks import Prepared, Setting
from yice.exchange.imports.prepare import prepare
from yice.identifiers import sealing

ALONE_BELOW = 8 << 20  # bytes of a file; starting a process costs as much as preparing about this much
AHEAD = 3  # chunks waiting for each worker


class Preparer:
    """Starts its workers at once for a large file, so that they are ready when it has been read.

    A small file, a machine with one core and a daemon process (which may have no children) are prepared right here.
    """

    def __init__(self, setting: Setting, size: int) -> None:
        self._setting = setting
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        alone = size < ALONE_BELOW or cores < 2 or multiprocessing.current_process().daemon
        self._workers = 0 if alone else min(cores, 4)
        self._pool: ProcessPoolExecutor | None = None
        self._starting: threading.Thread | None = None

    def __enter__(self) -> Preparer:
        if self._workers:
            self._pool = ProcessPoolExecutor(
                self._workers,
                # A fork would copy the database connection, its locks and the heartbeat's.
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(sealing.keys_given(), self._setting),
            )
            # What a process is given it takes only when it has come up; this one reads the file meanwhile.
            self._starting = threading.Thread(target=self._pool.submit, args=(os.getpid,))
            self._starting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._pool is not None and self._starting is not None:
            self._starting.join()
            self._pool.shutdown(cancel_futures=True)

    def prepared(self, chunks: Iterable[pa.Table], **known_now: Any) -> Iterator[Prepared]:
        """The chunks prepared, in order. `known_now`: what of the setting only reading could tell."""
        first = 1
        if self._pool is None:
            setting = replace(self._setting, **known_now)
            for chunk in chunks:
                yield prepare(chunk, setting, first)
                first += chunk.num_rows
            return
        waiting: deque[Future[Prepared]] = deque()
        for chunk in chunks:
            waiting.append(self._pool.submit(_one, packed(chunk), first, known_now))
            first += chunk.num_rows
            if len(waiting) >= self._workers * AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_setting: Setting  # of a worker process, which prepares one delivery and ends; as of its first chunk


def _begin(keys: dict[str, Any], setting: Setting) -> None:
    """Give a worker the keys and the setting; they come through a pipe and touch no disk."""
    global _setting
    sealing.use_keys(**keys)
    _setting = setting


def _one(chunk: pa.Buffer, first: int, known_now: dict[str, Any]) -> Prepared:
    global _setting
    if any(getattr(_setting, name) != value for name, value in known_now.items()):
        _setting = replace(_setting, **known_now)
    return prepare(pa.ipc.open_stream(chunk).read_all(), _setting, first)


def packed(chunk: pa.Table) -> pa.Buffer:
    """A chunk as Arrow stream: pickling a slice would carry the whole file's buffers along."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, chunk.schema) as stream:
        stream.write_table(chunk)
    return sink.getvalue()
