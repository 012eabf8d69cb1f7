"""The review desk: a queue, one pair side by side, a verdict by button or key, and never a number to be put together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.cast import Cast
from tests.web.desk_world import World, at_work

from yice.identifiers import sealing
from yice.loop.identify.models import Pair, Person
from yice.loop.identify.pairing.propose import propose
from yice.loop.identify.selectors import differing

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


@pytest.fixture
def he(world: World, client: Client) -> Client:
    client.force_login(world.cast.he)
    return client


def page(client: Client, pair: Pair) -> str:
    return client.get(reverse("desk:pair", args=[pair.uuid])).content.decode()


def test_the_queue_names_the_person_the_row_and_the_reason(he: Client, world: World) -> None:
    assert world.pair.state == "proposed"
    text = he.get(reverse("desk:review")).content.decode()
    assert "林小禾" in text and "周建国" in text and "身份证号相同，姓名不同" in text


def test_the_pair_marks_what_differs_and_shows_the_sum(he: Client, world: World) -> None:
    text = page(he, world.pair)
    assert "<mark>林小禾</mark>" in text and "<mark>周建国</mark>" in text
    assert "号码相同" in text and 'data-key="1"' in text


@pytest.mark.parametrize(
    ("verdict", "state"), [("same", "same"), ("different", "different"), ("cannot_tell", "cannot_tell")]
)
def test_a_verdict_is_one_button(he: Client, world: World, verdict: str, state: str) -> None:
    answer = he.post(reverse("desk:pair", args=[world.pair.uuid]), {"version": 0, "verdict": verdict})
    assert answer.status_code == 302
    assert Pair.objects.get().state == state


def test_a_conclusion_is_taken_back_with_its_reason(he: Client, world: World) -> None:
    address = reverse("desk:pair", args=[world.pair.uuid])
    he.post(address, {"version": 0, "verdict": "same"})
    short = he.post(f"{address}undo/", {"version": 1, "reason": "错"})
    assert short.status_code == 422
    he.post(f"{address}undo/", {"version": 1, "reason": "看错了行"})
    assert Pair.objects.get().state == "undone"
    assert "林小禾" in he.get(reverse("desk:review-done")).content.decode()


def test_a_stale_form_is_told_and_nothing_changes(he: Client, world: World) -> None:
    address = reverse("desk:pair", args=[world.pair.uuid])
    answer = he.post(address, {"version": 7, "verdict": "same"})
    assert answer.status_code == 422 and "已经有了变化" in answer.content.decode()
    assert Pair.objects.get().state == "proposed"


def test_no_page_lets_a_number_be_put_together(he: Client, world: World) -> None:
    number = world.lin.id_number
    swapped = (
        number[:14] + number[15] + number[14] + number[16:]
        if number[14] != number[15]
        else number[:16] + "99"
    )
    entry = world.pair.entry
    entry.id_sealed, entry.id_index, entry.name = sealing.seal("id_number", swapped), None, world.lin.name
    entry.name_folded = world.lin.name_folded
    entry.beside_sealed = sealing.seal("beside", '{"birth_date": "1970-05-11", "phone": "13812340002"}')
    entry.save()
    propose(entry.batch.receipt)
    for pair in Pair.objects.all():
        text = page(he, pair)
        assert number not in text and swapped not in text
        assert number[4:14] not in text and number[12:17] not in text and number[6:14] not in text
        assert "1970-05" not in text and "1381234" not in text


@pytest.mark.parametrize("many", [3, 9, 14])
def test_of_many_differences_only_their_count_is_told(many: int) -> None:
    one = "440799197005010011"
    other = "".join(str((int(c) + 1) % 10) if at < many else c for at, c in enumerate(one))
    said = differing.number(one, other)
    assert [str(place) for place in said.places] == [f"有 {many} 位不同"]
    shown = {part.text for part in (*said.ours, *said.theirs)}
    assert all(text.count("*") == 14 for text in shown)


def test_one_wrong_figure_is_told_by_its_place() -> None:
    said = differing.number("440799197005010011", "440799197005010021")
    assert [str(place) for place in said.places] == ["第 17 位：1 和 2"]


def test_a_queue_costs_the_same_however_long(
    he: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    first = world.pair
    for name in ("甲建国", "乙建国", "丙建国", "丁建国"):
        who = make.person(f"李{name}")
        Person.objects.filter(pk=who.pk).update(sex="")
        entry = make.on_list(first.entry.batch, who).entry
        entry.links.all().delete()
        entry.name = entry.name_folded = name
        entry.id_sealed = who.id_sealed
        entry.save()
    propose(first.entry.batch.receipt)
    assert Pair.objects.count() == 5
    he.get(reverse("desk:review"))  # the first look of a day writes, however many rows
    with django_assert_max_num_queries(30):
        text = he.get(reverse("desk:review")).content.decode()
    assert text.count("建国") >= 5
    with django_assert_max_num_queries(40):
        page(he, first)


def test_a_name_alone_can_be_settled_and_a_plain_link_undone(he: Client, world: World) -> None:
    batch = world.pair.entry.batch
    alone = make.on_list(batch, world.ouyang, state="possible", how="name_only")
    alone.entry.id_index = None
    alone.entry.save()
    names = reverse("desk:review-names")
    assert "欧阳明" in he.get(names).content.decode()
    opened = he.post(names, {"link": alone.pk})
    pair = Pair.objects.get(entry=alone.entry)
    assert opened["Location"] == reverse("desk:pair", args=[pair.uuid]) and pair.state == "proposed"
    assert "没有出生日期、电话、住址或号码" in page(he, pair)
    he.post(opened["Location"], {"version": 0, "verdict": "different"})
    assert Pair.objects.get(pk=pair.pk).state == "different"
    assert "欧阳明" not in he.get(names).content.decode()

    plain = make.on_list(batch, world.lin)
    address = reverse("desk:review-person", args=[world.lin.uuid])
    assert "林小禾" in he.get(address).content.decode()
    opened = he.post(address, {"link": plain.pk})
    he.post(f"{opened['Location']}undo/", {"version": 0, "reason": "认错了人"})
    plain.refresh_from_db()
    assert plain.state == "refused"
    assert he.post(address, {"link": "999999"}).status_code == 404


def test_two_records_are_merged_and_parted_at_the_desk(he: Client, world: World) -> None:
    address = reverse("desk:duplicate", args=[world.double.uuid])
    text = he.get(address).content.decode()
    assert "<mark>林小禾</mark>" in text and 'data-key="1"' in text and world.lin.id_number not in text
    assert "周大山" in he.get(reverse("desk:duplicates")).content.decode()
    assert he.post(address, {"version": 0, "verdict": "same"}).status_code == 302
    assert Person.objects.get(pk=world.zhou.pk).merged_into_id == world.lin.pk
    gone = he.get(reverse("desk:person", args=[world.zhou.uuid])).content.decode()
    assert "两条记录合并到了这里" in gone and world.lin.name in gone and str(world.lin.uuid) in gone
    assert address in he.get(reverse("desk:person-facts", args=[world.lin.uuid])).content.decode()
    assert he.post(f"{address}undo/", {"version": 1, "reason": "错"}).status_code == 422
    he.post(f"{address}undo/", {"version": 1, "reason": "不是同一人"})
    assert Person.objects.get(pk=world.zhou.pk).merged_into is None
    assert he.post(reverse("desk:duplicates")).status_code == 302  # a job looks through the register
