"""`python -m bench.reliability [kills --rounds 200 | disk | upgrade | keys]`; without a name, all of them."""

from __future__ import annotations

import argparse

from bench.reliability import disk, keys, kills, upgrade

SCENES = {"kills": kills.run, "disk": disk.run, "upgrade": upgrade.run, "keys": keys.run}


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.reliability", description=__doc__)
    asked.add_argument("scene", nargs="?", choices=[*SCENES, "all"], default="all")
    asked.add_argument("--rounds", type=int, default=10, help="kills")
    said = asked.parse_args()
    names = list(SCENES) if said.scene == "all" else [said.scene]
    failed = [name for name in names if not SCENES[name](said.rounds)]
    print(f"not held: {', '.join(failed)}" if failed else "all held")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
