"""Facts of a household: those given for it, and those that follow from who is in it when everybody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from yice.loop.identify.facts.rows import fetch, parsed
from yice.loop.identify.models import Household, HouseholdMember, Person
from yice.policy.registry import Request

SIZE, DISABLED = "household_size", "household_disabled"


@dataclass(frozen=True)
class HouseholdFacts:
    """`persons` hold a certificate or did, `members` do not; `whole`: the delivery named everybody."""

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
    members = dict(
        fetch(
            HouseholdMember.objects.filter(household_id__in=ids)
            .order_by()
            .values("household_id")
            .annotate(n=Count("id"))
            .values_list("household_id", "n")
        )
    )
    rows = fetch(
        Household.objects.filter(id__in=ids)
        .order_by("id")
        .values_list("id", "facts", "batch_id", "batch__whole")
    )
    return {
        key: HouseholdFacts(
            parsed(facts), batch, bool(whole), *persons.get(key, (0, 0))[:1], members.get(key, 0),
            persons.get(key, (0, 0))[1],
        )
        for key, facts, batch, whole in rows
    }  # fmt: skip
