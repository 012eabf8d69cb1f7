"""One fact over many rows: a value array and a bitmap of which rows are known.

Values: bool as bits, int and money int64 (or as narrow as they came), date int32 days, code int8 in the order of
`fact.codes`, set and parts as bit fields, area the 12-digit number, text a position in `words`. What stands in a
value array where the bitmap says unknown is meaningless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yice.rules.bits import Words, pack
from yice.rules.model import Fact
from yice.rules.values import DTYPES


@dataclass(frozen=True)
class Column:
    """values: one a row, or packed words for bool; None where no row is known. known: packed words."""

    values: NDArray[Any] | None
    known: Words
    words: tuple[str, ...] = ()  # the vocabulary of a text fact


def column_of_values(fact: Fact, values: Sequence[int | str | None]) -> Column:
    """A column from encoded values, None for unknown."""
    known = pack(np.array([value is not None for value in values], np.bool_))
    words: tuple[str, ...] = ()
    if fact.type == "text":
        words = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
        at = {word: i for i, word in enumerate(words)}
        values = [None if value is None else at[str(value)] for value in values]
    numbers = np.array([value or 0 for value in values], DTYPES[fact.type])
    return Column(pack(numbers) if fact.type == "bool" else numbers, known, words)
