"""How the rows of a list's newest delivery are known again: by a keyed digest over everything that was read of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from yice.loop.identify.models import ListEntry, ListReceipt

# Key of the entry, digest, row in the newest file, and what its name and number are (`imports.prepare_lists.health_of`).
ROW = np.dtype([("key", "<i8"), ("said", "S16"), ("line", "<i4"), ("health", "u1")])
Known = npt.NDArray[np.void]
NONE: Known = np.zeros(0, dtype=ROW)


def unpacked(kept: bytes | memoryview | None) -> Known:
    return np.frombuffer(bytes(kept or b""), dtype=ROW)


def number_as_now(entries: Iterable[ListEntry]) -> None:
    """Give rows that stand from an earlier delivery the number that they bear in the newest file; not saved."""
    by_batch: dict[int, list[ListEntry]] = defaultdict(list)
    for one in entries:
        by_batch[one.batch_id].append(one)
    receipts = ListReceipt.objects.filter(batch__in=list(by_batch)).values_list("batch_id", "kind", "area")
    lists: dict[tuple[str, str], list[ListEntry]] = defaultdict(list)
    for batch, kind, area in receipts:
        lists[kind, area] += by_batch[batch]
    for (kind, area), rows in lists.items():
        newest = ListReceipt.objects.filter(kind=kind, area=area, known__isnull=False).order_by("-pk")
        known = unpacked(newest.values_list("known", flat=True).first())
        here = known[np.isin(known["key"], [one.pk for one in rows])]
        lines = dict(zip(here["key"].tolist(), here["line"].tolist(), strict=True))
        for one in rows:
            one.row = lines.get(one.pk, one.row)
