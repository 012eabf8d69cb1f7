"""Short numbers that stand for rows and for the evidence of a pair, the same on every machine and every day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yice.identifiers.bulk import as_texts
from yice.matching.keys import Ints, mix
from yice.matching.model import LEVELS
from yice.matching.normalise import Records
from yice.matching.pairs import COMPARISONS, Pairs

_ODD = np.uint64(0x100000001B3)
_CHUNK = 100_000


def of_texts(texts: pa.StringArray) -> Ints:
    """A number for each text, never 0: its bytes as a polynomial in 64 bits, mixed."""
    found = [_chunk(texts.slice(at, _CHUNK)) for at in range(0, len(texts), _CHUNK)]
    return mix(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def _chunk(texts: pa.StringArray) -> npt.NDArray[np.int64]:
    texts = as_texts(texts)
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32, count=len(texts) + 1).astype(np.int64)
    size = np.diff(offsets)
    data = texts.buffers()[2]
    raw = np.frombuffer(data, dtype=np.uint8)[: offsets[-1]] if data is not None else np.zeros(0, np.uint8)
    powers = np.cumprod(np.full(int(size.max(initial=0)) + 1, _ODD, dtype=np.uint64))
    place = np.arange(len(raw)) - np.repeat(offsets[:-1], size)
    terms = np.r_[(raw.astype(np.uint64) + np.uint64(1)) * powers[place], np.uint64(0)]
    sums = np.add.reduceat(terms, offsets[:-1]) if len(texts) else np.zeros(0, dtype=np.uint64)
    sums[size == 0] = 0
    known = sums * np.uint64(2) + np.uint64(1)  # odd: a blank is a value too
    return np.asarray(known.view(np.int64))


def of_rows(records: Records) -> Ints:
    """A number for all that is compared of each row. Rows that differ only in writing have one."""
    numbers = [
        of_texts(records.name),
        of_texts(records.id_text),
        of_texts(records.address),
        *(
            column.astype(np.int64) * 2 + 1
            for column in (
                records.id_kind,
                records.birth,
                records.written_birth,
                records.sex,
                records.written_sex,
                records.place,
                records.phone,
            )
        ),
    ]
    return mix(*numbers)


def of_evidence(found: Pairs, registry_ids: pa.StringArray, theirs: Records) -> Ints:
    """A number for what speaks for each pair: who of the registry, the name and id the list gives, all that agrees.

    A pair that was refused is proposed again only under another number: another name or id, or a value that has come
    to agree. A value that has come to differ is no new evidence."""
    packed = np.zeros(len(found), dtype=np.int64)
    for name, column in zip(COMPARISONS, found.levels.T, strict=True):
        packed = packed * 8 + np.where(column == len(LEVELS[name]), 0, column)
    at = pa.array(found.list_row)
    return mix(
        of_texts(registry_ids.take(pa.array(found.registry_row))),
        of_texts(theirs.name.take(at)),
        of_texts(theirs.id_text.take(at)),
        packed * 2 + 1,
    )
