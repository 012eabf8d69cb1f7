"""A filled database is migrated by this release while the one before still serves reads.

The old release is a work tree of its own beside this one (`YICE_OLD`, any commit; by default 20 commits ago): it fills
the database, serves it and is read all the time, before, during and after the new release's `yice migrate`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.reliability.nodes import ROOT, Node, environment, part

from tools import postgres

COMMITS_AGO = 20
PAGES = ("/", "/worklist/", "/needs/", "/person/{person}/", "/county/", "/account/", "/visits/")
AFTER = 5.0  # seconds of reading when the migration is over


def run(_rounds: int) -> bool:
    old = os.environ.get("YICE_OLD", f"HEAD~{COMMITS_AGO}")
    with tempfile.TemporaryDirectory(prefix="yice-upgrade-") as name:
        home, tree = Path(name), Path(name) / "old"
        home.chmod(0o755)
        subprocess.run(["git", "worktree", "add", "-q", "--detach", str(tree), old], cwd=ROOT, check=True)
        try:
            with postgres.cluster() as address:
                return _between(home, tree, address)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)


def _between(home: Path, tree: Path, address: str) -> bool:
    new = environment(home / "var", address)
    before = {**new, "PYTHONPATH": os.pathsep.join((str(tree / "src"), str(tree)))}
    static = ROOT / "src/yice/web/ui/static"  # built, and so in no commit
    subprocess.run(["cp", "-r", str(static), str(tree / "src/yice/web/ui/")], check=True)
    world = json.loads(part("settle", env=before, root=tree))
    node = Node(before, home / "old.log", root=tree, web_only=True)
    node.start()
    try:
        node.wait()
        told: dict[str, Counter[tuple[str, int]]] = {
            "before": Counter(),
            "during": Counter(),
            "after": Counter(),
        }
        now, over = ["before"], threading.Event()
        reader = threading.Thread(target=_read, args=(node.port, world, told, now, over), daemon=True)
        reader.start()
        time.sleep(AFTER)
        now[0], begin = "during", time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "yice.config.cli", "migrate"], env=new, cwd=ROOT, check=False
        )
        took, now[0] = time.monotonic() - begin, "after"
        time.sleep(AFTER)
        over.set()
        reader.join(60)
    finally:
        node.kill()
    print(f"migrated in {took:.1f} s, exit {done.returncode}")
    for when, answers in told.items():
        kinds = Counter(status for _page, status in answers.elements())
        print(f"{when}: " + ", ".join(f"{n} of {status}" for status, n in sorted(kinds.items())))
        for (page, status), n in sorted(answers.items()):
            if status not in (200, 503):
                print(f"  {n}× {status} {page}")
    good = {status for when in told.values() for _page, status in when} <= {200, 503}
    return good and not done.returncode and any(status == 200 for _page, status in told["after"])


def _read(
    port: int,
    world: dict[str, list[str]],
    told: dict[str, Counter[tuple[str, int]]],
    now: list[str],
    over: threading.Event,
) -> None:
    turn = 0
    while not over.is_set():
        page, turn = PAGES[turn % len(PAGES)], turn + 1
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        when = now[0]
        try:
            line.request(
                "GET",
                page.format(person=world["people"][0]),
                headers={"Cookie": f"sessionid={world['sessions'][0]}"},
            )
            answer = line.getresponse()
            answer.read()
            status = answer.status
        except (OSError, HTTPException):
            status = 0
        finally:
            line.close()
        told[when][page, status] += 1
