"""The facts of each person of the register: what it says itself, and what the lists say, month and match considered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.look import households
from yice.exchange.look.link import LIKELY, MAYBE, SAME, Links
from yice.identifiers import division
from yice.rules.expression.scope import facts_of
from yice.rules.files.freshness import let_old_go
from yice.rules.kernel.silence import Received, WholeList, speak
from yice.rules.model import Fact, Plan
from yice.terms.periods import Month

Mask = npt.NDArray[np.bool_]
UPDATED_ON = "updated_on"  # in the register's row: the day somebody last looked at it
# On these everybody should be of the register; on the others most rows are relatives and neighbours.
HOLDERS = ("living_subsidy", "nursing_subsidy")
BY_HEAD = ("subsistence", "low_income")
_CLASSES = ("none", "low_income", "subsistence", "extreme_hardship")  # the last one said wins


@dataclass
class Linked:
    """One list with its rows found."""

    kind: str
    title: str  # the file
    table: pa.Table
    links: Links
    month: Month | None
    whole: bool


@dataclass
class Known:
    """The facts as one table, and what stands behind them."""

    table: pa.Table
    received: Received
    lists: list[Linked]
    weak: dict[str, Mask] = field(
        default_factory=dict
    )  # fact → persons whose value rests on a likely match only
    maybe: dict[str, dict[int, list[int]]] = field(
        default_factory=dict
    )  # list kind → person → rows that may be theirs
    rows: dict[str, dict[int, list[int]]] = field(
        default_factory=dict
    )  # list kind → person → rows that are theirs
    died_this_month: Mask | None = None
    overruled: dict[str, int] = field(
        default_factory=dict
    )  # fact → persons where a list says other than the register
    outdated: dict[str, int] = field(
        default_factory=dict
    )  # fact → persons whose value the register last looked at too long ago
    counted: households.Counted | None = None  # what follows from who lives together


def know(
    plan: Plan,
    registry: pa.Table,
    lists: list[Linked],
    members: list[households.Members],
    *,
    area: str,
    as_of: dt.date,
) -> Known:
    """Put the facts together. A list speaks for its month; what may be somebody else's leaves the fact unknown."""
    wanted = facts_of(plan)
    count = registry.num_rows
    columns: dict[str, pa.Array] = {
        name: registry[name].combine_chunks() for name in registry.column_names if name in wanted
    }
    outdated = _let_old_go(wanted, columns, registry, as_of)
    month = Month.of(as_of)
    received = Received(
        tuple(
            WholeList(one.kind, division.prefix(area), (one.month or month).first, one.whole) for one in lists
        )
    )
    known = Known(registry, received, lists, outdated=outdated)
    _note_rows(known, month)
    for fact in wanted.values():
        silence = fact.silence
        whole = (
            silence is not None
            and silence.list is not None
            and all(
                any(one.list == name and one.whole for one in received.lists)
                for name in (silence.list, *silence.and_lists)
            )
        )
        if whole and fact.name in columns:
            # The list is fresher than the register and complete: who is not on it is not on it.
            known.overruled[fact.name] = 0
            columns[fact.name + "@register"] = columns.pop(fact.name)
    for one in lists:
        _state(plan, columns, one, month, count, known)
    _deaths(columns, lists, as_of, count, known)
    for name in [name for name in columns if name.endswith("@register")]:
        said, now = columns.pop(name), columns.get(name.removesuffix("@register"))
        if now is not None:
            known.overruled[name.removesuffix("@register")] = int(
                pc.sum(pc.fill_null(pc.not_equal(said, now.cast(said.type)), False)).as_py() or 0
            )
    areas = _areas(columns.get("hukou"), count)
    columns |= speak(plan, columns, areas, received, as_of)
    _doubt(plan, columns, known, count)
    by_head = [households.Members(one.table, one.links, False) for one in lists if one.kind in BY_HEAD]
    valid, told = _holders(columns, known, count)
    known.counted = households.count(plan, registry, valid, told, members, by_head)
    if known.counted:
        columns[households.SIZE] = known.counted.size
        columns[households.DISABLED] = known.counted.disabled
        columns["household_id"] = known.counted.household
    known.table = pa.table({"person_id": pa.array(np.arange(count)).cast(pa.string()), **columns})
    return known


def _let_old_go(
    wanted: Mapping[str, Fact], columns: dict[str, pa.Array], registry: pa.Table, as_of: dt.date
) -> dict[str, int]:
    """Values whose row was last looked at too long ago go, as they do in an import; how many, by fact."""
    counts: dict[str, int] = {}
    if UPDATED_ON not in registry.column_names:
        return counts
    looked_at = registry[UPDATED_ON].combine_chunks()
    for name, values in columns.items():
        columns[name], count = let_old_go(wanted[name], values, looked_at, as_of)
        if count:
            counts[name] = count
    return counts


def _note_rows(known: Known, month: Month) -> None:
    """Which rows are whose; of a payroll only the month's own payments, for those are what is asked about."""
    for one in known.lists:
        rows = one.table["row"].to_numpy()
        now = np.ones(len(rows), dtype=np.bool_)
        if one.kind in HOLDERS:
            now = _mask(pc.equal(one.table["month"], pa.scalar(month.first, pa.date32())))
            now &= _mask(pc.equal(one.table["pay_kind"], "regular"))
        enough = SAME if one.kind.startswith("deaths") else LIKELY  # nobody is dead by likelihood
        for target, chosen in (
            (known.maybe, now & (one.links.level >= MAYBE) & (one.links.level < enough)),
            (known.rows, now & (one.links.level >= enough)),
        ):
            kept = target.setdefault(one.kind, {})
            for person, row in zip(one.links.person[chosen].tolist(), rows[chosen].tolist(), strict=True):
                kept.setdefault(person, []).append(row)


def _state(
    plan: Plan, columns: dict[str, pa.Array], one: Linked, month: Month, count: int, known: Known
) -> None:
    """Write what the rows of a list state into the persons they are."""
    if one.kind.startswith("deaths"):
        return
    sure = one.links.sure(LIKELY)
    person, likely = one.links.person[sure], one.links.level[sure] == LIKELY
    rows = one.table.filter(pa.array(sure))
    for benefit in plan.benefits.values():
        if benefit.receipts == one.kind:
            _receipts(columns, benefit.id, rows, person, likely, month, count, known)
    gives = plan.lists[one.kind].gives if one.kind in plan.lists else ()
    for fact in gives:
        if fact not in rows.column_names:
            continue
        values = rows[fact].combine_chunks()
        order = np.arange(len(person))
        at = np.full(count, -1, dtype=np.int64)
        at[person] = order  # the last row of a person speaks
        stated = values.take(pa.array(at, mask=at < 0))
        before = columns.get(fact)
        if fact == "income_class" and before is not None:
            stated = _stronger(before, stated)
        columns[fact] = stated if before is None else pc.coalesce(stated, before.cast(stated.type))
        _weaken(known, fact, person[likely], count)


def _stronger(before: pa.Array, stated: pa.Array) -> pa.Array:
    """Of two income classes the one that says more need (a person on two lists)."""
    ranks = [
        pc.fill_null(pc.index_in(values, pa.array(_CLASSES)), -1)
        for values in (before.cast(pa.string()), stated)
    ]
    return pc.if_else(pc.greater(ranks[0], ranks[1]), before.cast(pa.string()), stated)


def _weaken(known: Known, fact: str, persons: npt.NDArray[np.int32], count: int) -> None:
    weak = known.weak.setdefault(fact, np.zeros(count, dtype=np.bool_))
    weak[persons] = True


def _receipts(
    columns: dict[str, pa.Array],
    benefit: str,
    rows: pa.Table,
    person: npt.NDArray[np.int32],
    likely: Mask,
    month: Month,
    count: int,
    known: Known,
) -> None:
    """Who receives in the month, and how much: the month's own payment, arrears and recoveries aside."""
    due = np.ones(len(person), dtype=np.bool_)
    if "month" in rows.column_names and "pay_kind" in rows.column_names:
        due &= _mask(pc.equal(rows["month"], pa.scalar(month.first, pa.date32())))
        due &= _mask(pc.equal(rows["pay_kind"], "regular"))
    if "funded_fen" in rows.column_names:
        due &= _mask(pc.greater(rows["funded_fen"], 0))
    elif "funded_kind" in rows.column_names:
        due &= ~_mask(pc.is_in(pc.fill_null(rows["funded_kind"], "无"), pa.array(["无", "否", "-"])))
    elif benefit == "medical_insurance_funding":
        return  # on the roll, but nothing says who paid
    receives = np.zeros(count, dtype=np.bool_)
    receives[person[due]] = True
    stated = pa.array(receives, mask=~receives)
    name = f"receives.{benefit}"
    before = columns.get(name)
    columns[name] = stated if before is None else pc.coalesce(stated, before)
    _weaken(known, name, person[due & likely], count)
    if "amount_fen" in rows.column_names and "pay_kind" in rows.column_names:
        paid = np.zeros(count, dtype=np.int64)
        fen = pc.fill_null(rows["amount_fen"], 0).to_numpy()
        np.add.at(paid, person[due], fen[due])
        columns[f"paid.{benefit}"] = pa.array(paid, mask=~receives)


def _deaths(
    columns: dict[str, pa.Array], lists: list[Linked], as_of: dt.date, count: int, known: Known
) -> None:
    """Dead where id and name agree. Of who died within the month the payment was right: noted apart."""
    dead = np.zeros(count, dtype=np.bool_)
    within = np.zeros(count, dtype=np.bool_)
    for one in lists:
        if not one.kind.startswith("deaths"):
            continue
        sure = one.links.sure(SAME)
        person = one.links.person[sure]
        dead[person] = True
        if "died_on" in one.table.column_names:
            rows = one.table.filter(pa.array(sure))
            first = pa.scalar(as_of.replace(day=1), pa.date32())
            within[person[_mask(pc.greater_equal(rows["died_on"], first))]] = True
    if dead.any():
        said = columns.get("deceased")
        found = pa.array(dead, mask=~dead)
        columns["deceased"] = found if said is None else pc.coalesce(found, said)
    known.died_this_month = within


def _doubt(plan: Plan, columns: dict[str, pa.Array], known: Known, count: int) -> None:
    """A row that may be a person's, and no row that surely is: what the list gives is unknown of them."""
    for one in known.lists:
        if one.kind.startswith("deaths") or one.kind not in plan.lists:
            continue
        doubted = np.zeros(count, dtype=np.bool_)
        doubted[[person for person in known.maybe[one.kind] if person not in known.rows[one.kind]]] = True
        if not doubted.any():
            continue
        # Income class hangs on three lists: a doubt on one leaves what another says for certain.
        for fact in plan.lists[one.kind].gives:
            if fact not in columns:
                continue
            open_ = doubted
            if fact == "income_class":
                open_ = doubted & _mask(pc.equal(columns[fact].cast(pa.string()), "none"))
            columns[fact] = pc.if_else(pa.array(open_), pa.scalar(None, columns[fact].type), columns[fact])


def _holders(columns: dict[str, pa.Array], known: Known, count: int) -> tuple[Mask, Mask]:
    """Who is alive with a valid certificate, and of whom that is known: not of who may stand on a list of the dead."""
    status, dead = columns.get("certificate_status"), columns.get("deceased")
    if status is None:
        return np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    gone = np.zeros(count, np.bool_) if dead is None else _mask(pc.cast(dead, pa.bool_()))
    told = np.asarray(pc.is_valid(status)) | gone
    for kind, persons in known.maybe.items():
        if kind.startswith("deaths"):
            told[[person for person in persons if not gone[person]]] = False
    return _mask(pc.equal(status, "valid")) & ~gone & told, told


def _areas(hukou: pa.Array | None, count: int) -> npt.NDArray[np.int64]:
    if hukou is None:
        return np.full(count, -1, dtype=np.int64)
    return np.asarray(pc.fill_null(pc.cast(hukou, pa.int64()), -1).to_numpy(zero_copy_only=False))


def _mask(values: pa.Array | pa.ChunkedArray) -> Mask:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
