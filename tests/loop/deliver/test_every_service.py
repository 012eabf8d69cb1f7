"""Every service of every pack: to its end, refused, returned, overdue, handed over. No service has code of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from tests import factories as make
from tests.loop.deliver.automatic import Auto, Town

from yice.loop.deliver import services
from yice.loop.deliver.services import blocking
from yice.rules.pack.loader import load_pack
from yice.terms import clock

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PACKS = ("cn", "cn-11-2018", "cn-15-2013", "cn-22-2017", "cn-43-2016", "cn-440704-2016")
DAY = dt.date(2020, 6, 30)


def offered() -> Iterator[tuple[str, str]]:
    """Each service in the pack that writes it; `cn` has no places of its own, so Jianghai runs those."""
    for pack in PACKS[1:]:
        for name, service in load_pack(make.PACKS / pack).services.items():
            common = service.place.file.startswith("../")
            if not common or pack == "cn-440704-2016":
                yield pack, name


@pytest.fixture(autouse=True)
def _facts_as_they_should_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "_fact", lambda case, block: None)


@pytest.fixture(params=list(offered()), ids=lambda one: f"{one[0]}-{one[1]}")
def place(request: pytest.FixtureRequest) -> tuple[Town, str]:
    pack, name = request.param
    plan = load_pack(make.PACKS / pack)
    clock.set_day(min(DAY, (plan.until or DAY).replace(month=1, day=15)))
    return Town.settle(pack), name


def test_it_runs(place: tuple[Town, str]) -> None:
    town, name = place
    service, day = town.plan.services[name], clock.today()

    def fresh() -> Auto:
        clock.set_day(day)
        return town.open(name)

    assert fresh().to_the_end() in {one.kind for one in service.ends.values()}
    for step in service.steps.values():
        for outcome in step.outcomes.values():
            if outcome.kind == "refuse":
                case = fresh()
                case.to(step.id)
                case.step(step.id, outcome.id)
                assert case.last().kind == "refused" and case.last().note
        if step.returns is not None:
            case = fresh()
            case.to(step.id)
            case.back(case.taker(step.id), step.id, items=["再补一份"])
            assert case.open_step(step.returns).missing == ["再补一份"]
    _overdue_and_handed_over(fresh())


def _overdue_and_handed_over(case: Auto) -> None:
    """The first step with a time of its own is let pass its day, then goes to a colleague with the deadline it has."""
    timed = next((one.id for one in case.service.steps.values() if one.within is not None), None)
    if timed is None:
        return
    case.to(timed)
    due, tier = case.open_step(timed).due_on, case.open_step(timed).tier
    assert due is not None
    clock.set_day(due + dt.timedelta(days=1))
    services.climb(clock.today())
    assert case.open_step(timed).tier == max(1, tier - 1)  # above the province there is nobody
    case.taker(timed)  # a guest has it in hand already
    second = case.taker(timed, 1)
    case.hand(case.arranger(timed), timed, second)
    assert (case.open_step(timed).holder, case.open_step(timed).due_on) == (second, due)
