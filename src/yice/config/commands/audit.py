"""审计记录：核对有没有被改过、删过、插入过；读出关于一个对象的记录"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Annotated

import typer

from yice.config.commands import setup_django, text
from yice.terms.errors import Problem
from yice.terms.messages import Message

if TYPE_CHECKING:
    from yice.accounts.models import User

app = typer.Typer(
    help=text("审计记录：核对有没有被改过、删过、插入过；读出关于一个对象的记录"),
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
)

FAULTS = {
    "changed": Message("的内容被改过。"),
    "rewritten": Message("连同哈希被改写过：后一条接不上它。"),
    "inserted": Message("是插入的。"),
    "moved": Message("不在原来的位置：次序被调换过。"),
    "removed-before": Message("与前一条接不上：它之前有记录被删除。"),
    "emptied": Message("的内容被清空，却没有说明理由的记录。"),
    "unsealed": Message("所说的清空与现状不符：有别的记录被清空，或清空后又被改过。"),
    "anchor": Message("与当天的锚不符：从这里起被整段改写过，或它被删除了。"),
    "anchor-removed": Message("是某天的锚：那天的锚被删除或改过。"),
    "noted": Message("与数据库外记下的锚或链头不符：到它为止被改写过，或它被删除了。"),
    "cut": Message("在数据库外记下过，数据库里却没有：记录的末尾被截掉过，链头也被拨了回去。"),
    "removed-at-end": Message(
        "是最后一条，与链头不符：它之后有记录被删除，它连同哈希被改写过，或链头被改过。"
    ),
}


@app.command("verify", help=text("核对审计记录的哈希链，逐条说出哪里被动过；有问题时退出码为 1"))
def verify_chain(
    since: Annotated[int, typer.Option("--from", min=0, help=text("从哪一号记录开始核对"), metavar="ID")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help=text("输出 JSON"))] = False,
) -> int:
    _open_site()
    from yice.audit import heads
    from yice.audit.models import Anchor, ChainHead, Event
    from yice.audit.verifying import Fault, verify
    from yice.config.record import noted_outside

    def told(fault: Fault) -> str:
        return text("第 {number} 号记录{what}", number=fault.event_id, what=str(FAULTS[fault.kind]))

    noted = noted_outside()
    faults = verify(since, noted)
    events = Event.objects.filter(pk__gte=since).count()
    head = ChainHead.objects.filter(id=1).first()
    anchor = bytes(head.hash).hex() if head else ""
    if as_json:
        found = [{"event": one.event_id or None, "kind": one.kind, "says": told(one)} for one in faults]
        typer.echo(json.dumps({"events": events, "head": anchor, "faults": found}, ensure_ascii=False))
        return int(bool(faults))
    for fault in faults:
        typer.echo(f"✗ {told(fault)}")
    if not noted and Anchor.objects.exists():
        typer.echo(text("△ 数据库外没有记下的锚可比（YICE_ANCHORS）：连锚一起改写的人看不出来。"))
    if events and not heads.noted():
        typer.echo(text("△ 数据库外没有记下的链头可比（YICE_ANCHORS 旁的 heads）：末尾被截掉看不出来。"))
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


@app.command(help=text("依法销毁关于一个对象的记录内容；哈希链保持完整"))
def shred(
    subject: Annotated[uuid.UUID, typer.Option(help=text("对象的 UUID"), metavar="UUID")],
    basis: Annotated[str, typer.Option(help=text("法律依据"))],
    actor: Annotated[str, typer.Option(help=text("以哪位审计管理员的名义，写登录名"))] = "audit",
) -> None:
    _open_site()
    from yice.audit import keeping

    count = keeping.shred(actor=_overseer(actor), subject=subject, basis=basis)
    typer.echo(text("已销毁 {count} 条记录的内容。", count=count))


@app.command(help=text("从备份恢复之后，接受现在的记录：数据库外记下而备份里没有的放到一边，理由写进记录"))
def accept(
    reason: Annotated[str, typer.Option(help=text("为什么接受，至少十个字"))],
    actor: Annotated[str, typer.Option(help=text("以哪位审计管理员的名义，写登录名"))] = "audit",
) -> None:
    _open_site()
    from yice.config import record

    count = record.accept(actor=_overseer(actor), reason=reason)
    typer.echo(text("已接受现在的记录；{count} 处放到了一边（.aside）。", count=count))


def _overseer(name: str) -> User:
    from yice.accounts import access
    from yice.accounts.enums import Action
    from yice.accounts.models import User

    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise Problem("account-unknown", Message("没有登录名为 {name} 的账号。", name=name))
    access.require(user, Action.AUDIT_OVERSEE)
    return user


def _open_site() -> None:
    setup_django()
    from yice.config import serving

    serving.require_current_tables()
