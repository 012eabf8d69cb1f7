"""A dated table on one day, ready to be looked up for many rows at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yice.rules.expression.typed import Type
from yice.rules.model import Rate, Table

_AREA_LEVELS = (12, 9, 6, 4, 2)


class RateIndex:
    """The lines of `table` in force on `as_of`: the latest not after it for each key, none where it ended."""

    def __init__(self, table: Table, as_of: dt.date) -> None:
        latest: dict[tuple[str, ...], Rate] = {}
        for rate in sorted(table.rates, key=lambda rate: rate.since):
            if rate.since <= as_of:
                latest[rate.keys] = rate
        self.rates = {keys: rate for keys, rate in latest.items() if rate.value is not None}
        self.names = [sorted({keys[i] for keys in self.rates}) for i in range(len(table.key_names))]
        self._prefixes: dict[int, list[tuple[int, NDArray[np.int64], NDArray[np.intp]]]] = {}
        self.values = np.zeros([len(names) for names in self.names], np.int64)
        self.present = np.zeros(self.values.shape, np.bool_)
        for keys, rate in self.rates.items():
            at = tuple(names.index(key) for names, key in zip(self.names, keys, strict=True))
            self.values[at], self.present[at] = rate.value or 0, True

    def find(self, positions: Sequence[NDArray[np.intp]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Values and whether there is one, for the positions of each key (-1 where the key has no line)."""
        if not self.rates:
            shape = np.broadcast_shapes(*(np.shape(p) for p in positions)) if positions else ()
            return np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
        at = tuple(positions)
        found = self.present[at]
        for position in positions:
            found = found & (position >= 0)
        return self.values[at], found

    def rate(self, positions: Sequence[int]) -> Rate:
        """The line itself at one place."""
        return self.rates[tuple(names[at] for names, at in zip(self.names, positions, strict=True))]

    def positions(self, key: int, kind: Type, values: Any, words: Sequence[str]) -> NDArray[np.intp]:
        """Where each value of key number `key` stands among its lines; an area takes its nearest line above."""
        names = self.names[key]
        if kind.kind == "area":
            return self._areas(key, np.asarray(values))
        if kind.kind == "int":
            written = {int(name): i for i, name in enumerate(names) if name.lstrip("-").isdigit()}
            numbers = np.array(sorted(written), np.int64)
            if not len(numbers):
                return np.full(np.shape(values), -1, np.intp)
            at = np.minimum(np.searchsorted(numbers, values), len(numbers) - 1)
            order = np.array([written[int(number)] for number in numbers], np.intp)
            return np.where(numbers[at] == values, order[at], -1)
        texts = {"bool": ("false", "true"), "code": kind.codes}.get(kind.kind, words)
        places = np.array([names.index(text) if text in names else -1 for text in texts] or [-1], np.intp)
        found: NDArray[np.intp] = places[np.clip(values, 0, len(places) - 1)]
        return found

    def _areas(self, key: int, values: NDArray[Any]) -> NDArray[np.intp]:
        if key not in self._prefixes:
            self._prefixes[key] = list(_by_level(self.names[key]))
        found = np.full(values.shape, -1, np.intp)
        for level, prefixes, order in self._prefixes[key]:
            heads = values // 10 ** (12 - level)
            at = np.minimum(np.searchsorted(prefixes, heads), len(prefixes) - 1)
            found = np.where(prefixes[at] == heads, order[at], found)
        return found


def _by_level(names: list[str]) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.intp]]]:
    """From the widest areas to the smallest: how many digits, the codes cut to them, and whose each is."""
    for level in reversed(_AREA_LEVELS):
        written = {int(name[:level]): i for i, name in enumerate(names) if _level(name) == level}
        if written:
            prefixes = np.array(sorted(written), np.int64)
            yield level, prefixes, np.array([written[int(prefix)] for prefix in prefixes], np.intp)


def _level(name: str) -> int:
    """How many digits of an area code count: 440704000000 is the county 440704."""
    for low, high in ((9, 12), (6, 9), (4, 6), (2, 4)):
        if len(name) >= high and set(name[low:high]) != {"0"}:
            return high
    return min(len(name), 2)
