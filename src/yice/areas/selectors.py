"""Read the tree. Places are nobody's secret, so these selectors take no actor."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from yice.areas.models import Area, Tier
from yice.identifiers.division import ancestors as codes_above
from yice.identifiers.division import upper_bound
from yice.rules.words import Words
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

TIER_KEYS = {  # as packs write them
    Tier.PROVINCE: "province",
    Tier.PREFECTURE: "prefecture",
    Tier.COUNTY: "county",
    Tier.TOWNSHIP: "township",
    Tier.VILLAGE: "village",
}
_KEEP = 300.0  # seconds a name is remembered; another process may have loaded a new edition
_MOST = 50_000
_names: dict[str, str] = {}
_since = 0.0


def area_of(code: str) -> Area:
    """The place with this twelve-digit code; a Problem when there is none."""
    area = Area.objects.filter(code=code).first()
    if area is None:
        raise Problem(
            "area-unknown",
            Message("没有代码为 {code} 的地方。", code=code),
            fix=Message("请核对十二位区划代码；新设的村（社区）要先更新区划数据。"),
        )
    return area


def place_called(text: str) -> Area:
    """The place meant by a code or a whole name; a Problem (field "area") where none or several are called so."""
    wanted = text.strip()
    digits = wanted.isascii() and wanted.isdigit()
    found = list(
        standing(
            Area.objects.filter(code=wanted.ljust(12, "0")) if digits else Area.objects.filter(name=wanted)
        )[:2]
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise Problem(
            "area-ambiguous",
            Message("叫这个名字的地方不止一处。"),
            fix=Message("请改填 12 位区划代码。"),
            field="area",
        )
    raise Problem(
        "area-unknown",
        Message("没有找到这个地方。"),
        fix=Message("请填完整的地名（例如“江海区”“江南社区居委会”），或 12 位区划代码。"),
        field="area",
    )


def children(code: str, on: dt.date | None = None) -> QuerySet[Area]:
    """The places right below, standing on `on` (today unless told), in order of code."""
    return standing(Area.objects.filter(parent_id=code), on).order_by("code")


def standing(areas: QuerySet[Area], on: dt.date | None = None) -> QuerySet[Area]:
    """Those of `areas` that exist on a day. A place the present edition names counts from before it was noted."""
    on = on or clock.today()
    began = Q(valid_from=None) | Q(valid_from__lte=on)
    return areas.filter(began, Q(valid_to=None) | Q(valid_to__gte=on))


def path_to(code: str) -> list[Area]:
    """Breadcrumb: from the province down to the place itself; tiers a place skips are not there."""
    return list(Area.objects.filter(code__in=[*codes_above(code), code]).order_by("code"))


def within(field: str, code: str) -> Q:
    """The condition that the code in `field` is this place or lies below it: one indexed range."""
    return Q(**{f"{field}__gte": code, f"{field}__lt": upper_bound(code)})


def below(code: str, tier: Tier) -> QuerySet[Area]:
    """Every place of one tier within `code`, standing or not, in order of code."""
    areas = Area.objects.filter(within("code", code), tier__lte=tier, lowest_tier__gte=tier)
    return areas.order_by("code")


def names(codes: Iterable[str]) -> dict[str, str]:
    """Code → name for many codes in one query; a code that is no place is missing from the answer."""
    global _since
    if time.monotonic() - _since > _KEEP or len(_names) > _MOST:
        forget_names()
    wanted = set(codes)
    if unknown := wanted - _names.keys():
        _names.update(Area.objects.filter(code__in=unknown).values_list("code", "name"))
    return {code: _names[code] for code in wanted if code in _names}


def forget_names() -> None:
    """Read names anew from now on."""
    global _since
    _names.clear()
    _since = time.monotonic()


def present(area: Area) -> Area:
    """What stands there today: the last of its successors."""
    seen = {area.pk}
    while area.successor is not None and area.successor_id not in seen:
        area = area.successor
        seen.add(area.pk)
    return area


def tier_words(tier: Tier, local: Mapping[str, Words]) -> Words:
    """What the plan of a place calls a tier (旗, 街道, 嘎查), else what the country does."""
    common = Tier(tier).label
    return local.get(TIER_KEYS[tier]) or Words(zh=str(common), en=TIER_KEYS[tier])
