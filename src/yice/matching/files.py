"""Plain files in and out: CSV or Parquet with the columns of `yice.matching`, everything read as text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from yice.matching.normalise import COLUMNS
from yice.matching.pairs import DECISIONS, REASONS, Pairs
from yice.terms.errors import Problem
from yice.terms.messages import Message


def read_list(path: Path) -> pa.Table:
    """The known columns of a file. A Problem when it is no such file or cannot be read."""
    kind = path.suffix.lower()
    if kind not in (".csv", ".parquet"):
        raise Problem(
            "match-file-kind",
            Message("{file} 不是 CSV 或 Parquet 文件。", file=path.name),
            fix=Message("请先另存为 CSV（UTF-8）；Excel 文件可以用 yice look 直接看。"),
        )
    try:
        table = _parquet(path) if kind == ".parquet" else _csv(path)
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        raise Problem(
            "match-unreadable",
            Message("读不了 {file}。", file=path.name),
            why=Message("文件不存在、损坏，或者不是 UTF-8 编码。"),
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


def _known(name: str) -> str:
    return name.strip().lstrip("\ufeff").lower()


def _wanted(path: Path, names: Sequence[str]) -> list[str]:
    """The columns that are known by name; a file with none of them is told so, not called unreadable."""
    wanted = [name for name in names if _known(name) in COLUMNS]
    if not wanted:
        raise Problem(
            "match-no-columns",
            Message("{file} 里没有一列是比对认识的。", file=path.name),
            fix=Message("表头请写 name、id_number 等；中文表头的名单可以用 yice look 直接看。"),
        )
    return wanted


def _csv(path: Path) -> pa.Table:
    names = pcsv.open_csv(path).schema.names
    wanted = _wanted(path, names)
    options = pcsv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), include_columns=wanted, strings_can_be_null=False
    )
    table = pcsv.read_csv(path, pcsv.ReadOptions(block_size=1 << 23), convert_options=options)
    return table.rename_columns([_known(name) for name in wanted])


def _parquet(path: Path) -> pa.Table:
    names = pq.read_schema(path).names
    wanted = _wanted(path, names)
    table = pq.read_table(path, columns=wanted)
    return table.rename_columns([_known(name) for name in wanted])


def as_table(found: Pairs, ours: pa.Array, theirs: pa.Array, *, reasons: bool) -> pa.Table:
    """Columns `registry_row`, `list_row` (from the rows' ids, see `row_ids`), `pass`, `weight`, `decision`; with
    `reasons` also `reason`, what it `says`, and the `runner_up` with its weight."""
    columns = {
        "registry_row": ours.take(pa.array(found.registry_row)),
        "list_row": theirs.take(pa.array(found.list_row)),
        "pass": found.pass_,
        "weight": np.round(found.weight, 4),
        "decision": _worded(found.decision, {int(code): word for code, word in DECISIONS.items()}),
    }
    if reasons:
        columns["reason"] = _worded(found.reason, {int(code): word for code, (word, _) in REASONS.items()})
        columns["says"] = _worded(found.reason, {int(code): str(says) for code, (_, says) in REASONS.items()})
        rival = pa.array(found.runner_up, mask=found.runner_up < 0)
        columns["runner_up"] = ours.take(rival)
        columns["runner_up_weight"] = pa.array(np.round(found.runner_up_weight, 4), from_pandas=True)
    return pa.table(columns)


def _worded(codes: np.ndarray, words: dict[int, str]) -> pa.Array:
    texts = pa.array([words.get(code, "") for code in range(max(words) + 1)], pa.string())
    return texts.take(pa.array(codes))


def row_ids(table: pa.Table) -> pa.Array:
    """`row_id` as texts, else the numbers of the rows from 1."""
    if "row_id" in table.column_names:
        column = table["row_id"].combine_chunks()
        return column if pa.types.is_string(column.type) else column.cast(pa.string())
    return pa.array(np.arange(1, table.num_rows + 1)).cast(pa.string())


def write_pairs(table: pa.Table, path: Path) -> None:
    if path.suffix.lower() == ".parquet":
        pq.write_table(table, path)
    else:
        pcsv.write_csv(table, path, pcsv.WriteOptions(quoting_style="needed"))
