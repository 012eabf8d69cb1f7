"""Seal key and index key are changed on PostgreSQL while registers come in and people are looked for by their number.

One process imports (new people, and known ones with another telephone), two search for everybody on file in turn. Each
`yice keys rotate-index` and `rotate` is a process of its own beside them. Nobody may ever not be found, no import may
count somebody known as new, and in the end no value may be by an older key.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.reliability.nodes import ROOT, environment, part

from tools import postgres

PEOPLE, NEW, KNOWN = 1000, 20, 20
ROTATIONS = ("rotate-index", "rotate", "rotate-index")
SPELL = 5.0  # seconds of work before, between and after


def run(_rounds: int) -> bool:
    with tempfile.TemporaryDirectory(prefix="yice-keys-") as name, postgres.cluster(durable=True) as address:
        home = Path(name)
        env = environment(home / "var", address, YICE_DEMO="1")
        part("settle", env=env)
        _part("fill", home, env)
        names = ("bring", "look", "look")
        command = [sys.executable, "-m", "bench.reliability.keys"]
        workers = [
            subprocess.Popen([*command, one, str(home)], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            for one in names
        ]
        time.sleep(SPELL)
        took = []
        for rotation in ROTATIONS:
            begin = time.monotonic()
            _rotate(rotation, env)
            took.append(f"{rotation} {time.monotonic() - begin:.1f} s")
            time.sleep(SPELL)
        (home / "over").touch()
        said = [json.loads(one.communicate(timeout=300)[0].splitlines()[-1]) for one in workers]
        _rotate("rotate", env)  # what was sealed meanwhile
        print(", ".join(took))
        print(
            f"{said[0]['imports']} imports, {said[0]['people']} people; {sum(one['looked'] for one in said[1:])} searches"
        )
        wrong = said[0]["wrong"] + said[1]["wrong"] + said[2]["wrong"] + json.loads(_part("judge", home, env))
        print("\n".join(wrong[:20]) or "everybody was found, nobody twice, nothing by an older key")
        return not wrong and all(one.returncode == 0 for one in workers)


def _rotate(name: str, env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "yice.config.cli", "keys", name]
    done = subprocess.run(command, env=env, cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name} ended with {done.returncode}: {done.stderr[-800:]}")


def _part(name: str, home: Path, env: dict[str, str]) -> str:
    command = [sys.executable, "-m", "bench.reliability.keys", name, str(home)]
    done = subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def fill(home: Path) -> None:
    from tests.exchange import import_cast as cast

    cast.bring_in(_officer(), _folder(home, "fill"), cast.strangers(PEOPLE))


def bring(home: Path) -> None:
    """Registers of a few new people and a few known ones with another telephone, until it is over."""
    from tests.exchange import import_cast as cast

    officer, folder = _officer(), _folder(home, "bring")
    imports, there, wrong = 0, PEOPLE, list[str]()
    while not (home / "over").exists():
        everybody = cast.strangers(there + NEW)
        first = imports * KNOWN % PEOPLE
        known = [
            {**one, "phone": f"1110{imports:03d}{n:04d}"} for n, one in enumerate(everybody[first:][:KNOWN])
        ]
        counts = cast.bring_in(officer, folder, [*known, *everybody[there:]]).counts
        if (counts["added"], counts["changed"]) != (NEW, len(known)):
            wrong.append(f"an import added {counts['added']} and changed {counts['changed']}")
        imports, there = imports + 1, there + NEW
    print(json.dumps({"imports": imports, "people": there, "wrong": wrong}))


def look(home: Path) -> None:
    """Everybody who was there at the beginning, by number, again and again."""
    from django.db import close_old_connections
    from tests.exchange import import_cast as cast

    from yice.loop.identify.selectors.search import search

    officer, numbers = _officer(), [str(one["id_number"]) for one in cast.strangers(PEOPLE)]
    looked, wrong = 0, list[str]()
    while not (home / "over").exists():
        found = len(search(officer, numbers[looked % PEOPLE]).hits)
        if found != 1:
            wrong.append(f"a search found {found}")
        looked += 1
        close_old_connections()
    print(json.dumps({"looked": looked, "wrong": wrong}))


def judge(home: Path) -> None:
    from tests.exchange import import_cast as cast

    from yice.audit.verifying import verify
    from yice.config import sealed
    from yice.config.environment import index_keys, seal_keys
    from yice.loop.identify import indexing
    from yice.loop.identify.models import Person
    from yice.loop.identify.selectors.search import search

    officer, wrong = _officer(), list[str]()
    values = {key for key, count in sealed.by_version().items() if count}
    marks = {key for key, count in indexing.by_version().items() if count}
    if values != {len(seal_keys())} or marks != {len(index_keys())}:
        wrong.append(f"values are by the keys {values}, marks by {marks}")
    there = Person.objects.exclude(id_index=None).count()
    lost = sum(len(search(officer, str(one["id_number"])).hits) != 1 for one in cast.strangers(there))
    shut = sum(not one.id_number for one in Person.objects.exclude(id_index=None))
    for count, what in (
        (lost, "people not found once"),
        (shut, "do not open"),
        (len(list(verify())), "faults"),
    ):
        wrong += [f"{count} {what}"] * bool(count)
    print(json.dumps(wrong))


def _officer():  # type: ignore[no-untyped-def]
    from yice.accounts.models import User

    return User.objects.get(username="he")


def _folder(home: Path, name: str) -> Path:
    (home / name).mkdir(exist_ok=True)
    return home / name


if __name__ == "__main__":
    import django

    django.setup()
    {"fill": fill, "bring": bring, "look": look, "judge": judge}[sys.argv[1]](Path(sys.argv[2]))
