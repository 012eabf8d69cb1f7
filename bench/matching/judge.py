"""What a method found, held against the truth: precision of pairs, recall of rows, the queue, and every false pair."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yice.identifiers.names import code_points, fold, sounds

Ints = np.ndarray


@dataclass(frozen=True)
class Truth:
    """Who each row is. `found_in_register`: the list rows whose person has a row in the register; `strange`: the list
    rows between whose numbers and the register's the veto stands, because one is a relative's or a second one."""

    folder: Path
    registry: pa.Table
    rows: pa.Table
    ours: Ints
    theirs: Ints
    found_in_register: np.ndarray
    strange: np.ndarray

    @classmethod
    def of(cls, folder: Path) -> Truth:
        registry = pq.read_table(folder / "truth_registry.parquet")
        rows = pq.read_table(folder / "truth_list.parquet")
        ours, theirs = registry["person"].to_numpy(), rows["person"].to_numpy()
        here = np.isin(theirs, ours)
        own = np.isin(theirs, ours[pc.not_equal(registry["id"].cast(pa.string()), "relative").to_numpy()])
        written = pc.is_in(
            rows["id"].cast(pa.string()), value_set=pa.array(["relative", "renumbered"])
        ).to_numpy()
        return cls(folder, registry, rows, ours, theirs, here, here & (written | ~own))

    def positions(self, table: pa.Table) -> tuple[Ints, Ints]:
        """Positions of the rows that a file of pairs names."""
        return tuple(
            pc.index_in(table[column], value_set=truth["row_id"].combine_chunks()).to_numpy()
            for column, truth in (("registry_row", self.registry), ("list_row", self.rows))
        )


@dataclass(frozen=True)
class Verdict:
    """Counts. `queued`: list rows somebody must look at; `helped`: those of them whose right pair is there."""

    pairs: int
    right: int
    expected: int  # list rows whose person is in the register
    found: int  # of them, with a right pair decided by itself
    queued: int
    helped: int  # of those not found, with the right pair in the queue
    rows: int
    strange: int  # expected rows that the veto leaves to people
    strange_found: int
    strange_queued: int  # of all queued

    @property
    def precision(self) -> float:
        return self.right / max(1, self.pairs)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.expected)

    @property
    def reviewed(self) -> float:
        return (self.found + self.helped) / max(1, self.expected)

    def told(self) -> str:
        low, high = wilson(self.right, self.pairs)
        low_r, high_r = wilson(self.found, self.expected)
        return (
            f"precision {self.precision:.5f} [{low:.5f}, {high:.5f}] ({self.pairs - self.right} false of {self.pairs:,})"
            f"  recall {self.recall:.5f} [{low_r:.5f}, {high_r:.5f}]"
            f"  after review {self.reviewed:.5f}  queue {self.queued / self.rows:.3%}"
        )

    @property
    def recall_of_own(self) -> float:
        """Recall of the rows with the person's own number on both sides, spoiled or not."""
        return (self.found - self.strange_found) / max(1, self.expected - self.strange)

    def told_of_own(self) -> str:
        return (
            f"{self.strange} rows have a relative's or a second number, which the veto leaves to people; of the others:"
            f" recall {self.recall_of_own:.5f}, queue {(self.queued - self.strange_queued) / self.rows:.3%}"
        )


def wilson(right: int, all_: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share at 95%, after Wilson."""
    if not all_:
        return 0.0, 1.0
    share, spread = right / all_, z * z / all_
    middle = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / all_ + z * z / (4 * all_ * all_))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def judge(truth: Truth, same: tuple[Ints, Ints], queue: tuple[Ints, Ints]) -> Verdict:
    """Pairs and questions by position (registry row, list row)."""
    good = truth.ours[same[0]] == truth.theirs[same[1]]
    found = np.zeros(len(truth.theirs), dtype=np.bool_)
    found[same[1][good]] = True
    asked = truth.ours[queue[0]] == truth.theirs[queue[1]]
    helped = np.zeros(len(truth.theirs), dtype=np.bool_)
    helped[queue[1][asked]] = True
    return Verdict(
        len(good), int(good.sum()), int(truth.found_in_register.sum()), int(found.sum()),
        len(np.unique(queue[1])), int((helped & ~found).sum()), len(truth.theirs),
        int(truth.strange.sum()), int((found & truth.strange).sum()), int(truth.strange[np.unique(queue[1])].sum()),
    )  # fmt: skip


def false_pairs(truth: Truth, left: Ints, right: Ints) -> list[dict[str, object]]:
    """The pairs that are not one person, each with its kind: whose row it is that was taken for another's."""
    wrong = np.flatnonzero(truth.ours[left] != truth.theirs[right])
    ours = pq.read_table(truth.folder / "registry.parquet").take(pa.array(left[wrong])).to_pylist()
    theirs = pq.read_table(truth.folder / "list.parquet").take(pa.array(right[wrong])).to_pylist()
    of = truth.registry.take(pa.array(left[wrong])).to_pylist()
    to = truth.rows.take(pa.array(right[wrong])).to_pylist()
    return [
        {
            "kind": _kind(a, b, x, y),
            "pair": int(at),
            "registry": a,
            "list": b,
            "damage": (x["id"], x["name"], y["id"], y["name"]),
        }
        for at, a, b, x, y in zip(wrong, ours, theirs, of, to, strict=True)
    ]


def missed(truth: Truth, same: tuple[Ints, Ints], queue: tuple[Ints, Ints]) -> Counter[tuple[str, str, str]]:
    """Rows neither found nor in the queue with their person, by what was done to number, name and register."""
    right = np.zeros(len(truth.theirs), dtype=np.bool_)
    for left, row in (same, queue):
        right[row[truth.ours[left] == truth.theirs[row]]] = True
    lost = np.flatnonzero(truth.found_in_register & ~right)
    rows = truth.rows.take(pa.array(lost)).to_pylist()
    order = np.argsort(truth.ours, kind="stable")
    first = order[np.searchsorted(truth.ours[order], truth.theirs[lost])]
    spoiled = truth.registry["id"].take(pa.array(first)).to_pylist()
    return Counter(
        (row["id"] or "-", row["name"] or "-", other or "-") for row, other in zip(rows, spoiled, strict=True)
    )


def _kind(ours: dict[str, str], theirs: dict[str, str], of: dict[str, object], to: dict[str, object]) -> str:
    one, other = fold(ours["name"]), fold(theirs["name"])
    if to["id"] == "relative" or of["id"] == "relative":
        return "a relative's number"
    if to["twin"] == of["person"]:
        return "twin"
    if of["household"] == to["household"]:
        return "kin"
    if one == other:
        return "namesake"
    pair = sounds(code_points([one, other]))
    return "homophone" if (pair[0] == pair[1]).all() else "other"
