"""Count a run's targets once, for every area below it, beside its findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

import numpy as np

from yice.areas import selectors as areas
from yice.areas.models import Area
from yice.loop.identify.facts.tables import HOME
from yice.loop.supervise.models import TargetTally
from yice.network import selectors as network
from yice.network.models import Of
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.rules.bits import unpack
from yice.rules.columns import Columns
from yice.rules.model import Row
from yice.rules.targets.count import count
from yice.rules.targets.sheet import KINDS, Ints, Sheet, Tree, bound

STRETCH = 2000
SEAT, HOME_OF = "hukou", "residence"  # duties count a person where registered, services where they live


def keep(run: ScreeningRun, screened: Screened) -> dict[str, int]:
    """The run's targets by area, in place of those of earlier runs of the same plan, area and year."""
    if not screened.plan.targets:
        return {}
    tree = tree_of(run.area)
    counted = count(screened.plan, sheets(screened, run.area), tree, screened.screening.program.as_of)
    filled = np.zeros(len(tree), np.bool_)
    for numbers in counted.numbers.values():
        filled |= numbers.any(axis=1)
    TargetTally.objects.filter(
        run__pack__pack_id=run.pack.pack_id, run__area=run.area, run__as_of__year=run.as_of.year
    ).delete()
    TargetTally.objects.bulk_create(
        (
            TargetTally(
                run=run,
                area=f"{tree.codes[at]:012d}",
                numbers={name: numbers[at].tolist() for name, numbers in counted.numbers.items()},
            )
            for at in np.flatnonzero(filled | (tree.codes == int(run.area)))
        ),
        batch_size=STRETCH,
    )
    return {"targets": len(counted.numbers)}


def tree_of(area: str) -> Tree:
    """The places that stand within an area, itself among them."""
    rows = areas.standing(Area.objects.filter(areas.within("code", area)))
    return Tree(rows.values_list("code", "end", "tier", "lowest_tier"))


def sheets(screened: Screened, area: str) -> dict[Row, Sheet]:
    """Every kind of row that there are records of."""
    found: dict[Row, Sheet] = {"person": persons(screened)}
    for of in Of:
        if network.received(area, of, screened.as_of):
            found[cast(Row, of.value)] = registered(screened, area, of)
    return found


def registered(screened: Screened, area: str, of: Of) -> Sheet:
    """What the registers of an area hold on the day, and where they are complete."""
    kind = KINDS.get(cast(Row, of.value))
    known = screened.columns.facts
    rows = list(network.standing(area, of, screened.as_of).values_list("kind", "area", "facts"))
    records = [
        {
            **{name: value for name, value in facts.items() if name in known},
            **({kind: code} if kind in known else {}),
        }
        for code, _, facts in rows
    ]
    places = np.array([int(place) for _, place, _ in rows], np.int64)
    whole = {
        name: [(int(low), bound(high)) for low, high in ranges]
        for name, ranges in network.whole(area, of, screened.as_of).items()
    }
    return Sheet(Columns.from_records(screened.plan, records), places, whole=whole)


def persons(screened: Screened) -> Sheet:
    """The people of a snapshot, each in the villages of registration and of living, and in a household.

    Whoever's residence is not known is taken to live where they are registered.
    """
    columns = screened.columns
    places = _places(columns, SEAT)
    living = _places(columns, HOME_OF)
    homes: Ints = np.full(columns.rows, -1, np.int64)
    if HOME in screened.table.column_names:
        homes = screened.table.column(HOME).fill_null(-1).to_numpy().astype(np.int64)
    return Sheet(columns, places, homes, living=np.where(living > 0, living, places))


def _places(columns: Columns, name: str) -> Ints:
    """An area fact of each row, 0 where it is not known."""
    column = columns.column(name)
    if column.values is None:
        return np.zeros(columns.rows, np.int64)
    known = unpack(column.known, columns.rows).view(np.bool_)
    found: Ints = np.where(known, column.values, 0).astype(np.int64)
    return found


def numbers_of(run: ScreeningRun, codes: Iterable[str]) -> Mapping[str, Mapping[str, list[int]]]:
    """Area → target → numbers, of these areas."""
    rows = TargetTally.objects.filter(run=run, area__in=list(codes))
    return dict(rows.values_list("area", "numbers"))
