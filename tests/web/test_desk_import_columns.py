"""The columns of a file on the page: what is not understood is chosen, and the preview comes anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.exchange import import_cast as people
from tests.exchange.test_import_mapping import NAMED, odd, work

from yice.accounts.services import install
from yice.loop.identify.models import Batch
from yice.web.desk.pages.import_columns import key_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(live_cast: Cast, tmp_path: Path) -> Batch:
    install(demo=True)
    return people.stage(live_cast.he, tmp_path, odd())


@pytest.fixture
def client_of_he(live_cast: Cast) -> Client:
    client = Client()
    client.force_login(live_cast.he)
    return client


def test_the_preview_leads_to_the_columns_and_back_to_a_new_preview(
    client_of_he: Client, batch: Batch
) -> None:
    address = reverse("desk:import-columns", args=[batch.uuid])
    assert address in client_of_he.get(reverse("desk:import", args=[batch.uuid])).content.decode()
    page = client_of_he.get(address)
    assert NAMED in page.content.decode() and "没有认出" in page.content.decode()
    assert len(page.content) < 100_000
    answer = client_of_he.post(address, {key_of(NAMED): "id_number"})
    assert answer.status_code == 302
    work()
    text = client_of_he.get(reverse("desk:import", args=[batch.uuid])).content.decode()
    assert f"{NAMED} → 身份证号" in text and "没有认出" not in text


def test_a_column_read_wrongly_is_opened_and_chosen_otherwise(client_of_he: Client, batch: Batch) -> None:
    address = reverse("desk:import-columns", args=[batch.uuid])
    opened = f"{address}?change={key_of('employed')}"
    assert f'name="{key_of("employed")}"' not in client_of_he.get(address).content.decode()
    assert f'name="{key_of("employed")}"' in client_of_he.get(opened).content.decode()
    client_of_he.post(opened, {key_of(NAMED): "?", key_of("employed"): ""})
    batch.refresh_from_db()
    assert batch.mapping["corrected"] == {"employed": ""}


def test_nothing_chosen_is_said_in_a_sentence(client_of_he: Client, batch: Batch) -> None:
    answer = client_of_he.post(reverse("desk:import-columns", args=[batch.uuid]), {key_of(NAMED): "?"})
    assert answer.status_code == 422 and "还没有改动任何一栏" in answer.content.decode()
