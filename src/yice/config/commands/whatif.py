"""假如：两个策略包（或改几项设置）对同一批人，谁会增加、谁会减少、花费差多少"""

from __future__ import annotations

import enum
import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yice.config.commands import text
from yice.config.given import day, library, settings
from yice.rules.files.lists import read_lists
from yice.rules.files.whatif import WhatIf, whatif_file
from yice.rules.kernel.silence import NOTHING
from yice.rules.pack.loader import load_pack
from yice.rules.whatif.compare import CHANGES
from yice.rules.whatif.tally import UNTOLD, Figures, Key, Sum
from yice.terms.messages import Message, listed
from yice.terms.money import format_fen

app = typer.Typer(rich_markup_mode=None, add_completion=False)

WORDS = {
    "gains": Message("新得"),
    "loses": Message("失去"),
    "undecidable": Message("变不明"),
    "decidable": Message("变可判"),
    "amount": Message("改金额"),
    "amount_unknown": Message("额不明"),
}
PERIODS = {"month": Message("每月"), "year": Message("每年"), "once": Message("一次")}
MOST_LINES = 60  # lines of a table on the screen; the JSON has all


class Rows(enum.StrEnum):
    changes = "changes"
    all = "all"


@app.command(help=text("假如：两个策略包（或改几项设置）对同一批人，谁会增加、谁会减少、花费差多少"))
def whatif(
    old: Annotated[Path, typer.Argument(help=text("现在的策略包文件夹"), metavar="OLD")],
    facts: Annotated[Path, typer.Option(help=text("事实文件，.csv 或 .parquet"), metavar="FILE")],
    as_of: Annotated[str, typer.Option(help=text("截止日，例如 2020-06-30"), metavar="DATE")],
    out: Annotated[Path, typer.Option(help=text("结果文件，.csv 或 .parquet"), metavar="FILE")],
    new: Annotated[
        Path | None,
        typer.Argument(help=text("要比较的策略包文件夹；不写就是同一个包改了设置"), metavar="NEW"),
    ] = None,
    lists: Annotated[
        Path | None, typer.Option(help=text("哪些名单已整份收到：CSV list,area,month,whole"), metavar="FILE")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help=text("在 NEW 里改一项设置，可多次"), metavar="NAME=VALUE"),
    ] = None,
    summary: Annotated[
        Path | None, typer.Option(help=text("另把汇总写成 JSON 文件"), metavar="FILE.json")
    ] = None,
    rows: Annotated[Rows, typer.Option(help=text("changes 只写有变化的；all 每人每项一行"))] = Rows.changes,
) -> None:
    before = load_pack(old, library=library())
    after = load_pack(new or old, overrides=settings(set_ or ()), library=library())
    named = replace(after, lists={**before.lists, **after.lists})
    received = read_lists(lists, named) if lists else NOTHING
    result = whatif_file(before, after, facts, day(as_of), out, received=received, rows=rows.value)
    if summary is not None:
        summary.write_text(json.dumps(result.summary(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    _print(Console(highlight=False, stderr=True), result, out)


def _print(out: Console, result: WhatIf, path: Path) -> None:
    _heading(out, result)
    tally = result.tally
    changed = [key for key, figures in tally.all.items() if figures.changed]
    if not changed:
        out.print(text("没有一个人有变化。"))
    else:
        _print_all(out, result, changed)
        for title, name in (
            (text("地区"), "county" if len(tally.by["county"]) > 2 else "township"),
            (text("残疾类别"), "category"),
            (text("年龄"), "age"),
        ):
            _print_by(out, result, changed, title, name)
    _print_costs(out, result)
    line = text("比较了 {rows} 人，写出 {written} 行：{path}", rows=f"{tally.people:,}",
                written=f"{result.written:,}", path=path)  # fmt: skip
    out.print(f"[green]✓[/] {escape(line)}", soft_wrap=True)
    if result.refused_file:
        line = text(
            "有 {count} 行不能比较，原因见 {path}", count=f"{result.refused:,}", path=result.refused_file
        )
        out.print(f"[yellow]![/] {escape(line)}", soft_wrap=True)


def _heading(out: Console, result: WhatIf) -> None:
    for plan, on in zip((result.old, result.new), result.days, strict=True):
        out.print(f"[bold]{escape(f'{plan.id} {plan.version}')}[/] [dim]{plan.hash[:8]} {on.isoformat()}[/]")
        if on != result.as_of:
            ended = text("方案已于 {day} 结束，按最后一天判断。", day=on.isoformat())
            out.print(f"  [yellow]![/] {ended}")
    if result.old.hash == result.new.hash:
        out.print(f"[yellow]![/] {text('两边是同一个策略包，设置也相同。')}")
    for warning, count in result.warnings.items():
        out.print(f"[yellow]![/] {escape(str(warning))}" + (f" ×{count:,}" if count else ""), soft_wrap=True)


def _table(first: str) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 1))
    table.add_column(first, overflow="fold")
    for change in CHANGES[1:]:
        table.add_column(str(WORDS[change]), justify="right", no_wrap=True)
    return table


def _numbers(figures: Figures) -> list[str]:
    return [f"{count:,}" if count else "·" for count in figures.changes.values()]


def _print_all(out: Console, result: WhatIf, changed: list[Key]) -> None:
    table = _table(text("待遇和人群"))
    for key in changed:
        table.add_row(escape(key[1]), *_numbers(result.tally.all[key]))
        table.add_row(f"  [dim]{escape(str(result.tally.items[key].title))}[/]")
    out.print(table)


def _print_by(out: Console, result: WhatIf, changed: list[Key], title: str, name: str) -> None:
    """Where it changes, of the benefits; of the groups where no benefit changes."""
    wanted = [key for key in changed if key[0] == "benefit"] or changed
    table, left_out = _table(title), 0
    for place, found in sorted(result.tally.by[name].items(), key=lambda one: _order(one[0])):
        lines = [(key[1], found[key]) for key in wanted if key in found and found[key].changed]
        if lines and table.row_count + len(lines) >= MOST_LINES:
            left_out += 1
        elif lines:
            table.add_row(f"[bold]{_place(result, name, place)}[/]")
            for item, figures in lines:
                table.add_row(f"  {escape(item)}", *_numbers(figures))
    out.print(table)
    if left_out:
        out.print(f"  [dim]{text('还有 {count} 处，见 --summary 的文件。', count=left_out)}[/]")


def _order(place: str) -> tuple[int, str]:
    """Places by code, ages by years, those of whom it is not known last."""
    first = place.rstrip("+").partition("-")[0]
    return (int(first) if first.isdigit() else 0 if place else 10**12), place


def _place(result: WhatIf, name: str, place: str) -> str:
    if place == UNTOLD:
        return text("不明")
    fact = result.new.facts.get("category")
    if name == "category" and fact is not None and fact.code_labels:
        return str(fact.code_labels[fact.codes.index(place)])
    return place


def _print_costs(out: Console, result: WhatIf) -> None:
    for key, item in result.tally.items.items():
        if item.summed:
            figures = result.tally.all[key]
            per = {benefit.per for benefit in item.benefits if benefit is not None}
            periods = listed(str(PERIODS[one]) for one in sorted(per))
            _print_cost(out, f"{item.title}（{periods}）", figures.before, figures.after)
            line = text("不能判断 {before} → {after} 人", before=f"{figures.stood['unknown']:,}",
                        after=f"{figures.stands['unknown']:,}")  # fmt: skip
            out.print(f"   [dim]{line}[/]")
    _print_cost(out, text("每月合计"), *result.tally.monthly())


def _print_cost(out: Console, name: str, before: Sum, after: Sum) -> None:
    more = after.fen - before.fen
    sums = text(
        "{before} → {after} 元，{sign}{difference}", before=format_fen(before.fen), after=format_fen(after.fen),
        sign="+" if more > 0 else "", difference=format_fen(more),
    )  # fmt: skip
    unknown = text(
        "金额不明 {before} → {after} 人",
        before=f"{before.amount_unknown:,}",
        after=f"{after.amount_unknown:,}",
    )
    out.print(f" [bold]{escape(name)}[/] {sums}", soft_wrap=True)
    out.print(f"   [dim]{unknown}[/]")
