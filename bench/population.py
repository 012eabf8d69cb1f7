"""A made-up population as a typed snapshot: shares as the surveys have them, in row groups of a million.

Codes are small numbers with their code book in the field's metadata, flags are bits, rows lie sorted by place, as
a register's do. The same seed gives the same people.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bench.bench_plan import PROVINCES
from numpy.typing import NDArray

from yice.rules.bits import unpack
from yice.rules.columns import Columns
from yice.rules.expression.scope import facts_of
from yice.rules.files import packed
from yice.rules.kernel.screening import screen
from yice.rules.model import Fact, Plan

DAY = dt.date(2020, 6, 30)
GROUP = 1 << 20  # rows of a row group
DRAWN = 2  # row groups
# Certificates by category and grade, income classes and school stages: rough shares, in hundredths.
SHARES: dict[str, tuple[int, ...]] = {
    "sex": (57, 43),
    "category": (12, 9, 2, 54, 8, 11, 4),
    "income_class": (80, 12, 5, 3),
    "school_stage": (90, 1, 3, 2, 1, 1, 1, 1),
    "pension_kind": (12, 48, 10, 30),
}
GRADES = (14, 30, 30, 26)
AGES = ((0, 7, 2), (7, 18, 4), (18, 60, 48), (60, 95, 46))  # from, to, share
TRUE = {"deceased": 1, "certified": 97, "literate": 80, "rural": 70, "work_ability": 45, "employed": 30,
        "need_rehab": 55, "need_device": 25, "orphan_allowance": 1, "in_welfare_institution": 1}  # fmt: skip
SELDOM = 15  # of a hundred, where TRUE does not say


def generate(
    path: Path, plan: Plan, people: int, missing: float, seed: int = 7, *, pack: bool = True
) -> None:
    """Write a snapshot of `people` with a share of `missing` of every fact. It appears whole or not at all.

    Two million are drawn, all others are those again under ids and places of their own: drawing takes longer than
    screening. Packed as the desk's snapshots are, or plain.
    """
    part = path.with_name(path.name + ".part")
    rows = min(GROUP, people)
    with ThreadPoolExecutor(2) as pool:
        seeds = [(seed, number) for number in range(min(DRAWN, -(-people // GROUP)))]
        drawn = list(pool.map(lambda one: snapshot(plan, rows, missing, one), seeds))
    unknown = [one.column("hukou").combine_chunks().is_null().to_numpy(zero_copy_only=False) for one in drawn]
    if pack:
        drawn = [packed.pack(one) for one in drawn]
    schema = drawn[0].schema
    books = [name for name in schema.names if name not in ("person_id", packed.COLUMN)]
    with pq.ParquetWriter(part, schema, compression="lz4", use_dictionary=books) as writer:
        for number, start in enumerate(range(0, people, GROUP)):
            which = number % len(drawn)
            table = drawn[which].slice(0, min(GROUP, people - start))
            places = _places(np.arange(start, start + table.num_rows), people)
            blank = unknown[which][: table.num_rows]
            places = pa.array(np.where(blank, 0, places)) if pack else pa.array(places, mask=blank)
            for name, column in (("person_id", _ids(start, table.num_rows)), ("hukou", places)):
                at = schema.get_field_index(name)
                table = table.set_column(at, schema.field(at), column)
            writer.write_table(table, row_group_size=GROUP)
    part.replace(path)


def snapshot(plan: Plan, rows: int, missing: float, seed: tuple[int, ...] = (7, 0)) -> pa.Table:
    """So many people with the pay lists that go with them."""
    random = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"person_id": _ids(0, rows)}
    fields = [pa.field("person_id", pa.string())]

    def add(name: str, values: NDArray[np.generic], unknown: NDArray[np.bool_] | None, fact: Fact) -> None:
        columns[name] = pa.array(values, mask=unknown)
        if fact.type == "date":
            columns[name] = columns[name].cast(pa.date32())
        codes = {"codes": ";".join(fact.codes)} if fact.codes else None
        fields.append(pa.field(name, columns[name].type, metadata=codes))

    facts = facts_of(plan)
    for name, fact in facts.items():
        if fact.derive is None and name in plan.facts:
            values = _values(fact, rows, random)
            add(name, values, _some(missing, rows, random), fact)
    table = pa.table(list(columns.values()), schema=pa.schema(fields))
    screening = screen(plan, Columns.from_table(plan, table), DAY, threads=1)
    for name in screening.groups:
        benefit = screening.program.groups[name].benefit
        if benefit is None:
            continue
        eligible, unknown = (
            unpack(words, rows).view(np.bool_)
            for words in (screening.eligible(name), screening.unknown(name))
        )
        chance = np.where(
            eligible, 60_948, np.where(unknown, 6_553, 262)
        )  # of 65,536: most who are due receive
        receives = random.integers(0, 65_536, rows, np.uint16) < chance
        paid = np.where(_some(0.02, rows, random), np.int32(9_900), np.int32(10_000))
        unsure = _some(missing, rows, random)
        add(f"receives.{benefit.id}", receives, unsure, facts[f"receives.{benefit.id}"])
        add(f"paid.{benefit.id}", paid, ~receives | unsure, facts[f"paid.{benefit.id}"])
    return pa.table(list(columns.values()), schema=pa.schema(fields))


def _values(fact: Fact, rows: int, random: np.random.Generator) -> NDArray[np.generic]:
    match fact.type:
        case "bool":
            return random.integers(0, 100, rows, np.uint8) < TRUE.get(fact.name, SELDOM)
        case "code":
            return _drawn(SHARES[fact.name], rows, random)
        case "area":
            return _places(np.arange(rows), rows)
        case "date" if fact.name == "birth_date":
            ages = np.concatenate(
                [np.repeat(np.arange(a, b), share * 420 // (b - a)) for a, b, share in AGES]
            )
            days = ages[random.integers(0, len(ages), rows)] * 365.25 + random.integers(
                0, 365, rows, np.uint16
            )
            today = (DAY - dt.date(1970, 1, 1)).days
            return (today - 1 - days).astype(np.int32)
        case "date":
            return random.integers(18_000, 21_600, rows, np.int32)
        case "int" if fact.name == "grade":
            return _drawn(GRADES, rows, random) + np.int8(1)
        case "int" if fact.high is not None and fact.high < 100:
            return random.integers(fact.low or 0, fact.high + 1, rows, np.int8)
        case _:
            return random.integers(0, 4_000, rows, np.int32) * np.int32(100)


def _drawn(shares: tuple[int, ...], rows: int, random: np.random.Generator) -> NDArray[np.int8]:
    book = np.repeat(np.arange(len(shares), dtype=np.int8), shares)
    return book[random.integers(0, len(book), rows, np.uint8)]


def _some(share: float, rows: int, random: np.random.Generator) -> NDArray[np.bool_] | None:
    return random.integers(0, 65_536, rows, np.uint16) < round(share * 65_536)


def _places(numbers: NDArray[np.int64], people: int) -> NDArray[np.int64]:
    """Villages of about sixty people, sorted, each province its equal share; the codes are made up."""
    province = numbers * len(PROVINCES) // people
    village = numbers // 60
    below = (village // 450 % 90 + 1) * 1_000_000 + (village // 150 % 3 + 1) * 1_000 + village % 150
    return np.array(PROVINCES, np.int64)[province] * 10_000_000_000 + below


def _ids(start: int, rows: int) -> pa.Array:
    """Ten characters each: a letter and a running number."""
    numbers = np.arange(start, start + rows)
    texts = np.full((rows, 10), ord("0"), np.uint8)
    texts[:, 0] = ord("P")
    for place in range(9, 0, -1):
        texts[:, place] += (numbers % 10).astype(np.uint8)
        numbers = numbers // 10
    ends = np.arange(0, rows * 10 + 1, 10, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), rows, [None, pa.py_buffer(ends), pa.py_buffer(texts.tobytes())])
