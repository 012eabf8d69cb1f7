"""Bring the division tree up to an edition: by province or whole, as often as one likes."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q

from yice.areas import selectors
from yice.areas.bulk import upsert
from yice.areas.edition import Edition, find_edition
from yice.areas.models import Area
from yice.identifiers.division import ancestors, upper_bound
from yice.terms.errors import Problem
from yice.terms.messages import Message

CHANGES = Path(__file__).parent / "data" / "changes.csv"


@dataclass(frozen=True)
class Loaded:
    """What a load did. Nothing, the second time."""

    edition: dt.date
    places: int  # standing in the provinces loaded
    added: int
    changed: int
    ended: int


def load_divisions(
    *, provinces: Iterable[str] | None = None, folder: Path | None = None, edition: dt.date | None = None
) -> Loaded:
    """Bring `provinces` (any code within them; None: all) up to an edition of the division list.

    A place first named by a later edition stands from that day; one no longer named ended the day before, and
    data/changes.csv says what became of it. Only an operator at the command line or the demo calls this: it
    concerns no person, and the caller records it.
    """
    source = find_edition(folder or Path(settings.YICE_DIVISIONS), edition)
    wanted = _provinces(source, provinces)
    with transaction.atomic():
        inside = _within(wanted)
        since = _since(source, wanted)
        before = Area.objects.filter(inside).count()
        touched = upsert(source.nodes(wanted), source.day, since)
        added = Area.objects.filter(inside).count() - before
        ended = _end_missing(inside, source.day)
        _tell_successors(wanted, source.day)
    selectors.forget_names()
    places = Area.objects.filter(inside, valid_to=None).count()
    return Loaded(source.day, places, added, touched - added, ended)


def _provinces(source: Edition, asked: Iterable[str] | None) -> frozenset[str]:
    known = frozenset(source.provinces())
    if asked is None:
        return known
    wanted = frozenset(code[:2] for code in asked)
    if unknown := wanted - known:
        raise Problem(
            "province-unknown",
            Message("区划数据里没有省级代码 {codes}。", codes="、".join(sorted(unknown))),
            fix=Message("请填写两位省级代码，例如 44。"),
        )
    return wanted


def _within(provinces: frozenset[str]) -> Q:
    inside = Q(pk__in=[])
    for province in provinces:
        inside |= Q(code__gte=province.ljust(12, "0"), code__lt=upper_bound(province.ljust(12, "0")))
    return inside


def _since(source: Edition, provinces: frozenset[str]) -> dict[str, dt.date | None]:
    """The first day of places not known before: the edition's where an earlier one is in, else not known."""
    since: dict[str, dt.date | None] = {}
    for province in provinces:
        held = Area.objects.filter(_within(frozenset({province}))).aggregate(day=Max("edition"))["day"]
        if held is not None and held > source.day:
            raise Problem(
                "edition-older",
                Message("库里已有 {held} 的区划，不能再装入更早的 {day}。", held=held, day=source.day),
                fix=Message("请使用较新的区划数据。"),
            )
        since[province] = source.day if held is not None and held < source.day else None
    return since


def _end_missing(inside: Q, day: dt.date) -> int:
    """End what an earlier edition named and this one does not."""
    gone = Area.objects.filter(inside, edition__lt=day, valid_to=None)
    return gone.update(valid_to=day - dt.timedelta(days=1))


def _tell_successors(provinces: frozenset[str], day: dt.date) -> None:
    """Say what became of codes that are no more; old identity numbers and files still carry them."""
    with CHANGES.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["old"][:2] in provinces]
    for row in rows:
        old, new = row["old"].ljust(12, "0"), row["new"].ljust(12, "0")
        on = dt.date.fromisoformat(row["day"])
        heir = Area.objects.filter(code=new).first()
        if on > day or heir is None:
            continue
        if row["kind"] == "recoded" and heir.valid_from != on:
            Area.objects.filter(code=new).update(valid_from=on)
        above = Area.objects.filter(code__in=ancestors(old)).order_by("-tier").first()
        told = {"valid_to": on - dt.timedelta(days=1), "successor_id": new}
        made = {"name": row["old_name"], "end": upper_bound(old), "tier": heir.tier, "lowest_tier": heir.tier}
        Area.objects.update_or_create(
            code=old, defaults=told, create_defaults={**told, **made, "parent": above}
        )
