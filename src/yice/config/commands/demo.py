"""演示：造一个县、导入名单、筛查，并启动网站"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from yice.config.commands import setup_django, text
from yice.config.demo_folder import DAY
from yice.config.environment import PROJECT
from yice.terms.messages import Message


def register(app: typer.Typer) -> None:
    app.command(help=text("演示：造一个县、导入名单、筛查，并启动网站"))(demo)


def demo(
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help=text("端口"))] = 8000,
    area: Annotated[str, typer.Option(envvar="AREA", help=text("县级区划代码"))] = "440704",
    people: Annotated[
        int, typer.Option(envvar="PEOPLE", min=50, max=1_000_000, help=text("残疾人数"))
    ] = 5000,
    only_fill: Annotated[bool, typer.Option("--only-fill", help=text("只准备数据，不启动网站"))] = False,
) -> None:
    from yice.config import serving

    host = "127.0.0.1"
    if not only_fill:
        serving.require_port(host, port)
    # A demo has its own folder and its own day, whatever the environment says of the site on this machine.
    usual = (area, people) == ("440704", 5000)
    os.environ.setdefault("YICE_VAR", str(PROJECT / "var" / ("demo" if usual else f"demo-{area}-{people}")))
    os.environ |= {"YICE_DEMO": "1", "YICE_TODAY": os.environ.get("YICE_TODAY", DAY)}
    setup_django()
    from yice.config import demo as filling

    serving.migrate()
    filling.fill(area=area, people=people, tell=typer.echo)
    if only_fill:
        return
    serving.collect_static()
    raise typer.Exit(serving.serve(host=host, port=port, ready=lambda: _welcome(f"http://{host}:{port}/")))


def _welcome(at: str) -> None:
    from django.conf import settings

    from yice.accounts.demo import PASS_PHRASE, accounts
    from yice.config import demo as filling

    say = typer.echo
    say("")
    say(Message("演示已启动：{at}", at=at))
    say(Message("演示的今天是 {day}。人、号码和金额都是虚构的；地名是真实的。", day=DAY))
    say("")
    say(Message("账号（密码都是 {password}）：", password=PASS_PHRASE))
    for account in accounts():
        say(f"  {account.username:<7}{account.name}  {account.area}  {account.role}")
    say("")
    say(Message("先看这些："))
    say(Message("  1. 用 he 登录：首页上等着办的事，再打开一条“疑似应享未享”，看为什么。"))
    say(Message("  2. 用 luo 登录：疑似应退只到县民政；先告知本人、听取意见，再作决定。"))
    say(Message("  3. 用 chen 登录：今天的走访单，打印一张 A4，再按顺序录入。"))
    files = settings.VAR / "files"
    say(
        Message(
            "  4. 用 luo 导入 {file}，看预览、确认，再筛查一次。", file=files / f"{filling.LEFT_OUT}.xlsx"
        )
    )
    say(Message("  5. 用 he 打开“名单核对”里的“登记册里的重复”：几个人登记了两次，合并以后还能撤销。"))
    say(Message("按 Ctrl-C 停止。数据在 {folder}，删除它就从头再来。", folder=settings.VAR))
