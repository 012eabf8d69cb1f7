"""From a register and the departments' lists, as files, to who belongs to which group of Jianghai's plan.

Each group named here is carried (docs/catalogue/carried.yaml): without it, or without the way from the file to the
answer, a test below fails.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests import factories as make
from tests.cast import VILLAGE, Cast
from tests.exchange.import_cast import bring_in, id_number, lin, wu, zhou

from yice.accounts.services import install
from yice.loop.identify.models import Person
from yice.policy import selectors
from yice.policy.models import ScreeningRun
from yice.policy.screening import Screened
from yice.policy.snapshot import values

MONTH = {"month": make.JUNE, "whole": True}
CHILD = id_number("20160520", 8)


def xiaomei() -> dict[str, Any]:
    """陈小梅: four years old, hearing, grade 1; of her household nothing is known."""
    return {
        "name": "陈小梅", "id_number": CHILD, "certificate_number": f"{CHILD}21", "hukou": VILLAGE,
        "residence": VILLAGE, "certificate_status": "valid", "rural": "false",
    }  # fmt: skip


@pytest.fixture
def county(cast: Cast, tmp_path: Path) -> Cast:
    """林小禾 seeks work and is on the low-income list; 周大山 is cared for by his family and poor; two children."""
    install(demo=True)
    people = [
        lin(seeks_work="true", work_ability="true", wish_to_work="true"),
        zhou(family_dependent="true", can_form_own_household="false", public_housing_tenant="true",
             sudden_event="true", basic_living_difficulty="true"),
        wu(),
        xiaomei(),
    ]  # fmt: skip
    bring_in(cast.he, tmp_path, people, whole=True)
    poor = [{"name": "周大山", "id_number": zhou()["id_number"], "household_number": "H002"}]
    low = [{"name": "林小禾", "id_number": lin()["id_number"], "household_number": "H001"}]
    bring_in(cast.luo, tmp_path, poor, "subsistence", **MONTH)
    bring_in(cast.luo, tmp_path, low, "low_income", **MONTH)
    other = [{"name": "何阿婆", "id_number": id_number("19400101", 2)}]  # not on the register
    bring_in(cast.luo, tmp_path, other, "extreme_hardship", **MONTH)
    return cast


def statuses(run: ScreeningRun) -> dict[str, dict[str, str]]:
    """Group → person → status, as the run came to them."""
    screened = Screened(run.pack, selectors.plan(run.pack), run.as_of, values(run.snapshot))
    names = dict(Person.objects.values_list("pk", "name"))
    found: dict[str, dict[str, str]] = {}
    for row, key in enumerate(screened.keys.tolist()):
        for decision in screened.screening.decide(row):
            found.setdefault(decision.group, {})[names[key]] = decision.status
    return found


EXPECTED = {
    # An adult without work, severely disabled, poor, kept by the family, who cannot set up a household.
    "JH-3.1.4": {"林小禾": "ineligible", "周大山": "eligible", "吴静": "ineligible", "陈小梅": "ineligible"},
    # Psychiatric or intellectual, by the certificate's number.
    "JH-3.2.2": {"林小禾": "ineligible", "周大山": "ineligible", "吴静": "eligible", "陈小梅": "ineligible"},
    # A child of up to six years, by the id.
    "JH-3.2.3": {"林小禾": "ineligible", "周大山": "ineligible", "吴静": "ineligible", "陈小梅": "eligible"},
    # A severely disabled child; of illnesses nothing came in, so that of the others it cannot be told.
    "JH-3.2.6": {"林小禾": "unknown", "周大山": "unknown", "吴静": "unknown", "陈小梅": "eligible"},
    # Seeks work; nobody asked the others.
    "JH-4.3.5": {"林小禾": "eligible", "周大山": "unknown", "吴静": "unknown", "陈小梅": "unknown"},
    # Poor by a list, able and willing by the register.
    "JH-4.4.1": {"林小禾": "eligible", "周大山": "unknown", "吴静": "unknown", "陈小梅": "unknown"},
}


def test_what_came_in_as_files_decides_who_belongs(county: Cast) -> None:
    found = statuses(make.screened(county))
    assert {group: found[group] for group in EXPECTED} == EXPECTED
