"""The subsidies from application to stop: the road, the refusal, the return, the deadline, the hand-over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, STREET, VILLAGE, Cast
from tests.loop.deliver.walking import Subject, Walk, again, finance, second_clerk

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.audit.sentences import sentence
from yice.loop.deliver import services
from yice.loop.deliver.enums import FundSource, Mode, PaymentKind
from yice.loop.deliver.models import Payment, StepRecord
from yice.loop.deliver.selectors import case as reading
from yice.loop.deliver.selectors import worklist
from yice.loop.deliver.selectors.publicity import public_list
from yice.loop.deliver.services import DeliveryLine, PayAs, PaymentLine
from yice.loop.deliver.services.giving import check_given
from yice.loop.deliver.services.standing import service_of
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Person
from yice.loop.identify.services.needs import record_need
from yice.rules.services import FundName, ModeName
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.periods import Month

pytestmark = pytest.mark.django_db
PAPERS = {"identity": "seen", "certificate": "seen", "account": "copy"}
FORM = {"applied_by": "self", "account": "6200000000000000", "agreed": "true"}
At = Callable[[dt.date | str], None]


@pytest.fixture
def zhou(cast: Cast) -> Person:
    """周大山, severe, on subsistence allowance, not on the payroll."""
    make.jianghai()
    lists = make.all_lists()
    person = make.person("周大山", grade=1)
    make.on_list(lists["subsistence"], person, income_class="subsistence")
    return person


@pytest.fixture
def walk(cast: Cast, zhou: Person) -> Walk:
    return Walk.open(cast.chen, "living_subsidy", Subject(person=zhou))


def to_decision(cast: Cast, walk: Walk) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    walk.take(
        cast.liang, "first_check", "passed", values={"papers_checked": "true", "income_checked": "meets"}
    )
    walk.take(cast.he, "federation_check", "agreed")


def to_payment(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_decision(cast, walk)
    walk.take(cast.luo, "decision", "approved", values={"amount": "165"})
    clock_at("2020-07-08")
    walk.take(cast.liang, "publicity", "no_objection")


def pay(fen: int = 16500, month: str = "2020-06", **more: Any) -> PaymentLine:
    return PaymentLine(fen, FundSource.COUNTY, Mode.CASH, Month.parse(month), **more)


def test_it_goes_from_the_village_to_the_payroll(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_payment(cast, walk, clock_at)
    assert walk.waiting() == ["first_payment", "recheck"]
    assert walk.case.amount_fen == 16500
    assert services.due_months(walk.case) == [Month(2020, 6), Month(2020, 7)]
    qian = finance()
    walk.take(qian, "first_payment", "paid", payments=[pay(kind=PaymentKind.ARREARS), pay(month="2020-07")])
    assert Payment.objects.filter(case=walk.case, fund_source="county").count() == 2
    assert services.due_months(walk.case) == []
    assert walk.waiting() == ["payment", "recheck"]


def test_it_is_due_from_the_month_of_application(cast: Cast, zhou: Person, clock_at: At) -> None:
    walk = Walk.open(cast.chen, "living_subsidy", Subject(person=zhou), applied_on=dt.date(2020, 5, 28))
    to_payment(cast, walk, clock_at)
    assert services.due_months(walk.case)[0] == Month(2020, 5)


def test_any_window_takes_it_and_it_goes_home(cast: Cast, clock_at: At) -> None:
    make.jianghai()
    far = make.person("吴静", hukou=FAR_VILLAGE)
    walk = Walk.open(cast.liang, "living_subsidy", Subject(person=far))
    walk.take(cast.liang, "apply", "submitted", values=FORM, evidence=PAPERS)
    with pytest.raises(Forbidden):
        walk.take(cast.liang, "first_check", "passed")
    assert not worklist.waiting(again(cast.liang)).exists()


def test_everything_missing_is_told_at_once(cast: Cast, walk: Walk) -> None:
    with pytest.raises(Problems) as told:
        walk.take(cast.chen, "apply", "submitted", values={"applied_by": "guardian"}, evidence={})
    fields = {problem.field for problem in told.value.problems}
    assert fields == {
        "applicant_name", "account", "evidence.identity", "evidence.certificate", "evidence.account",
        "evidence.delegation",
    }  # fmt: skip


def test_what_is_known_is_not_asked(cast: Cast, walk: Walk) -> None:
    form = reading.step_form(again(cast.chen), walk.case, "apply")
    assert {one.field.id: one.value for one in form.fields if one.known} == {
        "category": "physical", "grade": 1, "income_class": "subsistence",
    }  # fmt: skip


def test_an_account_is_kept_sealed(cast: Cast, walk: Walk) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    assert FORM["account"] not in str(walk.last().values)


def test_a_return_tells_what_is_missing_and_comes_back(cast: Cast, walk: Walk) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    walk.back(cast.liang, "first_check", items=["户口簿复印件不清楚"])
    assert walk.waiting() == ["apply"]
    assert walk.open_step("apply").missing == ["户口簿复印件不清楚"]
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    assert walk.waiting() == ["first_check"]


def test_nothing_is_returned_without_saying_what_is_missing(cast: Cast, walk: Walk) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    with pytest.raises(Problem) as told:
        walk.back(cast.liang, "first_check")
    assert told.value.code == "nothing-missing"


def test_a_refusal_needs_reasons_and_makes_a_notice(cast: Cast, walk: Walk) -> None:
    to_decision(cast, walk)
    with pytest.raises(Problems) as told:
        walk.refuse(cast.luo, "decision")
    assert [problem.code for problem in told.value.problems] == ["reason-missing"]
    walk.refuse(cast.luo, "decision", reasons=["income"], note="家庭月人均收入高于标准")
    assert (walk.case.state, walk.case.end_kind) == ("ended", "refused")
    notice = walk.case.notices.get()
    assert notice.kind == "refusal"
    assert notice.content["why"][0]["zh"] == "家庭经济情况不在补贴范围"
    assert notice.content["object_within_days"] == 60
    assert walk.waiting() == []


def test_the_rules_stand_before_an_approval(cast: Cast) -> None:
    make.jianghai()
    make.all_lists()
    rich = make.person("欧阳明", grade=4)
    walk = Walk.open(cast.chen, "living_subsidy", Subject(person=rich))
    to_decision(cast, walk)
    with pytest.raises(Problems) as told:
        walk.take(cast.luo, "decision", "approved", values={"amount": "165"})
    (problem,) = told.value.problems
    assert problem.code == "step-blocked"
    assert "不符合：" in str(problem.why) and "家庭" in str(problem.why)  # which condition fails
    walk.refuse(cast.luo, "decision", reasons=["income"])
    assert walk.case.end_kind == "refused"


def test_what_is_not_known_blocks_too(cast: Cast) -> None:
    make.jianghai()
    unlisted = make.person("吴静")
    walk = Walk.open(cast.chen, "living_subsidy", Subject(person=unlisted))
    to_decision(cast, walk)
    with pytest.raises(Problems) as told:
        walk.take(cast.luo, "decision", "approved", values={"amount": "165"})
    assert "还不清楚：" in str(told.value) and "家庭经济类别" in str(told.value)


def test_the_list_is_shown_for_its_days(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_decision(cast, walk)
    walk.take(cast.luo, "decision", "approved", values={"amount": "165"})
    shown = public_list(again(cast.liang), "living_subsidy", "publicity", STREET)
    assert [row.values for row in shown.rows] == [{"name": "周＊山", "area": VILLAGE, "amount": 16500}]
    with pytest.raises(Problem) as told:
        walk.take(cast.liang, "publicity", "no_objection")
    assert told.value.code == "too-early"
    clock_at("2020-07-07")
    walk.take(cast.liang, "publicity", "no_objection")


def test_a_minor_is_never_shown(cast: Cast) -> None:
    make.jianghai()
    lists = make.all_lists()
    child = make.person("林小禾", birth=dt.date(2010, 1, 1))
    make.on_list(lists["subsistence"], child, income_class="subsistence")
    walk = Walk.open(cast.chen, "living_subsidy", Subject(person=child))
    to_decision(cast, walk)
    walk.take(cast.luo, "decision", "approved", values={"amount": "165"})
    shown = public_list(again(cast.liang), "living_subsidy", "publicity", STREET)
    assert (shown.minors, [row.values for row in shown.rows]) == (1, [{}])


def test_an_objection_goes_back_to_the_decision(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_decision(cast, walk)
    walk.take(cast.luo, "decision", "approved", values={"amount": "165"})
    clock_at("2020-07-08")
    walk.take(cast.liang, "publicity", "objection", note="邻居反映家庭有商铺")
    assert walk.waiting() == ["decision"]


def test_nobody_pays_a_month_that_is_not_due_or_twice(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_payment(cast, walk, clock_at)
    qian = finance()
    back, late = {"kind": PaymentKind.RECOVERY}, {"kind": PaymentKind.ARREARS}
    wrong = (
        [pay(month="2020-05")],
        [pay(), pay()],
        [pay(20000)],
        [],
        [pay(16501, **late)],
        [pay(-1, **back)],
    )
    for lines in wrong:
        with pytest.raises(Problems):
            walk.take(qian, "first_payment", "paid", payments=lines)
    assert not Payment.objects.exists()


def test_it_stops_from_the_month_after_and_is_settled(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_payment(cast, walk, clock_at)
    qian = finance()
    walk.take(qian, "first_payment", "paid", payments=[pay(), pay(month="2020-07")])
    clock_at("2020-09-10")
    services.note_change(actor=again(cast.chen), case=walk.case, note="迁往蓬江区")
    assert walk.open_step("recheck").wakes_on is None
    walk.take(cast.liang, "recheck", "no_longer", values={"seen": "visit", "result": "8 月迁出"})
    with pytest.raises(Problems) as told:
        walk.take(cast.luo, "stop_decision", "stop", values={"ended_on": "2020-08-20"})
    assert "reason-missing" in str(told.value.args)
    walk.take(
        cast.luo, "stop_decision", "stop", reasons=["moved"],
        values={"ended_on": "2020-08-20", "died": "false", "told_on": "2020-09-09", "heard": "知道了"},
    )  # fmt: skip
    assert walk.waiting() == ["settlement"]
    assert walk.case.notices.get(kind="stop").content["until_month"] == "2020-08"
    assert services.due_months(walk.case) == [Month(2020, 8)]
    walk.take(qian, "settlement", "settled", payments=[pay(month="2020-08", kind=PaymentKind.ARREARS)])
    assert (walk.case.end, walk.case.end_kind) == ("stopped", "stopped")


def test_the_yearly_recheck_sleeps_until_its_day(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_payment(cast, walk, clock_at)
    assert not worklist.waiting(again(cast.liang)).exists()
    clock_at("2021-07-08")
    (row,) = worklist.rows(list(worklist.waiting(again(cast.liang))))
    assert row.step.id == "recheck" and not row.overdue
    walk.take(cast.liang, "recheck", "still_entitled", values={"seen": "data", "result": "无变化"})
    assert "recheck" in walk.waiting()


def test_the_overdue_climbs_a_tier_and_again(cast: Cast, walk: Walk, clock_at: At) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    due = walk.open_step("first_check").due_on
    assert due == dt.date(2020, 7, 14)
    clock_at("2020-07-15")
    assert services.climb(clock.today())["steps"] == 1
    assert services.climb(clock.today())["steps"] == 0
    assert walk.open_step("first_check").tier == 3
    assert [row.step for row in worklist.overdue(again(cast.he))] == ["first_check"]
    assert Event.objects.filter(code="case.climbed").count() == 1
    clock_at("2020-07-22")
    assert services.climb(clock.today())["steps"] == 1
    assert walk.open_step("first_check").tier == 2


def test_a_hand_over_keeps_the_deadline(cast: Cast, walk: Walk) -> None:
    wen = second_clerk()
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    before = walk.open_step("first_check").due_on
    walk.hand(cast.liang, "first_check", wen, note="请假")
    assert walk.open_step("first_check").due_on == before
    with pytest.raises(Forbidden):
        walk.take(cast.liang, "first_check", "passed")
    walk.take(wen, "first_check", "passed", values={"papers_checked": "true", "income_checked": "meets"})
    assert walk.waiting() == ["federation_check"]


def test_it_is_handed_only_to_those_whose_step_it_is(cast: Cast, walk: Walk) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    with pytest.raises(Problem) as told:
        walk.hand(cast.liang, "first_check", cast.luo)
    assert told.value.code == "not-their-step"


def test_a_deputy_does_the_work_and_it_says_so(cast: Cast, walk: Walk, clock_at: At) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    walk.hand(cast.liang, "first_check", cast.liang)
    wen = second_clerk()
    services.cover_post(
        actor=again(cast.liang), post=cast.liang.posts.get(), deputy=wen, since=clock.today(),
        until=dt.date(2020, 7, 3),
    )  # fmt: skip
    assert worklist.waiting(again(wen)).exists()
    walk.take(wen, "first_check", "passed", values={"papers_checked": "true", "income_checked": "meets"})
    assert walk.last().covering == cast.liang
    clock_at("2020-07-04")
    assert not worklist.waiting(again(wen)).exists()


def test_a_stale_page_says_what_changed(cast: Cast, walk: Walk) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    seen = walk.case.version
    walk.take(
        cast.liang, "first_check", "passed", values={"papers_checked": "true", "income_checked": "meets"}
    )
    with pytest.raises(Problem) as told:
        walk.take(cast.liang, "first_check", "not_met", version=seen, reasons=["income"])
    assert told.value.code == "stale" and "初审通过" in str(told.value.why)


def test_a_request_sent_again_does_nothing_twice(cast: Cast, walk: Walk) -> None:
    first = walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS, key="same")
    again_ = walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS, key="same", version=1)
    assert first.version == again_.version
    assert StepRecord.objects.filter(case=walk.case, step="apply", kind="taken").count() == 1


def test_an_application_sent_again_is_one_case(cast: Cast, zhou: Person) -> None:
    one = Walk.open(cast.chen, "living_subsidy", Subject(person=zhou), key="k")
    other = Walk.open(cast.chen, "living_subsidy", Subject(person=zhou), key="k")
    assert one.case.pk == other.case.pk
    with pytest.raises(Problem) as told:
        Walk.open(cast.chen, "living_subsidy", Subject(person=zhou), key="another")
    assert told.value.code == "case-open"


def test_what_is_paid_or_given_says_from_which_money_and_in_which_way(
    cast: Cast, walk: Walk, clock_at: At
) -> None:
    to_payment(cast, walk, clock_at)
    line = pay(kind=PaymentKind.ARREARS, paid_on=clock.today() + dt.timedelta(days=1))
    wrong: Any = replace(line, fund_source="", mode="gold")
    with pytest.raises(Problems) as told:
        walk.take(finance(), "first_payment", "paid", payments=[wrong])
    assert {one.code for one in told.value.problems} == {"fund-source", "mode", "date-future"}
    bare: Any = DeliveryLine(" ", "", Mode.PURCHASE, fen=-1)  # type: ignore[arg-type]
    step = service_of(walk.case).steps["first_payment"]
    found = check_given(walk.case, service_of(walk.case), step, step.outcomes["paid"], [line], [bare])
    assert {"fund-source", "delivery-sum", "delivery-what", "provider-missing"} <= {one.code for one in found}
    with pytest.raises(Problems) as told:  # a proof nobody knows shows nothing
        other = Walk.open(cast.chen, "living_subsidy", Subject(person=make.person("吴静", grade=2)))
        other.take(cast.chen, "apply", "submitted", values=FORM, evidence=dict.fromkeys(PAPERS, "magic"))
    assert {one.code for one in told.value.problems} == {"evidence-missing"}


def test_a_record_is_never_changed(cast: Cast, walk: Walk) -> None:
    with pytest.raises(TypeError):
        walk.last().save()


def test_who_checked_does_not_decide(cast: Cast, walk: Walk) -> None:
    to_decision(cast, walk)
    from yice.accounts.models import Post

    Post.objects.create(user=cast.he, role="county_civil_affairs", area_id=COUNTY)
    with pytest.raises(Problem) as told:
        walk.take(cast.he, "decision", "approved", values={"amount": "165"})
    assert told.value.code == "duties-apart"


def test_nobody_handles_their_own_or_a_relatives(cast: Cast, zhou: Person) -> None:
    namesake = make.person(cast.liang.name)
    walk = Walk.open(cast.chen, "living_subsidy", Subject(person=namesake))
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    with pytest.raises(Problem) as told:
        walk.take(cast.liang, "first_check", "passed")
    assert told.value.code == "own-or-kin"


def test_many_are_decided_at_once_after_a_sample_was_read(cast: Cast) -> None:
    make.jianghai()
    lists = make.all_lists()
    walks = []
    for name in ("周大山", "吴静", "欧阳明"):
        person = make.person(name)
        if name != "欧阳明":
            make.on_list(lists["subsistence"], person, income_class="subsistence")
        walk = Walk.open(cast.chen, "living_subsidy", Subject(person=person))
        to_decision(cast, walk)
        walks.append(walk)
    luo = again(cast.luo)
    many = [(walk.case, walk.case.version) for walk in walks]
    decide: dict[str, Any] = {
        "actor": luo, "step": "decision", "cases": many, "outcome": "approved", "values": {"amount": "165"},
    }  # fmt: skip
    with pytest.raises(Problem) as told:
        services.take_steps_in_bulk(key="b1", **decide)
    assert told.value.code == "bulk-sample"
    services.mark_opened(actor=luo, case=walks[0].case)
    done = services.take_steps_in_bulk(key="b1", **decide)
    assert [case.pk for case in done.done] == [walks[0].case.pk, walks[1].case.pk]
    assert [case.pk for case, _ in done.refused] == [walks[2].case.pk]
    assert StepRecord.objects.filter(bulk=done.bulk).count() == 2
    assert StepRecord.objects.filter(bulk=done.bulk, sampled=True).count() == 1


def test_a_pay_list_pays_what_is_due(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_payment(cast, walk, clock_at)
    qian = again(finance())
    services.mark_opened(actor=qian, case=walk.case)
    services.take_steps_in_bulk(
        actor=qian, step="first_payment", cases=[(walk.case, walk.case.version)], outcome="paid", key="p",
        pay=PayAs(FundSource.COUNTY),
    )  # fmt: skip
    assert list(Payment.objects.order_by("month").values_list("kind", "amount_fen")) == [
        ("arrears", 16500), ("regular", 16500),
    ]  # fmt: skip


def test_the_timeline_reads_as_sentences_with_before_and_after(cast: Cast, walk: Walk, clock_at: At) -> None:
    to_decision(cast, walk)
    seen = reading.view(again(cast.luo), walk.case.uuid)
    assert [one.text for one in seen.timeline] == [
        "县级残联审核类别和等级：类别和等级相符", "乡镇（街道）初审：初审通过", "申请：已提交", "已受理",
    ]  # fmt: skip
    assert "银行账号：＊＊＊" in "；".join(seen.timeline[2].told) and FORM["account"] not in str(
        seen.timeline
    )
    (now,) = [one for one in seen.road if one.place == "now"]
    assert now.step.id == "decision" and now.mine is not None
    walk.take(cast.luo, "decision", "approved", values={"amount": "165"})
    clock_at("2020-07-08")
    walk.take(cast.liang, "publicity", "objection", note="有人说收入不对")
    walk.take(cast.luo, "decision", "approved", values={"amount": "200"})
    last, *_ = reading.view(again(cast.luo), walk.case.uuid).timeline
    assert last.told == ["每月金额：165.00 → 200.00", "下一步：公示"]
    told = str(sentence(Event.objects.filter(code="case.taken").latest("id")))
    assert told.endswith("县级民政部门审定，同意；下一步：公示")


def test_finance_sees_what_reached_it_and_nothing_else(cast: Cast, walk: Walk, clock_at: At) -> None:
    qian = finance()
    with pytest.raises(Problem):
        reading.case(again(qian), walk.case.uuid)
    to_payment(cast, walk, clock_at)
    assert reading.case(again(qian), walk.case.uuid) == walk.case


def test_a_withdrawal_ends_it_and_an_objection_opens_it_again(cast: Cast, walk: Walk) -> None:
    to_decision(cast, walk)
    walk.refuse(cast.luo, "decision", reasons=["income"])
    services.reopen(
        actor=again(cast.he),
        case=walk.case,
        step="decision",
        version=walk.case.version,
        note="复议决定重新审定",
    )
    assert walk.waiting() == ["decision"]
    walk.case.refresh_from_db()
    services.withdraw(actor=again(cast.chen), case=walk.case, version=walk.case.version, note="本人不再申请")
    walk.case.refresh_from_db()
    assert (walk.case.end, walk.waiting()) == ("withdrawn", [])


def test_what_the_form_tells_becomes_fact(cast: Cast, zhou: Person) -> None:
    walk = Walk.open(cast.chen, "nursing_subsidy", Subject(person=zhou))
    walk.take(
        cast.chen, "apply", "submitted", values={**FORM, "long_term_care_need": "true"}, evidence=PAPERS
    )
    zhou.facts.refresh_from_db()
    assert zhou.facts.overrides["long_term_care_need"][0]["value"] is True


def test_a_run_that_finds_somebody_no_longer_entitled_begins_the_recheck(
    cast: Cast, walk: Walk, clock_at: At
) -> None:
    to_payment(cast, walk, clock_at)
    july = make.all_lists(dt.date(2020, 7, 1))
    del july
    clock_at("2020-07-31")
    make.screened(cast)
    assert walk.open_step("recheck").wakes_on is None
    assert walk.case.records.filter(kind="changed").count() == 1
    make.screened(cast)
    assert walk.case.records.filter(kind="changed").count() == 1


def test_open_work_follows_who_moves(cast: Cast, walk: Walk, clock_at: At) -> None:
    walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    due = walk.open_step("first_check").due_on
    Person.objects.filter(pk=walk.case.person_id).update(hukou=FAR_VILLAGE)
    make.screened(cast)
    walk.case.refresh_from_db()
    assert walk.case.area == FAR_VILLAGE and walk.open_step("first_check").due_on == due
    assert not worklist.waiting(again(cast.liang)).exists()


def test_the_end_of_a_case_waits_on_its_need_for_the_answer(cast: Cast, zhou: Person) -> None:
    need = record_need(actor=cast.chen, person=zhou, kind="living", channel=Channel.VISIT, key="n").need
    walk = Walk.open(cast.chen, "living_subsidy", Subject(person=zhou), need=need)
    to_decision(cast, walk)
    walk.refuse(cast.luo, "decision", reasons=["income"])
    need.refresh_from_db()
    assert (need.state, need.steps.order_by("-id").first().kind) == ("in_hand", "reported")


def test_a_need_of_another_kind_does_not_lead_here(cast: Cast, zhou: Person) -> None:
    need = record_need(actor=cast.chen, person=zhou, kind="housing", channel=Channel.VISIT, key="n").need
    with pytest.raises(Problem):
        Walk.open(cast.chen, "living_subsidy", Subject(person=zhou), need=need)


def test_the_words_of_money_are_those_of_packs() -> None:
    assert set(FundSource.values) == set(get_args(FundName))
    assert set(Mode.values) == set(get_args(ModeName))


def test_some_funds_are_never_paid_out_in_cash(cast: Cast, walk: Walk) -> None:
    service = service_of(walk.case)
    step = service.steps["settlement"]
    only_services = replace(step, no_cash_from=("central",))
    central = PaymentLine(100, FundSource.CENTRAL, Mode.CASH)
    outcome = step.outcomes["settled"]
    assert "no-cash" in {
        one.code for one in check_given(walk.case, service, only_services, outcome, [central], [])
    }
    bought = replace(central, mode=Mode.PURCHASE, provider="某机构")
    assert check_given(walk.case, service, only_services, outcome, [bought], []) == []


def test_a_department_opens_only_what_begins_with_it(cast: Cast, zhou: Person) -> None:
    with pytest.raises(Forbidden):
        Walk.open(finance(), "living_subsidy", Subject(person=zhou))
