"""Comparing lists: ours, Splink alone, equality of the written number, all on the same made-up people in one run.

    .venv/bin/python -m bench.matching [--people 1000000 --rows 500000] [--seed 2] [--training-seed 1] [--no-splink]

The published weights, their bands and Splink's cut come from people of the training seed; the figures are of others.
Precision counts pairs, recall counts the list's rows whose person is registered; intervals are Wilson's, 95%.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.matching import methods
from bench.matching.generate import generate
from bench.matching.judge import Truth, Verdict, false_pairs, judge, missed
from bench.matching.prepare import prepare

BARE = ("address", "phone")  # what a list without addresses lacks
# precision, recall, recall after review, queue share; with addresses, and without
BARS = {True: (0.9998, 0.9985, 0.9985, 0.002), False: (0.9999, 0.993, 0.9985, 0.002)}
CPU, MEMORY, MEMORY_OF_MANY = (
    15.0,
    1.0,
    24.0,
)  # CPU-s a million rows; GB, and where a list has over half a million
HARDER_UP_TO = 1_000_000  # registered: beyond, size is what is measured


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--training-seed", type=int, default=1)
    parser.add_argument(
        "--blank", type=float, default=0.0, help="share of the list without a number, beside the usual"
    )
    parser.add_argument(
        "--harder", action="store_true", help="only the people with relatives' and second numbers"
    )
    parser.add_argument("--no-splink", action="store_true", help="leave the referee out")
    parser.add_argument("--model", type=Path, help="another model than the published one")
    parser.add_argument("--engine", choices=("local", "duckdb", "spark"), default="local")
    parser.add_argument(
        "--only", choices=("with", "without"), help="only with, or without, addresses and phones"
    )
    parser.add_argument("--keep", type=Path, help="a folder to keep the made-up people in")
    parser.add_argument("--false-pairs", type=Path, help="write every false pair here, as JSON lines")
    options = parser.parse_args()
    refereed = not options.no_splink and methods.BENCH_PYTHON.exists()
    load = os.getloadavg()[0]
    print(f"  {options.people:,} registered × {options.rows:,} on the list; load {load:.1f}")
    with tempfile.TemporaryDirectory() as scratch:
        home = options.keep or Path(scratch)
        truths = {
            seed: _made(home, options, seed, harder=options.harder)
            for seed in ({options.seed, options.training_seed} if refereed else {options.seed})
        }
        for seed, truth in truths.items() if refereed else ():
            start = time.process_time()
            prepare(truth.folder)
            spent = (time.process_time() - start) / options.rows * 1e6
            print(f"  made comparable for Splink (seed {seed}): {spent:.1f} CPU-s a million list rows")
        truth = truths[options.seed]
        found, cost = methods.bare(truth)
        told("equality of the number, as written", judge(truth, found, methods.NOTHING), cost)
        both = [
            address for address in (False, True) if options.only in (None, "with" if address else "without")
        ]
        failed = [_ours(truth, address, options, cost.cpu) for address in both]
        if refereed:
            for address in (False, True):
                _splink(truths, options, address)
        if not options.harder and options.people <= HARDER_UP_TO:
            print(
                "  the same people, among them relatives' numbers and second valid ones (no bar but precision):"
            )
            harder = _made(home, options, options.seed, harder=True)
            failed += [_ours(harder, address, options, cost.cpu, only=1) for address in (False, True)]
    return int(any(failed))


def _made(home: Path, options: argparse.Namespace, seed: int, *, harder: bool) -> Truth:
    words = (seed, options.people, options.rows, options.blank or "", "harder" if harder else "")
    folder = home / "-".join(str(word) for word in words if word != "")
    generate(folder, options.people, options.rows, seed, blank=options.blank, harder=harder)
    return Truth.of(folder)


def told(what: str, verdict: Verdict, cost: methods.Cost) -> None:
    print(f"  {what}\n    {verdict.told()}\n    {cost.told(verdict.rows)}", flush=True)


def _ours(truth: Truth, address: bool, options: argparse.Namespace, bare_cpu: float, only: int = 6) -> bool:
    """Print what ours finds; whether one of the first `only` bars was missed."""
    pairs, review, cost = methods.ours(truth, () if address else BARE, options.model, options.engine)
    same, queue = truth.positions(pairs), truth.positions(review)
    verdict = judge(truth, same, queue)
    told(f"ours, {'with' if address else 'without'} addresses and phones", verdict, cost)
    print(f"    {verdict.told_of_own()}")
    print(f"    {cost.cpu / bare_cpu:.1f} times the processor time of the bare join")
    wrong = false_pairs(truth, *same)
    passes = pairs["pass"].to_pylist()
    for (kind, number), count in Counter((one["kind"], passes[one["pair"]]) for one in wrong).most_common():
        print(f"      false: {kind}, pass {number}: {count}")
    reasons = Counter(review["reason"].to_pylist()).most_common()
    print("      queue: " + ", ".join(f"{reason} {count}" for reason, count in reasons))
    lost = missed(truth, same, queue).most_common(8)
    print(
        "      lost (number, name, number in the register): "
        + "; ".join(f"{' '.join(how)} {n}" for how, n in lost)
    )
    if options.false_pairs:
        with options.false_pairs.open("a", encoding="utf-8") as file:
            file.writelines(
                json.dumps(one | {"address": address, "pass": passes[one["pair"]]}, ensure_ascii=False) + "\n" for one in wrong
            )  # fmt: skip
    precision, recall, reviewed, share = BARS[address]
    missed_bars = [
        name
        for name, fine in (
            ("precision", verdict.precision >= precision), ("recall", verdict.recall >= recall),
            ("recall after review", verdict.reviewed >= reviewed), ("queue", verdict.queued <= share * verdict.rows),
            ("processor time", cost.cpu <= CPU * verdict.rows / 1e6 or verdict.rows < 500_000), ("memory", cost.memory <= (MEMORY if verdict.rows <= 500_000 else MEMORY_OF_MANY)),
        )[:only]
        if not fine
    ]  # fmt: skip
    if missed_bars:
        print(f"    BAR NOT REACHED: {', '.join(missed_bars)}")
    return bool(missed_bars)


def _splink(truths: dict[int, Truth], options: argparse.Namespace, address: bool) -> None:
    """Splink alone with the same weights, cut where F1 was best among the training people."""
    model, without = options.model or methods.MODEL, () if address else BARE
    training = truths[options.training_seed]
    cut = methods.threshold(training, methods.splink(training.folder, model, without)[0])
    truth = truths[options.seed]
    found, cost = methods.splink(truth.folder, model, without)
    kept = found.filter(found["weight"].to_numpy() >= cut)
    same = kept["left"].to_numpy(), kept["right"].to_numpy()
    what = f"Splink alone, {'with' if address else 'without'} addresses and phones, from {cut:.1f} bits"
    told(what, judge(truth, same, methods.NOTHING), cost)
    kinds = Counter(one["kind"] for one in false_pairs(truth, *same))
    print("      false: " + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))


if __name__ == "__main__":
    raise SystemExit(main())
