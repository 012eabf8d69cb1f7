"""People's rights: consent by itself and withdrawn, guardians with a paper and an end, objection, copy, disposal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests import factories as make
from tests.cast import COUNTY, NEXT_VILLAGE, PASSWORD, Cast

from yice.accounts import glass
from yice.accounts.access import Forbidden
from yice.accounts.enums import Role
from yice.accounts.models import Glass, Post, User
from yice.audit.models import Event
from yice.audit.services import record
from yice.audit.verifying import verify
from yice.loop.deliver.models import Case
from yice.loop.identify import looking, services
from yice.loop.identify.errands import errands
from yice.loop.identify.models import (
    Consent,
    Facts,
    Finding,
    Guardian,
    Household,
    Person,
    Visit,
    VisitImage,
    VisitList,
)
from yice.loop.identify.rights import consents, copying, disposal, guardians, objections, uses
from yice.loop.identify.rights.basis import asked, kinds, purposes
from yice.loop.identify.rights.enums import GivenBy, Ground, How, ObjectionAnswer
from yice.loop.plan.services import MeasureLine, write_plan
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
TODAY = dt.date(2020, 6, 30)


@pytest.fixture
def lin(cast: Cast) -> Person:
    lists = make.all_lists()
    person = make.person("林小禾", grade=1, long_term_care_need=True)
    make.on_list(lists["subsistence"], person, income_class="subsistence")
    return person


def agree(cast: Cast, person: Person, purpose: str = "photo", **more: Any) -> Consent:
    given = {"given_by": GivenBy.PERSON, "how": How.SPOKEN, **more}
    return consents.record_consent(actor=cast.chen, person=person, purpose=purpose, **given)


def withdraw(cast: Cast, person: Person, purpose: str = "photo") -> Consent | None:
    said: dict[str, Any] = {"withdrawn_by": GivenBy.PERSON, "how": How.PHONE}
    return consents.withdraw_consent(actor=cast.chen, person=person, purpose=purpose, **said)


def test_reading_a_record_is_written_down_once_a_day(cast: Cast, lin: Person, clock_at: Any) -> None:
    """On which page it is read, and who was refused: the walk (tests/web/test_every_page_is_declared.py)."""
    for _ in range(2):
        looking.note(actor=cast.chen, kind="person", address={"person": lin.uuid, "part": "facts"})
    looking.note(actor=cast.he, kind="person", address={"person": lin.uuid})
    clock_at("2020-07-01")
    looking.note(actor=cast.chen, kind="person", address={"person": lin.uuid})
    looked = Event.objects.filter(code="person.opened", subject_id=lin.uuid).order_by("id")
    assert [one.actor for one in looked] == [cast.chen, cast.he, cast.chen]


def test_every_purpose_has_its_ground_and_source_and_every_kind_its_time() -> None:
    assert {one.basis for one in purposes().values()} == {"duty", "consent"}
    assert asked().keys() == {"photo", "publicity", "charity", "employer", "volunteer"}
    for one in purposes().values():
        assert one.source and one.title.en and one.uses.en and one.sees.en
    assert all(one.source and (one.years or one.how == "daily") for one in kinds().values())


def test_consent_holds_from_its_day_to_its_end_or_until_withdrawn(
    cast: Cast, lin: Person, clock_at: Any
) -> None:
    assert "没有本人或监护人" in str(consents.refusal(lin, "photo"))
    made = agree(cast, lin, until=dt.date(2020, 7, 31))
    assert agree(cast, lin) == made and consents.refusal(lin, "photo") is None
    assert consents.shown(Person.objects.all(), "photo").get() == lin
    assert consents.agreed([lin.pk], "publicity") == set()
    clock_at("2020-08-01")
    assert "为止" in str(consents.refusal(lin, "photo"))
    agree(cast, lin, how=How.WRITTEN, form="第 3 号，村委会档案柜")
    withdraw(cast, lin)
    assert "撤回" in str(consents.refusal(lin, "photo")) and withdraw(cast, lin) is None
    told = [event.code for event in Event.objects.filter(subject_id=lin.uuid).order_by("id")]
    assert told == ["consent.given", "consent.given", "consent.withdrawn"]


def test_no_benefit_stops_because_a_consent_was_withdrawn(cast: Cast, lin: Person) -> None:
    for name in asked():
        agree(cast, lin, name)
    make.screened(cast)
    before = set(Finding.objects.values_list("group", "kind", "state", "benefit"))
    for name in asked():
        withdraw(cast, lin, name)
    make.screened(cast)
    assert before and set(Finding.objects.values_list("group", "kind", "state", "benefit")) == before


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"how": How.WRITTEN}, "form-missing"),
        ({"given_on": dt.date(2020, 7, 1)}, "date-future"),
        ({"until": dt.date(2020, 6, 29)}, "until-before"),
        ({"purpose": "benefits"}, "purpose-unknown"),  # a duty: nobody is asked, nothing can be withdrawn
        ({"given_by": GivenBy.GUARDIAN, "guardian": "林父"}, "guardian-unknown"),
    ],
)
def test_a_consent_that_is_not_one_is_refused(cast: Cast, lin: Person, more: Any, code: str) -> None:
    with pytest.raises(Problem) as refused:
        agree(cast, lin, **more)
    assert refused.value.code == code and not Consent.objects.exists()


def test_a_list_for_a_use_names_those_who_agreed_and_says_how_many_did_not(cast: Cast, lin: Person) -> None:
    make.person("周大山", hukou=NEXT_VILLAGE)
    wu = make.person("吴静")
    agree(cast, wu, "volunteer")
    found = uses.consented(cast.he, "volunteer")
    assert [one.name for one, _place in found.rows] == ["吴静"] and found.left_out == 2
    assert uses.export(cast.he, "volunteer")[0].table.column_names == ["name", "village"]
    assert uses.consented(cast.pan, "volunteer").left_out == 0
    with pytest.raises(Forbidden):
        uses.consented(cast.luo, "volunteer")
    with pytest.raises(Problem):
        uses.consented(cast.he, "benefits")


def child(cast: Cast, born: dt.date) -> tuple[Person, Guardian]:
    young = make.person("欧阳明", birth=born)
    father = guardians.record_guardian(
        actor=cast.liang, person=young, name="欧阳父", relation="parent", ground=Ground.MINOR, since=born
    )
    return young, father


def test_a_child_agrees_through_a_guardian_and_that_ends_with_childhood(cast: Cast, clock_at: Any) -> None:
    young, father = child(cast, dt.date(2008, 7, 15))
    with pytest.raises(Problem) as refused:
        agree(cast, young)
    assert refused.value.code == "guardian-needed"
    made = agree(cast, young, given_by=GivenBy.GUARDIAN, guardian="欧阳父")
    assert made.until == dt.date(2026, 7, 14) == guardians.acts_until(father)
    clock_at("2026-07-15")
    assert "不能再代为签字" in str(guardians.why_not(father, clock.today()))
    assert "为止" in str(consents.refusal(young, "photo"))
    with pytest.raises(Problem) as refused:
        guardians.require_guardian(young, "欧阳父", clock.today())
    assert refused.value.code == "guardian-ended"


def test_an_adults_guardian_has_a_paper_and_an_end_and_is_work_before_it_comes(
    cast: Cast, lin: Person, clock_at: Any
) -> None:
    said: dict[str, Any] = {"actor": cast.liang, "person": lin, "name": "林母", "relation": "parent"}
    for more in ({}, {"document": "江海法院 5 号"}, {"until": dt.date(2020, 8, 31)}):
        with pytest.raises(Problem):
            guardians.record_guardian(**said, ground=Ground.NONE, **more)
    with pytest.raises(Problem):
        guardians.record_guardian(**said, ground=Ground.MINOR)  # of age
    paper = {"document": "江海法院 5 号", "until": dt.date(2020, 8, 31)}
    mother = guardians.record_guardian(**said, ground=Ground.NONE, **paper)
    assert guardians.record_guardian(**said, ground=Ground.NONE, **paper) == mother
    assert not guardians.alone(lin, TODAY)
    people = Person.objects.filter(pk=lin.pk)
    assert "guardian" not in {one.kind for one in errands(cast.chen, people, TODAY).get(lin.pk, [])}
    clock_at("2020-08-05")
    waiting = errands(cast.chen, people, clock.today())[lin.pk]
    assert "要续办" in " ".join(str(one.says) for one in waiting)
    clock_at("2020-09-01")
    assert guardians.standing(lin, clock.today()) == []
    renewed = guardians.record_guardian(
        **said, ground=Ground.NONE, document="江海法院 9 号", until=dt.date(2021, 8, 31), instead_of=mother
    )
    assert guardians.standing(lin, clock.today()) == [renewed]
    assert guardians.to_renew(people, clock.today() + guardians.AHEAD) == []
    with pytest.raises(Forbidden):
        guardians.record_guardian(**{**said, "actor": cast.chen}, ground=Ground.NONE, **paper)


def test_an_objection_stops_nothing_and_is_answered_once_by_the_county(cast: Cast, lin: Person) -> None:
    said: dict[str, Any] = {
        "actor": cast.chen,
        "person": lin,
        "purpose": "benefits",
        "said_by": GivenBy.PERSON,
    }
    made = objections.record_objection(**said, said="低保名单上的人不是我", key="k1")
    assert objections.record_objection(**said, said="低保名单上的人不是我", key="k1") == made
    assert made.due_on == TODAY + dt.timedelta(days=30) and list(objections.waiting(cast.he)) == [made]
    assert not objections.waiting(cast.pan).exists() and not objections.waiting(cast.chen).exists()
    answer: dict[str, Any] = {"objection": made, "answer": ObjectionAnswer.CORRECTED, "note": "同名，已更正"}
    with pytest.raises(Forbidden):
        objections.answer_objection(actor=cast.chen, **answer)
    objections.answer_objection(actor=cast.he, **answer)
    with pytest.raises(Problem):
        objections.answer_objection(actor=cast.he, **answer)


def test_a_copy_has_everything_but_suspicions_and_says_who_looked(cast: Cast, lin: Person) -> None:
    make.screened(cast)
    services.unmask(actor=cast.liang, person=lin, field="phone", reason="核对来人身份")
    agree(cast, lin)
    table = copying.copy_of_record(actor=cast.liang, person=lin, given_to=GivenBy.PERSON).table
    text = " ".join(str(value) for column in table.columns for value in column.to_pylist())
    assert lin.id_number in text and "查看了完整的电话" in text and "核对来人身份" not in text
    assert "拍照" in text and "疑似" not in text
    assert Event.objects.filter(code="record.copied", subject_id=lin.uuid).exists()
    for who in (cast.chen, cast.pan, cast.luo):
        with pytest.raises(Forbidden):
            copying.copy_of_record(actor=who, person=lin, given_to=GivenBy.PERSON)


def test_a_copy_has_what_was_decided_planned_paid_and_done_and_nothing_of_others(
    cast: Cast, lin: Person
) -> None:
    home = Household.objects.create(area=COUNTY, number="7")
    other = make.person("林大山", household=home)
    Person.objects.filter(pk=lin.pk).update(household=home)
    pack, today = make.jianghai(), clock.today()
    for number, who in (("C1", lin), ("C2", other)):
        case = Case.objects.create(
            number=number, service="living_subsidy", pack=pack, person=who, hukou=who.hukou, residence=who.residence,
            area=who.hukou, channel="window", applied_on=today, opened_at=clock.now(), key=number,
        )  # fmt: skip
        step = case.records.create(kind="taken", version=1, at=clock.now(), note=f"{number}核对过")
        how = {"record": step, "person": who, "fund_source": "county", "mode": "cash"}
        case.payments.create(amount_fen=12300 if who == lin else 45600, paid_on=today, **how)
        case.deliveries.create(day=today, what=f"{number}上门护理", **how)
    line = MeasureLine("device", "护理床", "federation@county", "翻身方便", TODAY, responsible_name="何业务")
    write_plan(actor=cast.he, measures=[line], key="a", person=lin)
    lin.refresh_from_db()
    table = copying.copy_of_record(actor=cast.liang, person=lin, given_to=GivenBy.PERSON).table
    text = " ".join(str(value) for column in table.columns for value in column.to_pylist())
    for own in ("C1", "C1核对过", "123.00", "C1上门护理", "护理床", "翻身方便"):
        assert own in text
    assert "C2" not in text and "456.00" not in text and other.id_number not in text


@pytest.fixture
def second(cast: Cast) -> User:
    user = User.objects.create_user("cai", PASSWORD, name="蔡业务")
    Post.objects.create(user=user, role=Role.COUNTY_FEDERATION, area_id=COUNTY)
    return user


def photographed(cast: Cast, person: Person) -> VisitImage:
    made = VisitList.objects.create(day=TODAY, area=person.residence, made_by=cast.chen, made_at=clock.now())
    visit = Visit.objects.create(list=made, position=1, person=person)
    row = visit.records.create(number=1, base=0, key="k", at=clock.now(), by=cast.chen)
    return row.images.create(kind="photo", media="image/png", sealed=b"x")


def test_photographs_go_when_two_agree_and_somebody_no_longer_does(
    cast: Cast, lin: Person, second: User
) -> None:
    image = photographed(cast, lin)
    agree(cast, lin)
    ask: dict[str, Any] = {"actor": cast.he, "kind": "photos", "basis": "本人要求删除", "person": lin}
    with pytest.raises(Problem) as refused:
        disposal.ask_disposal(**ask)
    assert refused.value.code == "consent-stands"
    withdraw(cast, lin)
    asked_ = disposal.ask_disposal(**ask)
    assert disposal.ask_disposal(**ask) == asked_
    with pytest.raises(Forbidden):
        disposal.decide_disposal(actor=cast.he, key=asked_.uuid, agree=True)
    with pytest.raises(Problem):
        disposal.decide_disposal(actor=cast.pan, key=asked_.uuid, agree=True)
    disposal.decide_disposal(actor=second, key=asked_.uuid, agree=False)
    assert VisitImage.objects.filter(pk=image.pk).exists()
    again = disposal.ask_disposal(**ask)
    assert disposal.decide_disposal(actor=second, key=again.uuid, agree=True).gone == 1
    assert not VisitImage.objects.exists()
    with pytest.raises(Problem) as refused:
        disposal.ask_disposal(**{**ask, "kind": "persons"})
    assert refused.value.code == "kept-by-law"


def test_who_left_long_ago_is_emptied_whoever_was_paid_stays_and_the_chain_is_whole(
    cast: Cast, lin: Person, second: User
) -> None:
    zhou, wu = make.person("周大山", phone="13900000001"), make.person("吴静")
    Person.objects.filter(pk__in=(zhou.pk, lin.pk)).update(removed_on="2010-06-01")
    Person.objects.filter(pk=wu.pk).update(removed_on="2010-07-01")
    Case.objects.create(
        number="B1", service="living_subsidy", pack=make.jianghai(), person=lin, hukou=lin.hukou, area=lin.hukou,
        residence=lin.residence, channel="window", state="ended", applied_on="2010-05-01", opened_at=clock.now(), key="b1",
    )  # fmt: skip
    record(actor=cast.he, code="visit.recorded", subject=zhou, values={"result": "met"})
    glass.break_glass(actor=cast.pan, person=zhou.uuid, reason="夜里在街上走失，要找到他的家人")
    due = {one.kept.id: one for one in disposal.due(cast.he)}
    assert (due["persons"].rows, due["persons"].held) == (1, 1)
    asked_ = disposal.ask_disposal(actor=cast.he, kind="persons", basis="保存期满")
    assert disposal.decide_disposal(actor=second, key=asked_.uuid, agree=True).gone == 1
    zhou.refresh_from_db()
    assert (zhou.name, zhou.id_index, zhou.phone) == (disposal.EMPTIED, None, "")
    assert Glass.objects.get().reason == ""
    assert not Facts.objects.filter(person=zhou).exists() and Facts.objects.filter(person=lin).exists()
    assert not Event.objects.filter(subject_id=zhou.uuid).exists() and verify() == []
    assert disposal.due(cast.he)[2].rows == 0
    with pytest.raises(Forbidden):
        disposal.due(cast.liang)
