"""From a header and its columns to a Sheet: what is no person's row is left out and told."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.files.cells import each
from yice.exchange.files.headers import blank_rows, footnotes, repeated_headers, totals
from yice.exchange.files.limits import Limits
from yice.exchange.files.problems import cell_too_long
from yice.exchange.files.workbook import Sheet
from yice.terms.errors import Problem
from yice.terms.messages import Message


def sheet(
    name: str,
    headers: list[str],
    columns: list[pa.StringArray],
    rows: npt.NDArray[np.int32],
    *,
    header_row: int | None,
    titles: list[str],
    hidden: bool,
    limits: Limits,
) -> Sheet:
    """`columns` and `rows` below the header, blank cells null."""
    count = len(rows)
    columns, headers = _trim(columns, headers)
    _cells(columns, rows, limits)
    left_out = blank_rows(columns, count)
    total = totals(columns, count) & ~left_out
    left_out |= total
    last = count - int(np.argmax(~left_out[::-1])) if (~left_out).any() else 0
    note = repeated_headers(columns, headers, count)
    note[:last] |= footnotes([column.slice(0, last) for column in columns], last)
    note &= ~left_out
    left_out |= note
    result = Sheet(name, header_row, headers, columns, rows, titles=titles, hidden=hidden)
    if left_out.any():
        keep = np.flatnonzero(~left_out)
        at = pa.array(keep)
        result.columns = each(lambda column: column.take(at), columns)
        result.rows = rows[keep]
    result.totals, result.notes = rows[total].tolist(), rows[note].tolist()
    if result.totals:
        result.warnings.append(_left_out("rows-totals", Message("合计行不是人员，没有计入。"), result.totals))
    if result.notes:
        result.warnings.append(
            _left_out("rows-notes", Message("重复的表头、签名或备注行没有计入。"), result.notes)
        )
    return result


def _trim(columns: list[pa.StringArray], headers: list[str]) -> tuple[list[pa.StringArray], list[str]]:
    """Drop columns with neither heading nor value."""
    headers = headers + [""] * (len(columns) - len(headers))
    kept = [
        (column, header)
        for column, header in zip(columns, headers, strict=False)
        if header or column.null_count < len(column)
    ]
    return [column for column, _ in kept], [" ".join(header.split()) for _, header in kept]


def _cells(columns: list[pa.StringArray], rows: npt.NDArray[np.int32], limits: Limits) -> None:
    for number, column in enumerate(columns, start=1):
        if (pc.max(pc.binary_length(column)).as_py() or 0) <= limits.cell:
            continue  # no more characters than bytes
        lengths = pc.utf8_length(column)
        longest = pc.max(lengths).as_py()
        if longest is not None and longest > limits.cell:
            at = pc.index(lengths, pa.scalar(longest, lengths.type)).as_py()
            raise cell_too_long(int(rows[at]), number, limits.cell)


def _left_out(code: str, what: Message, rows: list[int]) -> Problem:
    shown = "、".join(map(str, rows[:5])) + ("……" if len(rows) > 5 else "")
    return Problem(code, what, where=Message("第 {rows} 行", rows=shown))
