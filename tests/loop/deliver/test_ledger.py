"""Card, register, file and platform: one source, four views, and the same sums whichever way they are added up."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, OTHER_STREET, OUTSIDE_VILLAGE, STREET, VILLAGE, Cast

from yice.accounts.enums import Role
from yice.accounts.models import Post
from yice.loop.deliver.enums import FundSource, Mode, RecordKind
from yice.loop.deliver.models import Case, Delivery, Payment, StepRecord
from yice.loop.deliver.selectors.ledger import NAMES, Sums, tallied, total
from yice.loop.deliver.services import count_ledger
from yice.loop.deliver.services.following import count_elsewhere
from yice.loop.identify.enums import AnsweredBy, Channel, NeedOutcome
from yice.loop.identify.models import Household, Need, Person
from yice.loop.identify.services.needs import answer_need, record_need
from yice.loop.plan.enums import MeasureState, Signer
from yice.loop.plan.models import HelpPlan, Progress
from yice.loop.plan.services import MeasureLine, record_progress, sign_plan, write_plan
from yice.loop.plan.services.groups import follow_moves
from yice.loop.plan.services.summing import sum_up
from yice.loop.supervise.ledger import agreement, card, export, ledger
from yice.policy.models import InstalledPack
from yice.terms import clock

pytestmark = pytest.mark.django_db
BED = MeasureLine(
    "device", "护理床", "federation@county", "翻身方便", dt.date(2020, 9, 30), responsible_name="何业务", fen=300000,
    fund_source="county",
)  # fmt: skip


@pytest.fixture
def pack(cast: Cast) -> InstalledPack:
    found = make.jianghai()
    make.all_lists()
    return found


def planned(cast: Cast, key: str, done: bool = False, **whose: Any) -> None:
    plan = write_plan(actor=cast.he, measures=[BED], key=key, **whose).plan
    sign_plan(actor=cast.he, plan=plan, version=1, signed_as=Signer.PERSON)
    if done:
        measure = plan.versions.get().measures.get().uuid
        record_progress(actor=cast.he, plan=plan, measure=measure, state=MeasureState.DONE, result="已装")


def given(pack: InstalledPack, person: Person, fen: int, *, restricted: bool = False) -> None:
    """A case that was met, with a payment and a service."""
    today, now = clock.today(), clock.now()
    case = Case.objects.create(
        number=f"C{person.pk}{fen}", service="living_subsidy", pack=pack, person=person, hukou=person.hukou,
        residence=person.residence, area=person.hukou, channel=Channel.WINDOW, state="ended", end_kind="met",
        restricted=restricted, applied_on=today, opened_at=now, key=f"{person.pk}{fen}",
    )  # fmt: skip
    step = StepRecord.objects.create(case=case, kind=RecordKind.TAKEN, version=1, at=now)
    how = {"case": case, "record": step, "person": person, "fund_source": FundSource.COUNTY}
    Payment.objects.create(amount_fen=fen, mode=Mode.CASH, paid_on=today, **how)
    Delivery.objects.create(
        day=today, what="上门护理", person_times=3, fen=fen * 2, mode=Mode.PURCHASE, **how
    )


@pytest.fixture
def town(cast: Cast, pack: InstalledPack) -> list[Person]:
    """Three villages of two streets; a household of two, and one whose people are registered in two villages."""
    home, apart = (Household.objects.create(area=COUNTY, number=number) for number in "78")
    zhou = make.person("周大山", household=home)
    child = make.person("周小山", household=home)
    wu = make.person("吴静", hukou=NEXT_VILLAGE, household=apart)
    ouyang = make.person("欧阳明", hukou=FAR_VILLAGE, household=apart, residence=VILLAGE)
    lin = make.person("林小禾", hukou=FAR_VILLAGE)
    for person, kind in ((zhou, "device"), (zhou, "care"), (wu, "legal"), (ouyang, "device")):
        record_need(actor=cast.he, person=person, kind=kind, channel=Channel.VISIT, key=f"{person.pk}{kind}")
    planned(cast, "a", person=zhou, done=True)
    planned(cast, "b", household=home)
    planned(cast, "c", person=lin)
    given(pack, child, 16500)
    given(pack, ouyang, 22000)
    given(pack, lin, 99900, restricted=True)
    return [zhou, child, wu, ouyang, lin]


def test_the_four_views_agree_figure_by_figure(cast: Cast, town: list[Person]) -> None:
    platform = ledger(cast.he, COUNTY)
    assert platform.sum == Sums(5, 4, 4, 3, 3, 1, 900000, 0, 2, 38500, 6, 77000)
    files = [ledger(cast.he, street) for street in (STREET, OTHER_STREET)]
    registers = [ledger(cast.he, village) for village in (VILLAGE, NEXT_VILLAGE, FAR_VILLAGE)]
    assert total(one.sum for one in files) == total(one.sum for one in registers) == platform.sum
    assert [line.sums for line in platform.lines] == [one.sum for one in files]
    cards = {(person.hukou, person.household_id or person.pk): card(cast.he, person)[0] for person in town}
    assert total(cards.values()) == platform.sum
    assert all(one.agrees for place in (VILLAGE, STREET, COUNTY) for one in agreement(cast.he, place))
    assert [one.name for one in agreement(cast.he, STREET)] == list(NAMES)


def test_any_area_is_counted_in_one_query(
    cast: Cast, town: list[Person], django_assert_num_queries: Any
) -> None:
    for area, digits in (("440000000000", 6), (COUNTY, 9), (VILLAGE, None)):
        with django_assert_num_queries(1):
            tallied(area, digits)


def test_a_register_is_narrowed_and_leaves_with_the_same_filter(cast: Cast, town: list[Person]) -> None:
    for show, names in (("", ["周大山"]), ("no_plan", []), ("to_do", ["周大山"]), ("open", ["周大山"])):
        assert [line.name for line in ledger(cast.liang, VILLAGE, show).lines] == names
        assert export(cast.liang, VILLAGE, show).table.column("name").to_pylist() == names


def test_a_household_that_moved_takes_its_plan_along(cast: Cast, town: list[Person]) -> None:
    zhou, child, *_others = town
    Person.objects.filter(pk__in=(zhou.pk, child.pk)).update(hukou=NEXT_VILLAGE, residence=NEXT_VILLAGE)
    make.screened(cast)
    assert ledger(cast.he, VILLAGE).lines == []
    assert ledger(cast.he, NEXT_VILLAGE).sum.plans == 2


def counts_of(place: str) -> Sums:
    """What the ledger of a place has to say, asked of each of its people."""
    people = Person.objects.filter(hukou=place)
    needs, cases = (
        Need.objects.filter(person__in=people),
        Case.objects.filter(person__in=people, restricted=False),
    )
    plans = HelpPlan.objects.filter(person__in=people, state="in_force")
    measures = [one for plan in plans for one in plan.versions.get(number=plan.version).measures.all()]
    done = Progress.objects.filter(state=MeasureState.DONE, measure__in=[one.uuid for one in measures])
    paid, served = (model.objects.filter(case__in=cases) for model in (Payment, Delivery))
    return Sums(
        people.count(), needs.count(), needs.exclude(state="closed").count(), len(plans), len(measures), done.count(),
        sum(one.fen or 0 for one in measures), cases.filter(state="open").count(), cases.filter(end_kind="met").count(),
        sum(one.amount_fen for one in paid), sum(one.person_times for one in served), sum(one.fen or 0 for one in served),
    )  # fmt: skip


@pytest.mark.parametrize("told", [VILLAGE, OUTSIDE_VILLAGE], ids=["those they left", "those they came to"])
def test_whoever_moves_takes_everything_on_record_along_whichever_way(
    cast: Cast, town: list[Person], told: str
) -> None:
    """Out of the county and back: what is over goes too, and it is enough that one of the two places is told."""
    zhou, child, *_others = town
    HelpPlan.objects.filter(person=None).delete()
    answer_need(
        actor=cast.he, need=zhou.needs.get(kind="care"), version=0, outcome=NeedOutcome.MET, answer="已办",
        answered_by=AnsweredBy.FACE,
    )  # fmt: skip
    for place in (OUTSIDE_VILLAGE, VILLAGE):
        Person.objects.filter(pk__in=(zhou.pk, child.pk)).update(hukou=place, residence=place)
        follow_moves(told)
        assert (count_elsewhere(told) > 0, count_elsewhere(told)) == (True, 0)
        found = tallied("44", 12)
        for village in (VILLAGE, NEXT_VILLAGE, FAR_VILLAGE, OUTSIDE_VILLAGE):
            assert found.get(village, Sums()) == counts_of(village)
        assert found[place].paid_fen == 16500 and found[place].measures_done == 1


def test_a_row_that_does_not_know_its_place_or_its_sums_is_asked(cast: Cast, town: list[Person]) -> None:
    """As the release before wrote them: slower, and never wrong."""
    before = {by: tallied("44", by) for by in (6, 12, None)}
    assert Payment.objects.filter(hukou=None).exists() and not HelpPlan.objects.filter(measures=None).exists()
    HelpPlan.objects.update(measures=None, measures_done=None, planned_fen=None)
    assert {by: tallied("44", by) for by in (6, 12, None)} == before
    Payment.objects.update(hukou=VILLAGE)
    Delivery.objects.update(hukou=VILLAGE)
    sum_up(HelpPlan.objects.all())
    assert tallied("44", 6) == before[6]


def test_the_page_shows_the_proof(cast: Cast, town: list[Person], django_assert_max_num_queries: Any) -> None:
    client = Client()
    client.force_login(cast.he)
    with django_assert_max_num_queries(25):
        page = client.get(f"/ledger/{STREET}/").content.decode()
    assert "户卡相加" in page and "一致" in page and "不一致" not in page
    assert "周大山" in client.get(f"/ledger/card/{town[1].uuid}/").content.decode()


def test_who_reads_figures_alone_is_not_led_to_a_register_of_names(cast: Cast, town: list[Person]) -> None:
    for who, led in ((cast.he, True), (cast.luo, False)):
        client = Client()
        client.force_login(who)
        page = client.get(f"/ledger/{STREET}/").content.decode()
        links = re.findall(rf'href="(/ledger/{STREET[:9]}\d{{3}}/)"', page)
        assert bool([one for one in links if STREET not in one]) == led
        assert {client.get(one).status_code for one in links} <= {200}


def test_a_large_province_is_added_up_from_what_its_counties_counted_last(
    cast: Cast, town: list[Person], monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    province = "440000000000"
    Post.objects.create(user=cast.nobody, role=Role.COUNTY_FEDERATION, area_id=province)
    live = ledger(cast.nobody, province)
    monkeypatch.setattr("yice.loop.deliver.selectors.ledger.LIVE", 1)
    assert ledger(cast.nobody, province).counted_at is None  # never counted yet: it is counted now
    assert count_ledger() == 1
    make.person("林小禾", hukou=OUTSIDE_VILLAGE)
    with django_assert_max_num_queries(6):
        shown = ledger(cast.nobody, province)
    assert shown.sum == live.sum and shown.counted_at is not None
    assert [one.sums for one in shown.lines] == [one.sums for one in live.lines]
    assert count_ledger() == 2 and ledger(cast.nobody, province).sum == live.sum + Sums(persons=1)
    monkeypatch.undo()
    assert count_ledger() == 0 and ledger(cast.nobody, province).counted_at is None


def test_who_may_see_no_names_reads_what_stands_for_the_month(
    cast: Cast, town: list[Person], pack: InstalledPack, clock_at: Any
) -> None:
    """No number as small as these, nor one of the places they are of; nobody's coming, nobody's money from day to day."""
    province = "440000000000"
    first = ledger(cast.sheng, province)
    assert (
        first.least == 5
        and first.sum.persons == 5
        and {"needs_open", "planned_fen", "paid_fen"} <= first.hidden
    )
    for n in range(6):
        given(pack, make.person(f"居民{n}", hukou=NEXT_VILLAGE), 10000)
    assert ledger(cast.sheng, province) == first
    clock_at("2020-07-01")
    told = ledger(cast.sheng, province)
    assert told.sum.persons == 11 and told.sum.paid_fen == 38500 + 60000 and "paid_fen" not in told.hidden
    # The next month three are paid once more: what the money moved by would tell what they got.
    for person in Person.objects.filter(name__in=("居民1", "居民2", "居民3")):
        given(pack, person, 5000)
    clock_at("2020-08-01")
    assert ledger(cast.sheng, province).sum.paid_fen == told.sum.paid_fen
    clock_at("2020-09-01")
    assert ledger(cast.sheng, province).sum.paid_fen == told.sum.paid_fen
    assert ledger(cast.he, COUNTY).sum.paid_fen == told.sum.paid_fen + 15000
