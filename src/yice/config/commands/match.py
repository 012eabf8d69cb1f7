"""两份名单比对：谁是同一个人，依据是什么"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yice.config.commands import text
from yice.terms.messages import Message

app = typer.Typer(add_completion=False, rich_markup_mode=None)


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
) -> None:
    from yice.matching import Decision, compare, read_model
    from yice.matching.files import apart, as_table, read_list, row_ids, twice_named, write_pairs
    from yice.matching.health import check, comparable, health, made_up
    from yice.matching.normalise import normalise

    apart(registry, list_, pairs, review)
    weights = read_model(model.read_text("utf-8")) if model else None
    rows, records = [], []
    for path in (registry, list_):
        table = read_list(path, _column)
        rows.append(row_ids(table))
        records.append(normalise(table, allow_test_range=test_range))
        if path is registry and not test_range and made_up(records[0]):
            test_range, records[0] = True, normalise(table, allow_test_range=True)
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
    if not unchecked:
        check(told, *records)
    found = compare(*records, model=weights, events=events, checked=not unchecked)
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
    if told.damage.get("damaged"):
        typer.echo(
            Message(
                "名单里 {count} 个身份证号被表格软件截断；请告知来表单位把该列设为文本。",
                count=told.damage["damaged"],
            )
        )


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
