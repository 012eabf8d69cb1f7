"""策略包：检查、测试、新建，给编辑器用的模式"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yice.config.commands import setup_django, text
from yice.config.given import library, settings
from yice.rules.model import Plan
from yice.rules.pack import cases, check, scaffold
from yice.rules.pack.loader import plan_of
from yice.rules.pack.schema import json_schema
from yice.rules.pack.written import Written, read_pack
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

app = typer.Typer(
    help=text("策略包：检查、测试、新建，给编辑器用的模式"),
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
)
Dirs = Annotated[list[Path], typer.Argument(help=text("策略包文件夹"), metavar="DIR…")]


@app.command("check", help=text("检查策略包：写法、引用、出处、案例，人群之间的重叠和空档"))
def check_packs(dirs: Dirs) -> int:
    """Exit code 0 sound, 2 where there are problems."""
    out, worst = Console(highlight=False), 0
    for path in dirs:
        out.print(f"[bold]{escape(path.name)}[/]")
        try:
            written = read_pack(path, library())
            plan = plan_of(written)
            cases.run_cases(written)
            problems = check.lacks(plan, written)
        except (Problem, Problems) as error:
            problems = error.problems if isinstance(error, Problems) else [error]
            plan = None
        _print_problems(out, problems)
        if plan is None or problems:
            worst = 2
            out.print(f"  [red]✗[/] {text('有 {count} 处要改。', count=len(problems))}\n")
            continue
        _print_summary(out, plan, written)
    return worst


@app.command("test", help=text("运行策略包自带的案例"))
def test_packs(
    dirs: Dirs, verbose: Annotated[bool, typer.Option("--verbose", "-v", help=text("逐条列出"))] = False
) -> int:
    """Exit code 0 all as expected, 1 some otherwise, 2 a pack that does not load."""
    out, worst = Console(highlight=False), 0
    for path in dirs:
        out.print(f"[bold]{escape(path.name)}[/]")
        try:
            results = cases.run_cases(read_pack(path, library()))
        except (Problem, Problems) as error:
            _print_problems(out, error.problems if isinstance(error, Problems) else [error])
            worst = 2
            continue
        for file, some in groupby(results, key=lambda result: result.file):
            _print_file(out, file, list(some), verbose)
        failed = sum(not result.passed for result in results)
        sign = "[red]✗[/]" if failed else "[green]✓[/]"
        out.print(
            f"  {sign} {text('{count} 个案例，{failed} 个不符。', count=len(results), failed=failed)}\n"
        )
        worst = max(worst, 1 if failed else 0)
    return worst


@app.command("new", help=text("新建一个能通过检查的策略包，照着改"))
def new(
    path: Annotated[Path, typer.Argument(help=text("新文件夹，名字就是策略包编号"), metavar="DIR")],
    extends: Annotated[str, typer.Option(help=text("在哪个包的基础上"))] = "cn",
    area: Annotated[str, typer.Option(help=text("适用地区，12 位区划代码"))] = "440799000000",
) -> None:
    made = scaffold.create(path, extends=extends, area=area)
    out = Console(highlight=False)
    for file in made:
        out.print(f"  [green]+[/] {escape(str(file))}")
    out.print(text("接着运行：yice pack check {path} 和 yice pack test {path}", path=path))


@app.command("install", help=text("把策略包装进本地的网站；会让正在领取的人失去待遇时不启用，等签字"))
def install(
    path: Annotated[Path, typer.Argument(help=text("策略包文件夹"), metavar="DIR")],
    set_: Annotated[
        list[str] | None, typer.Option("--set", help=text("改一项设置：名称=值，可写多次"))
    ] = None,
) -> None:
    setup_django()
    from yice.policy.services import install as put_in

    installed = put_in(actor=None, path=path, settings=settings(set_ or []))
    typer.echo(
        text("已启用：{title}，第 {version} 版。", title=installed.title_zh, version=installed.version)
    )


@app.command("schema", help=text("输出各文件的 JSON Schema，供编辑器提示和校验"))
def schema(
    out: Annotated[Path | None, typer.Option(help=text("写到这个文件夹，每种文件一份；不给就打印"))] = None,
) -> None:
    schemas = json_schema()
    if out is None:
        typer.echo(json.dumps(schemas, ensure_ascii=False, indent=2))
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, body in schemas.items():
        target = out / f"{name.removesuffix('.yaml')}.schema.json"
        target.write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", "utf-8")
        typer.echo(target)


def _print_problems(out: Console, problems: list[Problem]) -> None:
    """By file, from its top to its end; those of no file first. An editor jumps to `file:line:column`."""
    files: dict[str, list[Problem]] = {}
    for problem in sorted(problems, key=_at):
        files.setdefault(_at(problem)[0], []).append(problem)
    for file, some in files.items():
        if file and len(files) > 1:
            out.print(f"  [bold]{escape(file)}[/] [dim]{text('{count} 处', count=len(some))}[/]")
        for problem in some:
            where = f"[cyan]{_visible(problem.where)}[/] " if problem.where else ""
            out.print(f"  [red]✗[/] {where}{_visible(problem.what)}", soft_wrap=True)
            if problem.fix:
                out.print(f"    [green]→ {_visible(problem.fix)}[/]", soft_wrap=True)


def _visible(told: object) -> str:
    """Text of a pack as it may stand in a terminal: what is not printed there stands as its number."""
    return escape("".join(one if one.isprintable() else f"U+{ord(one):04X}" for one in str(told)))


def _at(problem: Problem) -> tuple[str, int, int]:
    file, _, place = str(problem.where or "").partition(":")
    line, _, column = place.partition(":")
    return file, int(line) if line.isdigit() else 0, int(column) if column.isdigit() else 0


_KINDS = {
    "overlap": Message("可能的重叠"),
    "hole": Message("空档"),
    "cover": Message("覆盖"),
    "sample": Message("示例标准"),
    "unused": Message("未引用的文件"),
}


def _print_summary(out: Console, plan: Plan, written: Written) -> None:
    own = sum(entry.pack == plan.id for entry in written.groups.values())
    count = sum(len(one.cases) + len(one.vectors) for _, one, _ in cases.own_cases(written))
    out.print(f"  {escape(str(plan.title))}  [dim]{plan.id} {plan.version}  {plan.hash[:12]}[/]")
    line = text("{groups} 个人群（本包 {own} 个），{benefits} 项待遇，{settings} 项设置，{cases} 个案例。",
                groups=len(plan.groups), own=own, benefits=len(plan.benefits), settings=len(plan.settings), cases=count)  # fmt: skip
    out.print(f"  [green]✓[/] {line}")
    if plan.targets:
        where = sum(bool(one.denominator and one.denominator.where) for one in plan.targets.values())
        line = text("{targets} 项目标、标准和份额，{where} 项的分母能由事实算出。",
                    targets=len(plan.targets), where=where)  # fmt: skip
        out.print(f"  [green]✓[/] {line}")
    for kind, some in groupby(check.notes(plan, written), key=lambda note: note.kind):
        out.print(f"  [yellow]{_KINDS[kind]}[/]")
        for note in some:
            out.print(f"    {escape(str(note.what))}", soft_wrap=True)
    out.print()


def _print_file(out: Console, file: str, results: list[cases.Result], verbose: bool) -> None:
    failed = [result for result in results if not result.passed]
    sign = "[red]✗[/]" if failed else "[green]✓[/]"
    out.print(f"  {sign} {escape(file)} [dim]{len(results) - len(failed)}/{len(results)}[/]")
    for result in results if verbose else failed:
        mark = "[green]✓[/]" if result.passed else "[red]✗[/]"
        out.print(
            f"    {mark} {escape(result.name)} [dim]{result.place.file}:{result.place.line}[/]",
            soft_wrap=True,
        )
        if not result.passed:
            out.print(f"      [dim]{text('理由')}[/] {escape(result.because)}", soft_wrap=True)
            out.print(_differences(result))


def _differences(result: cases.Result) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 6), show_header=True, header_style="dim")
    for heading in (text("人群"), "", text("应为"), text("得到")):
        table.add_column(heading)
    for one in result.differences:
        table.add_row(
            escape(one.group),
            str(one.what),
            f"[green]{escape(one.expected) or '—'}[/]",
            f"[red]{escape(one.got) or '—'}[/]",
        )
    return table
