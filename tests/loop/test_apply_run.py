"""A run opens work, and a second one changes nothing that somebody decided."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories as make
from tests.cast import FAR_VILLAGE, Cast

from yice.loop.identify.models import Ask, Finding

pytestmark = pytest.mark.django_db
JULY = dt.date(2020, 7, 1)


def rows() -> set[tuple[str, str, str, str]]:
    return {
        (f.person.name, f.kind, f.benefit, f.state)
        for f in Finding.objects.select_related("person").order_by("id")
    }


@pytest.fixture
def june(cast: Cast) -> Cast:
    """林小禾 is left out of the living subsidy; 周大山 is paid it though nothing says he is poor; 吴静 is in order."""
    lists = make.all_lists()
    lin, zhou, wu = (make.person(name, grade=3) for name in ("林小禾", "周大山", "吴静"))
    make.on_list(lists["subsistence"], lin, income_class="subsistence")
    make.on_list(lists["subsistence"], wu, income_class="subsistence")
    make.paid(lists["living_subsidy"], zhou, 16500)
    make.paid(lists["living_subsidy"], wu, 16500)
    return cast


def test_it_opens_what_the_lists_show(june: Cast) -> None:
    run = make.screened(june)
    assert rows() >= {
        ("林小禾", "gap", "living_subsidy", "open"),
        ("周大山", "leak", "living_subsidy", "open"),
    }
    assert not Finding.objects.filter(person__name="吴静", benefit="living_subsidy").exists()
    assert run.snapshot.rows == 3


def test_running_again_changes_nothing(june: Cast) -> None:
    make.screened(june)
    before = list(Finding.objects.order_by("id").values("uuid", "version", "state", "opened_on", "cause"))
    make.screened(june)
    assert (
        list(Finding.objects.order_by("id").values("uuid", "version", "state", "opened_on", "cause"))
        == before
    )
    assert not Finding.objects.filter(last_run=None).exists()


def test_a_missing_list_is_a_question_never_a_gap_or_a_leak(cast: Cast) -> None:
    make.received("living_subsidy")
    make.received("nursing_subsidy", whole=False)
    make.person("林小禾", grade=3)
    make.person("周大山", grade=1)
    make.screened(cast)
    assert not Finding.objects.exclude(kind="ask").exists()
    zhou = Ask.objects.get(person__name="周大山")
    assert {"income_class", "receives.nursing_subsidy"} <= set(zhou.from_lists)


def test_a_list_of_another_place_says_nothing_here(cast: Cast) -> None:
    for kind in (*make.HARDSHIP, *make.PAYROLLS):
        make.received(kind, area=FAR_VILLAGE)
    make.person("林小禾")
    make.screened(cast)
    assert not Finding.objects.exclude(kind="ask").exists()


def test_a_same_name_row_makes_unknown_not_false(cast: Cast) -> None:
    lists = make.all_lists()
    lin = make.person("林小禾", grade=3)
    make.on_list(lists["subsistence"], lin, income_class="subsistence")
    make.paid(lists["living_subsidy"], lin, 16500, state="possible")
    make.screened(cast)
    assert not Finding.objects.filter(benefit="living_subsidy").exists()


def test_a_gap_closes_when_the_next_list_shows_the_person(june: Cast) -> None:
    make.screened(june)
    july = make.all_lists(JULY)
    for name in ("林小禾", "吴静"):
        who = make.Person.objects.get(name=name)
        make.on_list(july["subsistence"], who, income_class="subsistence")
        make.paid(july["living_subsidy"], who, 16500)
    make.screened(june, as_of=dt.date(2020, 7, 31))
    gap = Finding.objects.get(person__name="林小禾", kind="gap", benefit="living_subsidy")
    assert (gap.state, gap.closed_by, gap.closed_why["code"]) == ("closed", "cause_gone", "receives")
    leak = Finding.objects.get(person__name="周大山", kind="leak", benefit="living_subsidy")
    assert (leak.state, leak.closed_why["code"]) == ("closed", "not_paid")


def test_a_month_without_its_list_closes_nothing(june: Cast) -> None:
    make.screened(june)
    make.screened(june, as_of=dt.date(2020, 7, 31))
    assert set(Finding.objects.filter(benefit="living_subsidy").values_list("state", flat=True)) == {"open"}


def test_after_the_plan_has_ended_no_new_work_comes(june: Cast) -> None:
    run = make.screened(june, as_of=dt.date(2021, 6, 30))
    assert run.ended
    assert not Finding.objects.exists()


def test_two_payments_in_one_month_are_a_duplicate_once(june: Cast) -> None:
    wu = make.Person.objects.get(name="吴静")
    make.paid(make.Batch.objects.get(source="list:living_subsidy"), wu, 16500)
    make.screened(june)
    found = Finding.objects.filter(person=wu, benefit="living_subsidy")
    assert [(f.kind, f.paid_fen, f.reason["times"]) for f in found] == [("duplicate", 33000, 2)]


def test_arrears_and_recoveries_are_not_the_months_payment(june: Cast) -> None:
    wu = make.Person.objects.get(name="吴静")
    payroll = make.Batch.objects.get(source="list:living_subsidy")
    make.paid(payroll, wu, 33000, pay_kind="arrears")
    make.paid(payroll, wu, -500, pay_kind="recovery")
    make.screened(june)
    assert not Finding.objects.filter(person=wu, benefit="living_subsidy").exists()


def test_a_wrong_sum_names_both_sums(june: Cast) -> None:
    ouyang = make.person("欧阳明", grade=4)
    make.on_list(make.Batch.objects.get(source="list:subsistence"), ouyang, income_class="subsistence")
    make.paid(make.Batch.objects.get(source="list:living_subsidy"), ouyang, 15000)
    make.screened(june)
    found = Finding.objects.get(person=ouyang, benefit="living_subsidy")
    assert (found.kind, found.line, found.due_fen, found.paid_fen) == ("amount", "payment", 16500, 15000)


def test_open_work_follows_a_person_who_moved(june: Cast) -> None:
    make.screened(june)
    make.Person.objects.filter(name="林小禾").update(hukou=FAR_VILLAGE)
    make.screened(june)
    assert (
        Finding.objects.get(person__name="林小禾", kind="gap", benefit="living_subsidy").hukou == FAR_VILLAGE
    )


def test_somebody_who_left_the_register_has_no_open_work(june: Cast) -> None:
    make.screened(june)
    make.Person.objects.filter(name="林小禾").update(removed_on=dt.date(2020, 6, 29))
    make.screened(june)
    gap = Finding.objects.get(person__name="林小禾", kind="gap", benefit="living_subsidy")
    assert (gap.state, gap.closed_why["code"]) == ("closed", "left")
