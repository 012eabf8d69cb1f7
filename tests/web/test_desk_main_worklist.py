"""The worklist: filters, sort and page in the address; counts true beside each; nobody outside the reader's scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import factories as make
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast
from tests.web.village import Village, desk, settle, text


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def test_it_shows_who_what_why_and_since_when(village: Village) -> None:
    page = text(desk(village.cast.chen).get("/worklist/"))
    assert "林小禾" in page and "重度残疾人护理补贴" in page and "发放名单上没有" in page
    assert f'href="/person/{village.lin.uuid}/#{village.gap.uuid}"' in page
    assert "共 3 条" in page and "每月实发" not in page


def test_only_the_line_that_pays_reads_what_was_paid(village: Village) -> None:
    page = text(desk(village.cast.luo).get("/worklist/?kind=leak"))
    assert "周大山" in page and "每月实发" in page and "220.00" in page


def test_a_kind_is_one_touch_away_with_its_count(village: Village) -> None:
    page = text(desk(village.cast.he).get("/worklist/?category=physical"))
    assert (
        "/worklist/?kind=gap&amp;category=physical" in page
        and "/worklist/?kind=leak&amp;category=physical" in page
    )


def test_filters_keep_the_kind_that_was_chosen(village: Village) -> None:
    page = text(desk(village.cast.he).get("/worklist/?kind=leak&grade=4"))
    assert '<input type="hidden" name="kind" value="leak"' in page
    assert "周大山" in page and "吴静" not in page


def test_only_what_stands_in_the_address_counts_as_chosen(village: Village) -> None:
    client = desk(village.cast.he)
    assert "已选条件" not in text(client.get("/worklist/"))
    chosen = text(client.get(f"/worklist/?area={NEXT_VILLAGE}"))
    assert "已选条件" in chosen and "已选 1 项" in chosen


def test_a_filter_shows_what_was_chosen(village: Village) -> None:
    page = text(desk(village.cast.he).get("/worklist/?grade=4&state=all&sort=name"))
    for value in ("4", "all", "name"):
        assert f'<option value="{value}" selected>' in page


def test_a_form_sent_with_nothing_chosen_shows_everything(village: Village) -> None:
    page = text(
        desk(village.cast.chen).get("/worklist/?benefit=&state=&area=&age=&category=&grade=&sort=oldest")
    )
    assert "共 3 条" in page


def test_an_empty_list_says_how_to_go_on(village: Village) -> None:
    page = text(desk(village.cast.chen).get("/worklist/?state=closed"))
    assert "没有符合条件的线索" in page and "看全部未办结的线索" in page


@pytest.mark.parametrize(
    "query", ["page=99", "page=x", "sort=no-such", "kind=no-such", "area=1", "age=x", "grade=9"]
)
def test_an_address_nobody_made_is_no_error(village: Village, query: str) -> None:
    assert desk(village.cast.he).get(f"/worklist/?{query}").status_code == 200


@pytest.mark.parametrize(("who", "seen"), [("chen", 3), ("zhou", 0), ("pan", 0), ("tan", 0)])
def test_everybody_counts_only_their_own(village: Village, who: str, seen: int) -> None:
    assert f"共 {seen} 条" in text(desk(getattr(village.cast, who)).get("/worklist/"))


def test_choices_name_only_places_in_reach(village: Village) -> None:
    page = text(desk(village.cast.zhou).get("/worklist/"))
    assert VILLAGE not in page and NEXT_VILLAGE not in page


def test_its_queries_do_not_grow_with_the_rows(
    village: Village, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for n in range(8):
        make.person(f"某{n}", long_term_care_need=True)
    make.screened(village.cast)
    client = desk(village.cast.he)
    client.get("/worklist/")  # the first look of a day writes, however many rows
    with django_assert_max_num_queries(13):
        client.get("/worklist/")
