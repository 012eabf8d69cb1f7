"""Everything about the code that can be judged without running it: `python -m tools.check [name …]`.

All checks run even when one fails; the names of those that failed come last.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PURE = ("terms", "identifiers", "rules", "matching")


def typed() -> list[str]:
    """What mypy reads strictly: the pure packages, and every services module."""
    source = ROOT / "src/yice"
    services = [*source.rglob("services.py"), *source.rglob("services/*.py")]
    pure = [source / name for name in PURE]
    others = sorted(path for path in services if not any(path.is_relative_to(one) for one in pure))
    return [*map(str, pure), *map(str, others), str(ROOT / "tools")]


def checks() -> dict[str, list[str]]:
    """Name → command. Each prints what is wrong and exits with anything but 0."""
    python = sys.executable
    found: dict[str, list[str]] = {
        "format": [str(BIN / "ruff"), "format", "--check", "."],
        "lint": [str(BIN / "ruff"), "check", "."],
        "bandit": [str(BIN / "bandit"), "-q", "-r", "src", "tools", "-c", "pyproject.toml", "-f", "txt"],
        "rules": [python, "-m", "tools.rules"],
        "types": [str(BIN / "mypy"), *typed()],
        "imports": [str(BIN / "lint-imports"), "--no-cache"],
        "migrations": [str(BIN / "django-admin"), "makemigrations", "--check", "--dry-run"],
        "templates": [str(BIN / "djlint"), "src/yice", "--lint", "--quiet"],
        "yaml": [str(BIN / "yamllint"), "--strict", "packs"],
        "locks": [python, "-m", "tools.lock", "--check"],
    }
    if (ROOT / "tools/messages.py").exists():
        found["messages"] = [python, "-m", "tools.messages", "check"]
    return found


def main() -> int:
    wanted = sys.argv[1:]
    chosen = {name: command for name, command in checks().items() if not wanted or name in wanted}
    failed = []
    with tempfile.TemporaryDirectory() as var:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("YICE_")}
        environment = {**clean, "YICE_VAR": var, "DJANGO_SETTINGS_MODULE": "yice.config.settings"}

        def run(command: list[str]) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            ended = dict(zip(chosen, pool.map(run, chosen.values()), strict=True))
        for name, done in ended.items():
            print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name}", flush=True)
            if done.returncode:
                failed.append(name)
                print((done.stdout + done.stderr).strip(), flush=True)
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
