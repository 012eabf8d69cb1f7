"""What the lists say of a stretch of persons: rows joined to them by links, and silence where a list was whole."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from yice.loop.identify.enums import LinkState
from yice.loop.identify.facts.column import POSSIBLE, FactColumn, Origin, stale
from yice.loop.identify.facts.receipts import Receipt, Receipts
from yice.loop.identify.facts.rows import Stretch, day, fetch, parsed
from yice.loop.identify.models import ListLink
from yice.rules.model import Benefit, Fact, Plan

# What a death or a leak needs: the number beside a name (`matching.Pairs.certain`), or a person who said so.
SURE = frozenset({
    "id_and_name", "certificate_and_name", "id_and_sound", "id_and_birth", "slip_and_name", "cut_and_name",
    "wrong_alike", "person",
})  # fmt: skip
REGULAR = frozenset({"regular", ""})
NOT_FUNDED = frozenset({"", "无", "否", "-", None})


@dataclass(frozen=True)
class Link:
    row: int
    receipt: Receipt
    same: bool
    how: str
    month: Any
    pay_kind: str
    fen: int | None
    values: dict[str, Any]


@dataclass
class Payments:
    """Regular payments of the month by benefit: row → sum and how many."""

    fen: dict[int, int] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)


def links_of(stretch: Stretch, receipts: Receipts, few: bool) -> list[Link]:
    """All links of these persons to rows of deliveries that may speak, refused ones left out."""
    batches = receipts.batches()
    if not batches or not stretch.rows:
        return []
    rows = ListLink.objects.exclude(state=LinkState.REFUSED).filter(entry__batch_id__in=list(batches))
    if few:
        rows = rows.filter(person_id__in=stretch.keys)
    else:
        rows = rows.filter(person_id__gte=stretch.keys[0], person_id__lte=stretch.keys[-1])
    found = []
    for person, state, how, batch, until, dated, month, pay_kind, fen, values in fetch(
        rows.order_by("person_id", "id").values_list(
            "person_id", "state", "how", "entry__batch_id", "entry__until", "entry__dated", "entry__month",
            "entry__pay_kind", "entry__amount_fen", "entry__values",
        )
    ):  # fmt: skip
        row = stretch.row_of.get(person)
        if row is not None:
            same, said = state == LinkState.SAME, parsed(values)
            for receipt in batches[batch]:
                if receipt.key < until:
                    of = day(month) if dated else receipt.month
                    found.append(Link(row, receipt, same, how, of, pay_kind, fen, said))
    return found


def apply_links(
    plan: Plan,
    columns: Mapping[str, FactColumn],
    villages: list[str],
    links: list[Link],
    receipts: Receipts,
    base: list[Origin],
) -> dict[str, Payments]:
    """Offer what the lists state, then what their silence means; give back the payments of the month."""
    speaking = _Speaking(receipts)
    possible: dict[str, set[int]] = defaultdict(set)
    named: dict[str, set[int]] = defaultdict(set)  # kind → rows that a speaking delivery names
    for link in links:
        kind = plan.lists[link.receipt.kind]
        if not link.same:
            for name in kind.gives:
                possible[name].add(link.row)
            continue
        for name, value in link.values.items():
            column = columns.get(name)
            if column is None or value is None or not _counts(link, column.fact, kind.events, receipts):
                continue
            newest = speaking.at(link.receipt.kind, villages[link.row], column.fact)
            if not kind.events and newest is not None and newest.month > link.receipt.month:
                continue  # a later whole delivery has replaced what this one said
            named[f"{link.receipt.kind}\0{name}"].add(link.row)
            origin = _origin(link.receipt)
            column.offer(link.row, value, origin, column.origins.get(link.row, base[link.row]))
    paid_by_list = {
        f"{word}.{benefit.id}"
        for benefit in plan.benefits.values()
        if benefit.receipts
        for word in ("receives", "paid")
    }
    for name, column in columns.items():
        silence = column.fact.silence
        if (
            name not in paid_by_list
            and silence is not None
            and silence.list is not None
            and silence.means is not None
        ):
            _silence(column, villages, named, possible[column.fact.name], speaking, base)
    return _payments(plan, columns, villages, links, receipts, base)


def _counts(link: Link, fact: Fact, event: bool, receipts: Receipts) -> bool:
    """Whether a row's statement counts on the day: happened by then, still fresh, surely the same person."""
    if event:
        died = day(link.values.get("died_on"))
        return link.how in SURE and (died is None or died <= receipts.as_of)
    fresh_for = fact.silence.fresh_for_days if fact.silence else fact.fresh_for_days
    return receipts.fresh(link.receipt, fresh_for) and not stale(fact, link.receipt.as_of, receipts.as_of)


def _silence(
    column: FactColumn,
    villages: list[str],
    named: Mapping[str, set[int]],
    possible: set[int],
    speaking: _Speaking,
    base: list[Origin],
) -> None:
    silence = column.fact.silence
    assert silence is not None and silence.list is not None  # noqa: S101 - the caller looked
    kinds = (silence.list, *silence.and_lists)
    on_one = set().union(*(named.get(f"{kind}\0{column.fact.name}", set()) for kind in kinds))
    values, origins, states = column.values, column.origins, column.states
    said: dict[str, Origin | None] = {}
    for row, village in enumerate(villages):
        if row in on_one:
            continue
        if row in possible:
            held = origins.get(row, base[row])
            if held.source != "correction":
                column.clear(row, POSSIBLE, held)
            continue
        if village not in said:
            found = [speaking.at(kind, village, column.fact) for kind in kinds]
            whole = [receipt for receipt in found if receipt is not None]
            latest = max(whole, key=lambda receipt: receipt.as_of, default=None)
            said[village] = (
                _origin(latest, silence=True) if latest is not None and len(whole) == len(kinds) else None
            )
        origin = said[village]
        if origin is None:
            continue
        if values[row] is None:
            values[row], origins[row], states[row] = silence.means, origin, "silence"
        else:
            column.offer(row, silence.means, origin, origins.get(row, base[row]))


def deaths(plan: Plan, links: list[Link], as_of: dt.date) -> dict[int, dt.date]:
    """Row → the day of death, where a list of deaths tells it of surely the same person; the earliest counts."""
    found: dict[int, dt.date] = {}
    for link in links:
        if plan.lists[link.receipt.kind].events and link.same and link.how in SURE:
            died = day(link.values.get("died_on"))
            if died is not None and died <= as_of:
                found[link.row] = min(died, found.get(link.row, died))
    return found


def _payments(
    plan: Plan,
    columns: Mapping[str, FactColumn],
    villages: list[str],
    links: list[Link],
    receipts: Receipts,
    base: list[Origin],
) -> dict[str, Payments]:
    paid: dict[str, Payments] = {}
    for benefit in plan.benefits.values():
        receives, sums = columns.get(f"receives.{benefit.id}"), columns.get(f"paid.{benefit.id}")
        if benefit.receipts is None or receives is None or sums is None:
            continue
        mine, open_rows = Payments(), set[int]()
        fresh_for = receives.fact.silence.fresh_for_days if receives.fact.silence else None
        for link in links:
            if link.receipt.kind != benefit.receipts or not _of_now(link, benefit, receipts, fresh_for):
                continue
            received = _received(plan, link, benefit) if link.same else None
            if received is None:
                open_rows.add(link.row)
                continue
            origin = _origin(link.receipt)
            if link.row not in mine.times:
                receives.offer(link.row, received, origin, receives.origins.get(link.row, base[link.row]))
                sums.origins[link.row] = origin
            elif received and receives.values[link.row] is False:
                receives.values[link.row] = True
            mine.times[link.row] = mine.times.get(link.row, 0) + received
            mine.fen[link.row] = mine.fen.get(link.row, 0) + (link.fen or 0)
        for row, fen in mine.fen.items():
            sums.values[row] = fen
        covered = {
            village: receipts.speaking(benefit.receipts, village, fresh_for) for village in set(villages)
        }
        for row, village in enumerate(villages):
            receipt = covered[village]
            if row in mine.times:
                continue
            if row in open_rows:
                receives.clear(row, POSSIBLE, receives.origins.get(row, base[row]))
            elif receipt is not None:
                origin = _origin(receipt, silence=True)
                receives.offer(row, False, origin, receives.origins.get(row, base[row]))
                if receives.values[row] is False and sums.values[row] is None:
                    sums.values[row], sums.origins[row] = 0, origin
        paid[benefit.id] = mine
    return paid


def _of_now(link: Link, benefit: Benefit, receipts: Receipts, fresh_for: int | None) -> bool:
    """Whether a row speaks of the as-of month: a monthly benefit's own regular payment, else a fresh delivery."""
    if link.pay_kind not in REGULAR or link.values.get("benefit", benefit.id) != benefit.id:
        return False
    if benefit.per == "month":
        return bool(link.month == receipts.month)
    return receipts.fresh(link.receipt, fresh_for)


def _received(plan: Plan, link: Link, benefit: Benefit) -> bool | None:
    """Whether a row shows the benefit received. On a payroll every row does; on a roll (of the insured, say)
    only one that says so, and one that says nothing leaves it open."""
    said = link.values.get(f"receives.{benefit.id}")
    if said is not None:
        return said is True
    if f"paid.{benefit.id}" in plan.lists[link.receipt.kind].gives:
        return True
    if "funded_fen" in link.values:
        return (link.values["funded_fen"] or 0) > 0
    if "funded_kind" in link.values:
        return link.values["funded_kind"] not in NOT_FUNDED
    return None


class _Speaking:
    """The delivery that speaks for a village, looked up once for each kind and freshness."""

    def __init__(self, receipts: Receipts) -> None:
        self._receipts = receipts
        self._found: dict[tuple[str, str, int | None], Receipt | None] = {}

    def at(self, kind: str, village: str, fact: Fact) -> Receipt | None:
        fresh_for = fact.silence.fresh_for_days if fact.silence else None
        key = (kind, village, fresh_for)
        if key not in self._found:
            self._found[key] = self._receipts.speaking(kind, village, fresh_for)
        return self._found[key]


@lru_cache(maxsize=256)
def _origin(receipt: Receipt, *, silence: bool = False) -> Origin:
    return Origin(f"list:{receipt.kind}", receipt.as_of, receipt.by, receipt.batch, silence)
