"""Every figure the project promises, one after another: `make bench`, or `python -m bench areas screening`."""

from __future__ import annotations

import subprocess
import sys

ALL = (
    "areas",
    "imports",
    "second_month",
    "screening",
    "nation",
    "openfisca_anchor",
    "one_person",
    "load",
    "matching",
    "matching.febrl",
)


def main() -> int:
    failed = []
    for name in sys.argv[1:] or ALL:
        print(f"\n=== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nNot reached: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
