"""What somebody may take applications for, and where."""

from __future__ import annotations

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Area, Tier
from yice.loop.deliver.services.opening import begins_with
from yice.loop.identify.models import Person
from yice.policy import selectors as policy
from yice.rules.services import Service
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

PLACES = 400


def offers(actor: User) -> list[Service]:
    """Every service that begins with one of the actor's posts, by the plans in force there; those about persons first."""
    found: dict[str, Service] = {}
    for pack in policy.packs(actor):
        plan = policy.plan(pack)
        if policy.in_period(plan, clock.today()):
            for one in plan.services.values():
                if one.id not in found and begins_with(actor, one):
                    found[one.id] = one
    order = ("person", "household", "organisation", "post", "area")
    return sorted(found.values(), key=lambda one: order.index(one.unit))


def offered(actor: User, service: str) -> Service:
    """One of them."""
    found = next((one for one in offers(actor) if one.id == service), None)
    if found is None:
        raise Problem("service-not-found", Message("这项服务不由您的岗位受理。"), field="service")
    return found


def meets(person: Person, kind: str) -> bool:
    """Whether a service that binds where the person is registered or lives answers this kind of need."""
    packs = filter(None, (policy.pack_for(place) for place in {person.hukou, person.residence}))
    return any(kind in one.needs for pack in packs for one in policy.plan(pack).services.values())


def places(actor: User) -> list[Area]:
    """Where the actor may open a case about an organisation, a post or a place: their areas and those just below."""
    found: dict[str, Area] = {}
    for low, _high in access.ranges(actor, Action.CASE_OPEN):
        own = areas.area_of(low)
        found[own.code] = own
        below = list(areas.children(low))
        found |= {one.code: one for one in below}
        if own.tier == Tier.PROVINCE:
            found |= {one.code: one for one in areas.below(low, Tier.COUNTY)}
    return sorted(found.values(), key=lambda one: one.code)[:PLACES]
