"""The person page: first what to do; then why, with clauses; the facts with their sources; what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import factories as make
from tests.cast import Cast
from tests.web.village import Village, desk, settle, text

from yice.loop.identify import services
from yice.loop.identify.models import Facts, Household


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def part(village: Village, who: str, of: Any, name: str = "work") -> str:
    return text(desk(getattr(village.cast, who)).get(f"/person/{of.uuid}/{name}/"))


def test_it_begins_with_what_to_do(village: Village) -> None:
    page = part(village, "chen", village.lin)
    todo, button = page.index("告诉本人可以申请"), page.index(f"/finding/{village.gap.uuid}/")
    assert page.index("</h2>") < todo < button < page.index("怎样找到本人")


def test_who_does_not_decide_is_told_who_does(village: Village) -> None:
    page = part(village, "he", village.zhou)
    assert "不归您的岗位办理" in page and f"/finding/{village.leak(village.zhou).uuid}/" not in page
    assert "先告知本人并听取意见" in part(village, "luo", village.zhou)


def test_a_village_never_sees_a_leak(village: Village) -> None:
    for name in ("work", "why", "log"):
        assert "应退" not in part(village, "chen", village.wu, name)


def test_questions_stand_where_the_matter_stands(village: Village) -> None:
    page = part(village, "chen", village.ouyang)
    assert page.count("登记回答") == 1 and "把下面的事问清楚" in page


def test_why_begins_with_what_needs_work_and_names_clauses(village: Village) -> None:
    page = part(village, "chen", village.lin, "why")
    assert page.index("疑似应享未享") < page.index("不符合")
    assert "满足：" in page and "国发〔2015〕52号" in page and "示例标准" in page


def test_unknown_is_shown_as_unknown(village: Village) -> None:
    page = part(village, "chen", village.ouyang, "facts")
    assert "家庭人均月收入" in page.partition("还不知道")[2].partition("</p>")[0]
    assert "未知" in page


def test_sources_that_differ_are_shown_before_everything(village: Village) -> None:
    Facts.objects.filter(person=village.lin).update(
        rest={"income_class": "none", "long_term_care_need": True}
    )
    page = part(village, "liang", village.lin, "facts")
    notice = page.partition("各来源不一致")[2].partition("</div>")[0]
    assert "家庭经济类别" in notice and "另有：" in page


def test_a_source_is_said_once_for_a_section_with_day_and_recorder(village: Village) -> None:
    page = part(village, "liang", village.lin, "facts")
    assert "来自：残疾人登记册，2020年6月1日，何业务登记" in page


def test_the_household_is_told_in_words(village: Village) -> None:
    home = Household.objects.create(area=village.lin.hukou, number="H001")
    for who, relation in ((village.lin, "head"), (village.wu, "spouse")):
        who.household, who.relation = home, relation
        who.save()
    page = part(village, "chen", village.lin, "facts")
    assert "户主" in page and "配偶" in page and "spouse" not in page and "全家 " in page


def test_what_happened_names_who_and_when(village: Village) -> None:
    services.handle_gap(actor=village.cast.chen, finding=village.gap, version=0, code="help_to_apply")
    page = part(village, "liang", village.lin, "log")
    assert "协助申请" in page and "陈专委" in page and "列入残疾人登记册" in page
    assert "2020年6月30日 00:00" not in page


def test_one_of_another_area_is_not_there(village: Village) -> None:
    for who in ("zhou", "pan"):
        answer = desk(getattr(village.cast, who)).get(f"/person/{village.lin.uuid}/")
        assert answer.status_code == 404 and village.lin.name not in text(answer)


@pytest.mark.parametrize("name", ["work", "why", "facts", "log"])
def test_its_queries_are_bounded(
    village: Village, name: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for n in range(5):
        make.on_list(make.received(f"list{n}"), village.lin)
    client = desk(village.cast.he)
    client.get(f"/person/{village.lin.uuid}/{name}/")  # that it was opened is written down once a day
    with django_assert_max_num_queries(29):
        client.get(f"/person/{village.lin.uuid}/{name}/")
