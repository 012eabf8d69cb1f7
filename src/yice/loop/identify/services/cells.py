"""What a screening says, person by group, as rows for the findings table: work, and what cannot be told."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yice.accounts.enums import Line
from yice.loop.identify.enums import FindingKind
from yice.loop.identify.facts import DIED, HOME, TIMES
from yice.loop.identify.models import Finding
from yice.loop.identify.services.causes import causes, only_of
from yice.policy.screening import Screened
from yice.rules.bits import pick

LINES = {
    FindingKind.GAP: Line.ENTITLEMENT,
    FindingKind.ASK: Line.ENTITLEMENT,
    FindingKind.LEAK: Line.PAYMENT,
    FindingKind.AMOUNT: Line.PAYMENT,
    FindingKind.DUPLICATE: Line.PAYMENT,
}


FEW = 50


@dataclass(frozen=True)
class Cell:
    """One finding to be: the columns of the staging table in their order, without dates."""

    person: int
    group: str
    kind: str
    benefit: str
    line: str
    due_fen: int | None
    paid_fen: int | None
    reason: str  # JSON
    cause: str

    def row(self) -> tuple[Any, ...]:
        return (
            self.person, self.group, self.kind, self.benefit, self.line, self.due_fen, self.paid_fen,
            self.reason, self.cause, uuid.uuid4().hex,
        )  # fmt: skip


@dataclass(frozen=True)
class Open:
    """A group that cannot be told of a person, and the facts it hangs on."""

    group: str
    missing: tuple[str, ...]


@dataclass
class Cells:
    """All cells of a screening. `open` is by person; a pair in it must not close what is on file."""

    findings: list[Cell] = field(default_factory=list)
    open: dict[int, list[Open]] = field(default_factory=lambda: defaultdict(list))


def cells(screened: Screened) -> Cells:
    """Read every decision with something to follow up."""
    found = Cells()
    twice = dict(_twice(screened))
    for batch in screened.screening.decisions("findings", difference=True):
        if batch.num_rows:
            _read(screened, batch, twice, found)
    for (person, benefit), times in twice.items():
        found.findings.append(_double(screened, person, benefit, times))
    return found


def _read(screened: Screened, batch: pa.RecordBatch, twice: dict[tuple[int, str], int], found: Cells) -> None:
    keys = batch.column("person_id").cast(pa.int64()).to_numpy()
    group = batch.column("group")[0].as_py()
    program = screened.screening.program
    benefit = program.groups[group].benefit
    if benefit is None:
        return
    rows = screened.rows(keys)
    homes = _homes(screened, group, rows)
    order = list(range(len(rows)))
    seen: set[tuple[int, str]] = set()  # household and kind: one member stands for all, whoever joined since
    status, failed, missing, kinds = (
        batch.column(name).to_pylist() for name in ("status", "failed", "missing", "finding")
    )
    amounts, receiving = batch.column("amount_fen").to_pylist(), batch.column("receiving").to_pylist()
    differences = batch.column("difference_fen").to_pylist()
    dead = _true(screened, "deceased", rows)
    recent = _died_within(screened, rows) if benefit.stops == "month_after" else set()
    by_death = only_of(program, group, "deceased")
    sums = np.array([amounts, differences], dtype=object)
    matters = np.array([kind in (FindingKind.AMOUNT, FindingKind.DUPLICATE) for kind in kinds])
    also = np.where(matters, np.where(sums == None, -1, sums), 0).astype(np.int64).T  # noqa: E711
    digests = causes(program, screened.columns, group, rows, also)
    if homes is not None:
        held, seen = _held(group, homes, set(keys.tolist()))
        order.sort(key=lambda at: ((int(keys[at]), kinds[at]) not in held, at))
    for at in order:
        person, kind = int(keys[at]), kinds[at]
        if kind == FindingKind.ASK:
            open_facts = tuple(filter(None, missing[at].split(";"))) or (f"receives.{benefit.id}",)
            found.open[person].append(Open(group, open_facts))
            continue
        if not kind or (matters[at] and (person, benefit.id) in twice):
            continue  # paid twice is one matter, and the sum follows from it
        home = homes[at] if homes is not None else None
        if home is not None:
            if (home, kind) in seen:
                continue
            seen.add((home, kind))
        if kind == FindingKind.LEAK and at in recent and set(failed[at].split(";")) <= by_death:
            continue  # who died within the month was rightly paid for it
        due, paid = amounts[at], None
        if kind in (FindingKind.LEAK, FindingKind.DUPLICATE):
            due, paid = None, amounts[at]
        elif kind == FindingKind.AMOUNT:
            paid = None if due is None or differences[at] is None else due + differences[at]
        reason: dict[str, Any] = {"status": status[at], "receiving": receiving[at]}
        if failed[at]:
            reason["failed"] = failed[at].split(";")
        if dead[at]:
            reason["deceased"] = True
        found.findings.append(
            Cell(
                person, group, kind, benefit.id, LINES[FindingKind(kind)].value, due, paid,
                json.dumps(reason, ensure_ascii=False), digests[at],
            )
        )  # fmt: skip


def _held(
    group: str, homes: list[int | None], keys: set[int]
) -> tuple[set[tuple[int, str]], set[tuple[int, str]]]:
    """Who stands for a household already: members of this screening by person and kind, others by household."""
    rows = Finding.objects.filter(group=group).exclude(state="closed", closed_by__in=("list", "cause_gone"))
    if len(homes) <= FEW:
        rows = rows.filter(person__household_id__in=[home for home in homes if home])
    here, elsewhere = set(), set()
    for person, kind, home in rows.values_list("person_id", "kind", "person__household_id").order_by():
        if person in keys:
            here.add((person, kind))
        elif home is not None:
            elsewhere.add((home, kind))
    return here, elsewhere


def _homes(screened: Screened, group: str, rows: NDArray[np.intp]) -> list[int | None] | None:
    """The households of these rows where the group is one of households; None where it is of persons."""
    if screened.plan.groups[group].unit != "household":
        return None
    homes: list[int | None] = screened.table.column(HOME).take(pa.array(rows)).to_pylist()
    return homes


def _true(screened: Screened, fact: str, rows: NDArray[np.intp]) -> list[bool]:
    if fact not in screened.columns.facts:
        return [False] * len(rows)
    column = screened.columns.column(fact)
    if column.values is None:
        return [False] * len(rows)
    true: list[bool] = (pick(column.values, rows) & pick(column.known, rows)).astype(bool).tolist()
    return true


def _died_within(screened: Screened, rows: NDArray[np.intp]) -> set[int]:
    """Which of `rows` (by place) died in the as-of month."""
    if DIED not in screened.table.column_names:
        return set()
    days = screened.table.column(DIED).take(pa.array(rows)).to_pylist()
    month = screened.as_of.replace(day=1)
    return {at for at, day in enumerate(days) if day is not None and day >= month}


def _twice(screened: Screened) -> Iterator[tuple[tuple[int, str], int]]:
    """Person and benefit with more than one regular payment in the month."""
    for name in screened.table.column_names:
        if name.startswith(TIMES):
            times = screened.table.column(name).combine_chunks().fill_null(0).to_numpy(zero_copy_only=False)
            for row in np.flatnonzero(times > 1):
                yield (int(screened.keys[row]), name.removeprefix(TIMES)), int(times[row])


def _double(screened: Screened, person: int, benefit: str, times: int) -> Cell:
    made = screened.plan.benefits[benefit]
    row = int(screened.rows(np.array([person]))[0])
    paid = screened.columns.value(f"paid.{benefit}", row)
    reason = {"status": "", "receiving": True, "times": times}
    also = np.array([[times, paid or 0]], np.int64)
    program = screened.screening.program
    (cause,) = causes(program, screened.columns, made.group, np.array([row]), also)
    return Cell(
        person, made.group, FindingKind.DUPLICATE, benefit, Line.PAYMENT.value, None, paid,
        json.dumps(reason), cause,
    )  # fmt: skip
