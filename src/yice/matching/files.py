"""Plain files in and out: CSV or Parquet with the columns of `yice.matching`, everything read as text.

A CSV may be of UTF-8, UTF-16 with its mark, or GB18030; parted by commas, semicolons or tabs.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from yice.matching.digests import of_texts
from yice.matching.normalise import COLUMNS, texts
from yice.matching.pairs import DECISIONS, REASONS, Pairs
from yice.terms.errors import Problem
from yice.terms.messages import Message

Called = Callable[[str], str]


def plain(heading: str) -> str:
    """A heading that is the column's own name."""
    return heading.strip().lstrip("\ufeff").lower()


def read_list(path: Path, called: Called = plain) -> pa.Table:
    """The known columns of a file. A Problem when it is no such file or cannot be read.

    `called` gives the column that a heading means, where headings are not the columns' own names.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".parquet"):
        raise Problem(
            "match-file-kind",
            Message("{file} 不是 CSV 或 Parquet 文件。", file=path.name),
            fix=Message("请先另存为 CSV（UTF-8）；Excel 文件可以用 yice look 直接看。"),
        )
    try:
        table = _parquet(path, called) if kind == ".parquet" else _csv(path, called)
    except (OSError, UnicodeError, csv.Error, pa.ArrowException) as error:
        raise Problem(
            "match-unreadable",
            Message("读不了 {file}。", file=path.name),
            why=Message("文件不存在、是空的、损坏，或者编码既不是 UTF-8 也不是 GB18030。"),
            fix=Message("请核对文件后再试。"),
        ) from error
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise Problem(
            "match-column-twice",
            Message("{file} 里有重名的列：{columns}。", file=path.name, columns="、".join(twice)),
            fix=Message("请只留一列。"),
        )
    return table


def apart(registry: Path, list_: Path, *out: Path) -> None:
    """A Problem where a result would be written over another of these files, or into a folder that is not there."""
    if len({path.resolve() for path in out} - {registry.resolve(), list_.resolve()}) < len(out):
        raise Problem(
            "match-same-file",
            Message("结果不能写到登记册、名单或另一份结果的文件里。"),
            fix=Message("请给两份结果各写一个新的文件名。"),
        )
    missing = next((path.parent for path in out if not path.parent.is_dir()), None)
    if missing is not None:
        raise Problem(
            "match-unwritable",
            Message("没有 {folder} 这个文件夹。", folder=missing.name),
            fix=Message("请先建好文件夹。"),
        )


def _wanted(path: Path, names: Sequence[str], called: Called) -> list[str]:
    """The columns that are known by name; a file with none of them is told so, not called unreadable.

    Beside a column's own name another heading that means the same is left alone."""
    own = {plain(name) for name in names}
    wanted = [
        name for name in names if (to := called(name)) in COLUMNS and (plain(name) == to or to not in own)
    ]
    if not wanted:
        raise Problem(
            "match-no-columns",
            Message("{file} 里没有一列是比对认识的。", file=path.name),
            fix=Message(
                "表头请写姓名、身份证号等，或 name、id_number 等；Excel 名单可以用 yice look 直接看。"
            ),
        )
    return wanted


def _csv(path: Path, called: Called) -> pa.Table:
    last: Exception = OSError(path.name)
    for encoding in _encodings(path):
        try:
            return _decoded(path, encoding, called)
        except (UnicodeError, pa.ArrowInvalid) as error:
            last = error
    raise last


def _encodings(path: Path) -> tuple[str, ...]:
    with path.open("rb") as file:
        head = file.read(2)
    return ("utf-16",) if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ("utf-8", "gb18030")


def _decoded(path: Path, encoding: str, called: Called) -> pa.Table:
    with path.open(encoding=encoding) as file:
        first = next((line.lstrip("\ufeff") for line in file if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    read = pcsv.ReadOptions(block_size=1 << 23, encoding=encoding)
    parse = pcsv.ParseOptions(delimiter=delimiter)
    if not names:
        raise pa.ArrowInvalid("empty")
    wanted = _wanted(path, names, called)
    options = pcsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), include_columns=wanted, strings_can_be_null=False
    )
    try:
        table = pcsv.read_csv(path, read, parse, options)
    except pa.ArrowInvalid as error:
        if "CSV parse error" not in str(error):
            raise
        table = _row_by_row(path, encoding, delimiter, names).select(wanted)
    return table.rename_columns([called(name) for name in wanted])


def _row_by_row(path: Path, encoding: str, delimiter: str, names: list[str]) -> pa.Table:
    """Where rows are of unlike lengths: what is missing at a row's end is blank; cells that no heading covers are
    told, for their row is shifted."""
    shifted: list[int] = []

    def told() -> Iterator[list[str]]:
        with path.open(encoding=encoding, newline="") as file:
            rows = csv.reader(file, delimiter=delimiter)
            next((heading for heading in rows if heading), None)
            for cells in rows:
                if any(cells[len(names) :]):
                    shifted.append(rows.line_num)
                if cells:
                    yield [*cells[: len(names)], *[""] * (len(names) - len(cells))]

    columns = list(zip(*told(), strict=True)) or [()] * len(names)
    if shifted:
        raise Problem(
            "match-shifted",
            Message("{file} 有 {count} 行的格数比表头多，例如第 {rows} 行。", file=path.name, count=len(shifted), rows="、".join(map(str, shifted[:5]))),
            why=Message("多半是住址等格子里有没加引号的分隔符，后面的列都错了位。"),
            fix=Message("请给这样的格子加上引号，或重新导出。"),
        )  # fmt: skip
    return pa.table([pa.array(column, pa.string()) for column in columns], names=names)


def _parquet(path: Path, called: Called, group: int | None = None) -> pa.Table:
    """The known columns of a file, or of one of its row groups."""
    wanted = _wanted(path, pq.read_schema(path).names, called)
    if group is None:
        table = pq.read_table(path, columns=wanted)
    else:
        with pq.ParquetFile(path) as file:
            table = file.read_row_group(group, columns=wanted)
    columns = [
        column
        if pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)
        else pc.cast(column, pa.string())
        for column in table.columns
    ]
    return pa.table(columns, names=[called(name) for name in wanted])


def group_sizes(path: Path) -> list[int]:
    """The rows of each row group of a Parquet file."""
    found = pq.read_metadata(path)
    return [found.row_group(at).num_rows for at in range(found.num_row_groups)]


def read_group(path: Path, group: int, called: Called = plain) -> pa.Table:
    return _parquet(path, called, group)


def as_table(
    found: Pairs, ours: pa.Array, theirs: pa.Array, *, reasons: bool, words: bool = False
) -> pa.Table:
    """Columns `registry_row`, `list_row` (from the rows' ids, see `row_ids`), `pass`, `weight`, `decision`; with
    `reasons` also `reason`, and with `words` what it `says` and the `runner_up` with its weight."""
    columns = {
        "registry_row": ours.take(pa.array(found.registry_row)),
        "list_row": theirs.take(pa.array(found.list_row)),
        "pass": found.pass_,
        "weight": np.round(found.weight, 4),
        "decision": _worded(found.decision, {int(code): word for code, word in DECISIONS.items()}),
    }
    if reasons:
        columns["reason"] = _worded(found.reason, {int(code): word for code, (word, _) in REASONS.items()})
    if reasons and words:
        columns["says"] = _worded(found.reason, {int(code): str(says) for code, (_, says) in REASONS.items()})
        rival = pa.array(found.runner_up, mask=found.runner_up < 0)
        columns["runner_up"] = ours.take(rival)
        columns["runner_up_weight"] = pa.array(np.round(found.runner_up_weight, 4), from_pandas=True)
    return pa.table(columns)


def _worded(codes: np.ndarray, words: dict[int, str]) -> pa.Array:
    texts = pa.array([words.get(code, "") for code in range(max(words) + 1)], pa.string())
    return texts.take(pa.array(codes))


def row_ids(table: pa.Table) -> pa.StringArray:
    """`row_id` as texts; where there is none, the number of the row from 1."""
    numbers = pa.array(np.arange(1, table.num_rows + 1)).cast(pa.string())
    given = texts(table, "row_id")
    return pc.if_else(pc.equal(given, ""), numbers, given)


def ids_of(path: Path, called: Called = plain) -> pa.StringArray:
    """The ids of the rows of a Parquet file, nothing else of it read."""
    given = [name for name in pq.read_schema(path).names if called(name) == "row_id"][:1]
    table = pq.read_table(path, columns=given)
    return row_ids(table.rename_columns(["row_id"] * len(given)))


def twice_named(ids: pa.StringArray) -> int:
    """How many rows bear an id that another row of the file bears too: their pairs cannot be told apart."""
    if (np.diff(np.sort(of_texts(ids))) != 0).all():
        return 0
    counts = pc.value_counts(ids).field("counts")
    return int(pc.sum(pc.if_else(pc.greater(counts, 1), counts, 0)).as_py() or 0)


def write_pairs(table: pa.Table, path: Path) -> None:
    """A Problem where the file cannot be written."""
    try:
        _write(table, path)
    except OSError as error:
        raise Problem(
            "match-unwritable",
            Message("写不了 {file}。", file=path.name),
            fix=Message("请核对文件夹是否存在、可写，磁盘是否已满。"),
        ) from error


def _write(table: pa.Table, path: Path) -> None:
    if path.suffix.lower() == ".parquet":
        pq.write_table(table, path)
    else:
        pcsv.write_csv(table, path, pcsv.WriteOptions(quoting_style="needed"))
