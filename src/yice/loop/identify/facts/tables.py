"""Settled facts as the two tables of a snapshot: values as the kernel wants them, sources beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yice.loop.identify.facts.rows import uuid_text
from yice.loop.identify.facts.settle import Settled, settled
from yice.policy.provided import ID, KEY, Provided, Request
from yice.rules.arrow import CODES
from yice.rules.model import Fact
from yice.rules.values import encode
from yice.terms.errors import Problem

DIED = "_died_on"  # the day of death, where a list tells it
HOME = "_household"  # the household's key in the database
TIMES = "_times."  # how many regular payments of a benefit in the month


def people(request: Request) -> Iterator[Provided]:
    """The registry's provider: who there is, and what is known of them."""
    for part in settled(request):
        yield provided(part)


def provided(part: Settled) -> Provided:
    """One stretch as tables."""
    stretch = part.stretch
    size = len(stretch.rows)
    fields = [pa.field(KEY, pa.int64()), pa.field(ID, pa.string())]
    arrays: list[pa.Array] = [
        pa.array(stretch.keys, pa.int64()),
        pa.array([uuid_text(value) for value in stretch.column("uuid")], pa.string()),
    ]
    for column in part.columns.values():
        if column.values.count(None) == size:
            continue
        field, array = value_array(column.fact, column.values)
        if array.null_count < size:
            fields.append(field)
            arrays.append(array)
    for benefit, payments in part.payments.items():
        counts = [None] * size
        for row, times in payments.times.items():
            counts[row] = times  # type: ignore[call-overload]
        fields.append(pa.field(TIMES + benefit, pa.int16()))
        arrays.append(pa.array(counts, pa.int16()))
    fields.append(pa.field(HOME, pa.int64()))
    arrays.append(pa.array(stretch.column("household_id"), pa.int64()))
    if part.died:
        fields.append(pa.field(DIED, pa.date32()))
        arrays.append(pa.array([part.died.get(row) for row in range(size)], pa.date32()))
    return Provided(pa.table(arrays, schema=pa.schema(fields)), _sources(part), _lists(part))


def value_array(fact: Fact, values: list[Any]) -> tuple[pa.Field, pa.Array]:
    """A column in its Arrow type; what the fact cannot hold (an unknown code, a broken date) is unknown."""
    match fact.type:
        case "bool":
            return pa.field(fact.name, pa.bool_()), _typed(fact, values, pa.bool_())
        case "int":
            return pa.field(fact.name, pa.int64()), _typed(fact, values, pa.int64())
        case "date":
            return pa.field(fact.name, pa.date32()), _dates(fact, values)
        case "code":
            array = pc.index_in(_texts(values), value_set=pa.array(fact.codes, pa.string())).cast(pa.int8())
            return pa.field(fact.name, pa.int8(), metadata={CODES: ";".join(fact.codes).encode()}), array
        case _:
            array = _fitting(fact, _texts(values).dictionary_encode())
            return pa.field(fact.name, array.type), array


def _typed(fact: Fact, values: list[Any], kind: pa.DataType) -> pa.Array:
    try:
        array = pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        array = pa.array([_read(fact, value) for value in values], kind)
    if fact.type == "int" and (fact.low is not None or fact.high is not None):
        low = -(2**63) if fact.low is None else fact.low
        high = 2**63 - 1 if fact.high is None else fact.high
        fits = pc.and_(pc.greater_equal(array, low), pc.less_equal(array, high))
        array = pc.if_else(fits, array, pa.scalar(None, kind))
    return array


def _dates(fact: Fact, values: list[Any]) -> pa.Array:
    try:
        return _texts(values).cast(pa.date32())
    except pa.ArrowInvalid:
        return pa.array([_read(fact, value) for value in values], pa.int32()).cast(pa.date32())


def _read(fact: Fact, value: Any) -> Any:
    try:
        number = encode(fact, value)
    except Problem:
        return None
    return bool(number) if fact.type == "bool" and number is not None else number


def _texts(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return ";".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _fitting(fact: Fact, array: pa.DictionaryArray) -> pa.DictionaryArray:
    """Leave out words of the dictionary that the fact cannot hold."""
    words = array.dictionary.to_pylist()
    good = [word if _read(fact, word) is not None else None for word in words]
    if good == words:
        return array
    return pa.array(good, pa.string()).take(array.indices).dictionary_encode()


def _sources(part: Settled) -> pa.Table:
    """The row's own batch once, then source, date and state of each fact that has them from elsewhere."""
    stretch = part.stretch
    size = len(stretch.rows)
    arrays: dict[str, pa.Array] = {
        ID: pa.array([uuid_text(value) for value in stretch.column("uuid")], pa.string()),
        "register@source": pa.array([origin.source for origin in part.base]).dictionary_encode(),
        "register@date": pa.array([origin.date for origin in part.base], pa.date32()),
    }
    for name, column in part.columns.items():
        if column.origins:
            rows = [column.origins.get(row) for row in range(size)]
            arrays[f"{name}@source"] = pa.array(
                [o and o.source for o in rows], pa.string()
            ).dictionary_encode()
            arrays[f"{name}@date"] = pa.array([o and o.date for o in rows], pa.date32())
        if column.states:
            states = [column.states.get(row) for row in range(size)]
            arrays[f"{name}@state"] = pa.array(states, pa.string()).dictionary_encode()
    return pa.table(arrays)


def _lists(part: Settled) -> list[dict[str, Any]]:
    return [
        {
            "kind": receipt.kind,
            "area": receipt.area,
            "month": receipt.month.isoformat(),
            "whole": receipt.whole,
            "batch": receipt.batch,
        }
        for receipts in part.receipts.by_kind.values()
        for receipt in receipts
        if part.receipts.fresh(receipt, None) or receipt.whole
    ]
