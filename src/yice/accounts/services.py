"""Accounts and posts: made and ended here, each change an event."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action, Role
from yice.accounts.models import Installation, Post, User
from yice.areas.models import Area
from yice.audit import services as audit
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


@transaction.atomic
def create_account(*, actor: User | None, username: str, name: str, password: str) -> User:
    """Make an account without a post. `actor` is None only for the installer on an empty site."""
    _require_manager(actor)
    if User.objects.filter(username=username).exists():
        raise Problem(
            "username-taken",
            Message("这个登录名已有人使用。"),
            fix=Message("请换一个登录名。"),
            field="username",
        )
    user = User.objects.create_user(username, password, name=name)
    audit.record(actor=actor, code="account.created", values={"username": username})
    return user


@transaction.atomic
def give_post(
    *,
    actor: User | None,
    user: User,
    role: Role,
    area: Area,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Post:
    """Give `user` a role in an area for a time; nobody gives a post to themselves."""
    _require_manager(actor)
    if actor is not None and actor.pk == user.pk:
        raise access.Forbidden(Message("不能给自己安排岗位。"))
    post, _created = Post.objects.update_or_create(
        user=user, role=role, area=area, defaults={"since": since, "until": until}
    )
    audit.record(
        actor=actor,
        code="account.post_given",
        area=area.code,
        values={"username": user.username, "role": role.value, "area": area.name},
    )
    return post


@transaction.atomic
def end_post(*, actor: User, post: Post, last_day: dt.date | None = None) -> Post:
    """End a post after `last_day` (yesterday unless told), at once for everything it allowed."""
    access.require(actor, Action.ACCOUNT_MANAGE)
    post = Post.objects.select_for_update().get(pk=post.pk)
    post.until = last_day or clock.today() - dt.timedelta(days=1)
    post.save(update_fields=["until"])
    audit.record(
        actor=actor,
        code="account.post_ended",
        area=post.area_id,
        values={"username": post.user.username, "role": post.role},
    )
    return post


def is_demo() -> bool:
    """Whether this database was created as a demo; a database that was never set up is not."""
    return Installation.objects.filter(id=1, demo=True).exists()


@transaction.atomic
def install(*, demo: bool, area: Area | None = None) -> Installation:
    """Say once what this database is. A demo stays one for ever, and so does a live site."""
    found = Installation.objects.select_for_update().filter(id=1).first()
    if found is None:
        return Installation.objects.create(demo=demo, area=area, created_at=clock.now())
    if found.demo != demo:
        raise Problem(
            "installation-kind-fixed",
            Message(
                "这个数据库建立时是{kind},不能改换。",
                kind=Message("演示库") if found.demo else Message("正式库"),
            ),
            fix=Message("请用 YICE_DATABASE 或 YICE_VAR 另指一个数据库。"),
        )
    return found


def _require_manager(actor: User | None) -> None:
    if actor is not None:
        access.require(actor, Action.ACCOUNT_MANAGE)
    elif User.objects.filter(posts__role=Role.SYSTEM_ADMINISTRATOR).exists():
        raise access.Forbidden(Message("系统已有管理员,账号由管理员建立。"))
