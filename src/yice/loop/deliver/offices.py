"""The posts somebody holds today: their own, and those of absent colleagues whom they cover for.

A post is held while what it rests on lasts: a provider's while its contract stands, a colleague's while the deputy
holds one of their own that may stand in for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.accounts.offices import GUEST_ROLES
from yice.areas.models import Tier
from yice.identifiers.division import upper_bound
from yice.loop.deliver.models import Cover
from yice.network.providers import serves
from yice.terms import clock

# Who may stand in for whom besides colleagues of the same office: the side of the house, guests never.
SIDES = (
    frozenset(
        {Role.VILLAGE_COMMISSIONER, Role.TOWNSHIP_CLERK, Role.COUNTY_FEDERATION, Role.FEDERATION_ABOVE}
    ),
    frozenset({Role.COUNTY_CIVIL_AFFAIRS, Role.CIVIL_AFFAIRS_ABOVE}),
)


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
    posts = user.posts_on()
    own = [Held(post) for post in posts if post.role != Role.PROVIDER or serves(user, day)]
    covers = Cover.objects.filter(deputy=user, since__lte=day, until__gte=day)
    others = [
        Held(cover.post, cover.post.user)
        for cover in covers.select_related("post__user", "post__area").order_by("id")
        if cover.post.held_on(day) and any(may_cover(one, cover.post) for one in posts)
    ]
    found = [*own, *others]
    user._held = (day, found)  # type: ignore[attr-defined]
    return found


def covered_posts(user: User) -> list[Post]:
    return [held.post for held in held_posts(user) if held.covering is not None]


def may_cover(own: Post, absent: Post) -> bool:
    """Whether who holds `own` may stand in for `absent`: the same work in the same county, or over it on that side."""
    if GUEST_ROLES & {own.role, absent.role}:
        return False
    if own.role == absent.role and absent.area.tier >= Tier.COUNTY:
        county = absent.area.code[:6].ljust(12, "0")
        return own.area.code >= county and own.area.end <= upper_bound(county)
    if own.role == absent.role:
        return own.area.covers(absent.area.code)
    side = next((one for one in SIDES if absent.role in one), frozenset[Role]())
    return own.role in side and own.area.covers(absent.area.code)
