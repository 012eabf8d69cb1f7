"""What somebody may take applications for, and whom they name: by number and name together, never by looking around."""

from __future__ import annotations

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Area, Tier
from yice.identifiers import citizen_id, sealing
from yice.identifiers.names import fold
from yice.loop.deliver.services.opening import begins_with
from yice.loop.identify.models import Person
from yice.loop.identify.selectors.filters import id_of
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


def named(number: str, name: str) -> Person:
    """Who bears this identity or certificate number and this name. A number without its name finds nobody.

    For departments that take an application and may not look through the register; opening the case is the trace.
    """
    cleaned = citizen_id.clean(number)
    by_id = Person.objects.filter(id_index=sealing.index("id_number", id_of(number)))
    by_certificate = Person.objects.filter(certificates__number_index=sealing.index("certificate", cleaned))
    found = (by_id | by_certificate).filter(removed_on=None, name_folded=fold(name)).distinct()[:2]
    if len(found) != 1:
        raise Problem(
            "nobody-named",
            Message("登记册里没有这个人，或者证件号与姓名对不上。"),
            fix=Message("请核对 18 位证件号（或 20 位残疾人证号）和姓名。"),
            field="number",
        )
    return found[0]


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
