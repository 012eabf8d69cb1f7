"""What goes on around a case's road: who takes applications, hands over, stands in, does many at once, ends, assesses."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, Cast
from tests.loop.deliver.test_subsidy import FORM, PAPERS
from tests.loop.deliver.walking import Subject, Walk, again, finance, second_clerk, staff
from tests.web.test_desk_cases import filled, signed_in

from yice.accounts.enums import Role
from yice.audit.models import Event
from yice.audit.sentences import sentence
from yice.loop.deliver.models import Case, Cover
from yice.loop.identify.models import Person

pytestmark = pytest.mark.django_db
At = Callable[[dt.date | str], None]


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    make.jianghai()
    lists = make.all_lists()
    found = [make.person(name, grade=1) for name in ("周大山", "林小禾", "吴静")]
    for one in found:
        make.on_list(lists["subsistence"], one, income_class="subsistence")
    return found


def walks(cast: Cast, people: list[Person]) -> list[Walk]:
    found = [Walk.open(cast.chen, "living_subsidy", Subject(person=one)) for one in people]
    for walk in found:
        walk.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    return found


def post(client: Client, address: str, **typed: object) -> tuple[int, str]:
    answer = client.post(address, {**filled(client, address), **typed})
    return answer.status_code, answer.content.decode()


def days(name: str, day: dt.date) -> dict[str, str]:
    return {f"{name}_{n}": str(part) for n, part in enumerate((day.year, day.month, day.day))}


def test_a_department_takes_what_begins_with_it_for_somebody_it_names_and_finds_nobody_else(
    cast: Cast, people: list[Person]
) -> None:
    zhou = people[0]
    luo, qian = signed_in(cast.luo), signed_in(finance())
    assert "困难残疾人生活补贴" in luo.get("/cases/new/").content.decode()
    assert "没有由您的岗位受理的事项" in qian.get("/cases/new/").content.decode()
    address = "/cases/new/?service=living_subsidy"
    typed = {"channel": "window", **days("applied_on", dt.date(2020, 6, 30))}
    for number, name in ((zhou.id_number, "林小禾"), ("440799200001010000", "周大山")):
        status, text = post(luo, address, number=number, name=name, **typed)
        assert status == 422 and "对不上" in text and name in text
    sent = {**filled(luo, address), "number": zhou.id_number, "name": "周 大山", **typed}
    assert [luo.post(address, sent).status_code for _ in "ab"] == [302, 302]
    case = Case.objects.get()
    assert (case.person, case.opened_by) == (zhou, cast.luo)
    assert luo.get(reverse("desk:case", args=[case.uuid])).status_code == 200


def test_nobody_learns_by_an_application_who_is_on_record_elsewhere(cast: Cast) -> None:
    make.jianghai()
    elsewhere, liang = make.person("吴静", hukou=FAR_VILLAGE), signed_in(cast.liang)
    typed = {"name": "吴静", "channel": "window", **days("applied_on", dt.date(2020, 6, 30))}
    here = "/cases/new/?service=employment_chain"
    there, nowhere = (
        post(liang, here, number=number, **typed) for number in (elsewhere.id_number, "440799200001010000")
    )
    assert there[0] == nowhere[0] == 422 and "对不上" in there[1] and "对不上" in nowhere[1]
    asked = Event.objects.filter(code="case.named", actor=cast.liang)
    assert not asked.exists()
    # What is taken at any window is; that somebody from elsewhere was named stands in the record.
    status, _ = post(liang, "/cases/new/?service=living_subsidy", number=elsewhere.id_number, **typed)
    assert status == 302 and asked.get().subject_id == elsewhere.uuid
    assert str(sentence(asked.get())) == "为受理“困难残疾人生活补贴申领发放”核对了证件号和姓名"
    assert Case.objects.get().area == FAR_VILLAGE


def test_cases_are_handed_over_together_each_with_its_checks_and_both_sides_see_it(
    cast: Cast, people: list[Person]
) -> None:
    first, second, third = walks(cast, people)
    wen, liang = second_clerk(), signed_in(cast.liang)
    text = liang.get("/cases/hand-over/").content.decode()
    assert all(one.name in text for one in people) and "文经办" in text and "罗民政" not in text
    marks = [f"{walk.open_step('first_check').pk}.{walk.case.version}" for walk in (first, second)]
    stale = f"{third.open_step('first_check').pk}.{third.case.version}"
    third.back(cast.liang, "first_check", items=["再补"])
    third.take(cast.chen, "apply", "submitted", values=FORM, evidence=PAPERS)
    status, text = post(liang, "/cases/hand-over/", to="", steps=[])
    assert status == 422 and "请选择转交给谁" in text and "还没有选择办件" in text
    status, text = post(liang, "/cases/hand-over/", to="", steps=marks)
    assert status == 422 and text.count(" checked") >= 2  # what was ticked stays ticked
    status, text = post(liang, "/cases/hand-over/", to=wen.pk, note="休假", steps=[*marks, stale])
    assert (status, Event.objects.filter(code="case.handed").count()) == (302, 2)
    assert {walk.open_step("first_check").holder for walk in (first, second)} == {wen}
    theirs = signed_in(wen).get("/cases/").content.decode()
    assert theirs.count("文经办") >= 2
    assert "转交文经办办理" in liang.get(reverse("desk:case", args=[first.case.uuid])).content.decode()
    he = signed_in(cast.he)  # the county empties the hands of who left
    assert "文经办" in he.get("/cases/hand-over/").content.decode()
    of = f"/cases/hand-over/?of={wen.pk}"
    marks = [
        f"{walk.open_step('first_check').pk}.{Case.objects.get(pk=walk.case.pk).version}"
        for walk in (first, second)
    ]
    assert post(he, of, to=cast.liang.pk, steps=marks)[0] == 302
    assert post(signed_in(wen), of, to=wen.pk, steps=marks)[0] in (422, 302)
    assert first.open_step("first_check").holder == cast.liang


def test_a_deputy_is_named_for_some_days_by_who_is_away_and_both_see_it(
    cast: Cast, people: list[Person], clock_at: At
) -> None:
    (walk,) = walks(cast, people[:1])
    walk.hand(cast.liang, "first_check", cast.liang)
    wen, liang = second_clerk(), signed_in(cast.liang)
    text = liang.get("/cases/covers/").content.decode()
    able = re.findall(r"<option[^>]*>([^<]+)<", text)
    assert "文经办" in able and "何业务" in able and "罗民政" not in able and "陈专委" not in able
    wrong = {"deputy": wen.pk, **days("since", dt.date(2020, 7, 1)), **days("until", dt.date(2020, 6, 1))}
    status, text = post(liang, "/cases/covers/", **wrong)
    assert status == 422 and "起止日期不对" in text
    right = {**wrong, **days("until", dt.date(2020, 7, 3))}
    assert post(liang, "/cases/covers/", **right)[0] == 302
    assert "您代班" in signed_in(wen).get("/cases/covers/").content.decode()
    assert "您的班" in liang.get("/cases/covers/").content.decode()
    clock_at("2020-07-01")
    text = signed_in(wen).get("/cases/").content.decode()
    assert "您正在代梁经办办理" in text and "周大山" in text
    cover = Cover.objects.get()
    assert signed_in(cast.chen).post("/cases/covers/", {"end": str(cover.uuid)}).status_code == 404
    assert signed_in(wen).post("/cases/covers/", {"end": str(cover.uuid)}).status_code == 302
    assert "周大山" not in signed_in(wen).get("/cases/").content.decode()
    assert list(Event.objects.filter(code__startswith="case.cover").values_list("code", flat=True).order_by("id")) == [
        "case.covered", "case.cover_ended",
    ]  # fmt: skip
    far = staff("yuan", "远财政", Role.FINANCE)
    mine = cast.liang.posts.get()
    with pytest.raises(Exception, match="不能代这个班"):
        from yice.loop.deliver.services import cover_post

        cover_post(
            actor=again(cast.liang),
            post=mine,
            deputy=far,
            since=dt.date(2020, 7, 2),
            until=dt.date(2020, 7, 3),
        )


def test_many_are_decided_at_once_each_with_their_own_sum_after_a_part_was_read(
    cast: Cast, people: list[Person]
) -> None:
    found = walks(cast, people)
    for walk in found:
        checked = {"papers_checked": "true", "income_checked": "meets"}
        walk.take(cast.liang, "first_check", "passed", values=checked)
        walk.take(cast.he, "federation_check", "agreed")
    luo, address = signed_in(cast.luo), "/cases/together/living_subsidy/decision/"
    assert address in luo.get("/cases/").content.decode()
    names = [f"sum-{walk.case.uuid.hex}-amount" for walk in found]
    page = luo.get(address).content.decode()
    assert [re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in names] == ["165.00"] * 3  # type: ignore[index]
    one = luo.get(reverse("desk:case-step", args=[found[0].case.uuid, "decision"])).content.decode()
    assert 'name="value-amount" value="165.00"' in one
    cases = [f"{walk.case.uuid}.{walk.case.version}" for walk in found]
    sums = dict(zip(names, ("165", "200", "-5"), strict=True))
    status, text = post(luo, address, outcome="approved", cases=cases, **sums)
    assert status == 422 and "请先逐件打开看过 1 件" in text and 'value="165"' in text
    luo.post(reverse("desk:case", args=[found[0].case.uuid]))
    assert "看过 1 件" in luo.get(address).content.decode()
    status, text = post(luo, address, outcome="approved", cases=cases, **{**sums, names[1]: "许多"})
    assert (
        status == 422
        and "林小禾的金额：看不懂这个金额" in text
        and not Case.objects.filter(state="ended").exists()
    )
    sent = {**filled(luo, address), "outcome": "approved", "cases": cases, **sums}
    answer = luo.post(address, sent)
    text = answer.content.decode()
    assert (
        answer.status_code == 422
        and "吴静的金额：应在 0.01 到 10,000.00 元之间" in text
        and "林小禾" not in text
    )
    sent = {**filled(luo, address), **sent}
    sent |= {names[2]: "200", "cases": cases[2:]}
    luo.post(reverse("desk:case", args=[found[2].case.uuid]))
    assert [luo.post(address, sent).status_code for _ in "ab"] == [302, 302]
    for walk, fen in zip(found, (16500, 20000, 20000), strict=True):
        walk.case.refresh_from_db()
        assert walk.case.amount_fen == fen
    assert Event.objects.filter(code="case.taken", values__step="县级民政部门审定").count() == 3


def test_a_case_is_withdrawn_or_taken_up_again_with_a_reason_and_a_stale_page_says_what_changed(
    cast: Cast, people: list[Person]
) -> None:
    (walk,) = walks(cast, people[:1])
    address = reverse("desk:case-turn", args=[walk.case.uuid])
    chen = signed_in(cast.chen)
    assert post(chen, address, what="withdrawn", note="")[0] == 422
    old = filled(chen, address)
    walk.hand(cast.liang, "first_check", cast.liang)
    answer = chen.post(address, {**old, "what": "withdrawn", "note": "家里商量后不办了"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "转交" in text and "家里商量后不办了" in text
    assert post(chen, address, what="withdrawn", note="家里商量后不办了")[0] == 302
    walk.case.refresh_from_db()
    assert (walk.case.state, walk.case.end_kind) == ("ended", "withdrawn")
    he = signed_in(cast.he)
    assert post(he, address, what="reopen.first_check", note="本人改了主意")[0] == 302
    assert walk.waiting() == ["first_check"]


def test_the_person_is_told_of_a_decision_and_it_is_on_record(cast: Cast, people: list[Person]) -> None:
    (walk,) = walks(cast, people[:1])
    walk.refuse(cast.liang, "first_check", reasons=["income"])
    notice = walk.case.notices.get()
    address = reverse("desk:notice", args=[walk.case.uuid, notice.uuid])
    assert "告诉本人以后" in signed_in(cast.liang).get(address).content.decode()
    assert signed_in(cast.liang).post(address, {"how": "face"}).status_code == 302
    notice.refresh_from_db()
    assert (notice.told_on, notice.told_how) == (dt.date(2020, 6, 30), "face")


def test_pages_of_work_cost_a_fixed_number_of_queries(
    cast: Cast, people: list[Person], django_assert_max_num_queries: Callable[[int], object]
) -> None:
    case = f"/cases/{walks(cast, people)[0].case.uuid}/"
    liang, he = signed_in(cast.liang), signed_in(cast.he)
    for client, address, most in (
        (liang, "/cases/hand-over/", 22),
        (liang, "/cases/covers/", 16),
        (liang, "/cases/new/", 14),
        (liang, case, 20),
        (liang, f"{case}first_check/", 14),
        (he, f"/ledger/{COUNTY}/", 11),
    ):
        client.get(address)
        with django_assert_max_num_queries(most):  # type: ignore[attr-defined]
            assert client.get(address).status_code == 200
