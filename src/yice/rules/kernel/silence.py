"""What a blank means: nothing, unless a list received whole for the person's area and month says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yice.rules.model import Fact, Plan, Silence
from yice.rules.values import encode

AREA_FACT = "hukou"  # benefit work follows the place of registration


@dataclass(frozen=True)
class WholeList:
    """A list received for an area (2 to 12 digits; empty for everywhere) and a month; `whole` or not."""

    list: str
    area: str
    month: dt.date  # its first day
    whole: bool = True


@dataclass(frozen=True)
class Received:
    """The lists received. Where `whole` is false for an area and month, an earlier whole list still counts."""

    lists: tuple[WholeList, ...] = ()

    def areas(self, silence: Silence, name: str, as_of: dt.date) -> tuple[tuple[int, int], ...]:
        """Ranges of 12-digit codes for which list `name` speaks on `as_of`: of its month, or still fresh enough."""
        month = as_of.replace(day=1)
        oldest = as_of - dt.timedelta(days=silence.fresh_for_days or 0)
        return tuple(
            (int(one.area.ljust(12, "0")) if one.area else 0, int(one.area.ljust(12, "9")))
            for one in self.lists
            if one.list == name
            and one.whole
            and one.month <= month
            and (one.month == month or _end(one.month) >= oldest)
        )


NOTHING = Received()


def everywhere(names: Iterable[str], as_of: dt.date) -> Received:
    """These lists, received whole for every area and the month of `as_of`."""
    return Received(tuple(WholeList(name, "", as_of.replace(day=1)) for name in names))


def listening(plan: Plan) -> dict[str, Fact]:
    """The facts whose silence a list can give meaning to."""
    return {name: fact for name, fact in plan.facts.items() if fact.silence and fact.silence.list}


def speak(
    plan: Plan, columns: Mapping[str, pa.Array], areas: NDArray[np.int64], received: Received, as_of: dt.date
) -> dict[str, pa.Array]:
    """The columns (or new ones) in which silence has become an answer.

    `columns` holds any facts, by name; `areas` the place of registration of each row as a number, -1 unknown.
    A column is changed only where a list speaks for somebody.
    """
    changed: dict[str, pa.Array] = {}
    if not received.lists:
        return changed
    covered: dict[tuple[tuple[int, int], ...], NDArray[np.bool_]] = {}
    for name, fact in listening(plan).items():
        silence = fact.silence
        assert silence is not None and silence.list is not None  # noqa: S101 - listening() says so
        spoken = np.ones(len(areas), np.bool_)
        for one in (silence.list, *silence.and_lists):
            ranges = received.areas(silence, one, as_of)
            if ranges not in covered:
                covered[ranges] = _covered(areas, ranges)
            spoken &= covered[ranges]
        if spoken.any():
            changed[name] = _filled(fact, silence, columns.get(name), spoken)
    return changed


def _covered(areas: NDArray[np.int64], ranges: tuple[tuple[int, int], ...]) -> NDArray[np.bool_]:
    found = np.zeros(len(areas), np.bool_)
    for first, last in ranges:
        found |= (areas >= first) & (areas <= last) if first else np.True_
    return found


def _filled(fact: Fact, silence: Silence, column: pa.Array | None, spoken: NDArray[np.bool_]) -> pa.Array:
    column = pa.nulls(len(spoken)) if column is None else column
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    value = silence.means
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        kind = {"bool": pa.bool_(), "int": pa.int64()}.get(fact.type, pa.string())
        column = pa.nulls(len(spoken), kind)
    if pa.types.is_integer(column.type) and fact.type == "code":
        value = encode(fact, value)
    elif pa.types.is_string(column.type) and isinstance(value, bool):
        value = str(value).lower()
    elif pa.types.is_string(column.type):
        value = str(value)
        column = pc.if_else(
            pc.equal(pc.utf8_trim_whitespace(column), ""), pa.scalar(None, column.type), column
        )
    fill = pa.scalar(value, column.type)
    return pc.if_else(pc.and_(pc.is_null(column), pa.array(spoken)), fill, column)


def _end(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
