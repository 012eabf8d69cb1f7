"""From registers of employers, institutions, places and posts, as files, to the groups that speak of them.

The rows are those of the packs' own cases; here they come in as files. Each group named here is carried
(docs/catalogue/carried.yaml).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.exchange.plan_cast import DECIDED, PACKS, settle
from tests.exchange.test_registers_to_norms import written_down

from yice.accounts.services import install
from yice.exchange.registers import register_rows
from yice.network.groups import belonging
from yice.network.models import Entry, Of
from yice.network.services import receive
from yice.policy import selectors, services
from yice.rules.pack.cases import own_cases
from yice.rules.pack.target_schema import RowsSpec, TargetCaseSpec
from yice.rules.pack.written import read_pack

pytestmark = pytest.mark.django_db

GROUPS = {
    "cn-440704-2016": ("JH-4.2.4", "JH-4.2.8", "JH-4.3.6"),
    "cn-43-2016": ("HN-3.2.2", "HN-3.2.13", "HN-3.4.7"),
    "cn-15-2013": ("NM-2.6", "NM-2.7"),
}


@pytest.mark.parametrize("pack", GROUPS)
def test_registers_that_come_in_decide_who_belongs(pack: str, tmp_path: Path) -> None:
    install(demo=True)
    plan = selectors.plan(services.install(actor=None, path=PACKS / pack))
    seat = plan.areas[0]
    he, reached = settle(seat, []), dict[str, set[str]]()
    for _, cases, _ in own_cases(read_pack(PACKS / pack)):
        for case in cases.cases:
            facts = {
                name: value for name, value in {**cases.given, **case.given}.items() if value is not None
            }
            kinds = {plan.facts[name].of for name in facts if name in plan.facts}
            if (
                case.set
                or len(kinds) != 1
                or not (of := next((one for one in Of if one.value in kinds), None))
            ):
                continue
            row = TargetCaseSpec(
                name=case.name,
                target="T",
                rows=[RowsSpec(given=facts, place=seat)],
                expect="met",
                because="-",
            )
            path = written_down(plan, row, of, tmp_path / "register.csv")
            assert path is not None
            Entry.objects.all().delete()
            day = case.on or cases.on
            assert day is not None
            receive(actor=he, of=of, area=seat, as_of=day, rows=register_rows(path, plan, of))
            ((*said,),) = belonging(plan, of, list(Entry.objects.all()), day)
            came = {one.group: one.status for one in said}
            for group, expected in case.expect.items():
                status = expected if isinstance(expected, str) else expected.status
                assert came[group] in (status, "unknown"), (case.name, group, came[group])
                reached.setdefault(group, set()).add(came[group])
    assert {group for group in GROUPS[pack] if not set(DECIDED) <= reached.get(group, set())} == set()
