"""The ledger of large places is counted once a day, county by county; a page above the county adds the counts up."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from yice.areas.models import Area, Tier
from yice.areas.selectors import within
from yice.loop.deliver.models import LedgerTally
from yice.loop.deliver.selectors.ledger import COUNTY_DIGITS, is_large, tallied
from yice.terms import clock


def count_ledger() -> int:
    """Count anew, for every prefecture of a province that is too large to count on a page. Gives how many counties.

    Run it as often as the figures should be fresh; a province small enough loses counts it no longer needs.
    """
    counted = 0
    for province in Area.objects.filter(tier=Tier.PROVINCE, valid_to=None).order_by("code"):
        if not is_large(province.code):
            LedgerTally.objects.filter(within("area", province.code)).delete()
            continue
        now, found = clock.now(), tallied(province.code, COUNTY_DIGITS)
        rows = [
            LedgerTally(area=key.ljust(12, "0"), sums=asdict(sums), counted_at=now)
            for key, sums in found.items()
        ]
        with transaction.atomic():
            LedgerTally.objects.filter(within("area", province.code)).delete()
            LedgerTally.objects.bulk_create(rows)
        counted += len(rows)
    return counted
