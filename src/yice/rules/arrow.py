"""Arrow arrays as columns, without copying where the memory already has our shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from yice.rules.bits import Words, full, pack, unpack, words_for
from yice.rules.column import Column, column_of_values
from yice.rules.expression.faults import KINDS
from yice.rules.model import Fact
from yice.rules.values import DTYPES, encode, fits
from yice.terms.errors import Problem
from yice.terms.messages import Message

CODES = b"codes"  # field metadata: the code book, `;`-joined, of a code column of numbers


def column_of(fact: Fact, column: pa.ChunkedArray, field: pa.Field) -> Column:
    """The column of `fact`. Texts and lists are read value by distinct value, numbers taken as they are."""
    array = _whole(column)
    kind = array.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return column_of_values(fact, [encode(fact, value) for value in array.to_pylist()])
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        array = array.cast(pa.string()).dictionary_encode()
    if isinstance(array, pa.DictionaryArray):
        return _from_dictionary(fact, array)
    known = _bitmap(array, 0) if array.null_count else full(len(array))
    if fact.type == "bool":
        if not pa.types.is_boolean(kind):
            array = _cast(fact, array, pa.bool_())
        return Column(_bitmap(array, 1), known)
    if fact.type == "date":
        array = _cast(fact, array, pa.date32())
        return Column(_numbers(array, np.int32), known)
    if fact.type == "text" or pa.types.is_boolean(kind):
        raise _unfit(fact)
    if not pa.types.is_integer(kind):
        array = _cast(fact, array, pa.int64())
    values = _numbers(array, array.type.to_pandas_dtype())
    if fact.low is not None or fact.high is not None:
        _bounded(fact, values, known)
    if fact.type == "code":
        values = _recode(fact, values, field, known)
    return Column(values, known)


def ids_of(table: pa.Table, name: str) -> pa.Array:
    """The row ids as text; the row number where the table has none."""
    if name not in table.schema.names:
        return pa.array(np.arange(table.num_rows)).cast(pa.string())
    ids = _whole(table.column(name))
    return ids if pa.types.is_string(ids.type) else ids.cast(pa.string())


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array, where it lies if it is in one piece."""
    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _from_dictionary(fact: Fact, array: pa.DictionaryArray) -> Column:
    """Each distinct text is read once; the rows follow by number."""
    book = column_of_values(fact, [encode(fact, value) for value in array.dictionary.to_pylist()])
    size = len(array.dictionary)
    places = pc.fill_null(array.indices, size).to_numpy(zero_copy_only=False)  # one past the end: unknown
    book_known = unpack(book.known, size)
    known = pack(np.append(book_known, np.uint8(0)).view(np.bool_)[places])
    if fact.type == "bool":
        assert book.values is not None  # noqa: S101 - a book is made of values
        truth = unpack(book.values, size)
        return Column(pack(np.append(truth, np.uint8(0)).view(np.bool_)[places]), known)
    numbers = np.append(book.values, 0).astype(DTYPES[fact.type])  # type: ignore[arg-type]
    return Column(numbers[places], known, book.words)


def _bitmap(array: pa.Array, which: int) -> Words:
    """Buffer `which` of an array (0 validity, 1 the values of a bool) as words, copied only if out of step."""
    buffer, rows, offset = array.buffers()[which], len(array), array.offset
    need = words_for(rows) * 8
    if buffer is None:
        return full(rows)
    start = offset // 8
    if offset % 8 == 0 and buffer.size - start >= need:
        return np.frombuffer(buffer, np.uint8, need, start).view(np.uint64)
    octets = np.frombuffer(buffer, np.uint8)[start:]
    if offset % 8 == 0:  # in step, but the last word is not all there
        padded = np.zeros(need, np.uint8)
        some = octets[: (rows + 7) // 8]
        padded[: len(some)] = some
        return padded.view(np.uint64)
    truth = np.unpackbits(octets, count=min(len(octets) * 8, offset % 8 + rows), bitorder="little")[
        offset % 8 :
    ]
    return pack(truth.view(np.bool_))


def _numbers(array: pa.Array, dtype: Any) -> NDArray[Any]:
    kind = np.dtype(dtype)
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array), kind)
    values: NDArray[Any] = np.frombuffer(
        buffer, dtype=kind, count=len(array), offset=array.offset * kind.itemsize
    )
    return values


def _recode(fact: Fact, values: NDArray[Any], field: pa.Field, known: Words) -> NDArray[Any]:
    """Code numbers of another code book, or of none, checked and turned into this fact's."""
    book = (field.metadata or {}).get(CODES)
    theirs = tuple(book.decode().split(";")) if book is not None else fact.codes
    if not _within(values, known, lambda least, most: least >= 0 and most < len(theirs)):
        raise _unfit(fact)
    if theirs == fact.codes:
        return values
    if any(code not in fact.codes for code in theirs):
        raise _unfit(fact)
    ours = np.array([fact.codes.index(code) for code in theirs] or [0], np.int8)
    recoded: NDArray[Any] = ours[np.clip(values, 0, len(ours) - 1)]
    return recoded


def _bounded(fact: Fact, values: NDArray[Any], known: Words) -> None:
    """Numbers come within their fact's bounds or not at all."""
    if not _within(values, known, lambda least, most: fits(fact, least) and fits(fact, most)):
        raise _unfit(fact)


def _within(values: NDArray[Any], known: Words, allowed: Callable[[int, int], bool]) -> bool:
    """Whether the least and the greatest known value are allowed; what stands where unknown seldom matters."""
    if not len(values) or allowed(int(values.min()), int(values.max())):
        return True
    told = values[unpack(known, len(values)).view(np.bool_)]
    return not len(told) or allowed(int(told.min()), int(told.max()))


def _cast(fact: Fact, array: pa.Array, kind: pa.DataType) -> pa.Array:
    try:
        return array.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise _unfit(fact) from None


def _unfit(fact: Fact) -> Problem:
    what = Message(
        "{fact} 这一列的值不是这一类：{kind}。", fact=fact.label.zh, kind=Message(KINDS[fact.type])
    )
    return Problem("fact-column", what, field=fact.name)
