"""How fast the kernel screens: everybody against every group, beside plain NumPy, in one run on one machine.

    .venv/bin/python -m bench.screening [--people N] [--unknown SHARE] [--pack DIR ...]

Million person×group per CPU-second for (1) status with the met and failed mask of every condition, (2) findings
with reasons, missing facts and amounts written as Arrow batches, (3) the same for every row, (4) plain NumPy:
one bool a row, each condition of each group anew. Statuses of (1) and (4) are compared cell by cell.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from bench.bench_plan import forty_groups

from yice.rules.bits import unpack
from yice.rules.columns import Columns
from yice.rules.dates import ages
from yice.rules.expression import typed
from yice.rules.expression.scope import facts_of
from yice.rules.expression.typed import Node
from yice.rules.kernel.program import Program, compile_plan
from yice.rules.kernel.screening import CHUNK, screen
from yice.rules.model import Fact, Plan
from yice.rules.pack.loader import load_pack

DAY = dt.date(2020, 6, 30)
Bools = tuple[np.ndarray, np.ndarray]


def people(plan: Plan, rows: int, unknown: float, seed: int = 7) -> pa.Table:
    """A typed snapshot of `rows` people, each value unknown with a chance of `unknown`."""
    random = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"person_id": pa.array(np.arange(rows)).cast(pa.string())}
    fields = [pa.field("person_id", pa.string())]
    for fact in facts_of(plan).values():
        if fact.derive is not None or fact.type == "text":
            continue
        mask = random.random(rows) < unknown
        columns[fact.name] = _values(fact, rows, random, mask)
        meta = {"codes": ";".join(fact.codes)} if fact.type == "code" else None
        fields.append(pa.field(fact.name, columns[fact.name].type, metadata=meta))
    return pa.table(list(columns.values()), schema=pa.schema(fields))


def _values(fact: Fact, rows: int, random: np.random.Generator, mask: np.ndarray) -> pa.Array:
    match fact.type:
        case "bool":
            share = 0.01 if fact.name == "deceased" else 0.3
            return pa.array(random.random(rows) < share, mask=mask)
        case "date":
            days = random.integers(-14_600, 18_400, rows).astype(np.int32)
            return pa.array(days, mask=mask).cast(pa.date32())
        case "code":
            return pa.array(random.integers(0, len(fact.codes), rows).astype(np.int8), mask=mask)
        case "int" if fact.high is not None and fact.high < 100:
            return pa.array(random.integers(fact.low or 0, fact.high + 1, rows).astype(np.int8), mask=mask)
        case "int":
            return pa.array(random.integers(0, 300_000, rows), mask=mask)
        case "area":
            return pa.array(random.choice([440704001003, 440704004001, 440799001001], rows), mask=mask)
        case "set":
            return pa.array(random.integers(0, 1 << len(fact.codes), rows), mask=mask)
        case _:
            return pa.array(random.integers(0, 5, rows), mask=mask)


def with_receipts(plan: Plan, table: pa.Table, seed: int = 8) -> pa.Table:
    """The table with pay lists as they are found: most who are due receive, few others do, some sums are wrong."""
    random = np.random.default_rng(seed)
    screening = screen(plan, Columns.from_table(plan, table), DAY)
    rows = table.num_rows
    for name in screening.groups:
        group = screening.program.groups[name]
        if group.benefit is None:
            continue
        eligible, unknown = (
            unpack(words, rows).view(bool) for words in (screening.eligible(name), screening.unknown(name))
        )
        chance = np.where(eligible, 0.93, np.where(unknown, 0.1, 0.004))
        receives = random.random(rows) < chance
        paid = np.where(random.random(rows) < 0.02, 9_900, 10_000)
        for fact, values in (("receives", pa.array(receives)), ("paid", pa.array(paid, mask=~receives))):
            column = f"{fact}.{group.benefit.id}"
            table = table.set_column(table.schema.get_field_index(column), column, values)
    return table


class Plain:
    """The same rules as anyone would write them in NumPy: two bool arrays a condition, nothing shared."""

    def __init__(self, program: Program, columns: Columns) -> None:
        self.program, self.columns, self.rows = program, columns, columns.rows
        self.known = {}
        self.values = {}
        for name in columns.facts:
            if columns.facts[name].derive is None and columns.facts[name].type != "text":
                column = columns.column(name)
                self.known[name] = unpack(column.known, self.rows).view(bool)
                bits = columns.facts[name].type == "bool"
                self.values[name] = (
                    unpack(column.values, self.rows).view(bool)
                    if bits and column.values is not None
                    else column.values
                )

    def truth(self, node: Node) -> Bools:
        match node:
            case typed.Const(value=value):
                return np.full(self.rows, bool(value)), np.full(self.rows, not value)
            case typed.FactRef(name=name):
                value, known = self.values[name], self.known[name]
                return value & known, ~value & known
            case typed.Not(operand=operand):
                true, false = self.truth(operand)
                return false, true
            case typed.And(items=items):
                sides = [self.truth(item) for item in items]
                return np.all([t for t, _ in sides], axis=0), np.any([f for _, f in sides], axis=0)
            case typed.Or(items=items):
                sides = [self.truth(item) for item in items]
                return np.any([t for t, _ in sides], axis=0), np.all([f for _, f in sides], axis=0)
            case typed.If(test=test, then=then, other=other):
                (yes, no), (t1, f1), (t2, f2) = self.truth(test), self.truth(then), self.truth(other)
                return yes & t1 | no & t2, yes & f1 | no & f2
            case typed.Presume(operand=operand, value=value):
                true, false = self.truth(operand)
                return (~false, false) if value else (true, ~true)
            case typed.Known(fact=typed.FactRef(name=name)):
                return self.known[name], ~self.known[name]
            case typed.Compare(op=op, left=left, right=right):
                (a, ka), (b, kb) = self.number(left), self.number(right)
                truth = {"==": np.equal, "<": np.less, "<=": np.less_equal}[op](a, b)
                return truth & ka & kb, ~truth & ka & kb
            case typed.Within(area=area, first=first, last=last):
                codes, known = self.number(area)
                truth = (codes >= first) & (codes <= last)
                return truth & known, ~truth & known
            case typed.Has(set=found, position=position):
                sets, known = self.number(found)
                truth = (sets >> position) & 1 == 1
                return truth & known, ~truth & known
            case typed.Part(parts=parts, position=position, grade=grade):
                numbers, known = self.number(parts)
                level = (numbers >> (4 * position)) & 15
                truth = (level != 0) & ((level <= grade) | (grade == 4))
                known = known & ((level != 15) | (grade == 4))
                return truth & known, ~truth & known
            case _:
                raise NotImplementedError(type(node))

    def number(self, node: Node) -> tuple[Any, Any]:
        match node:
            case typed.Const(value=value):
                return value, True
            case typed.FactRef(name=name):
                return self.values[name], self.known[name]
            case typed.Age(birth=birth, on=on):
                (born, known), (day, _) = self.number(birth), self.number(on)
                return ages(born, np.asarray(day), self.program.leap_day), known
            case typed.Lookup(table=name, keys=keys):
                index, known, positions = self.program.tables[name], np.ones(self.rows, bool), []
                for i, key in enumerate(keys):
                    truth = key.type.kind == "bool"
                    values, key_known = (
                        (self.truth(key)[0], np.logical_or(*self.truth(key))) if truth else self.number(key)
                    )
                    positions.append(index.positions(i, key.type, values.astype(np.int64), ()))
                    known = known & key_known
                numbers, there = index.find(positions)
                return numbers, known & there
            case typed.Arith(op=op, left=left, right=right):
                (a, ka), (b, kb) = self.number(left), self.number(right)
                return {"+": np.add, "-": np.subtract, "*": np.multiply}[op](a, b), ka & kb
            case _:
                raise NotImplementedError(type(node))

    def status(self, group: Any) -> Bools:
        met, failed = [], []
        for line in group.lines:
            true, false = self.truth(line.node)
            met.append(true)
            failed.append(false)
        eligible, ineligible = np.all(met, axis=0), np.any(failed, axis=0)
        for barrier in group.barriers:
            if barrier.exclusion.effect != "choose_higher":
                barred, _ = self.truth(barrier.line.node)
                eligible, ineligible = eligible & ~barred, ineligible | barred
        return eligible, ineligible


def timed(title: str, cells: int, work: Callable[[], Any]) -> tuple[Any, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"  {title:<44}{cells / cpu / 1e6:>9.1f} M/CPU-s{wall:>9.3f} s wall{cpu:>9.3f} s CPU", flush=True)
    return result, cells / cpu


def plans(paths: list[Path]) -> Iterator[Plan]:
    if not paths:
        yield forty_groups()
    for path in paths:
        yield load_pack(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--unknown", type=float, default=0.02)
    parser.add_argument("--pack", type=Path, nargs="*", default=[])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--chunk", type=int, default=CHUNK)
    options = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    for plan in plans(options.pack):
        bench(plan, options)


def bench(plan: Plan, options: argparse.Namespace) -> None:
    table = with_receipts(plan, people(plan, options.people, options.unknown))
    program = compile_plan(plan, DAY)

    def fresh() -> Any:
        return screen(
            plan, Columns.from_table(plan, table), DAY, threads=options.threads, chunk=options.chunk
        )

    first = fresh()
    conditions = sum(len(program.groups[group].lines) for group in first.groups)
    cells = options.people * len(first.groups)
    print(f"{plan.id}: {options.people:,} people × {len(first.groups)} groups, {conditions} conditions")
    list(fresh().decisions("findings"))  # warm
    (screening, fast) = timed("status, every mask", cells, lambda: _ran(fresh()))
    (found, _) = timed(
        "findings with reasons and amounts",
        cells,
        lambda: sum(b.num_rows for b in fresh().decisions("findings")),
    )
    timed("a row for every person and group", cells, lambda: sum(b.num_rows for b in fresh().decisions()))
    print(f"  {found:,} findings, {found / options.people:.2f} a person")
    some = min(options.people, 200_000)
    plain = Plain(program, Columns.from_table(plan, table.slice(0, some)))
    statuses, slow = timed(
        f"plain NumPy, status only ({some:,} people)",
        some * len(first.groups),
        lambda: {group: plain.status(program.groups[group]) for group in first.groups},
    )
    for group, (eligible, ineligible) in statuses.items():
        assert np.array_equal(unpack(screening.eligible(group), some).view(bool), eligible), group
        assert np.array_equal(unpack(screening.ineligible(group), some).view(bool), ineligible), group
    print(f"  every cell agrees; the kernel is {fast / slow:.1f} times as fast")
    one = {name: Columns.from_table(plan, table).value(name) for name in table.schema.names[1:]}
    start = time.perf_counter()
    for _ in range(200):
        screen(plan, Columns.one(plan, one), DAY).decide()
    print(f"  one person over all groups: {(time.perf_counter() - start) * 5:.2f} ms")


def _ran(screening: Any) -> Any:
    screening.counts(screening.groups[0])
    return screening


if __name__ == "__main__":
    main()
