"""Of what was linked by itself, a few rows of each delivery are put to somebody: how often it is right is measured."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from yice.loop.identify.enums import LinkState, PairState
from yice.loop.identify.models import ListLink, ListReceipt, Pair
from yice.loop.identify.pairing.making import looked_at

SIZE = 3  # of a delivery, of each of the two
PLAIN = ("id_and_name", "certificate_and_name")


def draw(receipt: ListReceipt) -> None:
    """Choose once for a delivery: links of number and name in full, and links that needed more. Repeatable."""
    if Pair.objects.filter(entry__batch=receipt.batch, sampled=True).exists():
        return  # of the rows it brought; those that stand were drawn from when they came
    links = ListLink.objects.filter(entry__batch=receipt.batch, state=LinkState.SAME, by=None).order_by("id")
    chance = random.Random(receipt.pk)  # noqa: S311 - nothing secret hangs on it
    for some in (links.filter(how__in=PLAIN), links.exclude(how__in=PLAIN)):
        keys = list(some.values_list("id", flat=True))
        chosen = chance.sample(keys, min(SIZE, len(keys)))
        for link in ListLink.objects.filter(pk__in=chosen).select_related("entry", "person").order_by("id"):
            pair = Pair.objects.filter(entry=link.entry, person=link.person, state=PairState.SAME).first()
            pair = pair or looked_at(link.entry, link.person)
            pair.state, pair.sampled, pair.automatic = PairState.SAME, True, True
            pair.save()


@dataclass(frozen=True)
class Measured:
    """Of `read` sampled rows `right` are the person they were linked to; the interval holds 95 times in 100."""

    right: int
    read: int

    @property
    def share(self) -> float:
        return self.right / self.read

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, which does not pretend to certainty after ten right out of ten."""
        z, n, p = 1.959964, self.read, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - half), min(1.0, middle + half)
