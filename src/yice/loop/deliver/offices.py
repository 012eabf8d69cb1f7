"""Offices as packs name them, and the posts that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.areas.selectors import TIER_KEYS
from yice.loop.deliver.models import Cover
from yice.rules.services import GUESTS, OFFICES, Party
from yice.terms import clock

TIERS = {key: tier for tier, key in TIER_KEYS.items()}
_COUNTY: Mapping[str, Role] = {
    "commissioner": Role.VILLAGE_COMMISSIONER,
    "clerk": Role.TOWNSHIP_CLERK,
    "federation": Role.COUNTY_FEDERATION,
    "civil_affairs": Role.COUNTY_CIVIL_AFFAIRS,
}
_ABOVE: Mapping[str, Role] = {
    "federation": Role.FEDERATION_ABOVE,
    "civil_affairs": Role.CIVIL_AFFAIRS_ABOVE,
}
GUEST_ROLES = frozenset(Role(name) for name in GUESTS)


def role_of(party: Party) -> Role:
    """The role whose posts hold an office or, of a guest, whose holders it is handed to."""
    if party.tier in ("prefecture", "province") and party.office in _ABOVE:
        return _ABOVE[party.office]
    return _COUNTY.get(party.office) or Role(party.office)


def fits(post: Post, party: Party, area: str) -> bool:
    """Whether `post` holds the office for a case of `area`: its role, at that tier, and its area covers the case."""
    if post.role != role_of(party) or not post.area.covers(area):
        return False
    return not party.tier or TIERS[party.tier] in post.area.tiers


@dataclass(frozen=True)
class Held:
    """A post somebody holds today: their own, or another's whom they cover for."""

    post: Post
    covering: User | None = None


def held_posts(user: User) -> list[Held]:
    """The posts of the day, those covered for absent colleagues after one's own. Read once a user object."""
    day = clock.today()
    kept: tuple[object, list[Held]] | None = getattr(user, "_held", None)
    if kept is not None and kept[0] == day:
        return kept[1]
    own = [Held(post) for post in user.posts_on()]
    covers = Cover.objects.filter(deputy=user, since__lte=day, until__gte=day)
    others = [
        Held(cover.post, cover.post.user)
        for cover in covers.select_related("post__user", "post__area").order_by("id")
        if cover.post.held_on(day)
    ]
    found = [*own, *others]
    user._held = (day, found)  # type: ignore[attr-defined]
    return found


def parties() -> list[Party]:
    """Every office at every tier, and the guests."""
    return [
        *(Party(office, tier) for office, tiers in OFFICES.items() for tier in tiers),
        *map(Party, GUESTS),
    ]


def party(text: str) -> Party:
    office, _, tier = text.partition("@")
    return Party(office, tier)
