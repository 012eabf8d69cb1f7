"""The people of a demo: one account a role, each in their own area. Their pass phrase is public; so is the data."""

from __future__ import annotations

from dataclasses import dataclass

from yice.accounts import services
from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.areas.models import Area, Tier
from yice.areas.selectors import area_of, below

PASS_PHRASE = "yice-demo-2020"  # noqa: S105 - shown on a demo's sign-in page; no other database has these accounts
CAST = {
    "he": ("何业务", Role.COUNTY_FEDERATION),
    "luo": ("罗民政", Role.COUNTY_CIVIL_AFFAIRS),
    "liang": ("梁经办", Role.TOWNSHIP_CLERK),
    "chen": ("陈专委", Role.VILLAGE_COMMISSIONER),
    "sheng": ("省查看", Role.PROVINCIAL_VIEWER),
    "shenji": ("审计管理", Role.AUDIT_ADMINISTRATOR),
    "admin": ("系统管理", Role.SYSTEM_ADMINISTRATOR),
    "anquan": ("安全管理", Role.SECURITY_ADMINISTRATOR),  # last: from then on only they give posts
}


@dataclass(frozen=True)
class DemoAccount:
    """An account as the sign-in page and the command show it."""

    username: str
    name: str
    role: str
    area: str
    password: str = PASS_PHRASE


def settle(county: Area) -> dict[str, User]:
    """Give every account its post in `county`; asked again, nothing changes."""
    services.install(demo=True, area=county)
    users: dict[str, User] = {}
    for username, (name, _role) in CAST.items():
        user = User.objects.filter(username=username).first()
        users[username] = user or services.create_account(
            actor=None, username=username, name=name, password=PASS_PHRASE
        )
    for username, (_name, role) in CAST.items():
        user = users[username]
        if not Post.objects.filter(user=user).exists():
            services.give_post(actor=None, user=user, role=role, area=_place(county, role))
    return users


def accounts() -> list[DemoAccount]:
    """The accounts of this demo, in the order of the cast."""
    users = User.objects.filter(username__in=CAST).prefetch_related("posts__area")
    order = list(CAST)
    return [
        DemoAccount(user.username, user.name, str(post.get_role_display()), post.area.name)
        for user in sorted(users, key=lambda user: order.index(user.username))
        for post in user.posts.all()
    ]


def _place(county: Area, role: Role) -> Area:
    """The county itself, its first street or village, or the province above it."""
    match role:
        case (
            Role.PROVINCIAL_VIEWER
            | Role.SYSTEM_ADMINISTRATOR
            | Role.SECURITY_ADMINISTRATOR
            | Role.AUDIT_ADMINISTRATOR
        ):
            return area_of(county.code[:2].ljust(12, "0"))
        case Role.TOWNSHIP_CLERK:
            return next(iter(below(county.code, Tier.TOWNSHIP)[:1]), county)
        case Role.VILLAGE_COMMISSIONER:
            return next(iter(below(county.code, Tier.VILLAGE)[:1]), county)
    return county
