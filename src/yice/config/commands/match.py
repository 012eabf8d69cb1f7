"""两份名单比对：谁是同一个人，依据是什么"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yice.config.commands import text
from yice.terms.errors import Problem
from yice.terms.messages import Message

if TYPE_CHECKING:
    import pyarrow as pa

    from yice.matching import Pairs

app = typer.Typer(rich_markup_mode=None)


@app.command(help=text("两份名单比对：写出每一对及依据，拿不准的另写一份供人核对"))
def match(
    registry: Annotated[Path, typer.Option(help=text("登记册（CSV 或 Parquet）"))],
    list_: Annotated[Path, typer.Option("--list", help=text("要比对的名单（CSV 或 Parquet）"))],
    pairs: Annotated[Path, typer.Option(help=text("比对结果写到哪里"))],
    review: Annotated[Path, typer.Option(help=text("要人核对的写到哪里"))],
    test_range: Annotated[bool, typer.Option(help=text("接受演示用的测试号码"))] = False,
) -> None:
    from yice.matching import Decision
    from yice.matching import match as match_tables

    ours, theirs = _read(registry), _read(list_)
    found = match_tables(ours, theirs, allow_test_range=test_range)
    same = found.of(Decision.SAME)
    for path, some, told in ((pairs, found, False), (review, _undecided(found), True)):
        _write(_table(some, ours, theirs, told), path)
    matched = len(set(same.list_row.tolist()))
    typer.echo(
        Message(
            "名单 {rows} 行：{same} 行找到本人，{queue} 对待核对，{possible} 对同名待定",
            rows=theirs.num_rows,
            same=matched,
            queue=len(found.of(Decision.QUEUE)),
            possible=len(found.of(Decision.POSSIBLE)),
        )
    )


def _read(path: Path) -> pa.Table:
    """A plain file with the columns of `yice.matching`, everything read as text."""
    import pyarrow as pa
    import pyarrow.csv as pcsv
    import pyarrow.parquet as pq

    from yice.matching import COLUMNS

    if path.suffix.lower() not in (".csv", ".parquet"):
        raise Problem(
            "match-file-kind",
            Message("{file} 不是 CSV 或 Parquet 文件。", file=path.name),
            fix=Message("请先另存为 CSV（UTF-8）；Excel 文件可以用 yice look 直接看。"),
        )
    try:
        if path.suffix.lower() == ".parquet":
            table = pq.read_table(path)
        else:
            types = dict.fromkeys(COLUMNS, pa.string())
            table = pcsv.read_csv(path, convert_options=pcsv.ConvertOptions(column_types=types))
    except (OSError, pa.ArrowException) as error:
        raise Problem(
            "match-unreadable",
            Message("读不了 {file}。", file=path.name),
            why=Message("文件不存在、损坏，或者不是 UTF-8 编码。"),
            fix=Message("请核对文件后再试。"),
        ) from error
    return table.rename_columns([name.strip().lstrip("\ufeff") for name in table.column_names])


def _undecided(found: Pairs) -> Pairs:
    from yice.matching import Decision

    at = found.decision != Decision.SAME
    return type(found)(
        found.registry_row[at], found.list_row[at], found.pass_[at], found.decision[at], found.reason[at]
    )


def _table(found: Pairs, ours: pa.Table, theirs: pa.Table, told: bool) -> pa.Table:
    """registry_row, list_row (the files' row_id, else the number of the row), pass, weight, decision, reason."""
    import pyarrow as pa

    from yice.matching import DECISIONS, REASONS, Decision, Reason

    columns = {
        "registry_row": _row_ids(ours).take(pa.array(found.registry_row)),
        "list_row": _row_ids(theirs).take(pa.array(found.list_row)),
        "pass": found.pass_,
        "weight": pa.nulls(len(found), pa.float64()),  # no pass weighs yet
        "decision": [DECISIONS[Decision(code)] for code in found.decision.tolist()],
    }
    if told:
        columns["reason"] = [REASONS[Reason(code)][0] for code in found.reason.tolist()]
        columns["says"] = [str(REASONS[Reason(code)][1]) for code in found.reason.tolist()]
    return pa.table(columns)


def _row_ids(table: pa.Table) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    if "row_id" in table.column_names:
        return table["row_id"].combine_chunks().cast(pa.string())
    return pa.array(np.arange(1, table.num_rows + 1)).cast(pa.string())


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow.csv as pcsv
    import pyarrow.parquet as pq

    if path.suffix.lower() == ".parquet":
        pq.write_table(table, path)
    else:
        pcsv.write_csv(table, path, pcsv.WriteOptions(quoting_style="needed"))
