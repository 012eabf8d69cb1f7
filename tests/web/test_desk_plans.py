"""One person one plan from need to satisfaction, page by page; an assessment item by item, disputed, run out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.cast import COUNTY, Cast
from tests.web.village import day, desk, errors_of, text

from yice.loop.assess.models import Assessment
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Household, Person
from yice.loop.identify.services.needs import record_need
from yice.loop.plan.models import GroupStay, HelpPlan

pytestmark = pytest.mark.django_db
At = Callable[[dt.date | str], None]


@pytest.fixture
def zhou(cast: Cast) -> Person:
    make.jianghai()
    make.all_lists()
    home = Household.objects.create(area=COUNTY, number="7")
    person = make.person("周大山", grade=1, household=home, long_term_care_need=True)
    make.person("周小山", grade=2, household=home)
    record_need(actor=cast.chen, person=person, kind="device", channel=Channel.VISIT, key="wheelchair")
    return person


def send(client: Client, address: str, form: int = 0, **typed: Any) -> Any:
    """The form as served, with what somebody typed."""
    page = re.findall(r"<form[^>]* novalidate>.*?</form>", text(client.get(address)), re.DOTALL)
    hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page[form])
    shown = re.findall(r'<input type="text"[^>]*? name="([\w-]+)"[^>]*? value="([^"]*)"', page[form])
    return client.post(address, {**dict(hidden), **dict(shown), **typed})


def wheelchair(**more: str) -> dict[str, str]:
    return {
        "m0-what": "适配轮椅", "m0-department": "federation@county", "m0-responsible": "何业务",
        "m0-result": "能独立出门", **day("m0-by", dt.date(2020, 9, 30)), "m0-fen": "1200",
        "m0-fund_source": "county", "m0-mode": "purchase", "m0-kind": "device", **more,
    }  # fmt: skip


def test_a_plan_from_the_need_to_the_persons_word(cast: Cast, zhou: Person, clock_at: At) -> None:
    liang = desk(cast.liang)
    new = reverse("desk:plan-new", args=[zhou.uuid])
    assert "辅助器具" in text(liang.get(new))  # the need has a block begun
    lacking = send(liang, new, **wheelchair(**{"m0-responsible": "", "m0-fund_source": ""}))
    assert lacking.status_code == 422
    assert "责任人" in errors_of(lacking) and "资金来源" in errors_of(lacking)
    unread = {"m0-by_0": "99", "m0-fen": "很多", "m0-responsible": "", "m0-department": ""}
    # What cannot be read and what is missing, at once.
    told = errors_of(send(liang, new, **wheelchair(**unread)))
    assert told.count("第 1 项措施") == 4 and "哪天前完成" in told and "责任人" in told and "部门" in told
    saved = send(liang, new, **wheelchair())
    plan = HelpPlan.objects.get()
    page = reverse("desk:plan", args=[plan.uuid])
    assert saved["Location"] == page
    assert plan.versions.get().measures.get().responsible == cast.he
    send(liang, page, do="sign", signed_as="person", version="1", **day("signed_on", dt.date(2020, 6, 30)))
    assert GroupStay.objects.filter(person=zhou, left_on=None).exists()
    assert "何业务" in text(liang.get(page)) and "1,200.00" in text(liang.get(page))

    revise = reverse("desk:plan-revise", args=[plan.uuid])
    send(liang, revise, **wheelchair(**{"m0-what": "适配电动轮椅", "why": "评估后调整"}))
    both = text(liang.get(reverse("desk:plan-versions", args=[plan.uuid, 1, 2])))
    assert "适配轮椅" in both and "适配电动轮椅" in both and "有改动" in both
    assert "适配轮椅" in text(liang.get(f"{page}?version=1"))
    send(
        liang,
        page,
        do="sign",
        signed_as="guardian",
        signed_by="周母",
        version="2",
        **day("signed_on", dt.date(2020, 6, 30)),
    )

    clock_at("2020-10-08")
    assert "我负责的逾期措施" in text(desk(cast.he).get("/"))
    measure = plan.versions.get(number=2).measures.get()
    done = reverse("desk:plan-progress", args=[plan.uuid, measure.uuid])
    send(desk(cast.he), done, state="done", result="已能出门", fen="1100")
    send(desk(cast.chen), page, do="review", effect="轮椅合用", **day("on", dt.date(2020, 10, 8)))
    unhappy = send(liang, page, form=-1, do="close", reason="met", version="2")
    assert "满意度" in errors_of(unhappy)
    send(liang, page, do="close", reason="met", satisfied="5", version="2")
    assert "本人满意度 5 分" in text(liang.get(page))
    assert not GroupStay.objects.filter(person=zhou, left_on=None).exists()

    send(liang, f"{new}?household=1", **wheelchair(**day("m0-by", dt.date(2020, 12, 31))))
    home = HelpPlan.objects.get(person=None)
    card = text(liang.get(reverse("desk:ledger-card", args=[zhou.uuid])))
    assert f"周大山：帮扶方案 {plan.number}：一项措施由“待落实”变为“已落实”" in card
    assert f"制定了帮扶方案 {home.number}，第 1 版" in card and "原因：目标已达到" in card


BARTHEL = {
    "feeding": 10, "bathing": 5, "grooming": 5, "dressing": 5, "bowels": 10, "bladder": 10, "toilet": 5,
    "transfer": 10, "walking": 5, "stairs": 0,
}  # fmt: skip


def test_an_assessment_item_by_item_disputed_and_run_out(cast: Cast, zhou: Person, clock_at: At) -> None:
    chen, start = desk(cast.chen), reverse("desk:assess", args=[zhou.uuid, "barthel"])
    missing = send(chen, start, **{**BARTHEL, "stairs": ""})
    assert missing.status_code == 422 and "上下楼梯" in errors_of(missing)
    both = errors_of(send(chen, start, **{**BARTHEL, "stairs": "", "on_0": "99"}))
    assert "上下楼梯" in both and "哪一天评估" in both
    made = send(chen, start, **BARTHEL)
    shown = text(chen.get(made["Location"]))
    assert "65 分" in shown and "轻度依赖" in shown
    disputed = send(chen, made["Location"], grounds="当天发烧")
    assert "作最终意见" in text(chen.get(disputed["Location"]))
    final = send(desk(cast.he), start, **BARTHEL)
    assert "最终意见" in text(chen.get(final["Location"])) and Assessment.objects.get(final=True)
    clock_at("2021-06-15")
    assert "要重新评估的" in text(chen.get("/"))
    assert "快到期" in text(chen.get(reverse("desk:assessments")))
    concluded = send(chen, reverse("desk:determine", args=[zhou.uuid]), needs="device", conclusion="要轮椅")
    assert "要轮椅" in text(chen.get(concluded["Location"]))


def test_an_assessor_is_offered_while_the_certificate_holds(cast: Cast, zhou: Person, clock_at: At) -> None:
    he, start = desk(cast.he), reverse("desk:assess", args=[zhou.uuid, "barthel"])
    days = {**day("since", dt.date(2020, 6, 1)), **day("until", dt.date(2020, 7, 31))}
    send(he, reverse("desk:assessors"), name="平评估", certificate="A1", **days)
    assert "平评估" in text(he.get(start))
    clock_at("2020-08-01")
    assert "平评估" not in text(he.get(start))
    assert "已终止" in text(he.get(reverse("desk:assessors")))
