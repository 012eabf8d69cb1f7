"""The people of a demo: one account a role, within the demo's area. Their pass phrase is public; so is the data."""

from __future__ import annotations

from dataclasses import dataclass

from yice.accounts import services
from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.areas.models import Area, Tier

PASS_PHRASE = "yice-demo-2020"  # noqa: S105 - shown on the demo's sign-in page, works on no other database


@dataclass(frozen=True)
class Player:
    username: str
    name: str
    role: Role
    tier: Tier  # the tier of the area within the demo's county, or the province above it


CAST = (
    Player("chen", "陈专委", Role.VILLAGE_COMMISSIONER, Tier.VILLAGE),
    Player("liang", "梁经办", Role.TOWNSHIP_CLERK, Tier.TOWNSHIP),
    Player("he", "何业务", Role.COUNTY_FEDERATION, Tier.COUNTY),
    Player("luo", "罗民政", Role.COUNTY_CIVIL_AFFAIRS, Tier.COUNTY),
    Player("sheng", "省查看", Role.PROVINCIAL_VIEWER, Tier.PROVINCE),
    Player("guan", "管系统", Role.SYSTEM_ADMINISTRATOR, Tier.COUNTY),
)


def make(area: Area) -> list[User]:
    """Make the cast in `area` (a county); asked again, nothing changes. Only a demo database takes it."""
    services.install(demo=True, area=area)
    made = []
    for player in CAST:
        if User.objects.filter(username=player.username).exists():
            continue
        user = User.objects.create_user(player.username, PASS_PHRASE, name=player.name)
        Post.objects.create(user=user, role=player.role, area=_place(area, player.tier))
        made.append(user)
    return made


def accounts() -> list[dict[str, str]]:
    """The cast as the sign-in page shows it: role, area, username, password."""
    players = [player.username for player in CAST]
    users = User.objects.filter(username__in=players).prefetch_related("posts__area")
    shown = sorted(users, key=lambda user: players.index(user.username))
    return [
        {
            "role": str(post.get_role_display()),
            "area": post.area.name,
            "username": user.username,
            "password": PASS_PHRASE,
        }
        for user in shown
        for post in user.posts.all()
    ]


def _place(area: Area, tier: Tier) -> Area:
    """The area itself, the province above it, or its first street or village."""
    if tier is Tier.PROVINCE:
        return Area.objects.get(code=area.code[:2] + "0" * 10)
    if tier is Tier.COUNTY:
        return area
    below = Area.objects.filter(code__gte=area.code, code__lt=area.end, tier=tier)
    return below.order_by("code")[0]
