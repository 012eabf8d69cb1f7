"""From a register, lists and answers to who belongs to which group of the five plans.

The persons are those of the packs' own cases, but here they come in as records through the services that people use.
Each group named here is carried (docs/catalogue/carried.yaml): without it, or without the way from the file to the
answer, a test below fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.exchange.plan_cast import DECIDED, imported, statuses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

GROUPS = {
    "cn-11-2018": (
        "BJ-0.2.2a", "BJ-0.2.4", "BJ-1.1", "BJ-1.3.1.S5", "BJ-2.1.1", "BJ-2.1.2", "BJ-2.1.3", "BJ-2.3.3.Q1",
        "BJ-2.3.5.Q2", "BJ-3.1.1", "BJ-3.1.2", "BJ-3.1.3", "BJ-3.1.4", "BJ-3.1.5", "BJ-3.3.1.S1", "BJ-3.3.1.S4",
        "BJ-3.3.2.Q4", "BJ-3.3.2.Q5", "BJ-3.3.3.S1", "BJ-3.3.3.S1.a", "BJ-3.3.3.S1.b", "BJ-3.3.4.Q5", "BJ-4.1.1",
        "BJ-4.1.2", "BJ-4.1.3", "BJ-4.3.3.1.Q5", "BJ-5.1.1", "BJ-5.1.2", "BJ-5.1.3", "BJ-5.3.1.Q4b",
        "BJ-5.3.1.Q4b.helper", "BJ-5.3.1.Q4b.recipient", "BJ-5.3.2.S3", "BJ-6.1",
    ),
    "cn-43-2016": ("HN-2.3",),
    "cn-22-2017": ("JL-3.1.3.5", "JL-3.2.2.11", "JL-3.3.3", "JL-3.4.8"),
    "cn-15-2013": ("NM-3.2.4", "NM-3.2.6", "NM-3.5.3"),
    "cn-440704-2016": (
        "JH-3.2.4", "JH-3.2.8", "JH-3.3.1", "JH-3.1.3", "JH-3.1.4", "JH-3.1.5", "JH-3.1.6", "JH-3.2.10", "JH-3.2.2", "JH-3.2.3", "JH-3.2.6", "JH-3.3.3",
        "JH-3.3.5", "JH-4.3.5", "JH-4.4.1", "JH-4.4.6", "JH-5.2.4", "JH-5.2.6b", "JH-5.3.3",
    ),
}  # fmt: skip
ALIASES = {
    "BJ-0.2.2b": "BJ-2.1.2",
    "BJ-0.2.2c": "BJ-2.1.3",
    "BJ-0.2.6b": "BJ-6.1",
}  # the main text says it once more


@pytest.mark.parametrize("pack", GROUPS)
def test_records_that_come_in_decide_who_belongs(pack: str, tmp_path: Path) -> None:
    people, run = imported(pack, tmp_path)
    found = statuses(run)
    reached: dict[str, set[str]] = {}
    for name, case in people.items():
        for group, expected in case.expect.items():
            came = found[name][group]
            # What could not be recorded is not known; then the answer may be open, but never the other one.
            assert came in (expected, "unknown"), (case.name, group, came)
            reached.setdefault(group, set()).add(came)
    assert {group for group in GROUPS[pack] if not set(DECIDED) <= reached.get(group, set())} == set()
    assert all(sum(run.counts[group].values()) == len(people) for group in GROUPS[pack])
    for alias, group in ALIASES.items() if pack == "cn-11-2018" else ():
        assert [one[alias] for one in found.values()] == [one[group] for one in found.values()]
