"""Why I may see this and not that: for the reader of a person, for oneself, for whoever manages an account."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.web.village import Village, desk, settle, text


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def test_a_commissioner_reads_why_she_may_help_and_why_not_see_payments(village: Village) -> None:
    page = text(desk(village.cast.chen).get(f"/person/{village.lin.uuid}/access/"))
    assert "作为江南社区居委会的村（社区）专职委员，可以“查看人员”。" in page
    assert "“多发、少发与疑似应退”不归您的岗位办理，不能“查看核查线索”。" in page
    assert "您的岗位没有“查看完整证件号或电话”的权限。" in page


def test_a_person_of_another_area_reads_as_nobody(village: Village) -> None:
    answer = desk(village.cast.zhou).get(f"/person/{village.lin.uuid}/access/")
    assert answer.status_code == 404 and "林小禾" not in text(answer)


def test_everybody_reads_what_their_own_post_opens(village: Village) -> None:
    page = text(desk(village.cast.sheng).get("/account/posts/"))
    assert "查看汇总" in page and "查看人员" not in page


def test_the_administrator_reads_posts_and_no_case(village: Village) -> None:
    page = text(desk(village.cast.admin).get(f"/accounts/{village.cast.chen.pk}/posts/"))
    assert "登记询问结果" in page and "应享未享与待核实" in page and "户籍地或居住地" in page
    assert "林小禾" not in page


def test_somebody_without_a_post_reads_that_nothing_opens(village: Village) -> None:
    assert "什么也看不到" in text(desk(village.cast.nobody).get("/account/posts/"))


def test_a_page_of_posts_asks_the_database_a_fixed_number_of_times(village: Village) -> None:
    client = desk(village.cast.he)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/account/posts/")
    with CaptureQueriesContext(connection) as person:
        client.get(f"/person/{village.lin.uuid}/access/")
    assert len(few) <= 6 and len(person) <= 40
