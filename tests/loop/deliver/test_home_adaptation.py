"""The adaptation of a home, annex 6, all thirteen steps: the design holds, disputes are settled, roles stay apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from tests import factories as make
from tests.loop.deliver.walking import Subject, Walk, again, staff
from tests.web.test_desk_case_work import days, post
from tests.web.test_desk_cases import signed_in

from yice.accounts.access import Forbidden
from yice.accounts.enums import Role
from yice.accounts.models import User
from yice.areas.models import Area
from yice.audit.models import Event
from yice.loop.assess import services as assess
from yice.loop.assess.models import Assessment, Assessor
from yice.loop.deliver import services
from yice.loop.deliver.enums import FundSource, Mode
from yice.loop.deliver.models import Delivery
from yice.loop.deliver.selectors import case as reading
from yice.loop.deliver.selectors.worklist import waiting
from yice.loop.deliver.services import DeliveryLine, filling
from yice.loop.identify.models import Household
from yice.network import providers
from yice.network.models import Provider
from yice.policy import services as policy
from yice.terms import clock
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db
CITY, DISTRICT, STREET, COMMUNITY = "110000000000", "110105000000", "110105001000", "110105001001"
At = Callable[[dt.date | str], None]


@dataclass
class Beijing:
    """Who works in the district; everybody here is made up."""

    chen: User  # community
    liang: User  # street
    he: User  # district, approves
    fang: User  # district, accepts and arranges
    ping: User  # assessor
    shi: User  # builder
    yan: User  # third party
    zhong: User  # the city's arbitration group
    shi_lian: User  # the city's federation
    certificate: Assessor
    home: Household


@pytest.fixture
def city(db: None) -> Beijing:
    places = (
        (CITY, "120000000000", "北京市", 1, None), (DISTRICT, "110106000000", "朝阳区", 3, CITY),
        (STREET, "110105002000", "建外街道", 4, DISTRICT), (COMMUNITY, "110105001002", "永安里社区", 5, STREET),
    )  # fmt: skip
    Area.objects.bulk_create(
        Area(code=code, end=end, name=name, tier=tier, lowest_tier=tier, parent_id=parent)
        for code, end, name, tier, parent in places
    )
    policy.install(actor=None, path=make.PACKS / "cn-11-2018")
    home = Household.objects.create(area=COMMUNITY)
    register = make.batch(area=DISTRICT)
    make.person(
        "周大山",
        household=home,
        hukou=COMMUNITY,
        register=register,
        need_adaptation=True,
        phone="13900001234",
    )
    he = staff("he", "何业务", Role.COUNTY_FEDERATION, DISTRICT)
    ping = staff("ping", "平评估", Role.ASSESSOR, DISTRICT)
    shi = staff("shi", "施工员", Role.PROVIDER, DISTRICT)
    builder = providers.apply(
        actor=he, name="畅行施工队", area=DISTRICT, kind="", services=["home_adaptation"], capacity=1
    )
    builder = providers.admit(
        actor=he, provider=builder, version=builder.version, since=dt.date(2018, 1, 1), until=dt.date(2020, 12, 31),
        capacity=1,
    )  # fmt: skip
    providers.attach(actor=he, provider=builder, user=shi, version=builder.version)
    certificate = assess.certify_assessor(
        actor=he, name="平评估", area=DISTRICT, certificate="BJ-001", since=dt.date(2019, 1, 1),
        until=dt.date(2020, 12, 31), user=ping,
    )  # fmt: skip
    return Beijing(
        chen=staff("chen", "陈专委", Role.VILLAGE_COMMISSIONER, COMMUNITY),
        liang=staff("liang", "梁经办", Role.TOWNSHIP_CLERK, STREET),
        he=he,
        fang=staff("fang", "方业务", Role.COUNTY_FEDERATION, DISTRICT),
        ping=ping,
        shi=shi,
        yan=staff("yan", "严评价", Role.EVALUATOR, DISTRICT),
        zhong=staff("zhong", "仲裁员", Role.ARBITRATOR, CITY),
        shi_lian=staff("shilian", "市业务", Role.FEDERATION_ABOVE, CITY),
        certificate=certificate,
        home=home,
    )


DESIGN = {
    "standard": "评估细则（试行）2018", "designer": "安居评估中心", "items": ["grab_bar", "ramp"], "cost": "9500",
}  # fmt: skip
HELP = DeliveryLine("居家无障碍改造", FundSource.COUNTY, Mode.PURCHASE, fen=855000, provider="畅行施工队")


def start(city: Beijing) -> Walk:
    return Walk.open(city.chen, "home_adaptation", Subject(household=city.home))


def to_assessment(city: Beijing) -> Walk:
    walk = start(city)
    form = {"tenure": "owned", "assisted": "true", "asked": ["toilet"]}
    walk.take(city.chen, "apply", "submitted", values=form, evidence={"assisted_consent": "seen"})
    walk.take(city.liang, "verify", "verified", values={"lives_there": "true"})
    walk.take(city.he, "approve", "approved")
    walk.take(city.chen, "wishes", "recorded", values={"wishes": "想自己上厕所，不要拆门槛"})
    walk.hand(city.fang, "assess", city.ping)
    return walk


def assessed(city: Beijing, walk: Walk, **more: Any) -> Assessment:
    more = {"key": f"a-{Assessment.objects.count()}", "findings": "卫生间需抓杆，门口需坡道", **more}
    return services.assess_in_case(actor=again(city.ping), case=walk.case, step="assess", **more)


def to_works(city: Beijing) -> Walk:
    walk = to_assessment(city)
    assessed(city, walk)
    walk.take(city.ping, "assess", "assessed")
    walk.hand(city.fang, "design", city.ping)
    walk.take(city.ping, "design", "designed", values=DESIGN)
    walk.take(city.he, "review", "passed", values={"opinion": "同意"})
    walk.take(city.fang, "builder", "chosen", values={"builder": "畅行施工队", "agreement": "KJ-2018-7"})
    walk.hand(city.fang, "works", city.shi)
    return walk


def works(**more: Any) -> dict[str, Any]:
    return {"items_done": ["grab_bar", "ramp"], "cost": "9500", "finished_on": "2020-06-30", **more}


def test_it_goes_from_application_to_rating(city: Beijing) -> None:
    walk = to_works(city)
    walk.take(city.shi, "works", "finished", values=works(), deliveries=[HELP])
    walk.hand(city.fang, "acceptance", city.yan)
    walk.take(city.yan, "acceptance", "accepted", values={"acceptor": "公正验收所", "to_standard": "true"})
    walk.take(city.chen, "rating", "rated", values={"works": "5", "products": "4", "attitude": "5"})
    assert walk.last().for_whom == "applicant"
    walk.take(city.shi_lian, "sample_check", "closed", values={"drawn": "false"})
    assert (walk.case.end, walk.case.end_kind, walk.waiting()) == ("adapted", "met", [])
    assert walk.case.records.filter(kind="taken").count() == 12
    delivery = Delivery.objects.get()
    assert (delivery.persons, delivery.fund_source, delivery.mode) == (1, "county", "purchase")


def test_nobody_without_a_certificate_on_the_day_assesses(city: Beijing) -> None:
    walk = to_assessment(city)
    assess.end_certificate(actor=city.he, assessor=city.certificate, last_day=dt.date(2020, 6, 29))
    with pytest.raises(Problem) as told:
        assessed(city, walk)
    assert told.value.code == "not-certified"
    assert assessed(city, walk, on=dt.date(2020, 6, 29)).assessor == city.certificate


def test_an_assessment_comes_before_the_design(city: Beijing) -> None:
    walk = to_assessment(city)
    with pytest.raises(Problems) as told:
        walk.take(city.ping, "assess", "assessed")
    assert [problem.code for problem in told.value.problems] == ["assessment-missing"]


def test_an_assessment_that_ran_out_blocks_the_works_and_comes_back_as_work(
    city: Beijing, clock_at: At
) -> None:
    from yice.loop.assess.selectors import to_assess

    walk = to_works(city)
    Assessment.objects.update(valid_until=dt.date(2020, 6, 29))
    assert [one.why for one in to_assess(again(city.he))] == ["expired"]
    with pytest.raises(Problems) as told:
        walk.take(city.shi, "works", "finished", values=works(), deliveries=[HELP])
    assert "施工前已有有效评估" in str(told.value)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"items_done": ["ramp", "door_widening"]}, "items_done"), ({"cost": "9500.01"}, "cost")],
)
def test_works_never_go_beyond_the_design(city: Beijing, more: dict[str, Any], field: str) -> None:
    walk = to_works(city)
    with pytest.raises(Problems) as told:
        walk.take(city.shi, "works", "finished", values=works(**more), deliveries=[HELP])
    assert [problem.field for problem in told.value.problems] == [field]


def test_a_changed_design_is_reviewed_again(city: Beijing) -> None:
    walk = to_works(city)
    walk.take(city.shi, "works", "redesign", values=works(items_done=["ramp"]), deliveries=[HELP])
    walk.hand(city.fang, "design", city.ping)
    walk.take(city.ping, "design", "designed", values={**DESIGN, "items": ["ramp"]})
    assert walk.waiting() == ["review"]


def test_a_dispute_goes_straight_to_the_city(city: Beijing) -> None:
    walk = to_assessment(city)
    first = assessed(city, walk)
    walk.take(city.ping, "assess", "assessed")
    walk.hand(city.fang, "design", city.ping)
    walk.take(city.ping, "design", "designed", values=DESIGN)
    assess.dispute_assessment(actor=again(city.chen), assessment=first, grounds="没有听取本人意见")
    walk.take(city.he, "review", "disputed", values={"opinion": "有争议"})
    assert walk.waiting() == ["arbitration"]
    other = Assessor.objects.create(
        name="仲裁员", area=CITY, certificate="BJ-900", since=dt.date(2019, 1, 1), user=city.zhong
    )
    group = signed_in(again(city.zhong))
    assert "市评估仲裁小组作出最终意见" in group.get("/cases/").content.decode()
    address = reverse("desk:case-assess", args=[walk.case.uuid, "arbitration"])
    given = {"assessor": other.pk, "findings": "只做抓杆", **days("on", clock.today())}
    assert post(group, address, **given)[0] == 302
    final = Assessment.objects.latest("id")
    first.refresh_from_db()
    assert (final.final, first.state) == (True, "replaced")
    step = reverse("desk:case-step", args=[walk.case.uuid, "arbitration"])
    assert post(group, step, outcome="final")[0] == 302
    assert walk.waiting() == ["design"]
    with pytest.raises(Problem):
        assess.dispute_assessment(actor=again(city.chen), assessment=final, grounds="仍不同意")


def test_who_builds_does_not_accept(city: Beijing) -> None:
    walk = to_works(city)
    walk.take(city.shi, "works", "finished", values=works(), deliveries=[HELP])
    walk.hand(city.fang, "acceptance", city.yan)
    with pytest.raises(Problems) as told:
        walk.take(
            city.yan, "acceptance", "accepted", values={"acceptor": "畅行施工队", "to_standard": "true"}
        )
    assert [problem.field for problem in told.value.problems] == ["acceptor"]


def test_a_guest_sees_only_what_is_in_their_hands(city: Beijing) -> None:
    walk = to_assessment(city)
    assert reading.case(again(city.ping), walk.case.uuid) == walk.case
    for stranger in (city.shi, city.yan):
        with pytest.raises(Problem):
            reading.case(again(stranger), walk.case.uuid)
        with pytest.raises(Forbidden):
            walk.take(stranger, "assess", "assessed")


def test_a_guest_sees_of_a_case_what_the_step_in_their_hands_needs(city: Beijing) -> None:
    walk = to_works(city)
    whole = reading.view(again(city.he), walk.case.uuid)
    assert whole.whole and {"apply", "design", "works"} < {one.record.step for one in whole.timeline}
    builder = again(city.shi)
    shown = reading.view(builder, walk.case.uuid)
    assert not shown.whole and [one.record.step for one in shown.timeline] == [
        "works"
    ]  # that it was handed over
    assert not shown.payments and not shown.notices and not shown.deliveries
    form = reading.step_form(builder, walk.case, "works")
    assert [one.step.id for one in form.filled] == ["design"]
    client = signed_in(builder)
    text = client.get(reverse("desk:case-step", args=[walk.case.uuid, "works"])).content.decode()
    page = client.get(reverse("desk:case", args=[walk.case.uuid])).content.decode()
    assert "改造项目" in text and "打印" not in page and "转交" not in page.partition("经过")[0]
    one = walk.case.household.persons.get()
    address = reverse("desk:case", args=[walk.case.uuid])
    assert one.phone not in page
    assert one.phone in client.post(address, {"reach": "1"}).content.decode()
    assert Event.objects.filter(code="case.reached", actor=city.shi, subject_id=one.uuid).count() == 1
    assert signed_in(city.he).post(address, {"reach": "1"}).status_code == 403
    assert "等我办的步骤" in client.get("/").content.decode()
    assert "现在没有等您办理的事项" in signed_in(city.yan).get("/").content.decode()
    assert client.get(reverse("desk:papers", args=["case", walk.case.uuid])).status_code == 403


def test_only_an_admitted_builder_with_room_is_ordered_and_sees_the_home_no_longer_than_the_order(
    city: Beijing,
) -> None:
    walk = to_works(city)
    builder = Provider.objects.get()
    stranger = staff("mou", "某施工员", Role.PROVIDER, DISTRICT)
    for change, to, said in (
        ({"state": "suspended"}, city.shi, "暂停派单"),
        ({"state": "admitted", "until": dt.date(2020, 6, 29)}, city.shi, "不在有效期内"),
        ({"until": dt.date(2020, 12, 31), "services": []}, city.shi, "没有准入这项服务"),
        ({"services": ["home_adaptation"]}, stranger, "没有准入，不能派单"),
        ({}, city.shi, "能服务 1 人，已经满了"),
    ):
        Provider.objects.filter(pk=builder.pk).update(**change)
        with pytest.raises(Problem) as told:
            walk.hand(city.fang, "works", to)
        assert said in str(told.value)
    other = DeliveryLine("居家无障碍改造", FundSource.COUNTY, Mode.PURCHASE, fen=855000, provider="某施工队")
    with pytest.raises(Problems) as several:
        walk.take(city.shi, "works", "finished", values=works(), deliveries=[other])
    assert [one.code for one in several.value.problems] == ["provider-not-admitted"]
    assert reading.case(again(city.shi), walk.case.uuid) == walk.case
    walk.take(city.shi, "works", "finished", values=works(), deliveries=[HELP])
    with pytest.raises(Problem):
        reading.case(again(city.shi), walk.case.uuid)


def test_what_a_builder_did_may_be_entered_for_them(city: Beijing) -> None:
    walk = to_works(city)
    walk.take(city.fang, "works", "finished", values=works(), deliveries=[HELP])
    assert (walk.last().for_whom, walk.last().by) == ("provider", city.fang)


def test_a_refusal_by_the_district_ends_it_with_its_reason(city: Beijing) -> None:
    walk = start(city)
    walk.take(
        city.chen, "apply", "submitted", values={"tenure": "owned", "assisted": "false", "asked": ["toilet"]}
    )
    walk.take(city.liang, "verify", "verified", values={"lives_there": "true"})
    walk.refuse(city.he, "approve", reasons=["recent"])
    assert (walk.case.end, walk.case.notices.get().kind) == ("refused", "refusal")


def test_a_return_names_the_paper_that_is_missing(city: Beijing) -> None:
    walk = start(city)
    walk.take(
        city.chen, "apply", "submitted", values={"tenure": "owned", "assisted": "false", "asked": ["toilet"]}
    )
    walk.back(city.liang, "verify", items=["房屋实为租赁，要房主同意书"])
    with pytest.raises(Problems) as told:
        walk.take(
            city.chen,
            "apply",
            "submitted",
            values={"tenure": "rented", "assisted": "false", "asked": ["toilet"]},
        )
    assert [problem.field for problem in told.value.problems] == ["evidence.owner_consent"]


def test_the_same_home_is_not_adapted_again_so_soon(city: Beijing, clock_at: At) -> None:
    walk = to_works(city)
    walk.case.refresh_from_db()
    type(walk.case).objects.update(state="ended", end_kind="met", ended_on=dt.date(2018, 3, 1))
    with pytest.raises(Problem) as told:
        start(city)
    assert told.value.code == "too-soon"


def test_the_overdue_visit_climbs_and_is_handed_on(city: Beijing, clock_at: At) -> None:
    walk = to_assessment(city)
    due = walk.open_step("assess").due_on
    assert due == dt.date(2020, 7, 14)
    clock_at("2020-07-15")
    services.climb(clock.today())
    assert walk.open_step("assess").tier == 2
    second = staff("ping2", "平二", Role.ASSESSOR, DISTRICT)
    walk.hand(city.fang, "assess", second)
    assert walk.open_step("assess").due_on == due


def test_an_assisted_application_needs_the_persons_consent(city: Beijing) -> None:
    walk = start(city)
    with pytest.raises(Problems) as told:
        walk.take(
            city.chen,
            "apply",
            "submitted",
            values={"tenure": "owned", "assisted": "true", "asked": ["toilet"]},
        )
    assert [problem.field for problem in told.value.problems] == ["evidence.assisted_consent"]


def test_nothing_is_approved_before_the_street_verified_it(city: Beijing) -> None:
    walk = start(city)
    walk.take(
        city.chen, "apply", "submitted", values={"tenure": "owned", "assisted": "false", "asked": ["toilet"]}
    )
    with pytest.raises(Problem) as told:
        walk.take(city.he, "approve", "approved")
    assert told.value.code == "stale"
    with pytest.raises(Forbidden):
        walk.take(city.he, "verify", "verified", values={"lives_there": "true"})


def test_the_persons_wishes_stand_apart_from_the_assessors_opinion(city: Beijing) -> None:
    walk = to_works(city)
    wishes = walk.case.records.get(step="wishes")
    assert (filling.unsealed(wishes.values["wishes"]), wishes.for_whom) == (
        "想自己上厕所，不要拆门槛",
        "applicant",
    )
    assert "门槛" not in Assessment.objects.get().findings


def test_an_assessment_is_bound_to_the_version_of_its_rules(city: Beijing) -> None:
    walk = to_works(city)
    assert Assessment.objects.get().pack_hash == walk.case.pack.hash
    standard = walk.case.records.get(step="design", kind="taken").values["standard"]
    assert filling.unsealed(standard) == "评估细则（试行）2018"


def test_who_has_not_rated_is_waited_for_and_climbs(city: Beijing, clock_at: At) -> None:
    walk = to_works(city)
    walk.take(city.shi, "works", "finished", values=works(), deliveries=[HELP])
    walk.hand(city.fang, "acceptance", city.yan)
    walk.take(city.yan, "acceptance", "accepted", values={"acceptor": "公正验收所", "to_standard": "true"})
    assert [one.step for one in waiting(again(city.chen))] == ["rating"]
    clock_at("2020-08-01")
    services.climb(clock.today())
    assert walk.open_step("rating").tier == 4
