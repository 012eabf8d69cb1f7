"""Preparing in other processes while this one loads: sealing and folding keep the second core busy."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

import pyarrow as pa

from yice.exchange.imports.prepare import Prepared, Setting, prepare
from yice.identifiers import sealing

ALONE_BELOW = 40_000  # rows; starting a process costs as much as preparing about this many
AHEAD = 3  # chunks waiting for each worker


def prepared(chunks: Iterable[pa.Table], rows: int, setting: Setting) -> Iterator[Prepared]:
    """The chunks prepared, in order; by worker processes where there are many rows and a second core."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if rows < ALONE_BELOW or cores < 2 or multiprocessing.current_process().daemon:
        first = 1
        for chunk in chunks:
            yield prepare(chunk, setting, first)
            first += chunk.num_rows
        return
    workers = min(cores, 4)
    context = multiprocessing.get_context("spawn")  # a fork would copy the database connection and its locks
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(sealing.keys_given(), setting)
    ) as pool:
        yield from _in_order(pool, chunks, workers * AHEAD)


def _in_order(pool: ProcessPoolExecutor, chunks: Iterable[pa.Table], ahead: int) -> Iterator[Prepared]:
    waiting: deque[Future[Prepared]] = deque()
    first = 1
    for chunk in chunks:
        waiting.append(pool.submit(_one, chunk, first))
        first += chunk.num_rows
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


_setting: Setting  # of a worker process, which prepares one delivery and ends


def _begin(keys: dict[str, Any], setting: Setting) -> None:
    """Give a worker the keys and the setting; they come through a pipe and touch no disk."""
    global _setting
    sealing.use_keys(**keys)
    _setting = setting


def _one(chunk: pa.Table, first: int) -> Prepared:
    return prepare(chunk, _setting, first)
