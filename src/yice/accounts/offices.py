"""Offices as packs name them ("clerk@township"), and the posts that hold them."""

from __future__ import annotations

from collections.abc import Mapping

from yice.accounts.enums import Role
from yice.accounts.models import Post
from yice.areas.selectors import TIER_KEYS
from yice.rules.services import GUESTS, OFFICES, Party

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


def parties() -> list[Party]:
    """Every office at every tier, and the guests."""
    return [
        *(Party(office, tier) for office, tiers in OFFICES.items() for tier in tiers),
        *map(Party, GUESTS),
    ]


def party(text: str) -> Party:
    office, _, tier = text.partition("@")
    return Party(office, tier)


def offices_of(post: Post) -> list[str]:
    """The offices a post holds, as packs name them."""
    return [str(one) for one in parties() if fits(post, one, post.area.code)]
