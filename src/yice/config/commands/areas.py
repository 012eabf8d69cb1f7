"""行政区划：装入省、市、县、乡、村五级区划"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from yice.config.commands import start_django, text
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import parse_date

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback(help=text("行政区划：装入省、市、县、乡、村五级区划"))
def areas() -> None: ...


@app.command(help=text("装入或更新区划。重复装入不会改变什么；新一版里没有的地方会标明何时撤销。"))
def load(
    province: Annotated[list[str] | None, typer.Option(help=text("省级代码，可写多次，例如 44"))] = None,
    everything: Annotated[bool, typer.Option("--all", help=text("全国"))] = False,
    folder: Annotated[Path | None, typer.Option(help=text("区划数据所在的文件夹"))] = None,
    edition: Annotated[str | None, typer.Option(help=text("区划数据的日期，例如 2023-06-30"))] = None,
) -> None:
    if bool(province) == everything:
        raise Problem(
            "areas-which",
            Message("没有说明装入哪里的区划，或两样都写了。"),
            fix=Message("请用 --province 写明省份，或用 --all 装入全国。"),
        )
    start_django()
    from yice.areas.services import load_divisions
    from yice.audit.services import record

    day: dt.date | None = parse_date(edition) if edition else None
    done = load_divisions(provinces=province, folder=folder, edition=day)
    values = {
        "edition": done.edition.isoformat(),
        "added": done.added,
        "changed": done.changed,
        "ended": done.ended,
    }
    if done.added or done.changed or done.ended:
        record(actor=None, code="areas.loaded", values=values)
    typer.echo(
        Message(
            "{edition} 的区划：现有 {places} 处，新增 {added}，更改 {changed}，撤销 {ended}。",
            places=done.places,
            **values,
        )
    )
