"""A village at work, for the pages of the main job: somebody left out, somebody paid in error, somebody to ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.test import Client
from tests import factories as make
from tests.cast import NEXT_VILLAGE, Cast

from yice.accounts.models import User
from yice.accounts.services import install
from yice.loop.identify.models import Finding, Person
from yice.policy.models import ScreeningRun

CARE = "long_term_care_need"


@dataclass(frozen=True)
class Village:
    """林小禾 has gaps; 周大山 and 吴静 are paid in error, 吴静 is dead; 欧阳明 must be asked."""

    cast: Cast
    lin: Person
    zhou: Person
    wu: Person
    ouyang: Person
    run: ScreeningRun

    @property
    def gap(self) -> Finding:
        return Finding.objects.get(person=self.lin, kind="gap", benefit="nursing_subsidy")

    def leak(self, who: Person) -> Finding:
        return Finding.objects.get(person=who, kind="leak", benefit="nursing_subsidy")


def settle(cast: Cast) -> Village:
    install(demo=True)
    lists = make.all_lists()
    register = make.batch(recorded_by=cast.he)
    lin = make.person(
        "林小禾", birth=dt.date(1970, 5, 1), phone="13812340001", register=register, **{CARE: True}
    )
    zhou = make.person("周大山", grade=4, hukou=NEXT_VILLAGE, income_pc_month=900_000)
    wu = make.person("吴静", grade=1, deceased=True, **{CARE: True})
    ouyang = make.person("欧阳明", grade=3, hukou=NEXT_VILLAGE, residence=lin.residence)
    make.on_list(lists["subsistence"], lin, income_class="subsistence")
    for who in (zhou, wu):
        make.paid(lists["nursing_subsidy"], who, 22000)
    return Village(cast, lin, zhou, wu, ouyang, make.screened(cast))


def desk(user: User) -> Client:
    """The desk of somebody signed in."""
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return response.content.decode()


def day(name: str, on: dt.date) -> dict[str, str]:
    """A day as its three inputs send it."""
    return {f"{name}_0": str(on.year), f"{name}_1": str(on.month), f"{name}_2": str(on.day)}


def month(name: str, on: dt.date) -> dict[str, str]:
    return {f"{name}_0": str(on.year), f"{name}_1": str(on.month)}


def errors_of(response: Any) -> str:
    """The summary of what is wrong, above the form."""
    return text(response).partition("govuk-error-summary__list")[2].partition("</ul>")[0]
