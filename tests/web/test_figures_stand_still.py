"""Whoever may see figures and no names learns nothing by looking twice: the attack on every address at once.

A person comes with everything that can be recorded of them, and no byte changes on any page, in any file or answer of
such a reader, that day or the next. What they may open is listed here by what it shows; a new address fails until
somebody has said what its numbers are.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests import factories as make
from tests.api.calling import system
from tests.api.test_walk import ask, calls
from tests.cast import COUNTY, FAR_VILLAGE, OUTSIDE_VILLAGE, STREET, VILLAGE, Cast
from tests.web.desk_world import World, at_work
from tests.web.roles import enlist
from tests.web.walk import ANYBODY, SIGNED_IN, addresses, differences, still, text_of

from yice.accounts.access import POLICY
from yice.accounts.enums import Action, Role
from yice.accounts.models import User
from yice.api.door import EVERYBODY, OPERATIONS
from yice.loop.deliver.enums import FundSource, Mode, RecordKind
from yice.loop.deliver.models import Case, Delivery, Payment, StepRecord
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Person
from yice.loop.identify.services.needs import record_need
from yice.loop.plan.enums import Signer
from yice.loop.plan.services import MeasureLine, sign_plan, write_plan
from yice.loop.supervise.months import keep_months
from yice.loop.supervise.targets.standing import keep_all
from yice.terms import clock

pytestmark = pytest.mark.django_db
ROLES = {role for role, may in POLICY.items() if Action.REPORT_READ in may and Action.REPORT_NAMES not in may}
WHO = [f"{role}.here" for role in sorted(ROLES - {Role.PROVINCIAL_VIEWER})] + ["sheng"]

# What stands for the month: `supervise.months`.
STANDS = {
    "county", "county-at", "reports", "report", "report-targets", "comparison", "ledger", "ledger-at",
    "targets", "targets-at", "target",
}  # fmt: skip
# People and steps that came to the reader's own office or hands, by name.
OWN_WORK = {
    "need-new", "case-open", "needs", "need", "cases", "case-new", "hand-over", "covers", "case-together", "case-public",
    "case", "case-turn", "case-assess", "notice", "notice-export", "case-file", "case-step", "papers",
}  # fmt: skip
# Plans as written, organisations and posts, which lists came and which did not; the reader's own account.
NOBODY = {
    "home", "my-access", "lists", "list", "network", "network-of", "providers", "provider", "assessors", "policy", "pack",
    "policy-groups", "policy-benefits", "policy-sources", "policy-settings", "policy-cases",
}  # fmt: skip
IN_API = {
    "targets": STANDS, "ledger": STANDS, "lists": NOBODY, "packs": NOBODY, "screen": NOBODY, "me": NOBODY,
    **dict.fromkeys(("cases", "case", "open_case", "case_step", "take_step", "return_case"), OWN_WORK),
    **dict.fromkeys(("needs", "make_need", "need", "answer_need", "send_need"), OWN_WORK),
}  # fmt: skip


@pytest.fixture
def world(cast: Cast, tmp_path: Path, clock_at: Any) -> World:
    clock_at("2020-06-29")
    enlist()
    for n in range(12):
        everything_of(cast, make.person(f"居民{n}", hukou=VILLAGE, grade=1), f"r{n}")
        for village in (FAR_VILLAGE, OUTSIDE_VILLAGE):
            make.person(f"邻居{n}", hukou=village, grade=1)
    found = at_work(cast, tmp_path).settled()
    keep_months()
    keep_all()
    return found


def everything_of(cast: Cast, person: Person, key: str, found: World | None = None) -> None:
    """A need, a plan, a case that was met, with a payment and help given, and a finding."""
    pack = found.run.pack if found else make.jianghai()
    record_need(actor=cast.he, person=person, kind="care", channel=Channel.VISIT, key=key)
    bed = MeasureLine(
        "device", "护理床", "federation@county", "翻身方便", clock.today(), responsible=cast.he, fen=300000,
        fund_source="county",
    )  # fmt: skip
    plan = write_plan(actor=cast.he, measures=[bed], key=key, person=person).plan
    sign_plan(actor=cast.he, plan=plan, version=1, signed_as=Signer.PERSON)
    today, now = clock.today(), clock.now()
    case = Case.objects.create(
        number=key, service="living_subsidy", pack=pack, person=person, hukou=person.hukou, residence=person.residence,
        area=person.hukou, channel=Channel.WINDOW, state="ended", end_kind="met", applied_on=today, opened_at=now, key=key,
    )  # fmt: skip
    step = StepRecord.objects.create(case=case, kind=RecordKind.TAKEN, version=1, at=now)
    how = {
        "case": case,
        "record": step,
        "person": person,
        "hukou": person.hukou,
        "fund_source": FundSource.COUNTY,
    }
    Payment.objects.create(amount_fen=16500, mode=Mode.CASH, paid_on=today, **how)
    Delivery.objects.create(day=today, what="上门护理", person_times=3, fen=100, mode=Mode.PURCHASE, **how)
    if found is not None:
        one = found.gap
        one.pk, one.uuid, one.person, one.hukou = None, uuid.uuid4(), person, person.hukou
        one._state.adding = True
        one.save()


def test_every_address_that_shows_figures_alone_says_what_its_numbers_are(world: World) -> None:
    assert len(ROLES) == 4
    actions = {action for role in ROLES for action in POLICY[role]}
    opened = {
        one.name
        for one in addresses(world)
        if one.actions not in (ANYBODY, SIGNED_IN) and actions & set(one.actions)
    }
    assert opened == (STANDS | OWN_WORK | NOBODY) - {"home", "my-access"}
    named = {
        name for name, one in OPERATIONS.items() if one.actions != EVERYBODY and actions & set(one.actions)
    }
    assert named | {"me"} == set(IN_API)


DAYS = (dt.date(2020, 6, 29), dt.date(2020, 6, 30))
PLACES = ("440000000000", "440700000000", COUNTY, STREET, VILLAGE)
VIEWS = ("county/{}/", "county/{}/?view=progress", "county/{}/?view=outcomes", "ledger/{}/", "targets/{}/")


def seen(who: str, world: World) -> dict[str, str]:
    """Every page that shows numbers of whom the reader does not meet by name, for each tier, and every such answer."""
    client, actor = Client(), User.objects.get(username=who)
    client.force_login(actor)
    hrefs = [one.href for one in addresses(world) if one.name in STANDS | NOBODY]
    hrefs += ["/" + view.format(code) for code in PLACES for view in VIEWS]
    found = {href: still(text_of(client.get(href))) for href in hrefs}
    with transaction.atomic():
        asks = system(actor)
        for call in calls(world):
            if call.name in ("targets", "ledger", "lists"):
                found[f"API {call.path}"] = ask(asks, call).content.decode()
        transaction.set_rollback(True)
    for day in DAYS:  # the page says which day it is
        for text in (f"{day.year}年{day.month}月{day.day}日", day.isoformat(), f'value="{day.day}"'):
            found = {href: page.replace(text, "") for href, page in found.items()}
    return found


def changed(before: dict[str, dict[str, str]], world: World) -> list[tuple[str, str]]:
    return [(who, one) for who, pages in before.items() for one in differences(pages, seen(who, world))]


def test_a_person_who_comes_changes_no_byte_that_day_or_the_next(
    world: World, clock_at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {who: seen(who, world) for who in WHO}
    told = before["sheng"][f"/ledger/{COUNTY}/"]
    assert "✱" in told and re.search(r">\s*27\s*<", told) and len(before["sheng"]) > 40
    everything_of(world.cast, make.person("新来的", hukou=VILLAGE, grade=1), "new", world)
    make.screened(world.cast)
    assert changed(before, world) == []
    clock_at("2020-06-30")
    make.screened(world.cast)
    assert changed(before, world) == []
    for name in (
        "ledger",
        "selectors",
        "withheld",
    ):  # the test of the test: who reads the numbers as they are
        with monkeypatch.context() as patch:
            patch.setattr(f"yice.loop.supervise.{name}.statistics_only", lambda *_asked: False)
            assert changed({"sheng": before["sheng"]}, world) != [], name
