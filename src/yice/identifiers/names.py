"""Folding names so that two writings of one name compare equal. The raw writing is always kept beside it.

Which characters are one another's writings stands in `data/variants.txt`, and how they sound in `data/pinyin.txt`;
`tools/characters.py` makes both.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers.bulk import Texts, as_texts

# The many dots between the parts of a Mongolian, Uyghur or foreign name; a registry writes any of them or none.
_INTERPUNCTS = "·•・．.‧∙⋅﹒｡·ᐧ‐-–—_"
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0x2A700, 0x2EBE0), (0x30000, 0x323AF))
_LONGEST = 32  # characters; whatever is longer is no name and is folded by itself


@cache
def _table() -> Mapping[int, str | None]:
    lines = _data("variants.txt").split()
    folded = {ord(char): line[0] for line in lines for char in line[1:]}
    return {**folded, **dict.fromkeys(map(ord, _INTERPUNCTS))}


@cache
def _plain() -> npt.NDArray[np.bool_]:
    """By code point: whether a name of such characters alone is folded already."""
    plain = np.zeros(0x110000, dtype=np.bool_)
    plain[[0, *range(ord("0"), ord("9") + 1), *range(ord("A"), ord("Z") + 1)]] = True
    for first, last in _IDEOGRAPHS:
        plain[first : last + 1] = True
    plain[list(_table())] = False
    return plain


def folding() -> str:
    """A digest of what folding goes by: the tables, and Python's own of Unicode. Another one may fold otherwise."""
    said = f"{_data('variants.txt')}\0{_INTERPUNCTS}\0{unicodedata.unidata_version}"
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def fold(name: str | None) -> str:
    """One writing for all: half-width, upper-case, no blanks or dots, common variants made one."""
    text = unicodedata.normalize("NFKC", name or "").upper().translate(_table())
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", text)  # a mark may have met its letter only now


def same(one: str | None, other: str | None) -> bool:
    """Whether both are given and are writings of one name."""
    folded = fold(one)
    return bool(folded) and folded == fold(other)


def fold_many(values: Texts) -> pa.StringArray:
    """A folded column ("" where blank); each distinct name once, and only those that folding changes one by one."""
    coded = pc.dictionary_encode(as_texts(values))
    names = coded.dictionary.to_pylist() or [""]
    short = [name if len(name) <= _LONGEST else "." for name in names]
    for at in np.flatnonzero(~_plain()[code_points(short)].all(axis=1)).tolist():
        names[at] = fold(names[at])
    return pc.fill_null(pa.array(names, type=pa.string()).take(coded.indices), "")


@cache
def _sounds() -> npt.NDArray[np.uint16]:
    """By code point: the number of its toneless syllable; 0 for what has none."""
    found = np.zeros(0x110000, dtype=np.uint16)
    for number, line in enumerate(_data("pinyin.txt").splitlines(), start=1):
        found[[ord(char) for char in line.partition(" ")[2]]] = number
    return found


def sounds(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Code points of folded names, a toneless syllable in place of each character that has one.

    A syllable is a code point of the private area: two names sound alike where their rows are equal.
    """
    heard = _sounds()[points].astype(np.uint32)
    return np.where(heard > 0, heard + np.uint32(0xE000), points)


def code_points(names: Sequence[str]) -> npt.NDArray[np.uint32]:
    """A matrix, one row a name, zeros after its end. Characters beyond the thirty-second are left out."""
    cut = [name[:_LONGEST] for name in names] or [""]
    return (
        np.array(cut, dtype=f"<U{max(1, *map(len, cut), 1)}")
        .view(np.uint32)
        .reshape(len(cut), -1)[: len(names)]
    )


def _data(name: str) -> str:
    return resources.files(__package__).joinpath("data", name).read_text("utf-8")
