"""A file of facts, a block at a time: what a plan can use as typed columns, what it must refuse with the reason.

CSV: UTF-8 (BOM allowed), `true`/`false`, ISO dates, sets and lists joined by `;`; a blank, or a column that is not
there, is unknown; `<fact>@date` carries the age of a value, `<fact>@source` its origin. Parquet: the same names,
or the typed columns of a snapshot.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from yice.rules.columns import ID
from yice.rules.expression.scope import facts_of_persons
from yice.rules.files import packed
from yice.rules.files.freshness import let_old_go
from yice.rules.files.soundness import PROVINCES, bounded, date_of, days_of, is_area, trimmed, why_not
from yice.rules.model import Fact, Plan
from yice.terms.errors import Problem
from yice.terms.messages import Message

BLOCK_BYTES = 32 << 20
BLOCK_ROWS = 1 << 17  # of Parquet, worked on at once: twice as many take twice the memory, no less time
MAX_COLUMNS = 2000
WATCHED_FOR_TWINS = 20_000_000  # so many rows of a CSV are watched for one that comes twice
WATCHED_OF_PARQUET = 2_000_000  # of a Parquet file somebody made; a snapshot's ids are the database's own


@dataclass
class Refused:
    """One row that cannot be screened: its number in the file (the heading is row 1), why, and its cells."""

    row: int
    reason: Message
    cells: Sequence[str | None]


@dataclass
class Block:
    """Rows that can be screened, and those that cannot. `columns` are typed, or texts that every fact can read.

    `numbers`: of each row that can be screened, its number in the file.
    """

    rows: int
    ids: pa.Array
    columns: dict[str, pa.Array]
    refused: list[Refused]
    metadata: dict[str, Any] = field(default_factory=dict)  # of the fields: the code book of number codes
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def table(self) -> pa.Table:
        """The rows that can be screened, as `Columns.from_table` takes them."""
        fields = [
            pa.field(name, column.type, metadata=self.metadata.get(name))
            for name, column in self.columns.items()
        ]
        return pa.Table.from_arrays(
            [self.ids, *self.columns.values()], schema=pa.schema([(ID, pa.string()), *fields])
        )


@dataclass
class FactsFile:
    """An open file of facts. `warnings` counts what was set aside without stopping a row.

    `row_group`: of a Parquet file this one only; `earlier`: ids that row groups before it hold as well.
    """

    path: Path
    plan: Plan
    as_of: dt.date
    row_group: int | None = None
    earlier: Sequence[str] = ()
    header: list[str] = field(default_factory=list)
    warnings: Counter[Message] = field(default_factory=Counter)
    _seen: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def __post_init__(self) -> None:
        self._facts = facts_of_persons(self.plan)
        if not self.path.is_file():
            raise Problem("facts-missing", Message("找不到文件 {path}。", path=str(self.path)))
        if self.path.suffix.lower() not in (".csv", ".parquet"):
            what = Message("事实文件应是 .csv 或 .parquet。")
            fix = Message("Excel 名册请用 yice look，或另存为 CSV（UTF-8）。")
            raise Problem("facts-format", what, fix=fix)
        self.is_csv = self.path.suffix.lower() == ".csv"
        self.header = (
            _csv_header(self.path) if self.is_csv else packed.names(_parquet(self.path).schema_arrow)
        )
        self._check_header()
        self._watched = WATCHED_FOR_TWINS
        if not self.is_csv:
            source = _parquet(self.path)  # its whole, whichever row group is read: one machine and many agree
            made_here = packed.COLUMN in source.schema_arrow.names
            many = source.metadata.num_rows > WATCHED_OF_PARQUET
            self._watched = 0 if made_here or many else WATCHED_OF_PARQUET
            self._seen = np.unique(np.fromiter(map(hash, self.earlier), np.int64, len(self.earlier)))

    def rows_at_most(self) -> int:
        """How many rows there are: exact for Parquet, for CSV the number of line ends. A CSV must be UTF-8."""
        if not self.is_csv:
            return sum(self.row_groups())
        decoder, lines = codecs.getincrementaldecoder("utf-8")(), 0
        with self.path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError as error:
                    raise _not_utf8(lines + bytes(error.object[: error.start]).count(b"\n") + 1) from None
                lines += chunk.count(b"\n")
        return lines

    def row_groups(self) -> list[int]:
        """The rows of each row group of a Parquet file; of those left out 0."""
        metadata = _parquet(self.path).metadata
        sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        return [size if self.row_group in (None, group) else 0 for group, size in enumerate(sizes)]

    def twins(self) -> list[list[str]]:
        """Of each row group of a Parquet file that is watched for twins, the ids that earlier ones hold as well."""
        source = _parquet(self.path)
        if not self._watched or ID not in source.schema_arrow.names:
            return [[] for _ in range(source.num_row_groups)]
        seen, found = set[str](), list[list[str]]()
        for group in range(source.num_row_groups):
            batches = source.iter_batches(BLOCK_ROWS, row_groups=[group], columns=[ID], use_threads=False)
            here = set[str]()
            while (batch := self._next(batches)) is not None:
                here.update(_texts(batch.column(0)).drop_null().to_pylist())
            found.append(sorted(here & seen))
            seen |= here
        return found

    def blocks(self) -> Iterator[Block]:
        """The rows, a block at a time."""
        yield from self._csv() if self.is_csv else self._parts()

    def _check_header(self) -> None:
        twice = [name for name, count in Counter(self.header).items() if count > 1]
        if twice or len(self.header) > MAX_COLUMNS:
            what = (
                Message("列名重复：{names}。", names="、".join(twice[:5])) if twice else Message("列太多。")
            )
            raise Problem("facts-header", what, where=Message("{path} 第 1 行：", path=self.path.name))
        if not any(name in self._facts for name in self.header):
            what = Message("没有一列是方案认识的事实。")
            fix = Message("列名要写事实名，如 birth_date、grade；自己的名册请用 yice look。")
            raise Problem(
                "facts-header", what, where=Message("{path} 第 1 行：", path=self.path.name), fix=fix
            )
        for name in self.header:
            base, _, rest = name.partition("@")
            if name == ID or (base in self._facts and rest in ("", "date", "source")):
                if not rest and base in self._facts and self._facts[base].derive:
                    self.warnings[Message("列 {name} 是推导出来的，文件里的值不用。", name=name)] += 0
                continue
            near = difflib.get_close_matches(name, self._facts, 1)
            if near:
                self.warnings[
                    Message("不认识列 {name}，已略过；是否想写 {near}？", name=name, near=near[0])
                ] += 0
            else:
                self.warnings[Message("不认识列 {name}，已略过。", name=name)] += 0

    def _csv(self) -> Iterator[Block]:
        ragged: list[Refused] = []

        def refuse(row: Any) -> str:
            what = Message(
                "这一行有 {got} 格，表头有 {want} 列", got=row.actual_columns, want=row.expected_columns
            )
            ragged.append(Refused(row.number or 0, what, [row.text]))
            return "skip"

        try:
            reader = pacsv.open_csv(
                self.path,
                read_options=pacsv.ReadOptions(block_size=BLOCK_BYTES, use_threads=False),
                parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
                convert_options=pacsv.ConvertOptions(
                    column_types={name: pa.string() for name in self.header},
                    null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True,
                ),
            )  # fmt: skip
            number = 2
            for batch in reader:
                number_of = _row_numbers(number, batch.num_rows, ragged)
                number += batch.num_rows + len(ragged)
                yield self._clean(batch, number_of, ragged)
                ragged.clear()
            if ragged:
                yield Block(0, pa.array([], pa.string()), {}, list(ragged))
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise self._unreadable(error) from None

    def _parts(self) -> Iterator[Block]:
        """Parts of row groups, however large those are, and only the columns that are used."""
        source = _parquet(self.path)
        wanted = {name for name in self.header if self._used(name)}
        columns = packed.stored(source.schema_arrow, wanted)
        number = 1
        for group in range(source.num_row_groups):  # one at a time, or what was read stays in memory
            if self.row_group not in (None, group):
                number += source.metadata.row_group(group).num_rows
                continue
            batches = source.iter_batches(BLOCK_ROWS, row_groups=[group], columns=columns, use_threads=False)
            while (batch := self._next(batches)) is not None:
                numbers = np.arange(number, number + batch.num_rows)
                yield self._clean(packed.plain(batch, wanted), numbers, [])
                number += batch.num_rows

    def _next(self, batches: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
        try:
            return next(batches, None)
        except (pa.ArrowInvalid, OSError):
            raise _damaged(self.path) from None

    def _used(self, name: str) -> bool:
        """A fact that is not derived, and its `@date` where it can be stale; never its `@source`."""
        base, _, rest = name.partition("@")
        fact = self._facts.get(base)
        if fact is None or fact.derive is not None:
            return name == ID
        return not rest or (rest == "date" and fact.fresh_for_days is not None)

    def _clean(self, batch: pa.RecordBatch, numbers: NDArray[np.int64], ragged: list[Refused]) -> Block:
        """The usable columns of a block, and the rows whose values no fact can hold."""
        reasons: dict[int, Message] = {}
        columns: dict[str, pa.Array] = {}
        given = dict(zip(batch.schema.names, batch.columns, strict=True))
        ids = self._ids(given.get(ID), batch.num_rows, numbers, reasons)
        for name, fact in self._facts.items():
            if name in given and fact.derive is None:
                column = trimmed(given[name])
                column = self._sound(fact, column, reasons)
                columns[name] = self._fresh(fact, column, given.get(f"{name}@date"), reasons)
        refused = list(ragged)
        if reasons:
            keep = np.ones(batch.num_rows, np.bool_)
            keep[list(reasons)] = False
            cells = batch.take(pa.array(sorted(reasons))).to_pylist() if self.is_csv else None
            for place, (row, reason) in enumerate(sorted(reasons.items())):
                shown = [cells[place].get(name) for name in self.header] if cells else [ids[row].as_py()]
                refused.append(Refused(int(numbers[row]), reason, shown))
            mask = pa.array(keep)
            refused.sort(key=lambda one: one.row)
            ids, numbers = ids.filter(mask), numbers[keep]
            columns = {name: column.filter(mask) for name, column in columns.items()}
        metadata = {name: batch.schema.field(name).metadata for name in columns}
        return Block(batch.num_rows - len(reasons), ids, columns, refused, metadata, numbers)

    def _ids(
        self, ids: pa.Array | None, rows: int, numbers: NDArray[np.int64], reasons: dict[int, Message]
    ) -> pa.Array:
        if ids is None:
            return pa.array(numbers).cast(pa.string())
        ids = _texts(ids)
        for row in np.flatnonzero(pc.is_null(ids).to_numpy(zero_copy_only=False)):
            reasons[int(row)] = Message("缺少 {name}", name=ID)
        if len(self._seen) < self._watched:
            self._watch_for_twins(ids, reasons)
        return ids

    def _watch_for_twins(self, ids: pa.Array, reasons: dict[int, Message]) -> None:
        """Refuse a row whose id came before; a hash of each id is kept, so that memory stays small."""
        known = np.flatnonzero(pc.is_valid(ids).to_numpy(zero_copy_only=False))
        hashes = np.fromiter((hash(one) for one in ids.drop_null().to_pylist()), np.int64, len(known))
        _, first = np.unique(hashes, return_index=True)
        again = np.isin(hashes, self._seen)
        again[np.setdiff1d(np.arange(len(hashes)), first)] = True
        for row in known[again].tolist():
            reasons[row] = Message("{name} 在前面已经出现过", name=ID)
        self._seen = np.union1d(self._seen, hashes)

    def _sound(self, fact: Fact, column: pa.Array, reasons: dict[int, Message]) -> pa.Array:
        """Every value readable and within its bounds; else its row is refused (an area: becomes unknown)."""
        if not pa.types.is_string(column.type) and not pa.types.is_dictionary(column.type):
            return column if fact.low is None and fact.high is None else bounded(fact, column, reasons)
        book = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        wrong: dict[int, Message | None] = {}
        strange = 0
        for place, value in enumerate(book.dictionary.to_pylist()):
            if fact.type == "area":
                if value is not None and not is_area(value):
                    wrong[place] = None
                elif value is not None and value[:2] not in PROVINCES:
                    strange += int(pc.sum(pc.equal(book.indices, place)).as_py() or 0)
            elif why := why_not(fact, value, self.as_of):
                wrong[place] = why
        if strange:
            self.warnings[Message("{fact} 的区划代码不认识。", fact=fact.label)] += strange
        if not wrong:
            return book
        at = pc.is_in(book.indices, value_set=pa.array(sorted(wrong), book.indices.type))
        rows = np.flatnonzero(pc.fill_null(at, False).to_numpy(zero_copy_only=False))
        if fact.type == "area":
            self.warnings[Message("{fact} 不是区划代码，按未知处理。", fact=fact.label)] += len(rows)
        else:
            places = book.indices.take(pa.array(rows)).to_pylist()
            for row, place in zip(rows.tolist(), places, strict=True):
                reasons.setdefault(
                    row, wrong[place] or Message("{fact}的值看不懂。{fix}", fact=fact.label, fix="")
                )
        sound = [None if place in wrong else value for place, value in enumerate(book.dictionary.to_pylist())]
        return pa.DictionaryArray.from_arrays(book.indices, pa.array(sound, pa.string()))

    def _fresh(
        self, fact: Fact, column: pa.Array, dates: pa.Array | None, reasons: dict[int, Message]
    ) -> pa.Array:
        """Values older than the fact stays fresh for are unknown."""
        if dates is None or fact.fresh_for_days is None:
            return column
        days = days_of(dates)
        if days is None:
            for row, text in enumerate(trimmed(dates).to_pylist()):
                if text is not None and date_of(text) is None:
                    reasons.setdefault(row, Message("{name}@date 不是日期", name=fact.name))
            days = pa.array([date_of(text) for text in trimmed(dates).to_pylist()], pa.date32())
        column, count = let_old_go(fact, column, days, self.as_of)
        if count:
            self.warnings[Message("{fact} 的值已过时，按未知处理。", fact=fact.label)] += count
        return column

    def _unreadable(self, error: Exception) -> Problem:
        row = re.search(r"Row #(\d+)", str(error))  # the rest of the text holds values of the row
        where = Message("{path} 第 {row} 行：", path=self.path.name, row=row[1]) if row else None
        what = Message("文件 {path} 读不了，请检查引号是否成对。", path=self.path.name)
        return Problem("facts-unreadable", what, where=where)


def _not_utf8(line: int) -> Problem:
    what = Message("文件不是 UTF-8 编码（从第 {line} 行起读不了）。", line=line)
    return Problem("facts-encoding", what, fix=Message("请另存为 CSV UTF-8；自己的名册请用 yice look。"))


def _texts(ids: pa.Array) -> pa.Array:
    return trimmed(ids if pa.types.is_string(ids.type) else ids.cast(pa.string()))


def _row_numbers(first: int, rows: int, ragged: Sequence[Refused]) -> NDArray[np.int64]:
    """The numbers in the file of the rows of a block, counting those left out."""
    out = {one.row for one in ragged}
    numbers = np.arange(first, first + rows + len(ragged))
    return numbers[~np.isin(numbers, list(out))][:rows] if out else numbers


def _csv_header(path: Path) -> list[str]:
    with path.open("rb") as stream:
        line = stream.readline(1 << 20)
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_utf8(1) from None
    header = next(csv.reader([text]), [])
    if not header:
        raise Problem("facts-header", Message("文件 {path} 是空的。", path=path.name))
    return header


def _parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError):
        raise _damaged(path) from None


def _damaged(path: Path) -> Problem:
    what = Message("文件 {path} 不是 Parquet，或已损坏。", path=path.name)
    return Problem("facts-unreadable", what, fix=Message("请重新导出或重新生成这个文件。"))
