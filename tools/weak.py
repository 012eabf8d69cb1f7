"""Which locked packages are known to be weak, without asking anybody: `python -m tools.weak FEED…`.

A feed is what OSV gives out of an ecosystem: a folder or zip of JSON records (PyPI's `all.zip`, npm's `all.zip`),
fetched where there is a network and carried in. Exit code 1 where a package of `requirements/` or `package-lock.json`
is affected. With a network `make audit` asks for the same by `pip-audit` and `npm audit`.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;\\]+)", re.MULTILINE)
Package = tuple[str, str]  # ecosystem, name


@dataclass(frozen=True)
class Weak:
    """A locked version that a record names."""

    package: str
    version: str
    record: str
    summary: str


def locked(root: Path = ROOT) -> dict[Package, set[str]]:
    """Every package of every lock with its versions."""
    found: dict[Package, set[str]] = {}
    for lock in sorted((root / "requirements").glob("*.txt")):
        for name, version in PINNED.findall(lock.read_text("utf-8")):
            found.setdefault(("PyPI", _plain(name)), set()).add(version)
    packages = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    for path, about in packages.items():
        if name := path.rpartition("node_modules/")[2]:
            found.setdefault(("npm", name), set()).add(about["version"])
    return found


def records(feed: Path) -> Iterator[dict[str, Any]]:
    if feed.is_dir():
        for path in sorted(feed.rglob("*.json")):
            yield json.loads(path.read_text("utf-8"))
        return
    with zipfile.ZipFile(feed) as packed:
        for name in packed.namelist():
            if name.endswith(".json"):
                yield json.loads(packed.read(name))


def weak(held: dict[Package, set[str]], feeds: list[Path]) -> list[Weak]:
    """What the records say of what is held; withdrawn records say nothing."""
    found = set()
    for record in (one for feed in feeds for one in records(feed) if "withdrawn" not in one):
        for affected in record.get("affected", ()):
            about = affected.get("package", {})
            ecosystem, name = about.get("ecosystem", ""), about.get("name", "")
            name = _plain(name) if ecosystem == "PyPI" else name
            for version in held.get((ecosystem, name), ()):
                if _hit(version, affected):
                    found.add(Weak(name, version, record["id"], record.get("summary", "")[:120]))
    return sorted(found, key=lambda one: (one.package, one.record))


def _hit(version: str, affected: dict[str, Any]) -> bool:
    if version in affected.get("versions", ()):
        return True
    ranges = (one for one in affected.get("ranges", ()) if one.get("type") in ("ECOSYSTEM", "SEMVER"))
    return any(_within(version, one.get("events", ())) for one in ranges)


def _within(version: str, events: Any) -> bool:
    """Whether a version lies in a range of OSV: introduced, then fixed or last affected. Unreadable ones count."""
    try:
        ours, inside = Version(version), False
        for event in events:
            (word, said) = next(iter(event.items()))
            if word == "introduced":
                inside = inside or said == "0" or ours >= Version(said)
            elif (word == "fixed" and ours >= Version(said)) or (
                word == "last_affected" and ours > Version(said)
            ):
                inside = False
    except InvalidVersion:
        return True
    return inside


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    held, feeds = locked(), [Path(one) for one in sys.argv[1:]]
    if not feeds:
        print(__doc__)
        return 2
    found = weak(held, feeds)
    for one in found:
        print(f"{one.package} {one.version}: {one.record} {one.summary}")
    print(f"{len(held)} packages, {len(found)} known weaknesses")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
