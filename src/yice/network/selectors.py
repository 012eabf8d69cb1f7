"""What stands in an area on a day, and for which kinds the registers are complete."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.identifiers.division import ancestors, upper_bound
from yice.network.models import Entry, Of, Register
from yice.terms import clock

FRESH = dt.timedelta(days=400)  # a complete register still speaks for a year and a month
PAGE_SIZE = 50


@dataclass(frozen=True)
class NetworkPage:
    """What is registered in an area: entries of a page, how many of each kind, the registers received."""

    of: str
    entries: list[Entry]
    total: int
    kinds: dict[str, int]
    registers: list[Register]


def network_page(actor: User, area: str, of: Of, kind: str = "", page: int = 1) -> NetworkPage:
    """The register of an area as it stands today, 50 entries a page."""
    access.require(actor, Action.REPORT_READ, Place(area))
    rows = standing(area, of, clock.today())
    kinds = Counter(rows.values_list("kind", flat=True))
    chosen = (rows.filter(kind=kind) if kind else rows).order_by("area", "kind", "name")
    start = (max(1, page) - 1) * PAGE_SIZE
    received = Register.objects.filter(of=of, area__in=[*ancestors(area), area]).select_related("received_by")
    return NetworkPage(
        of,
        list(chosen[start : start + PAGE_SIZE]),
        kinds[kind] if kind else sum(kinds.values()),
        dict(sorted(kinds.items())),
        list(received.order_by("-as_of", "-id")[:10]),
    )


def standing(area: str, of: Of, day: dt.date) -> QuerySet[Entry]:
    """The entries of an area that stood on a day."""
    inside = Entry.objects.filter(of=of, area__gte=area, area__lt=upper_bound(area), valid_from__lte=day)
    return inside.filter(Q(valid_to=None) | Q(valid_to__gte=day))


def received(area: str, of: Of, day: dt.date) -> bool:
    """Whether any register of this kind of row speaks of the area, or of a part of it."""
    return _speaking(area, of, day).exists()


def whole(area: str, of: Of, day: dt.date) -> dict[str, list[tuple[str, str]]]:
    """Kind → half-open ranges of codes in which the register holds everything there is."""
    found: dict[str, list[tuple[str, str]]] = {}
    for code, kinds in _speaking(area, of, day).values_list("area", "whole"):
        for kind in kinds:
            found.setdefault(kind, []).append((code, upper_bound(code)))
    return found


def _speaking(area: str, of: Of, day: dt.date) -> QuerySet[Register]:
    inside = Q(area__gte=area, area__lt=upper_bound(area)) | Q(area__in=ancestors(area))
    return Register.objects.filter(inside, of=of, as_of__lte=day, as_of__gte=day - FRESH)
