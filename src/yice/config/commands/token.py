"""接口令牌：给别的系统办、看、收回"""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from yice.config.commands import acting, setup_django, text
from yice.terms.errors import Problem
from yice.terms.messages import Message

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)
Actor = Annotated[str, typer.Option("--actor", envvar="YICE_ACTOR", help=text("以谁的名义，写登录名"))]


@app.callback(help=text("接口令牌：给别的系统办、看、收回"))
def token() -> None:
    setup_django()


@app.command(help=text("办一个令牌：只显示这一次，以办的人的名义，不超出他的岗位"))
def make(
    name: Annotated[str, typer.Argument(metavar=text("系统"))],
    actions: Annotated[str, typer.Option(help=text("可以办的事，用逗号分开；不写就列出可以选的"))] = "",
    days: Annotated[int, typer.Option(help=text("用多少天，最多 365"))] = 90,
    actor: Actor = "",
) -> None:
    from yice.accounts.tokens import make_token

    chosen = [one.strip() for one in actions.split(",") if one.strip()]
    made, shown = make_token(actor=acting(actor), name=name, actions=chosen, days=days)
    typer.echo(shown)
    day = made.until.date().isoformat()
    typer.echo(Message("请现在就存好，以后不再显示。用到 {day}。", day=day), err=True)


@app.command("list", help=text("看还在用的令牌"))
def list_(actor: Actor = "") -> None:
    from yice.accounts.tokens import tokens_of

    for one in tokens_of(acting(actor)):
        typer.echo(f"{one.uuid}  {one.until.date().isoformat()}  {one.name}  {','.join(one.actions)}")


@app.command(help=text("收回一个令牌，立即不能再用"))
def revoke(
    token: Annotated[str, typer.Argument(metavar=text("编号"))],
    actor: Actor = "",
) -> None:
    from yice.accounts.tokens import revoke_token

    try:
        key = uuid.UUID(token)
    except ValueError:
        what = Message("令牌的编号不对。")
        raise Problem("token-not-found", what, fix=Message("编号见 yice token list。")) from None
    revoke_token(actor=acting(actor), token=key)
    typer.echo(Message("已收回。"))
