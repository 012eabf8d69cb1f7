"""What the worklist's address asks for, and the condition it stands for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from yice.identifiers import citizen_id, contact, sealing
from yice.identifiers.certificate import CATEGORIES
from yice.identifiers.division import upper_bound
from yice.identifiers.names import fold
from yice.loop.identify.enums import FindingKind, FindingState
from yice.rules.dates import LEAP_DAY_RULES, born_by, day_of
from yice.terms import clock

AGES = {"0-6": (0, 6), "7-15": (7, 15), "16-59": (16, 59), "60-": (60, 200)}
GRADES = ("1", "2", "3", "4")
WAITING = (FindingState.OPEN.value, FindingState.STARTED.value)
_ALLOWED = {
    "kind": FindingKind.values,
    "state": FindingState.values,
    "age": list(AGES),
    "category": list(CATEGORIES),
    "grade": list(GRADES),
}


@dataclass(frozen=True)
class Filters:
    """What the address asks for. Unknown values are dropped, never an error. Default: work not yet settled."""

    kind: tuple[str, ...] = ()
    benefit: tuple[str, ...] = ()
    state: tuple[str, ...] = WAITING
    area: str = ""  # a 12-digit code: street or village, by `basis`
    basis: str = "hukou"  # hukou | residence
    age: tuple[str, ...] = ()  # 0-6 | 7-15 | 16-59 | 60-
    category: tuple[str, ...] = ()
    grade: tuple[str, ...] = ()
    overdue: bool = False
    text: str = ""  # a whole id, certificate or phone number, or the beginning of a name

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Filters:
        """From a QueryDict (or any mapping of text or lists of text). `state=all` asks for every state."""
        found: dict[str, Any] = {}
        for name in ("kind", "benefit", "state", "age", "category", "grade"):
            given = _several(query, name)
            allowed = _ALLOWED.get(name)
            kept = tuple(value for value in given if value and (allowed is None or value in allowed))
            if kept:
                found[name] = kept
            elif name == "state" and "all" in given:
                found[name] = ()
        area = _one(query, "area")
        if len(area) == 12 and area.isascii() and area.isdigit():
            found["area"] = area
        if _one(query, "basis") == "residence":
            found["basis"] = "residence"
        found["overdue"] = _one(query, "overdue") in ("1", "true", "on")
        found["text"] = _one(query, "text").strip()[:40]
        return cls(**found)

    def query(self, **changes: Any) -> str:
        """The address's query with some of it changed; a number looked for never stands in an address.

        `changes` may also carry `sort` and `page`.
        """
        own = {field.name for field in fields(self)}
        now = replace(self, **{name: value for name, value in changes.items() if name in own})
        pairs: list[tuple[str, str]] = []
        for name in ("kind", "benefit", "age", "category", "grade"):
            pairs += [(name, value) for value in getattr(now, name)]
        if now.state != WAITING:
            pairs += [("state", value) for value in now.state or ("all",)]
        for name, default in (("area", ""), ("basis", "hukou")):
            if getattr(now, name) != default:
                pairs.append((name, getattr(now, name)))
        if now.overdue:
            pairs.append(("overdue", "1"))
        if now.text and not is_number(now.text):
            pairs.append(("text", now.text))
        pairs += [(name, str(value)) for name, value in changes.items() if name not in own and value]
        return urlencode(pairs)

    def condition(self, leave_out: str = "") -> Q:
        """The filter on findings, without the one named `leave_out` (for the counts beside its choices)."""
        found = Q()
        for name in ("kind", "benefit", "state"):
            if getattr(self, name) and name != leave_out:
                found &= Q(**{f"{name}__in": getattr(self, name)})
        if self.area and leave_out != "area":
            found &= Q(**{f"{self.basis}__gte": self.area, f"{self.basis}__lt": upper_bound(self.area)})
        if self.category and leave_out != "category":
            found &= Q(person__facts__category__in=self.category)
        if self.grade and leave_out != "grade":
            found &= Q(person__facts__grade__in=[int(grade) for grade in self.grade])
        if self.age and leave_out != "age":
            ages = Q(pk__in=[])
            for band in self.age:
                ages |= age_condition(band, clock.today())
            found &= ages
        if self.overdue and leave_out != "overdue":
            found &= late()
        if self.text:
            found &= text_condition(self.text, "person__")
        return found


def late() -> Q:
    """Past its day, and still to be done."""
    return Q(due_on__lt=clock.today(), state__in=WAITING)


def age_condition(band: str, on: dt.date, path: str = "person__") -> Q:
    """Birth dates of an age band, whole years, both ends in."""
    low, high = AGES[band]
    youngest = day_of(born_by(low, on, LEAP_DAY_RULES[0]))
    oldest = day_of(born_by(high + 1, on, LEAP_DAY_RULES[0]))
    return Q(**{f"{path}birth_date__lte": youngest, f"{path}birth_date__gt": oldest})


def is_number(text: str) -> bool:
    """Whether a text looked for is a number that names somebody."""
    return sum(char.isdigit() for char in citizen_id.clean(text)) >= 5


def text_condition(text: str, path: str = "") -> Q:
    """A whole id, certificate or phone number by its index, or the beginning of a name."""
    if not is_number(text):
        return Q(**{f"{path}name_folded__begins": fold(text)}) if fold(text) else Q(pk__in=[])
    return (
        Q(**{f"{path}id_index__in": sealing.marks("id_number", id_of(text))})
        | Q(**{f"{path}phone_index__in": sealing.marks("phone", contact.phone(text))})
        | Q(**{f"{path}certificates__number_index__in": sealing.marks("certificate", citizen_id.clean(text))})
    )


def id_of(text: str) -> str:
    """The eighteen characters of an id, an old one lengthened."""
    return citizen_id.read(text, allow_test_range=True).text or citizen_id.clean(text)


def _several(query: Mapping[str, Any], name: str) -> list[str]:
    if hasattr(query, "getlist"):
        return [str(value) for value in query.getlist(name)]
    value = query.get(name, ())
    return [value] if isinstance(value, str) else [str(one) for one in value]


def _one(query: Mapping[str, Any], name: str) -> str:
    return next(iter(_several(query, name)), "")
