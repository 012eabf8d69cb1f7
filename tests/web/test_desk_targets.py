"""Targets at the desk: the figure, what may be said of it, the places below, and the people behind it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import COUNTY, OUTSIDE_COUNTY, STREET, VILLAGE, Cast
from tests.web.desk_world import World, at_work

from yice.accounts.models import User
from yice.audit.models import Event
from yice.loop.identify.models import Person
from yice.loop.supervise.models import TargetTally
from yice.loop.supervise.services import freeze_report

pytestmark = pytest.mark.django_db
CHECK = "JH-2.2"  # in the schemes they are entitled to


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, name: str, *args: str, **query: str) -> str:
    return signed_in(user).get(reverse(f"desk:{name}", args=args), query).content.decode()


def test_a_figure_stands_with_its_clause_its_threshold_and_its_verdict(world: World) -> None:
    text = page(world.cast.he, "targets")
    assert "江海区目标与指标" in text and CHECK in text and "文件没有定数" in text
    assert "缺记录：" in text and "还没有数据来源" in text
    lacking = page(world.cast.he, "targets", verdict="no_source")
    assert lacking.count('<th scope="row"') < text.count('<th scope="row"') and "缺记录：" in lacking


def test_the_province_sees_figures_of_a_county_but_nobody_behind_them(world: World) -> None:
    assert reverse("desk:targets-at", args=[COUNTY]) in page(world.cast.sheng, "targets")
    text = page(world.cast.sheng, "target", COUNTY, CHECK)
    assert "江南街道" in text and "背后的人" not in text
    address = reverse("desk:target-people", args=[COUNTY, CHECK, "short"])
    assert signed_in(world.cast.sheng).get(address).status_code == 403


def test_every_list_behind_a_figure_has_as_many_as_it_says(world: World) -> None:
    client = signed_in(world.cast.he)
    text = client.get(reverse("desk:target", args=[COUNTY, CHECK])).content.decode()
    links = re.findall(r'<a class="govuk-link" href="(/targets/[^"]+)">[^<]+ (\d+)</a>', text)
    assert links
    for address, number in links:
        found = client.get(address.replace("&amp;", "&")).content.decode()
        assert len(set(re.findall(r"/person/([0-9a-f-]{36})/", found))) == int(number), address


def test_who_lacks_is_named_where_the_reader_works_and_masked_nowhere_else(world: World) -> None:
    assert "林小禾" in page(world.cast.chen, "target-people", VILLAGE, CHECK, "counted")
    liang = signed_in(world.cast.liang).get(reverse("desk:target-people", args=[COUNTY, CHECK, "counted"]))
    assert liang.status_code == 403
    pan = signed_in(world.cast.pan).get(reverse("desk:target", args=[COUNTY, CHECK]))
    assert pan.status_code == 403


def test_somebody_who_has_moved_away_since_is_no_longer_named(world: World) -> None:
    Person.objects.filter(pk=world.lin.pk).update(hukou="440703001001", residence="440703001001")
    assert "林小禾" not in page(world.cast.he, "target-people", COUNTY, CHECK, "counted")


def test_streets_add_up_to_the_county(world: World) -> None:
    rows = dict(TargetTally.objects.filter(run=world.run).values_list("area", "numbers"))
    streets = [
        numbers[CHECK] for area, numbers in rows.items() if area[6:] != "000000" and area.endswith("000")
    ]
    assert [sum(column) for column in zip(*streets, strict=True)] == rows[COUNTY][CHECK]
    assert rows[STREET][CHECK] != rows[COUNTY][CHECK]


def test_a_report_keeps_the_targets_of_its_day(world: World) -> None:
    made = freeze_report(actor=world.cast.he, area=COUNTY)
    before = page(world.cast.he, "report-targets", str(made.uuid))
    TargetTally.objects.all().delete()
    assert page(world.cast.he, "report-targets", str(made.uuid)).count(CHECK) == before.count(CHECK) > 0
    assert "还没有筛查过" in page(world.cast.he, "targets")


def test_a_place_that_was_never_screened_says_so(world: World) -> None:
    assert "这里还没有筛查过" in page(world.cast.pan, "targets")
    assert page(world.cast.pan, "targets-at", OUTSIDE_COUNTY).count("还没有筛查过")


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_targets_leave_as_a_file_and_are_written_down(world: World, form: str) -> None:
    client = signed_in(world.cast.he)
    address = reverse("desk:targets-export", args=[COUNTY])
    for query in (f"?format={form}", f"?format={form}&target={CHECK}"):
        content = b"".join(client.post(address + query).streaming_content)  # type: ignore[attr-defined]
        assert content.startswith(b"PK" if form == "xlsx" else b"\xef\xbb\xbf")
    assert Event.objects.filter(code="export.made").count() == 2
    assert client.get(address).status_code == 302


def test_the_list_behind_a_figure_leaves_as_a_file_without_identifiers(world: World) -> None:
    client = signed_in(world.cast.he)
    address = reverse("desk:target-people-export", args=[COUNTY, CHECK, "counted"])
    content = b"".join(client.post(f"{address}?format=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "林小禾" in content and not re.search(r"\d{15}", content)
    event = Event.objects.get(code="export.made")
    assert event.values["filters"]["part"] == "counted"
    assert client.get(address).status_code == 302
    assert signed_in(world.cast.luo).post(address).status_code == 403


def test_queries_do_not_grow_with_places_or_targets(world: World, django_assert_max_num_queries: Any) -> None:
    client = signed_in(world.cast.he)
    for address in (reverse("desk:targets"), reverse("desk:target", args=[COUNTY, CHECK])):
        client.get(address)
        with django_assert_max_num_queries(20):
            client.get(address)


def test_a_screening_in_the_same_year_replaces_what_was_counted(world: World) -> None:
    from tests import factories as make

    before = TargetTally.objects.count()
    again = make.screened(world.cast)
    assert TargetTally.objects.count() == before
    assert set(TargetTally.objects.values_list("run", flat=True)) == {again.pk}
