"""Facts of a household: those given for it, and those that follow from who is in it when everybody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from yice.accounts.rows import beyond
from yice.loop.identify.enums import BatchKind
from yice.loop.identify.facts.rows import fetch, parsed
from yice.loop.identify.models import Household, HouseholdMember, Person
from yice.policy.provided import Request

SIZE, DISABLED = "household_size", "household_disabled"


@dataclass(frozen=True)
class HouseholdFacts:
    """`persons` hold a certificate or did, `members` do not; `whole`: a delivery of households named everybody."""

    facts: dict[str, Any]
    batch: int | None
    whole: bool
    persons: int
    members: int
    disabled: int  # with a valid certificate

    @property
    def counted(self) -> int:
        return self.persons + self.members

    def complete(self, given: Any) -> bool:
        """Whether all members are here: the delivery was whole, or as many are here as it has."""
        return self.whole or (isinstance(given, int) and given == self.counted)


def households(request: Request) -> dict[int, HouseholdFacts]:
    """Every household with somebody of the request in it, by key; members living or registered elsewhere count."""
    with beyond():  # numbers only
        return _counted(request)


def _counted(request: Request) -> dict[int, HouseholdFacts]:
    here = Person.objects.exclude(household=None).order_by()
    if request.persons is not None:
        here = here.filter(id__in=list(request.persons))
    else:
        here = here.filter(hukou__gte=request.low, hukou__lt=request.high, removed_on=None)
    ids = here.values("household_id")
    valid = Q(facts__certificate_status="valid")
    persons = {
        row[0]: (row[1], row[2])
        for row in fetch(
            Person.objects.filter(household_id__in=ids, removed_on=None)
            .order_by()
            .values("household_id")
            .annotate(n=Count("id"), valid=Count("id", filter=valid))
            .values_list("household_id", "n", "valid")
        )
    }
    named = Count("id", filter=Q(batch__kind=BatchKind.HOUSEHOLDS))
    members = {
        row[0]: (row[1], row[2])
        for row in fetch(
            HouseholdMember.objects.filter(household_id__in=ids)
            .order_by()
            .values("household_id")
            .annotate(n=Count("id"), named=named)
            .values_list("household_id", "n", "named")
        )
    }
    rows = fetch(
        Household.objects.filter(id__in=ids)
        .order_by("id")
        .values_list("id", "facts", "batch_id", "batch__kind")
    )
    found = {}
    for key, facts, batch, kind in rows:
        others, named_here = members.get(key, (0, 0))
        certified, disabled = persons.get(key, (0, 0))
        whole = kind == BatchKind.HOUSEHOLDS or named_here > 0
        found[key] = HouseholdFacts(parsed(facts), batch, whole, certified, others, disabled)
    return found
