"""PostgreSQL, and the nodes in turn, killed under sixteen writers; a round counts when something was written in it."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.reliability.clients import Told, Writers
from bench.reliability.nodes import Node, environment, part

from tools import postgres

WRITERS = 16
JOBS_A_ROUND = 4
EACH = 16  # writes acknowledged between two kills, at least


def run(rounds: int) -> bool:
    """Even rounds kill every process of PostgreSQL, odd ones a whole node; every tenth of those both nodes at once."""
    with tempfile.TemporaryDirectory(prefix="yice-reliability-") as name:
        home = Path(name)
        home.chmod(0o755)  # PostgreSQL's own user has its folder below
        (home / "postgres").mkdir()
        server = postgres.Server(home / "postgres", durable=True)
        server.start()
        env = environment(home / "var", server.address)
        world = json.loads(part("settle", env=env))
        part("enqueue", str(rounds * JOBS_A_ROUND), env=env)
        nodes = [Node(env, home / f"node-{number}.log") for number in range(2)]
        try:
            for node in nodes:
                node.start()
            for node in nodes:
                node.wait()
            writers = Writers(ports=[node.port for node in nodes], count=WRITERS, **world)
            told, back = _rounds(rounds, server, nodes, writers)
            for node in nodes:
                node.kill()  # what is counted stands still
            good = judged(told, home, env)
        finally:
            for node in nodes:
                node.kill()
            server.kill()
        if told.wrong:
            print(nodes[0].log.read_text("utf-8", "replace")[-4000:])
        print(f"{rounds} rounds; PostgreSQL back after {max(back, default=0):.1f} s at most", flush=True)
        return good


def _rounds(
    rounds: int, server: postgres.Server, nodes: list[Node], writers: Writers
) -> tuple[Told, list[float]]:
    rng, back, begin = random.Random(7), [], time.monotonic()  # noqa: S311 - when to kill is no secret
    kills = {"PostgreSQL": 0, "one node": 0, "both nodes": 0}
    writers.start()
    try:
        for number in range(rounds):
            before = len(writers.told.acknowledged)
            until(lambda before=before: len(writers.told.acknowledged) >= before + EACH, "somebody to write")
            time.sleep(rng.uniform(0.0, 0.3))  # not always at the same point of their work
            if number % 2 == 0:
                kills["PostgreSQL"] += 1
                killed = time.monotonic()
                server.kill()
                writers.away.set()
                time.sleep(0.2)  # requests that begin now find nobody
                writers.away.clear()
                server.start()
                back.append(time.monotonic() - killed)
            else:
                both = number % 20 == 19
                kills["both nodes" if both else "one node"] += 1
                dead = nodes if both else [nodes[number // 2 % 2]]
                for node in dead:
                    node.kill()
                for node in dead:
                    node.start()
                for node in dead:
                    node.wait()
            if (number + 1) % 10 == 0:
                print(
                    f"round {number + 1}/{rounds}, {len(writers.told.acknowledged)} acknowledged", flush=True
                )
    finally:
        told = writers.stop()
    print(", ".join(f"{what} killed {count} times" for what, count in kills.items()))
    print(f"{time.monotonic() - begin:.0f} s under fire")
    return told, back


def judged(told: Told, home: Path, env: dict[str, str]) -> bool:
    """Say what the writers were told and compare it with what is there."""
    note = home / "told.json"
    note.write_text(json.dumps({"acknowledged": told.acknowledged, "asked": sorted(told.asked)}), "utf-8")
    said = ", ".join(f"{status}: {count}" for status, count in sorted(told.statuses.items()))
    print(
        f"answers {said}; {told.cut} without an answer, {told.gone} hung up, {told.again} sent again after all"
    )
    for one in sorted(set(told.wrong)):
        print(f"WRONG: {told.wrong.count(one)}× {one}")
    print(part("judge", str(note), env=env), flush=True)
    return not told.wrong


def until(true: Callable[[], bool], what: str, seconds: float = 600) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise SystemExit(f"waited too long for {what}")
        time.sleep(0.05)
