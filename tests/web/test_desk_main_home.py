"""Home: what waits for me by kind and age, whom to see to first, what others do, which lists have not come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests import factories as make
from tests.cast import Cast
from tests.web.village import Village, desk, settle, text

from yice.loop.identify.models import ListReceipt


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def test_a_commissioner_sees_their_own_work_and_who_comes_first(village: Village) -> None:
    home = text(desk(village.cast.chen).get("/"))
    assert "等我办理" in home and "疑似应享未享" in home and "待核实" in home
    assert f"/person/{village.lin.uuid}/" in home and f"/person/{village.ouyang.uuid}/" in home
    assert "疑似应退未退" not in home and village.zhou.name not in home


def test_what_others_handle_stands_apart(village: Village) -> None:
    for who, own, others in (
        ("he", "疑似应享未享", "疑似应退未退"),
        ("luo", "疑似应退未退", "疑似应享未享"),
    ):
        mine, _, theirs = text(desk(getattr(village.cast, who)).get("/")).partition("由其他部门办理")
        assert own in mine and others not in mine and others in theirs


def test_work_past_its_day_says_so(village: Village, clock_at: Callable[[Any], None]) -> None:
    clock_at(dt.date(2020, 9, 1))
    home = text(desk(village.cast.chen).get("/"))
    assert "逾期" in home and "30 天以上" in home


def test_a_list_that_is_not_whole_is_named(village: Village) -> None:
    ListReceipt.objects.filter(kind="subsistence").update(whole=False)
    home = text(desk(village.cast.he).get("/"))
    assert "最低生活保障对象名单" in home.partition("种没有收全")[2].partition("。")[0]


def test_nothing_waiting_says_what_to_do_next(cast: Cast) -> None:
    make.jianghai()
    assert "运行一次筛查" in text(desk(cast.he).get("/"))
    assert "县里导入名单并筛查之后" in text(desk(cast.chen).get("/"))


@pytest.mark.parametrize("who", ["sheng", "admin", "nobody"])
def test_who_handles_nothing_sees_nobody(village: Village, who: str) -> None:
    home = desk(getattr(village.cast, who)).get("/")
    assert home.status_code == 200
    assert not any(person.name in text(home) for person in (village.lin, village.zhou, village.ouyang))


def test_its_queries_do_not_grow_with_the_people(
    village: Village, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for n in range(8):
        make.person(f"某{n}", long_term_care_need=True)
    make.screened(village.cast)
    client = desk(village.cast.he)
    client.get("/")  # the first look of a day writes, however many rows
    with django_assert_max_num_queries(23):
        client.get("/")
