"""What a reader who may only see statistics is not shown, on pages as they stand and in reports as they were frozen.

Whoever may see the names behind a figure sees every number. The others see no small one, nor any that gives a small
one away (`hiding`). Their pages stand still for a month (`MonthFigures`), and the whole province's tree decides, so that one
place reads the same on every page. A month is decided from its own numbers, the months before it and the reports that
were frozen meanwhile, a report from the reports and months before it, so that two of them subtract to nothing. What a
place hides for its neighbours' sake on a page that shows them too, a report of the place alone hides as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas.models import Area
from yice.areas.selectors import path_to
from yice.identifiers.division import ancestors
from yice.loop.identify.enums import OutcomeCode
from yice.loop.identify.hiding import Numbers, Shape, hide
from yice.loop.supervise.figures import PEOPLE, Figure, roll_up
from yice.loop.supervise.models import Report
from yice.rules.model import Plan
from yice.rules.targets.forms import form_of

Hidden = Mapping[str, frozenset[str]]
KINDS = ("gaps", "asks", "leaks", "amounts", "duplicates")
WAITING = ("overdue", "started", "provisional")  # of live findings
OVER = ("confirmed", "settled", "gone")
ABOUT_PERSONS = ("persons", "households")
# Of a ratio the third number of either side only says whether a register is whole.
NO_NUMBER = {"ratio": (2, 5)}
REMEMBERED = 24  # reports: two years of a county that freezes one a month


def statistics_only(actor: User, area: str) -> bool:
    return not access.may(actor, Action.REPORT_NAMES, Place(area)).allowed


def figure_shape(figures: Iterable[Figure]) -> Shape:
    """Each figure by itself, and what everybody knows of how they hang together."""
    names = [one.name for one in figures]
    kinds = tuple(name for name in KINDS if name in names)
    over = tuple(name for name in OVER if name in names)
    small = [(name, kinds) for name in WAITING if name in names and kinds]
    small += [(name, (*kinds, *over)) for name in names if name in OutcomeCode.values and (kinds or over)]
    return Shape({name: (name,) for name in names}, tuple(small), PEOPLE if PEOPLE in names else "")


def target_shape(plan: Plan, widths: Mapping[str, int]) -> Shape:
    """Each target that counts persons, all its numbers together."""
    return Shape(
        {
            name: tuple(
                f"{name}.{n}" for n in range(widths[name]) if n not in NO_NUMBER.get(form_of(target), ())
            )
            for name, target in plan.targets.items()
            if target.unit in ABOUT_PERSONS and widths.get(name)
        }
    )


def spread(numbers: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """The numbers of an area's targets by name and place."""
    return {f"{name}.{n}": int(one or 0) for name, row in numbers.items() for n, one in enumerate(row)}


def around(area: str) -> list[Area]:
    """The places that decide what is hidden at and right below an area: its path from the top, and what lies beside."""
    path = path_to(area)
    return [*path[:1], *Area.objects.filter(parent_id__in=[one.code for one in path]).order_by("code")]


def tree(codes: Iterable[str]) -> dict[str, str | None]:
    """Each place with the nearest one above it that is there too."""
    there = set(codes)
    return {
        code: next((one for one in reversed(ancestors(code)) if one in there), None) for code in sorted(there)
    }


def hidden_in_report(
    shape: Shape,
    history: Sequence[Mapping[str, Numbers]],
    beside: Sequence[Mapping[str, Numbers]] = (),
    elsewhere: Hidden | None = None,
) -> dict[str, frozenset[str]]:
    """What a report hides; `history`: its numbers and before them those of every earlier report of the place; `beside`:
    what was told of some of its places elsewhere; `elsewhere`: what is hidden there.

    What was hidden stays hidden. A number that moved by less than the threshold since some report is hidden as well,
    else the two tell how many came or went: the movement is a table of its own, hidden by the same rule.
    """
    least, parents = settings.YICE_LEAST_SHOWN, tree(history[-1])
    kept = {code: (elsewhere or {}).get(code, frozenset()) for code in parents}
    for numbers in history:
        kept = hide(shape, parents, numbers, least, kept)
    now = history[-1]
    moves = Shape({group: names for group, names in shape.groups.items() if PEOPLE not in names})
    for then in (*history[:-1], *beside):
        moved = {
            code: {name: abs(n - then[code].get(name, 0)) for name, n in row.items()}
            for code, row in now.items()
            if code in then
        }
        hide_also(kept, hide(moves, parents, moved, least))
    return hide(shape, parents, now, least, kept)


def hidden_around(
    shape: Shape,
    tables: Iterable[Sequence[tuple[dt.date, Mapping[str, Numbers]]]],
    day: dt.date,
    beside: Sequence[Mapping[str, Numbers]] = (),
) -> dict[str, frozenset[str]]:
    """What wider tables hide, as they were read on a day and as they are read now: else a place that stands alone on a
    page of its own shows the number that was hidden for its neighbours' sake. `tables`: of each, its days in order."""
    found: dict[str, frozenset[str]] = {}
    for told in tables:
        now = [rows for _day, rows in told]
        for history in (now[: sum(one <= day for one, _rows in told)], now):
            if history and (history is now or len(history) < len(now)):
                hide_also(found, hidden_in_report(shape, history, beside))
    return found


def hide_also(found: dict[str, frozenset[str]], more: Hidden) -> None:
    """Add to what is hidden, place by place, what is hidden elsewhere."""
    for code, groups in more.items():
        found[code] = found.get(code, frozenset()) | groups


def lying_in(area: str, codes: Iterable[str]) -> list[str]:
    """Those of the places that are the area or lie below it."""
    return [code for code in codes if code == area or area in ancestors(code)]


def above(area: str) -> list[list[Report]]:
    """The newest reports of each place that an area lies in, the oldest first."""
    found = []
    for code in ancestors(area):
        rows = Report.objects.filter(area=code).order_by("-frozen_at", "-id")
        kept = rows.only("pk", "area", "as_of", "counted_on", "figures", "targets", "pack_hash")
        found.append(list(kept[:REMEMBERED])[::-1])
    return found


def told_in_reports(of: Iterable[str], until: dt.date) -> list[dict[str, dict[str, int]]]:
    """What the newest reports frozen for any of these places, or one above, up to a day, told of those that lie there."""
    codes = sorted(of)
    wide = {*codes, *(one for code in codes for one in ancestors(code))}
    rows = Report.objects.filter(area__in=wide, as_of__lte=until).order_by("-frozen_at", "-id")
    return [
        roll_up(places_of(row), lying_in(row.area, codes))
        for row in rows.only("pk", "area", "figures")[:REMEMBERED]
    ]


def places_of(report: Report) -> dict[str, dict[str, int]]:
    """A report's numbers without the area's own, which are their sum."""
    return {code: row for code, row in report.figures.items() if code != report.area}


def earlier(report: Report) -> list[Report]:
    """The reports of the same place up to this one, the oldest first."""
    rows = Report.objects.filter(area=report.area, pk__lte=report.pk)
    return list(rows.only("pk", "area", "figures", "targets", "pack_hash").order_by("frozen_at", "id"))
