"""Ask for pages, alone and thirty-two at once, and say what came of it."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from bench.load.pages import SAID, Worker
from bench.load.site import HIDDEN, Browser, Site, seconds


@dataclass
class Tally:
    """Seconds of each page, by name, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, began: float, status: int, wanted: int = 200) -> None:
        with self.lock:
            self.took[name].append(time.monotonic() - began)
            if status != wanted:
                self.wrong.append(f"{name}: {status}")

    @property
    def pages(self) -> int:
        return sum(len(one) for one in self.took.values())


def p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def visit(browser: Browser, name: str, path: str, tally: Tally) -> None:
    """One page; a step is opened, filled in and sent."""
    began = time.monotonic()
    status, text, _ = browser.ask("GET", path)
    step = name == "case step"
    tally.add(f"{name}, opened" if step else name, began, status)
    if step and status == 200:
        said = {**dict(HIDDEN.findall(text)), **SAID}
        began = time.monotonic()
        status, _, _ = browser.ask("POST", path, said)
        tally.add(f"{name}, sent", began, status, 302)


def alone(
    site: Site, database: int, workers: list[Worker], password: str, each: int
) -> dict[str, tuple[float, ...]]:
    """Page → median, p95, milliseconds of processor of the site and of the database. One user after another."""
    found: dict[str, tuple[float, ...]] = {}
    browsers = {}
    plan: dict[str, list[tuple[Worker, str]]] = defaultdict(list)
    for one in workers:
        browsers[one.username] = Browser(site.port)
        browsers[one.username].sign_in(one.username, password)
        for name, path in one.pages:
            plan[name].append((one, path))
        plan["case step"] += [(one, path) for path in one.steps[:8]]
    for name, asked in plan.items():
        if not asked:  # nobody of theirs waits at this step
            continue
        random.Random(name).shuffle(asked)
        for who, path in asked[:2]:
            visit(browsers[who.username], name, path, Tally()) if name != "case step" else None
        tally, cpu = Tally(), (site.seconds(), seconds(database))
        for at in range(each if name != "case step" else min(each, len(asked))):
            who, path = asked[at % len(asked)]
            visit(browsers[who.username], name, path, tally)
        if name == "case step":
            for who, path in asked[:each]:
                who.steps.remove(path)
        used = [
            (after - before) / tally.pages * 1000
            for before, after in zip(cpu, (site.seconds(), seconds(database)), strict=True)
        ]
        for part, took in tally.took.items():
            found[part] = (statistics.median(took), p95(took), *used, len(tally.wrong))
    return found


def together(
    site: Site, database: int, workers: list[Worker], password: str, lasts: float, pause: float
) -> tuple[Tally, dict[str, float]]:
    """All at once, each reading `pause` seconds on average between two pages (0: never)."""
    tally, ready = Tally(), threading.Barrier(len(workers) + 1)
    end = [0.0]

    def work(one: Worker, seed: int) -> None:
        browser, rng = Browser(site.port), random.Random(seed)
        browser.sign_in(one.username, password)
        ready.wait()
        time.sleep(rng.uniform(0, pause))
        for name, path in one.walk(seed):
            if time.monotonic() > end[0]:
                return
            visit(browser, name, path, tally)
            time.sleep(rng.uniform(0.3, 1.7) * pause)

    threads = [threading.Thread(target=work, args=(one, at), daemon=True) for at, one in enumerate(workers)]
    for thread in threads:
        thread.start()
    end[0] = time.monotonic() + 3600
    ready.wait()
    began, cpu = time.monotonic(), (site.seconds(), seconds(database))
    end[0] = began + lasts
    for thread in threads:
        thread.join()
    wall = time.monotonic() - began
    used = [after - before for before, after in zip(cpu, (site.seconds(), seconds(database)), strict=True)]
    pages = max(1, tally.pages)
    return tally, {
        "pages/s": pages / wall,
        "site ms": used[0] / pages * 1000,
        "database ms": used[1] / pages * 1000,
    }
