"""体检：安装哪里有问题，怎样修"""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yice.config.commands import setup_django, text
from yice.config.doctor import machine
from yice.config.doctor.finding import Finding, fail, run
from yice.config.doctor.site import choose
from yice.config.variables import variables
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

HOW = Message("请先修好上面的问题，并核对环境里的设置。")
SIGNS = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}


def register(app: typer.Typer) -> None:
    app.command(help=text("体检：安装哪里有问题，怎样修；有问题时退出码为 1"))(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help=text("输出 JSON"))] = False,
    settings: Annotated[
        bool, typer.Option("--settings", help=text("列出每个环境变量、它的意思和现在的值"))
    ] = False,
) -> int:
    if settings:
        _print_settings(as_json)
        return 0
    looked_at = choose()
    findings = [looked_at, *run(machine.CHECKS), *_of_site()]
    worst = int(any(finding.level == "fail" for finding in findings))
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=1))
        return worst
    out = Console(highlight=False)
    for finding in findings:
        out.print(f"{SIGNS[finding.level]} {escape(str(finding.says))}", soft_wrap=True)
        if finding.fix is not None:
            out.print(f"   [dim]→[/] {escape(str(finding.fix))}", soft_wrap=True)
    count = {level: sum(finding.level == level for finding in findings) for level in SIGNS}
    out.print(text("{ok} 项正常，{warn} 项要留意，{fail} 项有问题。", **count))
    return worst


def _of_site() -> list[Finding]:
    """What needs Django; a site that does not start says so."""
    try:
        setup_django()
        from yice.config.doctor import database, space, work
    except Problems:  # how settings are written: each was told among them
        return [fail("start", Message("设置写得不对，站点启动不了，数据库等未能检查。"), HOW)]
    except Problem as problem:
        return [fail("start", problem.what, problem.fix or HOW)]
    except Exception as error:
        kind = type(error).__name__
        what = Message("站点启动不了（{kind}），数据库等未能检查。", kind=kind)
        return [fail("start", what, HOW)]
    from django.db import connections

    found: list[Finding] = []
    for check in database.CHECKS:
        found += run((check,))
        if any(one.level == "fail" for one in found):
            break  # what cannot be reached or read has no tables to look at
    if not any(one.check in ("database", "tables") and one.level == "fail" for one in found):
        found += run((*database.OF_ROWS, *space.CHECKS, *work.CHECKS))
    connections.close_all()
    return found


def _print_settings(as_json: bool) -> None:
    every = variables()
    if as_json:
        lines = [
            {"name": one.name, "meaning": str(one.meaning), "default": one.default, "value": one.shown}
            for one in every
        ]
        typer.echo(json.dumps(lines, ensure_ascii=False, indent=1))
        return
    table = Table(box=None, header_style="dim", padding=(0, 1))
    for head in (text("环境变量"), text("意思"), text("现在的值")):
        table.add_column(head, overflow="fold")
    for one in every:
        table.add_row(one.name, escape(str(one.meaning)), escape(one.shown))
    Console(highlight=False).print(table)
