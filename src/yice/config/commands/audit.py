"""审计记录：核对有没有被改过、删过、插入过；读出关于一个对象的记录"""

from __future__ import annotations

import json
import uuid
from typing import Annotated

import typer

from yice.config.commands import setup_django, text
from yice.terms.errors import Problem
from yice.terms.messages import Message

app = typer.Typer(
    help=text("审计记录：核对有没有被改过、删过、插入过；读出关于一个对象的记录"),
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
)

FAULTS = {
    "changed": Message("的内容被改过。"),
    "inserted-or-removed-before": Message("与前一条接不上：它之前有记录被删除，或它是插入的。"),
    "removed-at-end": Message("链尾与链头不符：最后有记录被删除，或链头被改过。"),
}


@app.command("verify", help=text("核对审计记录的哈希链，逐条说出哪里被动过；有问题时退出码为 1"))
def verify_chain(
    since: Annotated[int, typer.Option("--from", min=0, help=text("从哪一号记录开始核对"), metavar="ID")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help=text("输出 JSON"))] = False,
) -> int:
    _open_site()
    from yice.audit.models import ChainHead, Event
    from yice.audit.services import Fault, verify

    def told(fault: Fault) -> str:
        what = str(FAULTS[fault.kind])
        return text("第 {number} 号记录{what}", number=fault.event_id, what=what) if fault.event_id else what

    faults = list(verify(since))
    events = Event.objects.filter(pk__gte=since).count()
    head = ChainHead.objects.filter(id=1).first()
    anchor = bytes(head.hash).hex() if head else ""
    if as_json:
        found = [{"event": one.event_id or None, "kind": one.kind, "says": told(one)} for one in faults]
        typer.echo(json.dumps({"events": events, "head": anchor, "faults": found}, ensure_ascii=False))
        return int(bool(faults))
    for fault in faults:
        typer.echo(f"✗ {told(fault)}")
    if faults:
        typer.echo(text("核对了 {events} 条记录，发现 {count} 处问题。", events=events, count=len(faults)))
        typer.echo(text("请保留现场和最近的备份，不要再写入，并告诉安全管理员。"))
        return 1
    typer.echo(text("✓ 核对了 {events} 条记录，没有发现改动。链头 {head}", events=events, head=anchor[:16]))
    return 0


@app.command(help=text("按时间读出关于一个对象（人、疑点、任务等的 UUID）的记录"))
def sentences(
    subject: Annotated[uuid.UUID, typer.Option(help=text("对象的 UUID"), metavar="UUID")],
) -> None:
    _open_site()
    from yice.audit.models import Event
    from yice.audit.sentences import sentence

    events = Event.objects.filter(subject_id=subject).select_related("actor").order_by("id")
    if not events:
        raise Problem("audit-nothing", Message("没有关于这个对象的记录。"))
    for event in events:
        who = str(event.actor) if event.actor is not None else text("系统")
        typer.echo(f"{event.pk}\t{event.at:%Y-%m-%d %H:%M}\t{who}\t{sentence(event)}")


def _open_site() -> None:
    setup_django()
    from yice.config import serving

    serving.require_current_tables()
