"""Accounts and posts: made and ended here, each change an event."""

from __future__ import annotations

import datetime as dt
import re

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action, Role
from yice.accounts.models import Installation, Post, User
from yice.areas.models import Area, Tier
from yice.audit import services as audit
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
# The tiers a role belongs to; of one that is not named, any.
TIERS: dict[Role, set[int]] = {
    Role.VILLAGE_COMMISSIONER: {Tier.VILLAGE},
    Role.TOWNSHIP_CLERK: {Tier.TOWNSHIP},
    Role.COUNTY_FEDERATION: {Tier.COUNTY},
    Role.COUNTY_CIVIL_AFFAIRS: {Tier.COUNTY},
    Role.PROVINCIAL_VIEWER: {Tier.PROVINCE, Tier.PREFECTURE},
}


@transaction.atomic
def create_account(*, actor: User | None, username: str, name: str, password: str | None = None) -> User:
    """Make an account without a post; without a password it waits for an invitation.

    `actor` is None only for the installer on an empty site.
    """
    _require(actor, Action.ACCOUNT_MANAGE, Role.SYSTEM_ADMINISTRATOR)
    if not USERNAME.fullmatch(username):
        raise Problem(
            "username-form",
            Message("登录名要用 2 至 64 个小写字母、数字、点、横线或下划线。"),
            fix=Message("例如姓名的拼音。"),
            field="username",
        )
    if password is not None:
        require_good_password(password, User(username=username, name=name))
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
    _require(actor, Action.ACCOUNT_ENTITLE, Role.SECURITY_ADMINISTRATOR)
    if actor is not None:
        if actor.pk == user.pk:
            raise access.Forbidden(Message("不能给自己安排岗位。"))
        access.require(actor, Action.ACCOUNT_ENTITLE, access.Place(area.code))
    _require_apart(user, role)
    if role in TIERS and not TIERS[role] & set(area.tiers):
        raise Problem(
            "post-tier",
            Message("“{role}”不能安排在{area}。", role=role.label, area=area.name),
            fix=Message("请选与岗位同一级的地方：村（社区）、乡镇（街道）、县（区）或省。"),
            field="area",
        )
    if since is not None and until is not None and until < since:
        raise Problem(
            "post-ends-before",
            Message("岗位结束的日期在开始之前。"),
            fix=Message("请改正其中一个日期。"),
            field="until",
        )
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
    access.require(actor, Action.ACCOUNT_ENTITLE, access.Place(post.area_id))
    if actor.pk == post.user_id:
        raise access.Forbidden(Message("不能结束自己的岗位，请由另一位管理员办理。"))
    post = Post.objects.select_for_update().get(pk=post.pk)
    until = last_day or clock.today() - dt.timedelta(days=1)
    if post.until == until:
        return post
    post.until = until
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
                "这个数据库建立时是{kind}，不能改换。",
                kind=Message("演示库") if found.demo else Message("正式库"),
            ),
            fix=Message("请用 YICE_DATABASE 或 YICE_VAR 另指一个数据库。"),
        )
    return found


def require_good_password(password: str, user: User | None = None, *, field: str = "password") -> None:
    """The site's rules for passwords, each with its sentence beside `field`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Problems(
            Problem(
                "password-weak",
                Message("这个密码不合要求：{why}", why=why),
                fix=Message("请用 12 位以上、不常见的密码，最好是几个不相干的词。"),
                field=field,
            )
            for why in error.messages
        ) from None


def _require(actor: User | None, action: Action, keeper: Role) -> None:
    """The installer, who is nobody, may do it until the site has its `keeper`."""
    if actor is not None:
        access.require(actor, action)
    elif User.objects.filter(posts__role=keeper).exists():
        raise access.Forbidden(Message("系统已有{role}，请由{role}办理。", role=keeper.label))


def _require_apart(user: User, role: Role) -> None:
    """Three administrators are three people, and none of them reads cases."""
    today = clock.today()
    others = {
        Role(post.role)
        for post in user.posts.all()
        if post.role != role and (post.until is None or post.until >= today)
    }
    if others and (role in access.ADMINISTRATORS or others & access.ADMINISTRATORS):
        raise Problem(
            "post-not-apart",
            Message("系统管理、安全管理、审计管理要由三个人分别担任，也不能兼任其他岗位。"),
            fix=Message("请先结束原来的岗位，或者安排另一个账号。"),
            field="role",
        )
