"""Work a little ahead of whoever waits for it, in order, on threads: never more than a few pieces in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_A = TypeVar("_A")
_T = TypeVar("_T")


def fetched(items: Iterable[_T]) -> Iterator[_T]:
    """The items, the next one being fetched by a thread of its own while this one is used."""
    source, end = iter(items), object()
    with ThreadPoolExecutor(1) as pool:
        coming: Future[_T | object] = pool.submit(next, source, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, source, end)
            yield item  # type: ignore[misc]


def done(work: Callable[[_A], _T], items: Iterable[_A], threads: int) -> Iterator[_T]:
    """`work` on every item, in order, `threads` at a time and no further ahead."""
    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[_T]] = deque()
        for item in items:
            ahead.append(pool.submit(work, item))
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
