"""初步查看：用自己手里的登记册和名单，看谁被漏掉、谁可能发错、谁还说不清"""

from __future__ import annotations

import datetime as dt
import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from yice.config.commands import text
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(help=text("读登记册和各部门名单，写出一份 Excel 和一份网页报告。不需要网站，不保存任何数据。"))
def look(
    files: Annotated[
        list[str],
        typer.Argument(
            help=text("登记册和各部门名单（.xlsx、.xls、.csv），或放着它们的文件夹；认不准时写成 种类=文件"),
            metavar=text("登记册 [名单…]"),
        ),
    ],
    pack: Annotated[Path | None, typer.Option(help=text("策略包文件夹；不写则按地区选择"))] = None,
    as_of: Annotated[
        str | None, typer.Option(help=text("看哪一天，如 2020-06-30；不写则取名单月份的最后一天"))
    ] = None,
    month: Annotated[str | None, typer.Option(help=text("看哪个月，如 2020-06"))] = None,
    area: Annotated[
        str | None, typer.Option(help=text("县（市、区）的区划代码，如 440704；不写则从登记册看出"))
    ] = None,
    out: Annotated[Path, typer.Option(help=text("报告写到哪个文件夹"))] = Path(),
    not_whole: Annotated[
        list[str] | None,
        typer.Option(
            help=text("哪种名单并不完整（可写几次），如 living_subsidy；名单上没有的人就按“不清楚”处理")
        ),
    ] = None,
    names: Annotated[bool, typer.Option("--names", help=text("网页报告里写出全名（默认遮盖）"))] = False,
) -> None:
    gc.disable()  # short-lived, and millions of cells need no search for cycles
    from yice.exchange.look import Choices
    from yice.exchange.look import look as take_a_look
    from yice.exchange.look.excel import write_excel
    from yice.exchange.look.html import write_html
    from yice.exchange.look.report import KINDS, kind_title
    from yice.exchange.look.steps import cautions, steps
    from yice.exchange.vocabulary import list_kinds
    from yice.terms.periods import Month, parse_date

    unknown = sorted(set(not_whole or ()) - set(list_kinds()))
    if unknown:
        raise Problem(
            "look-unknown-kind",
            Message("没有“{kind}”这种名单。", kind=unknown[0]),
            fix=Message("可以用：{kinds}。", kinds=listed(list_kinds())),
        )
    day: dt.date | None = parse_date(as_of) if as_of else None
    choices = Choices(pack, day, Month.parse(month) if month else None, area, frozenset(not_whole or ()))
    try:
        report = take_a_look(files, choices, _progress)
    finally:
        gc.enable()
    out.mkdir(parents=True, exist_ok=True)
    base = str(Message("初步查看-{area}-{month}", area=report.area_name or report.area, month=report.month))
    excel, html = out / f"{base}.xlsx", out / f"{base}.html"
    try:
        write_excel(report, excel)
        write_html(report, html, names=names)
    except OSError as error:
        raise Problem(
            "look-not-written",
            Message("报告写不进 {folder}。", folder=out),
            why=Message("可能没有写入权限、磁盘已满，或上一份报告正在 Excel 里打开。"),
            fix=Message("请关闭它，或用 --out 换一个文件夹。"),
        ) from error
    for caution in cautions(report):
        typer.echo(f"! {caution}")
    for kind in KINDS:
        found = f"{len(report.of(kind)):,}"
        typer.echo(str(Message("  {kind}：{count}", kind=kind_title(kind), count=found)))
    for one in report.files:
        if one.refused:
            typer.echo(
                str(Message("  {file}：退回 {count} 行，原因在报告里", file=one.title, count=one.refused))
            )
    for first in steps(report)[:1]:
        typer.echo(str(Message("先做：{what}{how}", what=first.what, how=first.how)))
    typer.echo(str(Message("报告写在：\n  {html}\n  {excel}", html=html, excel=excel)))


def _progress(sentence: str) -> None:
    print(f"{sentence}……", file=sys.stderr)  # noqa: T201
