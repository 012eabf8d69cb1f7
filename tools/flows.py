"""Rules about where a value flows: `python -m tools.flows`. Semgrep, in make attack's environment, with our rules alone.

It asks nobody anything: no rules, no version and no figures leave or come.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEMGREP = ROOT / ".venv-attack/bin/semgrep"
RULES = ROOT / "tools/semgrep"
QUIET = ["--metrics=off", "--disable-version-check"]


def main() -> int:
    if not SEMGREP.exists():
        raise SystemExit("make .venv-attack/.synced first")
    said = {**os.environ, "PATH": f"{SEMGREP.parent}{os.pathsep}{os.environ['PATH']}"}
    planted = subprocess.run([SEMGREP, "scan", *QUIET, "--test", RULES], cwd=ROOT, env=said, check=False)
    if planted.returncode:
        print("a planted fault was not found, or something sound was")
        return 1
    scan: list[str | Path] = [
        SEMGREP,
        "scan",
        *QUIET,
        "--error",
        "--quiet",
        "--jobs=2",
        "--config",
        RULES / "flows.yaml",
    ]
    return subprocess.run([*scan, "src/yice"], cwd=ROOT, env=said, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
