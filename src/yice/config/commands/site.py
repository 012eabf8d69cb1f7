"""建立正式网站：区划、三位管理员、其他账号"""

from __future__ import annotations

from typing import Annotated

import typer

from yice.accounts.enums import Role
from yice.config.commands import setup_django, text
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback(help=text("建立正式网站：区划、三位管理员、其他账号"))
def site() -> None: ...


@app.command(help=text("建立一个空的正式库：表、所在省的区划、三位管理员"))
def new(
    area: Annotated[str, typer.Option(help=text("本系统所在的区县代码"))],
    admin: Annotated[str, typer.Option(help=text("系统管理员的登录名：建立账号"))] = "admin",
    security: Annotated[str, typer.Option(help=text("安全管理员的登录名：安排岗位"))] = "security",
    audit: Annotated[str, typer.Option(help=text("审计管理员的登录名：监督操作记录"))] = "audit",
) -> None:
    setup_django()
    from django.db import transaction

    from yice.accounts.models import User
    from yice.accounts.services import create_account, give_post, install
    from yice.areas.selectors import area_of
    from yice.areas.services import load_divisions
    from yice.config import serving
    from yice.identifiers.division import normalise

    code = normalise(area)
    serving.migrate()
    three = (
        (admin, Role.SYSTEM_ADMINISTRATOR),
        (audit, Role.AUDIT_ADMINISTRATOR),
        (security, Role.SECURITY_ADMINISTRATOR),  # last: from then on only they give posts
    )
    if User.objects.filter(posts__role__in=[role for _name, role in three]).exists():
        raise Problem("site-has-administrators", Message("这个网站已有管理员，账号和岗位由管理员办理。"))
    passwords = {name: _password(name) for name, _role in three}
    with transaction.atomic():
        load_divisions(provinces=[code])
        place = area_of(code)
        install(demo=False, area=place)
        made = [
            create_account(actor=None, username=name, name=str(role.label), password=passwords[name])
            for name, role in three
        ]
        for user, (_name, role) in zip(made, three, strict=True):
            give_post(actor=None, user=user, role=role, area=place)
    typer.echo(
        Message("已建立：{area}。用 yice serve 启动网站，用 {admin} 登录。", area=place.name, admin=admin)
    )


@app.command(help=text("建立账号并安排岗位"))
def account(
    username: Annotated[str, typer.Argument(metavar=text("登录名"))],
    name: Annotated[str, typer.Option(help=text("姓名"))],
    role: Annotated[Role, typer.Option(help=text("岗位"))],
    area: Annotated[str, typer.Option(help=text("负责的区域代码"))],
    actor: Annotated[str, typer.Option(help=text("以哪位系统管理员的名义建立，写登录名"))] = "admin",
    giver: Annotated[str, typer.Option(help=text("以哪位安全管理员的名义安排岗位，写登录名"))] = "security",
) -> None:
    setup_django()
    from django.db import transaction

    from yice.accounts.models import User
    from yice.accounts.services import create_account, give_post
    from yice.areas.selectors import area_of
    from yice.identifiers.division import normalise

    found = {user.username: user for user in User.objects.filter(username__in=(actor, giver))}
    for name_ in (actor, giver):
        if name_ not in found:
            raise Problem(
                "account-unknown",
                Message("没有登录名为 {name} 的账号。", name=name_),
                fix=Message("请用 --actor、--giver 写明系统管理员和安全管理员的登录名。"),
            )
    place = area_of(normalise(area))
    password = _password(username)
    with transaction.atomic():
        user = create_account(actor=found[actor], username=username, name=name, password=password)
        give_post(actor=found[giver], user=user, role=role, area=place)
    typer.echo(
        Message("已建立 {username}：{area}，{role}。", username=username, area=place.name, role=role.label)
    )


def _password(username: str) -> str:
    """Asked for twice and never shown; at least as strong as the site asks of everybody."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    password: str = typer.prompt(
        text("{name} 的密码", name=username), hide_input=True, confirmation_prompt=text("再输入一次")
    )
    try:
        validate_password(password)
    except ValidationError as error:
        raise Problems(
            Problem("password-weak", Message("{why}", why=why)) for why in error.messages
        ) from None
    return password
