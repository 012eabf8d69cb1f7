"""Figures open the rows behind them for whoever sees names; files leave by POST and are written down."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.cast import COUNTY, STREET, VILLAGE, Cast
from tests.web.desk_world import World, at_work

from yice.accounts.models import User
from yice.audit.models import Event
from yice.loop.supervise.models import Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows_of(answer: HttpResponse) -> list[list[str]]:
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("who", ["he", "luo", "liang", "chen"])
def test_every_figure_that_is_a_link_opens_as_many_rows_as_it_says(world: World, who: str) -> None:
    client = signed_in(getattr(world.cast, who))
    text = client.get("/county/").content.decode()
    links = re.findall(r'<td class="y-number"><a class="govuk-link" href="([^"]+)">(\d+)</a>', text)
    assert links
    for address, number in links:
        people = set(re.findall(r"/person/([0-9a-f-]{36})/", client.get(address).content.decode()))
        assert len(people) == int(number), address


def test_a_village_sees_itself_and_nothing_of_payments(world: World) -> None:
    client = signed_in(world.cast.chen)
    text = client.get("/county/").content.decode()
    assert "江南社区居委会汇总" in text and "疑似应退未退" not in text
    assert client.get(reverse("desk:county-at", args=[STREET])).status_code == 403
    assert client.get(reverse("desk:figure", args=[VILLAGE, "leaks"])).status_code == 404


def test_a_province_sees_figures_and_goes_down_to_a_county_but_never_to_a_name(world: World) -> None:
    client = signed_in(world.cast.sheng)
    top = client.get("/county/").content.decode()
    assert reverse("desk:county-at", args=[COUNTY]) in top or "江门市" in top
    county = client.get(reverse("desk:county-at", args=[COUNTY])).content.decode()
    assert "江南街道" in county and "固定成报告" not in county and "/gaps/" not in county
    assert client.get(reverse("desk:figure", args=[COUNTY, "gaps"])).status_code == 403


def test_a_report_is_frozen_from_the_page_and_compared_with_the_one_before(world: World) -> None:
    client = signed_in(world.cast.he)
    answer = client.post(reverse("desk:county-at", args=[COUNTY]), follow=True)
    assert "以后数字再变，这份报告不变" in answer.content.decode()
    made = Report.objects.latest("id")
    assert made.previous == world.report
    changes = client.get(reverse("desk:comparison", args=[made.uuid])).content.decode()
    assert "新进入" in changes and "更正后退出" in changes
    viewer = signed_in(world.cast.sheng).get(reverse("desk:comparison", args=[made.uuid])).content.decode()
    assert "只看数字" in viewer and "林小禾" not in viewer
    refused = signed_in(world.cast.luo).post(reverse("desk:county-at", args=[COUNTY]))
    assert refused.status_code == 403


def test_the_worklist_leaves_as_a_file_with_masked_numbers_and_an_event(world: World) -> None:
    client = signed_in(world.cast.he)
    address = reverse("desk:export") + "?kind=gap&format=csv"
    assert client.get(address).status_code == 302
    table = rows_of(client.post(address))
    assert table[0][:4] == ["街道（乡镇）", "村（社区）", "姓名", "身份证号"]
    assert {row[2] for row in table[1:]} >= {"林小禾", "欧阳明"} and "吴外县" not in str(table)
    assert all("**" in row[3] for row in table[1:])
    event = Event.objects.filter(code="export.made").latest("id")
    assert event.values["rows"] == len(table) - 1 and event.values["filters"]["kind"] == ["gap"]
    assert world.lin.id_number not in str(event.values)


def test_an_export_holds_what_the_line_and_the_area_allow(world: World) -> None:
    address = reverse("desk:export") + "?format=csv"
    luo = rows_of(signed_in(world.cast.luo).post(address))
    assert {row[2] for row in luo[1:]} == {"周大山"}
    liang = rows_of(signed_in(world.cast.liang).post(address))
    assert "欧阳明" not in str(liang) and "林小禾" in str(liang)
    assert signed_in(world.cast.chen).post(address).status_code == 403


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_figures_names_and_changes_leave_as_files(world: World, form: str) -> None:
    client = signed_in(world.cast.he)
    for address in (
        reverse("desk:county-export", args=[COUNTY]),
        reverse("desk:figure-export", args=[COUNTY, "gaps"]),
        reverse("desk:changes-export", args=[world.report.uuid]),
    ):
        answer = client.post(f"{address}?format={form}")
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert content.startswith(b"PK" if form == "xlsx" else b"\xef\xbb\xbf"), address
        assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in answer["Content-Disposition"]  # 演示数据
    assert Event.objects.filter(code="export.made").count() == 3


def test_queries_of_the_county_do_not_grow(world: World, django_assert_max_num_queries: Any) -> None:
    client = signed_in(world.cast.he)
    client.get("/county/")
    with django_assert_max_num_queries(20):
        client.get("/county/")
