"""A list made comparable, once: folded names, checked ids, and what an id or a column says of birth and sex."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers import bulk
from yice.identifiers.bulk import FEMALE, MALE, UNKNOWN
from yice.identifiers.citizen_id import Kind, birth_date, clean
from yice.identifiers.names import fold_many
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import parse_date

COLUMNS = ("row_id", "name", "id_number", "birth_date", "sex", "village", "address", "phone")
_SEXES = {"男": MALE, "男性": MALE, "M": MALE, "MALE": MALE, "1": MALE} | dict.fromkeys(
    ("女", "女性", "F", "FEMALE", "2"), FEMALE
)


@dataclass(frozen=True)
class Records:
    """Columns of one length. Blank is "" for texts, NaT for days, UNKNOWN for sex."""

    name: pa.StringArray  # folded
    id_text: pa.StringArray
    id_kind: npt.NDArray[np.int8]
    usable: npt.NDArray[np.bool_]  # the id can name one person
    birth: npt.NDArray[np.datetime64]
    sex: npt.NDArray[np.int8]
    village: pa.StringArray  # twelve digits, or ""

    def __len__(self) -> int:
        return len(self.usable)


def normalise(table: pa.Table, *, allow_test_range: bool = False) -> Records:
    """Read the columns there are. A Problem when there is neither a name nor an id: nothing could be compared."""
    if not {"name", "id_number"} & set(table.column_names):
        raise Problem(
            "match-no-columns",
            Message("名单里没有姓名，也没有身份证号。"),
            why=Message("缺少这两列就无法比对。"),
            fix=Message("请把列名写成 name 和 id_number；可用的列：{columns}。", columns="、".join(COLUMNS)),
        )
    ids = bulk.ids_or_certificates(_column(table, "id_number"), allow_test_range=allow_test_range)
    birth, sex = ids.birth, ids.sex
    cut = np.flatnonzero(ids.kind == Kind.DAMAGED)
    if len(cut):  # a spreadsheet keeps the first fifteen figures, the birth date among them
        birth[cut] = np.array(
            [_kept(text) for text in ids.text.take(pa.array(cut)).to_pylist()], "datetime64[D]"
        )
    written = _each(_column(table, "birth_date"), _day).astype("datetime64[D]")
    birth = np.where(np.isnat(birth), written, birth)
    sex = np.where(sex == UNKNOWN, _each(_column(table, "sex"), _sex).astype(np.int8), sex)
    return Records(
        fold_many(_column(table, "name")), ids.text, ids.kind, ids.usable, birth, sex, _villages(table)
    )


def _column(table: pa.Table, name: str) -> pa.StringArray:
    if name not in table.column_names:
        return pa.array([""] * table.num_rows, type=pa.string())
    return pc.fill_null(bulk.as_texts(table[name]), "")


def _each(column: pa.StringArray, reading: Callable[[str], Any]) -> npt.NDArray[Any]:
    """A reading of every cell, worked out once for each distinct one."""
    coded = pc.dictionary_encode(column)
    known = [reading(cell) for cell in coded.dictionary.to_pylist()] or [reading("")]
    at = coded.indices.to_numpy(zero_copy_only=False).astype(np.intp)
    return np.asarray(np.array(known)[at])


def _day(cell: str) -> np.datetime64:
    try:
        return np.datetime64(parse_date(cell, not_after=clock.today()), "D")
    except Problem:
        return np.datetime64("NaT", "D")


def _sex(cell: str) -> int:
    return _SEXES.get(clean(cell).removesuffix(".0"), UNKNOWN)


def _kept(text: str) -> np.datetime64:
    return np.datetime64(birth_date(text) if len(text) == 18 and text.isdecimal() else None, "D")


def _villages(table: pa.Table) -> pa.StringArray:
    """Codes only: a village's name is written in too many ways to speak against anybody."""
    column = pc.utf8_trim_whitespace(_column(table, "village"))
    return pc.if_else(pc.match_substring_regex(column, "^[1-9][0-9]{8}(?:[0-9]{3})?$"), column, "")
