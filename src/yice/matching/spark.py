"""`yice match --engine spark`: the same passes over as many machines as there are. Only this module knows Spark.

Rows go where the keys of a pass send them and meet there by `keys.join`; the pairs go to their rows and are judged by
the pass itself. What is decided, about a pair a row, comes back to the caller and is settled there, as on one machine.
Both files are Parquet that every executor sees under the same path; a task reads a row group.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.matching.both import Both
from yice.matching.compare import beside, other_rows
from yice.matching.digests import of_texts
from yice.matching.files import Called, group_sizes, plain, read_group
from yice.matching.health import check, health
from yice.matching.keys import Bools, Ints, Keys, distinct, join
from yice.matching.model import Model, published
from yice.matching.names import Shares, heard
from yice.matching.normalise import Records, cut_too, normalise
from yice.matching.pairs import Decision, Pairs, Reason
from yice.matching.passes.by_id import BY_ID
from yice.matching.passes.joining import Pass, Side
from yice.matching.passes.residual import BY_WEIGHT
from yice.matching.passes.settle import settle
from yice.matching.passes.slips import BY_SLIP
from yice.matching.passes.two_ids import BY_TWO_IDS
from yice.matching.persons import PASSES, first_said, numbered
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

Judge = Callable[[Both, Ints, Ints], Pairs]
Sent = tuple[bool, int, Keys, Ints]  # ours?, number of the join, keys, rows of the whole list
_NONE = np.zeros(0, dtype=np.int64)


def compare_on_spark(
    registry: Path,
    list_: Path,
    *,
    model: Model | None = None,
    events: bool = False,
    allow_test_range: bool = False,
    checked: bool = True,
    called: Called = plain,
) -> Pairs:
    """As `compare`, positions being rows of the files. The list's health is that of its first row group."""
    model = model or published()
    for path in (registry, list_):
        if path.suffix.lower() != ".parquet":
            raise Problem("engine-spark", Message("在 Spark 上比对，登记册和名单都应是 .parquet。"), fix=Message("CSV 请用 --engine local。"))  # fmt: skip
    if checked:
        _check(registry, list_, allow_test_range, called)
    with _context() as context:
        ours, theirs = (_Rows.read(context, path, allow_test_range, called) for path in (registry, list_))
        common = context.broadcast(_Common.of(ours, theirs))
        alone = _Comparison(context, model, common, ours, ours)
        every = np.ones(len(ours), dtype=np.bool_)
        pairs = first_said([alone.run(one, every, every) for one in PASSES])
        who = numbered(pairs, alone.id_keys(np.union1d(pairs.registry_row, pairs.list_row)))

        both = _Comparison(context, model, common, ours, theirs)
        open_theirs = np.ones(len(theirs), dtype=np.bool_)
        taken = np.zeros(len(ours), dtype=np.bool_)
        found = []
        for one in (BY_ID, BY_SLIP, BY_TWO_IDS, BY_WEIGHT):
            open_ours = ~taken[who] if one is BY_WEIGHT and not events else every
            found.append(both.run(one, open_ours, open_theirs))
            same = found[-1].of(Decision.SAME)
            open_theirs[same.list_row] = False
            taken[who[same.registry_row]] = True
        best = settle(Pairs.joined(found), who, model, events=events)
        left, at = other_rows(best, who)
        more = both.judged(left, best.list_row[at], _as_other_row)
        order = np.lexsort((left, best.list_row[at]))
        more = more.at(np.lexsort((more.registry_row, more.list_row)))
        return beside(best, at[order], more)


def _check(registry: Path, list_: Path, allow_test_range: bool, called: Called) -> None:
    tables = [read_group(path, 0, called) for path in (registry, list_)]
    ours, theirs = (normalise(table, allow_test_range=allow_test_range) for table in tables)
    check(health(tables[1], theirs), ours, theirs)


def _as_other_row(both: Both, left: Ints, right: Ints) -> Pairs:
    codes = both.levels(left, right)
    return both.pairs(left, right, 0, Decision.QUEUE, Reason.OTHER_ROW, codes, both.weight(codes, left))


@dataclass(frozen=True)
class _Rows:
    """A list over the cluster: `rdd` of (row group, Records); `starts`: the first row of each group, then the end."""

    rdd: Any
    starts: Ints

    def __len__(self) -> int:
        return int(self.starts[-1])

    @classmethod
    def read(cls, context: Any, path: Path, allow_test_range: bool, called: Called) -> _Rows:
        sizes = group_sizes(path)
        today, place = clock.today(), path.resolve()

        def read(group: int) -> tuple[int, Records]:
            if clock.today() != today:
                clock.set_day(today)  # in a process of its own
            return group, normalise(read_group(place, group, called), allow_test_range=allow_test_range)

        rdd = context.parallelize(range(len(sizes)), max(1, len(sizes))).map(read).cache()
        if rdd.map(lambda item: bool(item[1].cut.any())).fold(False, lambda one, other: one or other):
            rdd = rdd.mapValues(cut_too).cache()
        return cls(rdd, np.r_[0, np.cumsum(sizes, dtype=np.int64)])


@dataclass(frozen=True)
class _Common:
    """What every judgement needs to know of the whole: how common names are among ours, and whether any are given."""

    shares: Shares
    nameless: bool

    @classmethod
    def of(cls, ours: _Rows, theirs: _Rows) -> _Common:
        met = pa.concat_tables(ours.rdd.map(_names).collect()).group_by("name").aggregate([("count", "sum")])
        names, counts = met["name"].combine_chunks(), met["count_sum"].to_numpy().astype(np.float64)
        named = int(counts[pc.not_equal(names, "").to_numpy(zero_copy_only=False)].sum())
        theirs_named = theirs.rdd.map(lambda item: bool(pc.any(pc.not_equal(item[1].name, "")).as_py()))
        nameless = not named or not theirs_named.fold(False, lambda one, other: one or other)
        return cls(Shares(names, counts, named), nameless)

    def both(self, ours: Records, theirs: Records, model: Model) -> Both:
        return replace(Both.of(ours, theirs, model, self.shares), nameless=self.nameless)


def _names(item: tuple[int, Records]) -> pa.Table:
    counts = pc.value_counts(item[1].name)
    return pa.table({"name": counts.field("values"), "count": counts.field("counts")})


@dataclass(frozen=True)
class _Comparison:
    context: Any
    model: Model
    common: Any
    ours: _Rows
    theirs: _Rows

    def run(self, this: Pass, open_ours: Bools, open_theirs: Bools) -> Pairs:
        """What a pass decides, and what it puts to somebody."""
        parts = max(self.ours.rdd.getNumPartitions(), self.theirs.rdd.getNumPartitions())
        masks = self.context.broadcast((np.packbits(open_theirs), np.packbits(open_ours)))
        sent = [
            rows.rdd.flatMap(partial(_send, this, ours, rows.starts, masks, parts))
            for rows, ours in ((self.ours, True), (self.theirs, False))
        ]
        met = self.context.union(sent).groupByKey(parts, int)
        alone = self.ours is self.theirs
        limit = this.limit
        pairs = met.flatMap(lambda item: _meet(item[1], limit, alone))
        return self._judged(pairs, this.judge)

    def judged(self, left: Ints, right: Ints, judge: Judge) -> Pairs:
        """Given pairs, judged."""
        return self._judged(self.context.parallelize([(left, right)], 1), judge)

    def _judged(self, pairs: Any, judge: Judge) -> Pairs:
        """`pairs`: arrays of (row of ours, row of theirs)."""
        ours, theirs, common, model = self.ours.starts, self.theirs.starts, self.common, self.model
        to_theirs = pairs.flatMap(lambda pair: _split(_group_of(pair[1], theirs), pair))
        with_theirs = to_theirs.cogroup(self.theirs.rdd, max(1, len(theirs) - 1)).flatMap(
            lambda item: _take_theirs(item[1], theirs[item[0]], ours)
        )
        found = with_theirs.cogroup(self.ours.rdd, max(1, len(ours) - 1)).flatMap(
            lambda item: _judge(item[1], ours[item[0]], common.value, model, judge)
        )
        return Pairs.joined([Pairs.none(), *found.collect()])

    def id_keys(self, rows: Ints) -> Keys:
        """By row of ours: its usable number, 0 for rows that were not asked for."""
        starts, wanted = self.ours.starts, self.context.broadcast(rows)

        def of(item: tuple[int, Records]) -> tuple[Ints, Keys]:
            low, high = np.searchsorted(wanted.value, starts[item[0] : item[0] + 2])
            here = wanted.value[low:high]
            return here, item[1].id_key[here - starts[item[0]]]

        keys = np.zeros(len(self.ours), dtype=np.int64)
        for here, found in self.ours.rdd.map(of).collect():
            keys[here] = found
        return keys


def _send(
    this: Pass, ours: bool, starts: Ints, masks: Any, parts: int, item: tuple[int, Records]
) -> Iterator[tuple[int, Sent]]:
    """The known keys of a row group, each to the task where its equals meet."""
    group, records = item
    first, last = starts[group], starts[group + 1]
    mask = np.unpackbits(masks.value[int(ours)][first // 8 : last // 8 + 1]).astype(np.bool_)
    sound = of_texts(heard(records.name).combine_chunks())
    sound[pc.equal(records.name, "").to_numpy(zero_copy_only=False)] = 0
    side = Side(records, sound, mask[first % 8 :][: last - first], ours)
    for number, (rows, make) in enumerate(this.keys(side)):
        keys = make()
        known = np.flatnonzero(keys)
        keys = keys[known]
        at = first + (known if rows is None else rows[known])
        for part, (some, where) in _split(
            np.asarray(keys.view(np.uint64) % np.uint64(parts), np.int64), (keys, at)
        ):
            yield part, (ours, number, some, where)


def _split(part: Ints, columns: tuple[Ints, ...]) -> Iterator[tuple[int, tuple[Ints, ...]]]:
    """The rows of columns by the part each goes to."""
    order = np.argsort(part, kind="stable")
    ordered = part[order]
    for first in np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)]):
        at = order[first : np.searchsorted(ordered, ordered[first], side="right")]
        yield int(ordered[first]), tuple(column[at] for column in columns)


def _group_of(rows: Ints, starts: Ints) -> Ints:
    return np.asarray(np.searchsorted(starts, rows, side="right") - 1)


def _meet(sent: Iterable[Sent], limit: int | None, alone: bool) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of rows that share a key of the same join."""
    by_join: dict[int, tuple[list[Sent], list[Sent]]] = {}
    for one in sent:
        by_join.setdefault(one[1], ([], []))[0 if one[0] else 1].append(one)
    for mine, yours in by_join.values():
        if mine and yours:
            (keys, rows), (others, there) = (
                (np.concatenate([one[2] for one in side]), np.concatenate([one[3] for one in side]))
                for side in (mine, yours)
            )
            left, right = join(keys, others, limit)
            left, right = rows[left], there[right]
            later = left < right if alone else np.ones(len(left), dtype=np.bool_)
            yield left[later], right[later]


def _take_theirs(
    both: tuple[Iterable[tuple[Ints, Ints]], Iterable[Records]], first: int, ours: Ints
) -> Iterator[tuple[int, tuple[Ints, Ints, Records]]]:
    """The pairs of a row group of theirs, each once, with its records; by the row group of ours."""
    pairs, (records,) = list(both[0]), both[1]
    left, right = (np.concatenate([_NONE, *(pair[side] for pair in pairs)]) for side in (0, 1))
    left, right = distinct(left, right)
    for group, (some, others) in _split(_group_of(left, ours), (left, right)):
        yield group, (some, others, records.take(others - first))


def _judge(
    both: tuple[Iterable[tuple[Ints, Ints, Records]], Iterable[Records]],
    first: int,
    common: _Common,
    model: Model,
    judge: Judge,
) -> Iterator[Pairs]:
    sent, (records,) = list(both[0]), both[1]
    for left, right, theirs in sent:
        at = np.arange(len(left))
        found = judge(common.both(records.take(left - first), theirs, model), at, at)
        found = found.at(found.decision != Decision.NONE)
        yield replace(found, registry_row=left[found.registry_row], list_row=right[found.list_row])


@contextmanager
def _context() -> Iterator[Any]:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Problem("engine-spark", Message("没有装 Spark（pyspark）。"), fix=Message("请装上 yice[spark] 和 Java 17，或用 --engine local。")) from None  # fmt: skip
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("yice match").config("spark.ui.showConsoleProgress", "false")
    session = builder.getOrCreate()
    try:
        yield session.sparkContext
    finally:
        session.stop()
