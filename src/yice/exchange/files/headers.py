"""Finds the header below merged titles, joins double headers, leaves out totals and footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.vocabulary import fold_heading, is_heading

Row = Sequence[str | None]
LOOK = 40  # rows from the top in which a header is looked for
_DATA = re.compile(r"\d{6,}|^-?\d+(\.\d+)?$|^\d{4}[-/.年]\d{1,2}")
_TOTAL = re.compile(
    r"^(本页|本村|全村|全镇|全县|全区|分)?(合计|总计|小计|共计|累计|总数)(人数|金额|[:(\d].*)?$"
)
_NOTE = re.compile(
    r"^(制表|审核|填表|备注|说明|注[:：\d]|单位|负责人|经办|复核|主管|日期|联系电话|盖章|打印|审批|财务)"
)


@dataclass
class Header:
    """Where the table begins. Positions from 0 in the rows looked at; `headers` one a column."""

    first: int
    last: int
    headers: list[str]
    titles: list[str]


def find(rows: Sequence[Row], spans: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()) -> Header | None:
    """The row that names most columns Yice knows; with none, the first row that looks like names at all."""
    rows = rows[:LOOK]
    scores = [_score(row) for row in rows]
    if not rows or max(scores, default=0) == 0:
        return _unknown(rows)
    best = scores.index(max(scores))
    first = last = best
    width = max(len(row) for row in rows)
    if best + 1 < len(rows) and _is_second_line(rows[best], rows[best + 1]):
        last = best + 1
    elif best > 0 and _is_first_line(rows[best - 1], rows[best]):
        first = best - 1
    upper = _spread(rows[first], first, width, spans) if first != last else [None] * width
    lower = [*rows[last], *[None] * (width - len(rows[last]))]
    headers = [_join(above, below) for above, below in zip(upper, lower, strict=True)]
    titles = [cell for row in rows[:first] for cell in row if cell]
    return Header(first, last, headers, titles)


def _score(row: Row) -> int:
    known = {fold_heading(cell) for cell in row if cell and len(cell) <= 40 and is_heading(cell)}
    data = sum(bool(cell and _DATA.search(cell)) for cell in row)
    return max(0, 2 * len(known) - data)


def _unknown(rows: Sequence[Row]) -> Header | None:
    """A sheet of headings nobody taught us: its first row of several short texts, if no figures are in it."""
    for at, row in enumerate(rows):
        filled = [cell for cell in row if cell]
        if len(filled) >= 2 and len(set(filled)) == len(filled):
            if any(_DATA.search(cell) or len(cell) > 40 for cell in filled):
                return None
            titles = [cell for above in rows[:at] for cell in above if cell]
            return Header(at, at, [cell or "" for cell in row], titles)
    return None


def _is_second_line(row: Row, below: Row) -> bool:
    """Whether the row below completes the header: it fills only where this one is blank or spans."""
    filled = [at for at, cell in enumerate(below) if cell]
    if not filled or any(_DATA.search(below[at] or "") for at in filled):
        return False
    beside = sum(1 for at in filled if at < len(row) and row[at] and is_heading(row[at]))
    known = sum(1 for at in filled if is_heading(below[at]))
    under_gap = sum(1 for at in filled if at >= len(row) or not row[at])
    return under_gap >= 1 and (known >= 1 or under_gap == len(filled)) and beside <= known + 1


def _is_first_line(above: Row, row: Row) -> bool:
    """Whether the row above holds group names: several, none of them a title alone, some over gaps."""
    filled = {cell for cell in above if cell}
    gaps = any(cell and (at >= len(row) or not row[at]) for at, cell in enumerate(above))
    return len(filled) >= 2 and not any(_DATA.search(cell) for cell in filled) and (gaps or len(filled) >= 3)


def _spread(
    row: Row, at: int, width: int, spans: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> list[str | None]:
    """The upper line of a double header, each text copied across the cells it spans."""
    cells: list[str | None] = [*row, *[None] * (width - len(row))]
    across = [(start, end) for start, end in spans if start[0] <= at <= end[0]]
    if across:
        for (top, left), (_, right) in across:
            if top == at and left < width:
                for column in range(left, min(right + 1, width)):
                    cells[column] = cells[left]
        return cells
    for column in range(1, width):
        cells[column] = cells[column] or cells[column - 1]
    return cells


def _join(above: str | None, below: str | None) -> str:
    """One heading of two lines: the lower alone where it is known by itself, else both."""
    if above and below and above != below:
        both = f"{above}/{below}"
        joined = above + below
        if is_heading(joined):
            return joined
        return below if is_heading(below) and not is_heading(above) else both
    return below or above or ""


def blank_rows(columns: Sequence[pa.Array], count: int) -> npt.NDArray[np.bool_]:
    """Rows with nothing in any column."""
    blank = np.ones(count, dtype=np.bool_)
    for column in columns:
        if column.null_count == 0 and count:
            return np.zeros(count, dtype=np.bool_)
        blank &= column.is_null().to_numpy(zero_copy_only=False)
    return blank


def totals(columns: Sequence[pa.Array], count: int) -> npt.NDArray[np.bool_]:
    """Rows whose first texts say 合计, 总计, 小计…: sums of other rows, not persons."""
    found = np.zeros(count, dtype=np.bool_)
    for column in columns[:4]:
        near = pc.fill_null(pc.match_substring_regex(column, "计|总数"), False)
        for at in np.flatnonzero(near.to_numpy(zero_copy_only=False)):
            found[at] |= bool(_TOTAL.match(re.sub(r"\s", "", column[int(at)].as_py())))
    return found


def repeated_headers(
    columns: Sequence[pa.Array], headers: Sequence[str], count: int
) -> npt.NDArray[np.bool_]:
    """Rows that say the headings again, as printed sheets do on each page."""
    found = np.zeros(count, dtype=np.bool_)
    named = [(column, header) for column, header in zip(columns, headers, strict=False) if header]
    if len(named) < 2:
        return found
    # More than half of the headings means one of the first half among them: few rows are looked at further.
    first = named[: (len(named) + 1) // 2]
    at = np.unique(np.concatenate([np.flatnonzero(_says(column, header)) for column, header in first]))
    if len(at):
        rows = pa.array(at)
        said = sum(_says(column.take(rows), header).astype(np.int32) for column, header in named)
        found[at] = said * 2 > len(named)
    return found


def _says(column: pa.Array, text: str) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(pc.equal(column, text), False).to_numpy(zero_copy_only=False))


def footnotes(columns: Sequence[pa.Array], count: int) -> npt.NDArray[np.bool_]:
    """The last few rows with one or two cells only, when they read like a signature line or a note."""
    found = np.zeros(count, dtype=np.bool_)
    if len(columns) < 4:
        return found
    for at in range(count - 1, max(-1, count - 9), -1):
        cells = [text for column in columns if (text := column[at].as_py())]
        noted = any(_NOTE.match(cell) for cell in cells)
        if len(cells) > 2 and not (noted and len(cells) <= len(columns) // 2):
            break
        found[at] = noted or (len(cells) == 1 and len(cells[0]) > 12)
    return found
