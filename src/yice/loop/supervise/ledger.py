"""What each tier sees of the ledger, and the proof that all see the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import pyarrow as pa
from django.conf import settings
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Area, Tier
from yice.areas.selectors import area_of
from yice.loop.deliver.selectors.ledger import COUNTY_DIGITS, NAMES, Sums, counted, tallied, total
from yice.loop.identify.models import Person
from yice.loop.identify.selectors.exports import Export
from yice.loop.supervise.figures import PEOPLE
from yice.loop.supervise.months import Standing, standing
from yice.loop.supervise.withheld import ITSELF, statistics_only
from yice.terms.errors import Problem
from yice.terms.messages import Message

DIGITS = {Tier.PROVINCE: 2, Tier.PREFECTURE: 4, Tier.COUNTY: 6, Tier.TOWNSHIP: 9, Tier.VILLAGE: 12}
SHOWS = ("", "open", "no_plan", "to_do")


@dataclass(frozen=True)
class Line:
    """One line: a place below, or a household's card."""

    name: str
    sums: Sums
    code: str = ""  # of a place
    person: UUID | None = None  # opens the card
    people: int = 0  # of the card, as far as the reader may see them
    hidden: frozenset[str] = frozenset()  # names of Sums that are withheld


@dataclass(frozen=True)
class Ledger:
    """The view of one place: its lines and what they come to."""

    area: Area
    tier: Tier
    lines: list[Line]
    sum: Sums
    counted_at: dt.datetime | None = None  # None: now
    hidden: frozenset[str] = frozenset()  # of the sum
    least: int = 0  # numbers below it are withheld; 0: none is
    stands: Standing | None = None  # for whoever sees statistics only


def ledger(actor: User, code: str, show: str = "") -> Ledger:
    """The view of the tier that `code` is: lines are the places below, in a village the households' cards.

    `show` narrows a register: open needs, no plan, measures still to do. One query counts a place; above the county a
    large one is added up from the counts of its counties, with the time they were made. Whoever may see no names reads
    what stands for the month.
    """
    access.require(actor, Action.REPORT_READ, Place(code))
    area = area_of(code)
    tier = _tier(area)
    for action in _needs(tier):
        access.require(actor, action, Place(code))
    if statistics_only(actor, code):
        return _told(area)
    if tier == Tier.VILLAGE:
        lines = _cards(area, show)
        return Ledger(area, tier, lines, total(one.sums for one in lines))
    lines, counted_at = _below(area)
    return Ledger(area, tier, lines, total(one.sums for one in lines), counted_at)


def opens(actor: User, code: str, tier: Tier) -> bool:
    """Whether the actor may open the view of a place of that tier."""
    return all(access.may(actor, one, Place(code)).allowed for one in (Action.REPORT_READ, *_needs(tier)))


def _needs(tier: Tier) -> tuple[Action, ...]:
    """What a view asks for beside REPORT_READ: below a county few stand behind a number; a village names its people."""
    if tier == Tier.VILLAGE:
        return Action.REPORT_NAMES, Action.PLAN_READ
    return (Action.REPORT_NAMES,) if tier > Tier.COUNTY else ()


def _below(area: Area) -> tuple[list[Line], dt.datetime | None]:
    """The places right below one, and when they were counted (None: now)."""
    below = list(areas.children(area.code))
    digits, counted_at = DIGITS[_tier(below[0])] if below else 12, None
    if digits <= COUNTY_DIGITS:
        found, counted_at = counted(area.code, digits)
    else:
        found = tallied(area.code, digits)
    keyed = {key.ljust(12, "0"): sums for key, sums in found.items()}
    lines = [Line(one.name, keyed.pop(one.code, Sums()), one.code) for one in below]
    if keyed:  # registered at the place itself, or at one that stands no longer
        lines.append(Line(_nowhere(), total(keyed.values())))
    return lines, counted_at


def _told(area: Area) -> Ledger:
    """As whoever may see no names reads it: what stands for the month."""
    below = list(areas.children(area.code))
    stands = standing(area.code, [area.code, area.code + ITSELF, *(one.code for one in below)])

    def line(name: str, code: str, key: str) -> Line:
        numbers = stands.of(key)
        known = {
            one: n for one in NAMES if (n := numbers.get(PEOPLE if one == "persons" else one)) is not None
        }
        return Line(name, Sums(**known), code, hidden=frozenset(NAMES) - known.keys())

    lines = [line(one.name, one.code, one.code) for one in below]
    if area.code + ITSELF in stands.rows:
        lines.append(line(_nowhere(), "", area.code + ITSELF))
    whole = line(area.name, area.code, area.code)
    at = stands.month.counted_at if stands.month else None
    least = settings.YICE_LEAST_SHOWN
    return Ledger(area, _tier(area), lines, whole.sums, at, whole.hidden, least, stands)


def _nowhere() -> str:
    return gettext("没有写到下一级的")


def _tier(area: Area) -> Tier:
    return Tier(area.lowest_tier)


def _cards(area: Area, show: str) -> list[Line]:
    people: dict[str, list[Person]] = {}
    rows = Person.objects.filter(areas.within("hukou", area.code)).order_by("id")
    for one in rows.only("id", "uuid", "name", "household_id", "hukou", "removed_on"):
        home = f"h{one.household_id}" if one.household_id else f"p{one.pk}"
        people.setdefault(one.hukou + home, []).append(one)
    lines = []
    for key, sums in tallied(area.code, None).items():
        here = sorted(people.get(key, []), key=lambda one: (one.removed_on is not None, one.pk))
        if _shown(sums, show):
            name = here[0].name if here else gettext("已迁出的户")
            lines.append(Line(name, sums, person=here[0].uuid if here else None, people=len(here)))
    return sorted(lines, key=lambda one: (-one.sums.needs_open, one.name))


def _shown(sums: Sums, show: str) -> bool:
    match show:
        case "open":
            return sums.needs_open > 0
        case "no_plan":
            return sums.plans == 0
        case "to_do":
            return sums.measures > sums.measures_done
    return True


def card(actor: User, person: Person) -> tuple[Sums, list[Person]]:
    """The card of a person's household in their village: its sums and its people. Two queries."""
    access.require(actor, Action.PLAN_READ, Place(person.hukou))
    home = f"h{person.household_id}" if person.household_id else f"p{person.pk}"
    people = [person]
    if person.household_id:
        rows = Person.objects.filter(household_id=person.household_id, hukou=person.hukou, removed_on=None)
        people = list(rows.order_by("id"))
    return tallied(person.hukou, None).get(person.hukou + home, Sums()), people


@dataclass(frozen=True)
class Agreement:
    """A figure as each of the four views gives it for the same place, added up from its own lines."""

    name: str
    card: int | None  # None: too many cards to add up on a page
    register: int
    file: int
    platform: int

    @property
    def agrees(self) -> bool:
        return (
            len({one for one in (self.card, self.register, self.file, self.platform) if one is not None}) == 1
        )


def agreement(actor: User, code: str) -> list[Agreement]:
    """The four views of one place side by side, each asked by itself. Cards are added up from the street down."""
    access.require(actor, Action.REPORT_NAMES, Place(code))
    tier = _tier(area_of(code))
    if tier < Tier.COUNTY:
        raise Problem("ledger-tier", Message("台账从县（区）往下看。"))
    cards = total(tallied(code, None).values()) if tier >= Tier.TOWNSHIP else None
    sides = [total(tallied(code, digits).values()) for digits in (12, 9, 6)]
    return [
        Agreement(name, getattr(cards, name) if cards else None, *(getattr(side, name) for side in sides))
        for name in NAMES
    ]


def labels() -> Mapping[str, str]:
    return {
        "persons": gettext("在册人数"),
        "needs": gettext("需求"),
        "needs_open": gettext("未答复"),
        "plans": gettext("执行中的方案"),
        "measures": gettext("措施"),
        "measures_done": gettext("已落实"),
        "planned_fen": gettext("计划资金（元）"),
        "cases_open": gettext("在办"),
        "cases_met": gettext("办成"),
        "paid_fen": gettext("已发资金（元）"),
        "times": gettext("服务人次"),
        "spent_fen": gettext("服务资金（元）"),
    }


def export(actor: User, code: str, show: str = "") -> Export:
    """The lines of a view as a table, with the same filter. Requires EXPORT for the place."""
    access.require(actor, Action.EXPORT, Place(code))
    shown = ledger(actor, code, show)
    first = gettext("户") if shown.tier == Tier.VILLAGE else gettext("地方")
    columns = {
        "name": pa.array([one.name for one in shown.lines], pa.string()),
        **{
            name: pa.array(
                [None if name in one.hidden else getattr(one.sums, name) for one in shown.lines], pa.int64()
            )
            for name in NAMES
        },
    }
    return Export("ledger", pa.table(columns), {"name": first, **labels()})
