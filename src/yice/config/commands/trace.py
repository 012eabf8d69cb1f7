"""追踪：条目清单里每一条由什么承担：已承担、已定义、还没有"""

from __future__ import annotations

import enum
import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yice.config import trace as tracing
from yice.config.commands import setup_django, text
from yice.config.given import LIBRARY
from yice.config.trace import MARKS, Traced
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed

WORDS = {"carried": Message("已承担"), "defined": Message("已定义"), "not yet": Message("还没有")}
COLOURS = {"carried": "green", "defined": "yellow", "not yet": "dim"}


class Show(enum.StrEnum):
    all = "all"
    carried = "carried"
    defined = "defined"
    not_yet = "not-yet"
    none = "none"


def register(app: typer.Typer) -> None:
    app.command(help=text("追踪：条目清单里每一条由什么承担：已承担、已定义、还没有"))(trace)


def trace(
    packs: Annotated[Path, typer.Option(help=text("策略包在哪个文件夹"), metavar="DIR")] = LIBRARY,
    priority: Annotated[int, typer.Option(min=0, max=3, help=text("只看这一级的条目；0 为全部"))] = 1,
    show: Annotated[Show, typer.Option(help=text("列出哪些条目；none 只看数目"))] = Show.all,
    as_json: Annotated[bool, typer.Option("--json", help=text("输出 JSON"))] = False,
) -> int:
    setup_django()  # the code that carries a duty may need it
    problems: list[Problem] = []
    every = [one for one in tracing.trace(packs, problems) if priority in (0, one.duty.priority)]
    wanted = show.value.replace("-", " ")
    listed = [one for one in every if wanted in ("all", one.mark)]
    if as_json:
        typer.echo(json.dumps([_as_dict(one) for one in listed], ensure_ascii=False, indent=1))
    else:
        out = Console(highlight=False)
        for one in listed:
            _print_duty(out, one)
        _print_counts(out, every)
    for problem in problems:
        typer.echo(str(problem), err=True)
    return int(bool(problems))


def _as_dict(one: Traced) -> dict[str, object]:
    by = one.carried
    return {
        "id": one.duty.id,
        "priority": one.duty.priority,
        "kind": one.duty.kind,
        "system": one.duty.system,
        "mark": one.mark,
        "elements": [str(element) for element in one.elements],
        "code": by.code if by else None,
        "test": by.test if by else None,
    }


def _print_duty(out: Console, one: Traced) -> None:
    mark = f"[{COLOURS[one.mark]}]{WORDS[one.mark]}[/]"
    by = listed(map(str, one.elements))
    if one.carried is not None:
        by += f" ← {one.carried.code} ← {one.carried.test}"
    kind = f"[dim]{one.duty.kind}, {one.duty.system}[/]"
    out.print(f"{mark} {one.duty.id:<14} {kind} {escape(by)}", soft_wrap=True)


def _print_counts(out: Console, every: list[Traced]) -> None:
    table = Table(box=None, header_style="dim", padding=(0, 1))
    table.add_column(text("文件"))
    for mark in MARKS:
        table.add_column(str(WORDS[mark]), justify="right")
    table.add_column(text("合计"), justify="right")
    counts = Counter((one.duty.id.partition("-")[0], one.mark) for one in every)
    for document in dict.fromkeys(one.duty.id.partition("-")[0] for one in every):
        numbers = [counts[document, mark] for mark in MARKS]
        table.add_row(document, *map(str, numbers), str(sum(numbers)))
    marks = Counter(one.mark for one in every)
    table.add_row(f"[bold]{text('合计')}[/]", *(str(marks[mark]) for mark in MARKS), str(len(every)))
    out.print(table)
