"""The numbers of the published model, by Splink from people of the training seed; and vectors for the engine's test.

    .venv/bin/python -m bench.matching.train [--people 1000000 --rows 500000] [--accept BITS --reject BITS]

u comes from random pairs (of the id: set by hand, see `referee.ID_U`), m from expectation maximisation; nothing is
taken from the truth. The bands stay as they are in the model unless they are given here; how they were chosen stands
in docs/performance.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
from pathlib import Path

from bench.matching import methods
from bench.matching.generate import generate
from bench.matching.prepare import prepare

VECTORS = methods.ROOT / "tests" / "matching" / "data" / "splink_vectors.json"
LEAST = (
    1e-4  # m of a level that hardly a pair of the training people has: what was not met is no proof against
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accept", type=float)
    parser.add_argument("--reject", type=float)
    parser.add_argument("--keep", type=Path, help="a folder to keep the made-up people in")
    parser.add_argument("--version", help="of the model; one more than the published one when not given")
    parser.add_argument(
        "--only-vectors", action="store_true", help="leave the numbers, write the vectors anew"
    )
    options = parser.parse_args()
    model = json.loads(methods.MODEL.read_text("utf-8"))
    if not options.only_vectors:
        with tempfile.TemporaryDirectory() as scratch:
            folder = (options.keep or Path(scratch)) / f"{options.seed}-{options.people}-{options.rows}"
            generate(folder, options.people, options.rows, options.seed, harder=True)
            prepare(folder)
            trained = folder / "trained.json"
            cost = methods.run(methods.BENCH_PYTHON, methods.REFEREE, "train", folder, methods.MODEL, trained)
            print(f"  trained: {cost.cpu:.0f} CPU-s, {cost.memory:.2f} GB")
            _take_over(model, json.loads(trained.read_text("utf-8")))
        model["version"] = options.version or str(int(float(model["version"])) + 1)
        model["trained"] = {
            "date": dt.date.today().isoformat(),  # noqa: DTZ011 - the day it was made, nothing hangs on it
            "tool": "Splink 5.0.0, bench/matching/train.py",
            "population": f"{options.people} × {options.rows} made-up people, seed {options.seed}",
        }
    for band in ("accept", "reject"):
        if getattr(options, band) is not None:
            model["bands"][band] = getattr(options, band)
    methods.MODEL.write_text(json.dumps(model, ensure_ascii=False, indent=2) + "\n", "utf-8")
    VECTORS.parent.mkdir(parents=True, exist_ok=True)
    methods.run(methods.BENCH_PYTHON, methods.REFEREE, "vectors", methods.MODEL, VECTORS)
    return 0


def _take_over(model: dict, trained: dict) -> None:
    """Put Splink's m and u in the place of the model's, to six figures; levels and words stay."""
    chance = trained["probability_two_random_records_match"]
    model["prior_log2"] = round(_bits(chance), 4)
    found = {
        one["output_column_name"]: {level["label_for_charts"]: level for level in one["comparison_levels"]}
        for one in trained["comparisons"]
    }
    for comparison in model["comparisons"]:
        for level in comparison["levels"]:
            given = found[comparison["name"]][level["level"]]
            level["m"] = max(LEAST, _figures(given.get("m_probability") or 0))
            level["u"] = _figures(given.get("u_probability") or LEAST)


def _bits(chance: float) -> float:
    from math import log2

    return log2(chance / (1 - chance))


def _figures(value: float) -> float:
    return float(f"{value:.6g}")


if __name__ == "__main__":
    raise SystemExit(main())
