"""A list made comparable, once, by columns: folded names, checked ids, days, places and phones as numbers."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers import bulk
from yice.identifiers.bulk import FEMALE, MALE, UNKNOWN
from yice.identifiers.citizen_id import Kind, clean
from yice.identifiers.names import fold_many
from yice.matching.keys import Bools, Ints
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.periods import EARLIEST, parse_date

COLUMNS = ("row_id", "name", "id_number", "birth_date", "sex", "village", "address", "phone")
_SEXES = {"男": MALE, "男性": MALE, "M": MALE, "MALE": MALE, "1": MALE} | dict.fromkeys(
    ("女", "女性", "F", "FEMALE", "2"), FEMALE
)
# Days that every month has; the others, one in thirty, go the long way.
_ISO = r"^(?:18[89][0-9]|19[0-9]{2}|2[01][0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$"
_EARLIEST = EARLIEST.year * 10000 + EARLIEST.month * 100 + EARLIEST.day


@dataclass(frozen=True)
class Records:
    """Columns of one length. Blank is "" for texts and 0 for numbers."""

    name: pa.StringArray  # folded
    id_text: pa.StringArray  # eighteen characters where there are any
    id_kind: npt.NDArray[np.int8]  # codes of citizen_id.Kind
    id_key: Ints  # a usable id as a number
    cut: Bools  # a spreadsheet left the first fifteen figures of the id, and 000
    birth: npt.NDArray[np.int32]  # 19620315, from the id where it holds, else as written
    written_birth: npt.NDArray[np.int32]
    sex: npt.NDArray[np.int8]
    written_sex: npt.NDArray[np.int8]
    place: Ints  # a division code of twelve digits, or a negative number that stands for a name
    phone: Ints
    address: pa.StringArray  # as written

    def __len__(self) -> int:
        return len(self.id_key)

    @property
    def usable(self) -> Bools:
        """Whether the id can name one person."""
        return np.asarray(self.id_key != 0)

    def take(self, at: Ints) -> Records:
        """The rows at these positions."""
        where = pa.array(at)
        return Records(*(
            column.take(where) if isinstance(column, pa.Array) else column[at]
            for column in (getattr(self, field.name) for field in fields(self))
        ))  # fmt: skip


def normalise(table: pa.Table, *, allow_test_range: bool = False) -> Records:
    """Read the columns there are; what is absent or cannot be read is blank."""
    ids = bulk.ids_or_certificates(texts(table, "id_number"), allow_test_range=allow_test_range)
    key = _id_keys(ids)
    written = _days(texts(table, "birth_date"))
    birth = np.where(key != 0, key // 11 // 1000 % 10**8, 0).astype(np.int32)
    cut = _cut(ids)
    kept = np.flatnonzero(cut & (key == 0))
    birth[kept] = [int(text[6:14]) for text in ids.text.take(pa.array(kept)).to_pylist()]
    sex = _each(texts(table, "sex"), _sex).astype(np.int8)
    records = Records(
        name=fold_many(texts(table, "name")),
        id_text=ids.text,
        id_kind=ids.kind,
        id_key=key,
        cut=cut,
        birth=np.where(birth != 0, birth, written),
        written_birth=written,
        sex=np.where(ids.sex != UNKNOWN, ids.sex, sex).astype(np.int8),
        written_sex=sex,
        place=_places(texts(table, "village")),
        phone=_phones(texts(table, "phone")),
        address=texts(table, "address"),
    )
    return cut_too(records) if cut.any() else records


def texts(table: pa.Table, name: str) -> pa.StringArray:
    """A column as texts, "" where it is absent or null."""
    if name not in table.column_names:
        return pa.array([""], type=pa.string()).take(pa.array(np.zeros(table.num_rows, dtype=np.int64)))
    column = table[name]
    if pa.types.is_dictionary(column.type) or pa.types.is_large_string(column.type):
        column = column.cast(pa.string())
    return pc.fill_null(bulk.as_texts(column), "")


def _each(column: pa.StringArray, reading: Callable[[str], Any]) -> npt.NDArray[Any]:
    """A reading of every cell, worked out once for each distinct one."""
    coded = pc.dictionary_encode(column)
    known = [reading(cell) for cell in coded.dictionary.to_pylist()] or [reading("")]
    at = coded.indices.to_numpy(zero_copy_only=False).astype(np.intp)
    return np.asarray(np.array(known)[at])


def _id_keys(ids: bulk.CitizenIds) -> Ints:
    """Seventeen digits and the check as one number; 0 where the id is not usable."""
    keys = np.zeros(len(ids.kind), dtype=np.int64)
    at = np.flatnonzero(ids.usable)
    keys[at] = eighteen(ids.text.take(pa.array(at)))
    return keys


def eighteen(texts: pa.StringArray) -> Ints:
    """Texts of eighteen digits, X last, as numbers: the first seventeen times eleven, plus the check."""
    digits = matrix(texts) - np.uint8(48)
    body = np.zeros(len(digits), dtype=np.int64)
    for at in range(17):
        body = body * 10 + digits[:, at]
    return body * 11 + np.where(digits[:, 17] > 9, 10, digits[:, 17])


def matrix(texts: pa.StringArray) -> npt.NDArray[np.uint8]:
    """The bytes of texts that are all of eighteen."""
    texts = bulk.as_texts(texts)
    count = len(texts)
    if not count:
        return np.zeros((0, 18), dtype=np.uint8)
    return np.frombuffer(texts.buffers()[2], dtype=np.uint8, count=count * 18).reshape(count, 18)


def _days(column: pa.StringArray) -> npt.NDArray[np.int32]:
    """Dates as numbers, 19620315; 0 for none, for what cannot be read and for days to come."""
    coded = pc.dictionary_encode(column)
    cells = coded.dictionary
    plain = pc.match_substring_regex(cells, _ISO).to_numpy(zero_copy_only=False)
    at, odd = np.flatnonzero(plain), np.flatnonzero(~plain)
    found = np.zeros(max(1, len(cells)), dtype=np.int32)
    found[at] = pc.cast(pc.replace_substring(cells.take(pa.array(at)), "-", ""), pa.int32()).to_numpy()
    today = clock.today()
    found[(found > today.year * 10000 + today.month * 100 + today.day) | (found < _EARLIEST)] = 0
    found[odd] = [_day(cell) for cell in cells.take(pa.array(odd)).to_pylist()]
    return np.asarray(found[coded.indices.to_numpy(zero_copy_only=False)])


def _day(cell: str) -> int:
    if not cell:
        return 0
    try:
        day = parse_date(cell, not_after=clock.today())
    except Problem:
        return 0
    return day.year * 10000 + day.month * 100 + day.day


def _cut(ids: bulk.CitizenIds) -> Bools:
    """Eighteen figures of which a spreadsheet kept fifteen, and which do not pass their check."""
    cut = ids.kind == Kind.DAMAGED
    at = np.flatnonzero(cut)
    cut[at] = pc.binary_length(ids.text.take(pa.array(at))).to_numpy() == 18
    return np.asarray(cut)


def cut_too(records: Records) -> Records:
    """One in eleven cut numbers passes its check by chance: beside others that do not, a valid number that ends in
    000 is taken for cut too, where nobody has it whole."""
    key = records.id_key
    return replace(records, cut=records.cut | ((key != 0) & (key % 11 == 0) & (key // 11 % 100 == 0)))


def _sex(cell: str) -> int:
    return _SEXES.get(clean(cell).removesuffix(".0"), UNKNOWN)


def _places(column: pa.StringArray) -> Ints:
    coded = pc.dictionary_encode(column)
    cells = coded.dictionary
    plain = pc.match_substring_regex(cells, "^[1-9][0-9]{11}$").to_numpy(zero_copy_only=False)
    at, odd = np.flatnonzero(plain), np.flatnonzero(~plain)
    found = np.zeros(max(1, len(cells)), dtype=np.int64)
    found[at] = pc.cast(cells.take(pa.array(at)), pa.int64()).to_numpy()
    found[odd] = [_place(cell) for cell in cells.take(pa.array(odd)).to_pylist()]
    return np.asarray(found[coded.indices.to_numpy(zero_copy_only=False)])


def _place(cell: str) -> int:
    """Codes padded to twelve digits. A name stands for itself only: it is written in too many ways to differ."""
    text = clean(cell).removesuffix(".0")
    if re.fullmatch(r"[1-9][0-9]{5}|[1-9][0-9]{8}|[1-9][0-9]{11}", text):
        return int(text.ljust(12, "0"))
    if not text:
        return 0
    return -1 - int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big")


def _phones(column: pa.StringArray) -> Ints:
    """Seven to eleven digits; of several numbers in a cell the first."""
    plain = pc.match_substring_regex(column, "^[0-9]{7,11}$").to_numpy(zero_copy_only=False)
    found = np.zeros(len(column), dtype=np.int64)
    at = np.flatnonzero(plain)
    found[at] = pc.cast(column.take(pa.array(at)), pa.int64()).to_numpy()
    odd = np.flatnonzero(~plain & pc.not_equal(column, "").to_numpy(zero_copy_only=False))
    found[odd] = _each(column.take(pa.array(odd)), _phone)
    return found


def _phone(cell: str) -> int:
    text = re.split(r"[/、,;，；]| {2,}", unicodedata.normalize("NFKC", cell).removesuffix(".0"))[0]
    digits = re.sub(r"\D", "", text)
    digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    return int(digits) if 7 <= len(digits) <= 12 else 0


def text_keys(records: Records) -> Ints:
    """Numbers for ids that are not usable, as they are written; 0 for usable, cut, blank and test ones."""
    odd = np.flatnonzero(~records.usable & ~np.isin(records.id_kind, (Kind.NONE, Kind.DAMAGED, Kind.TEST)))
    keys = np.zeros(len(records), dtype=np.int64)
    keys[odd] = _each(records.id_text.take(pa.array(odd)), _stands_for)
    return keys


def _stands_for(text: str) -> int:
    """A positive number for a text of five characters or more with a figure in it, else 0 ("无", "不详")."""
    if len(text) < 5 or not any(char.isdecimal() for char in text):
        return 0
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest(), "big") + 1
