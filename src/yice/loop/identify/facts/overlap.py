"""Two deliveries of one kind and month that both cover a place: a street's and the county's. One speaks for a person.

The delivery with the later as-of day wins; of the same day the one for the smaller area; then the one brought later.
A whole delivery counts for everybody it covers, named or not; one that is not whole only for those it surely names.
Lists of events (deaths) add up: nothing that happened is undone by another list.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from yice.loop.identify.facts.receipts import Receipt, Receipts
from yice.rules.model import ListKind

if TYPE_CHECKING:
    from yice.loop.identify.facts.links import Link

Key = tuple[str, dt.date]  # kind, month


def in_force(
    links: list[Link], villages: list[str], receipts: Receipts, kinds: Mapping[str, ListKind]
) -> list[Link]:
    """The links that count, where deliveries overlap; all of them where none do."""
    overlapping = _overlapping(receipts, kinds)
    if not overlapping:
        return links
    whole = {key: [one for one in found if one.whole] for key, found in overlapping.items()}
    rivals: dict[tuple[int, Key], dict[int, Receipt]] = {}
    for link in links:
        key = (link.receipt.kind, link.receipt.month)
        if key not in overlapping:
            continue
        at = (link.row, key)
        if at not in rivals:
            here = [one for one in whole[key] if villages[link.row].startswith(one.prefix)]
            rivals[at] = {one.batch: one for one in here}
        if link.same:
            rivals[at][link.receipt.batch] = link.receipt
    # Two places that do not overlap, of which each names the person, are no rivals: what they say is weighed as facts are.
    speaks = {
        at: max(found.values(), key=Receipt.rank)
        for at, found in rivals.items()
        if _meet(list(found.values()))
    }
    return [
        link
        for link in links
        if (best := speaks.get((link.row, (link.receipt.kind, link.receipt.month)))) is None
        or best.batch == link.receipt.batch
    ]


def _overlapping(receipts: Receipts, kinds: Mapping[str, ListKind]) -> dict[Key, list[Receipt]]:
    found: dict[Key, list[Receipt]] = defaultdict(list)
    for kind, made in receipts.by_kind.items():
        if not kinds[kind].events:
            for receipt in made:
                found[kind, receipt.month].append(receipt)
    return {key: made for key, made in found.items() if len(made) > 1 and _meet(made)}


def _meet(made: list[Receipt]) -> bool:
    prefixes = sorted(one.prefix for one in made)
    return any(later.startswith(first) for first, later in pairwise(prefixes))
