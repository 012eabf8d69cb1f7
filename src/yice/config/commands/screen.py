"""筛查：按策略包逐人判断，谁应享未享、谁疑似应退、谁还不能判断"""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yice.config.commands import Engine, text
from yice.config.given import day, library, settings
from yice.rules.files.lists import read_lists
from yice.rules.files.screen import Report, screen_file
from yice.rules.files.spark import screen_on_spark
from yice.rules.kernel.findings import FINDINGS
from yice.rules.kernel.silence import NOTHING
from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack
from yice.terms.messages import Message

app = typer.Typer(rich_markup_mode=None, add_completion=False)


KINDS = {
    "gap": Message("应享未享"),
    "leak": Message("疑似应退"),
    "amount": Message("金额不符"),
    "duplicate": Message("重复领取"),
    "ask": Message("待核实"),
}


class Rows(enum.StrEnum):
    all = "all"
    findings = "findings"


@app.command(help=text("筛查：按策略包逐人判断，谁应享未享、谁疑似应退、谁还不能判断"))
def screen(
    pack: Annotated[Path, typer.Option(help=text("策略包文件夹"), metavar="DIR")],
    facts: Annotated[Path, typer.Option(help=text("事实文件，.csv 或 .parquet"), metavar="FILE")],
    as_of: Annotated[str, typer.Option(help=text("截止日，例如 2020-06-30"), metavar="DATE")],
    out: Annotated[Path, typer.Option(help=text("结果文件，.csv 或 .parquet"), metavar="FILE")],
    lists: Annotated[
        Path | None, typer.Option(help=text("哪些名单已整份收到：CSV list,area,month,whole"), metavar="FILE")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help=text("改一项设置，可多次"), metavar="NAME=VALUE")
    ] = None,
    rows: Annotated[Rows, typer.Option(help=text("all 每人每个人群一行；findings 只写要处理的"))] = Rows.all,
    engine: Annotated[Engine, typer.Option(help=text("在本机或 Spark 上运行"))] = Engine.local,
) -> None:
    plan = load_pack(pack, overrides=settings(set_ or ()), library=library())
    received = read_lists(lists, plan) if lists else NOTHING
    run = screen_on_spark if engine is Engine.spark else screen_file
    report = run(plan, facts, day(as_of), out, received=received, rows=rows.value)
    _print(Console(highlight=False, stderr=True), plan, report, out)


def _print(out: Console, plan: Plan, report: Report, path: Path) -> None:
    if report.ended and report.as_of:
        out.print(
            f"[yellow]![/] {text('方案已于 {day} 结束，按最后一天判断。', day=report.as_of.isoformat())}"
        )
    for warning, count in report.warnings.items():
        out.print(f"[yellow]![/] {escape(str(warning))}" + (f" ×{count:,}" if count else ""), soft_wrap=True)
    table = Table(box=None, header_style="dim", padding=(0, 1))
    table.add_column(text("人群"), no_wrap=True)
    for word in (text("符合"), text("不符合"), text("不能判断")):
        table.add_column(word, justify="right", no_wrap=True)
    table.add_column(text("疑点"))
    for name, group in plan.groups.items():
        counts = [report.statuses[name, word] for word in ("eligible", "ineligible", "unknown")]
        found = [(str(KINDS[kind]), report.findings[name, kind]) for kind in FINDINGS[2:]]
        shown = " ".join(f"{kind} {count:,}" for kind, count in found if count)
        if any(counts):
            numbers = (f"{count:,}" if count else "·" for count in counts)
            table.add_row(name, *numbers, shown)
            table.add_row(f"  [dim]{group.title}[/]", "", "", "", "")
    out.print(table)
    line = text(
        "读入 {rows} 行，写出 {written} 行：{path}",
        rows=f"{report.rows:,}",
        written=f"{report.written:,}",
        path=path,
    )
    out.print(f"[green]✓[/] {escape(line)}", soft_wrap=True)
    if report.refused_file:
        line = text(
            "有 {count} 行不能筛查，原因见 {path}", count=f"{report.refused:,}", path=report.refused_file
        )
        out.print(f"[yellow]![/] {escape(line)}", soft_wrap=True)
