"""导入登记册、家庭成员册或部门名单：先看会改动什么，再入库"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yice.config.commands import acting, setup_django, text
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed

if TYPE_CHECKING:
    from yice.accounts.models import User
    from yice.exchange.imports.selectors import RefusedReason
    from yice.loop.identify.models import Batch

REASONS = 8  # shown on a terminal; the workbook has them all
HELP = text(
    "导入登记册（registry）、家庭成员册（households）或部门名单（如 living_subsidy、subsistence）：先看会改动什么，加 --commit 才入库"
)


def register(app: typer.Typer) -> None:
    app.command("import", help=HELP)(import_)


def import_(
    kind: Annotated[
        str, typer.Argument(metavar=text("种类"), help=text("例如 registry、households、living_subsidy"))
    ],
    file: Annotated[Path, typer.Argument(metavar=text("文件"), help=text("要导入的表：.xlsx、.xls 或 .csv"))],
    area: Annotated[str, typer.Option(help=text("区划代码，默认为本系统所在的区县"))] = "",
    as_of: Annotated[str, typer.Option(help=text("内容截至哪一天，默认今天"))] = "",
    month: Annotated[str, typer.Option(help=text("名单是哪个月的，例如 2020-06，默认看文件里怎么写"))] = "",
    whole: Annotated[
        bool, typer.Option("--whole", help=text("是该区域的完整名册，不在册上的视为移出"))
    ] = False,
    commit: Annotated[bool, typer.Option("--commit", help=text("入库"))] = False,
    accept: Annotated[bool, typer.Option("--accept", help=text("变化比平常大也入库"))] = False,
    refused: Annotated[
        Path | None, typer.Option(help=text("把退回的行和原因存成这个工作簿"), metavar="FILE")
    ] = None,
    actor: Annotated[str, typer.Option(envvar="YICE_ACTOR", help=text("以谁的名义，写登录名"))] = "",
) -> None:
    setup_django()
    from yice.config import serving
    from yice.exchange.imports.services import discard, receive
    from yice.exchange.imports.steps import Alone
    from yice.exchange.imports.working import commit_batch, stage_batch
    from yice.exchange.vocabulary.kinds import SPLIT, kinds
    from yice.shelf import scanner
    from yice.terms import clock
    from yice.terms.periods import Month, parse_date

    serving.require_current_tables()
    serving.require_keys()
    if kind not in kinds():
        raise Problem(
            "import-kind-unknown",
            Message("没有“{kind}”这种名册。", kind=kind),
            fix=Message("可用的种类：{kinds}。", kinds=listed(kinds())),
        )
    if file.is_file():
        with file.open("rb") as stream:
            scanner.require_clean(iter(partial(stream.read, scanner.PIECE), b""))
    who, place = acting(actor), area.ljust(12, "0") if area else _home()
    waiting: Problem | None = None
    for one in SPLIT.get(kind, (kind,)):
        steps = Alone(_Line())
        batch = receive(
            actor=who,
            path=file,
            kind=one,
            area=place,
            as_of=parse_date(as_of) if as_of else clock.today(),
            month=Month.parse(month).first if month else None,
            whole=whole,
        )
        batch = stage_batch(batch, steps)
        _show(batch, who)
        if batch.counts.get("refused"):
            _hand_back(
                batch,
                who,
                refused and (refused if one == kind else refused.with_stem(f"{refused.stem}-{one}")),
            )
        if commit:
            try:
                commit_batch(batch, steps, actor=who, accept_pauses=accept)
                typer.echo(Message("已入库。"))
                typer.echo(Message("下一步：在网页“筛查”里筛查一次，线索才会按新的内容更新。"))
            except Problem as problem:
                waiting = problem
                if problem.code == "import-paused":
                    waiting.fix = Message("请核对预览；确实无误，加 --commit --accept 再运行一次。")
        else:
            discard(actor=who, batch=batch)
    if waiting:
        raise waiting
    if not commit:
        typer.echo(Message("这只是预览，什么也没有改动。确认无误，加 --commit 再运行一次。"))


def _home() -> str:
    """The place this site was set up for."""
    from yice.accounts.models import Installation

    area = Installation.objects.filter(id=1).values_list("area_id", flat=True).first()
    if not area:
        raise Problem(
            "area-missing", Message("没有说明是哪里的名册。"), fix=Message("请加 --area 区划代码。")
        )
    return str(area)


def _show(batch: Batch, who: User) -> None:
    """The preview in words."""
    from yice.exchange.imports.selectors import odd, refused_reasons, view
    from yice.exchange.vocabulary import fields, kinds

    counts: dict[str, Any] = batch.counts
    shown = view(who, batch)
    kind = kinds()[shown.kind].label if shown.kind in kinds() else shown.kind
    typer.echo(
        Message("{kind}：读到 {read} 行，退回 {refused} 行。", kind=kind, **_of(counts, "read", "refused"))
    )
    _show_reasons(refused_reasons(who, batch))
    if noticed := odd(batch):
        typer.echo(Message("收下了，但有内容没有照原样用的行："))
        _show_reasons(noticed)
    if "entries" in counts:
        typer.echo(
            Message(
                "{matched} 行对上在册人员，{possible} 行可能是同一人，{unmatched} 行不在登记册。与上次相比：新增 {added} 人，金额变化 {changed} 人，不变 {unchanged} 人，减少 {left} 人。",
                **_of(counts, "matched", "possible", "unmatched", "added", "changed", "unchanged", "left"),
            )
        )
    else:
        typer.echo(
            Message(
                "新增 {added} 人，变化 {changed} 人，不变 {unchanged} 人，将移出 {would_remove} 人。",
                **_of(counts, "added", "changed", "unchanged", "would_remove"),
            )
        )
        for fact, count in counts["fields"].items():
            known = fields().get(fact)
            typer.echo(f"  {known.label if known else _OTHER.get(fact, fact)}: {count}")
    if unknown := batch.mapping.get("unknown"):
        typer.echo(Message("没有用到的栏目：{names}。", names=listed(unknown)))
    for reason in (shown.nothing_new, *shown.why_waiting, shown.wait):
        if reason is not None:
            typer.echo(f"! {reason}")


def _hand_back(batch: Batch, who: User, into: Path | None) -> None:
    """The refused rows hold whole numbers: written in clear only where somebody names the place."""
    from yice.exchange.imports.services import hand_back

    if into is None:
        typer.echo(Message("要看退回的行和原因，请加 --refused 文件名.xlsx，或在网页的导入页下载。"))
        return
    try:
        handle = os.open(into, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise Problem(
            "refused-out", Message("不能写到 {path}（{why}）。", path=str(into), why=error.strerror)
        ) from None
    with os.fdopen(handle, "wb") as out, hand_back(actor=who, batch=batch) as held:
        out.write(held.read_bytes())
    typer.echo(Message("退回的行和原因：{path}", path=into))


_OTHER = {"removed_on": Message("退出登记册")}


def _show_reasons(found: Sequence[RefusedReason]) -> None:
    """The most frequent first."""
    for reason in found[:REASONS]:
        if not reason.rows:
            typer.echo(f"  {reason.example[0]}")
            continue
        lines = listed(map(str, reason.lines)) + ("……" if reason.rows > len(reason.lines) else "")
        told = " ".join(str(problem) for problem in reason.example[:1])
        typer.echo(
            "  "
            + str(Message("{rows} 行（第 {lines} 行）：{reason}", rows=reason.rows, lines=lines, reason=told))
        )


def _of(counts: dict[str, Any], *names: str) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in names}


class _Line:
    """Progress on one line of a terminal; nothing where the output is a file."""

    def __init__(self) -> None:
        import sys

        self._tty = sys.stderr.isatty()

    def __call__(self, done: int, total: int, stage: str) -> None:
        if self._tty:
            share = f" {done * 100 // total}%" if total else ""
            typer.echo(f"\r\x1b[K{text(stage)}{share}", nl=False, err=True)
            if not total or done >= total:
                typer.echo("\r\x1b[K", nl=False, err=True)
