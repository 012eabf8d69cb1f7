"""两份名单比对：谁是同一个人，依据是什么"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yice.config.commands import text
from yice.terms.messages import Message

if TYPE_CHECKING:
    from pyarrow import StringArray

    from yice.matching import Pairs

app = typer.Typer(add_completion=False, rich_markup_mode=None)


class Meeting(StrEnum):
    """Where rows meet that may be one person."""

    local = "local"
    duckdb = "duckdb"
    spark = "spark"


@app.command(help=text("两份名单比对：认定的每一对连同依据写一份，拿不准的另写一份供人核对"))
def match(
    registry: Annotated[Path, typer.Option(help=text("登记册（CSV 或 Parquet）"))],
    list_: Annotated[Path, typer.Option("--list", help=text("要比对的名单（CSV 或 Parquet）"))],
    pairs: Annotated[Path, typer.Option(help=text("比对结果写到哪里"))],
    review: Annotated[Path, typer.Option(help=text("要人核对的写到哪里"))],
    model: Annotated[Path | None, typer.Option(help=text("另用一份权重模型文件"), metavar="FILE")] = None,
    events: Annotated[bool, typer.Option(help=text("一人可有多行，例如逐月发放"))] = False,
    unchecked: Annotated[bool, typer.Option(help=text("名单看来有问题也照样比对"))] = False,
    test_range: Annotated[
        bool, typer.Option(help=text("接受演示用的测试号码（登记册大半是这样的号码时自动接受）"))
    ] = False,
    words: Annotated[bool, typer.Option(help=text("核对文件里另写理由的文字和次优的人选"))] = False,
    engine: Annotated[
        Meeting,
        typer.Option(
            help=text("duckdb：候选对放不进内存时，借磁盘比对；spark：候选对上亿时，在多台机器上比对 Parquet")
        ),
    ] = Meeting.local,
) -> None:
    from yice.matching import Decision, read_model
    from yice.matching.files import apart, as_table, write_pairs

    apart(registry, list_, pairs, review)
    options: dict[str, Any] = {
        "model": read_model(model.read_text("utf-8")) if model else None,
        "events": events,
        "checked": not unchecked,
        "allow_test_range": test_range,
    }
    damaged = 0
    if engine is Meeting.spark:
        from yice.matching.files import ids_of
        from yice.matching.spark import compare_on_spark

        rows = [ids_of(path, _column) for path in (registry, list_)]
        found = compare_on_spark(registry, list_, called=_column, **options)
    elif engine is Meeting.duckdb:
        from yice.matching.duck import meeting

        with meeting() as options["meet"]:
            rows, found, damaged = _here(registry, list_, options)
    else:
        rows, found, damaged = _here(registry, list_, options)
    same, queue = found.of(Decision.SAME), found.of(Decision.QUEUE)
    write_pairs(as_table(same, *rows, reasons=False), pairs)
    write_pairs(as_table(queue, *rows, reasons=True, words=words), review)
    found_rows = set(same.list_row.tolist())
    asked_rows = set(queue.list_row.tolist()) - found_rows
    typer.echo(
        Message(
            "名单 {rows} 行：{same} 行认定到本人，{queue} 行待人核对，{nobody} 行没有对上登记册里的人",
            rows=len(rows[1]),
            same=len(found_rows),
            queue=len(asked_rows),
            nobody=len(rows[1]) - len(found_rows) - len(asked_rows),
        )
    )
    if damaged:
        typer.echo(
            Message(
                "名单里 {count} 个身份证号被表格软件截断；请告知来表单位把该列设为文本。",
                count=damaged,
            )
        )


def _here(registry: Path, list_: Path, options: dict[str, Any]) -> tuple[list[StringArray], Pairs, int]:
    """On this machine: the ids of both files' rows, the pairs, and how many numbers a spreadsheet has cut."""
    from yice.matching import compare
    from yice.matching.files import read_list, row_ids, twice_named
    from yice.matching.health import check, comparable, health, made_up
    from yice.matching.normalise import normalise

    rows, records = [], []
    for path in (registry, list_):
        table = read_list(path, _column)
        rows.append(row_ids(table))
        records.append(normalise(table, allow_test_range=options["allow_test_range"]))
        if path is registry and not options["allow_test_range"] and made_up(records[0]):
            options["allow_test_range"] = True
            records[0] = normalise(table, allow_test_range=True)
            typer.echo(Message("登记册用的是演示的测试号码，按演示数据比对。"))
        if twice := twice_named(rows[-1]):
            typer.echo(
                Message(
                    "{file} 里 {count} 行的 row_id 与别的行相同，结果分不清是哪一行。",
                    file=path.name,
                    count=twice,
                )
            )
        if path is registry:
            comparable(table, records[-1])
        else:
            told = health(table, records[-1])
        del table  # texts as they came are the largest thing in memory
    if options["checked"]:
        check(told, *records)
    found = compare(*records, **options)
    if not len(found) and told.rows and not (told.filled["id_number"] or told.filled["birth_date"]):
        typer.echo(Message("名单里没有身份证号，也没有出生日期：单凭姓名认不出是谁，所以一行也没有提出来。"))
    return rows, found, told.damage.get("damaged", 0)


# What the field calls a column of the comparison, where the vocabulary of spreadsheets has another name for it.
_COLUMNS = {"hukou": "village", "serial": "row_id"}


def _column(heading: str) -> str:
    """The column that a heading means: its own name, or 姓名, 身份证号 and the like."""
    from yice.exchange.vocabulary import field_of
    from yice.matching.files import plain
    from yice.matching.normalise import COLUMNS

    if (name := plain(heading)) in COLUMNS:
        return name
    field = field_of(heading)
    return _COLUMNS.get(field.name, field.name) if field is not None else name
