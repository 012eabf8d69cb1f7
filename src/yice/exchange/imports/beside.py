"""Other deliveries of the same list and month that cover some of the same people."""

from __future__ import annotations

import datetime as dt

from yice.identifiers.division import ancestors, upper_bound
from yice.loop.identify.enums import BatchKind
from yice.loop.identify.models import Batch, ListReceipt


def beside(batch: Batch) -> list[tuple[str, dt.date]]:
    """The areas of the lists that count for a larger or a smaller area, each with its as-of day."""
    if batch.kind != BatchKind.LIST or batch.month is None:
        return []
    same = ListReceipt.objects.filter(
        kind=batch.source.removeprefix("list:"), month=batch.month, current=True
    ).exclude(area=batch.area)
    around = same.filter(area__in=ancestors(batch.area))
    within = same.filter(area__gt=batch.area, area__lt=upper_bound(batch.area))
    return sorted((around | within).values_list("area", "batch__as_of"))
