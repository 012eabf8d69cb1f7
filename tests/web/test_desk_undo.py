"""Undoing on the page: from the step to its reason, and back to the person."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.web.desk_world import World, at_work

from yice.loop.identify import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return at_work(cast, tmp_path)


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.cast.chen)
    return client


def test_a_step_is_undone_by_pages_alone(world: World, client: Client) -> None:
    gap = world.gap
    services.handle_gap(actor=world.cast.chen, finding=gap, version=gap.version, code="help_to_apply")
    person, address = reverse("desk:person", args=[world.lin.uuid]), reverse("desk:undo", args=[gap.uuid])
    assert address in client.get(person).content.decode()
    page = client.get(address).content.decode()
    assert "撤销“协助申请”" in page
    version = gap.version + 1
    refused = client.post(address, {"version": version, "reason": "错"})
    assert refused.status_code == 422 and "至少四个字" in refused.content.decode()
    answer = client.post(address, {"version": version, "reason": "登记到了别人名下"}, follow=True)
    text = answer.content.decode()
    assert "已撤销，线索现在是“待办”" in text
    assert "<s>协助申请" in text and "登记到了别人名下" in text


def test_nothing_to_undo_leads_back(world: World, client: Client) -> None:
    answer = client.get(reverse("desk:undo", args=[world.gap.uuid]), follow=True)
    assert "没有可以撤销的登记" in answer.content.decode()
