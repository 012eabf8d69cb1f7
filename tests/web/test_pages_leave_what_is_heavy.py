"""No page reads a column of a whole file (a pack, a scan, a photograph, a list's digests) beside rows it only shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast
from tests.web.desk_world import World, at_work
from tests.web.joined import join
from tests.web.roles import READERS
from tests.web.walk import Address, addresses

from yice.accounts.models import User
from yice.loop.deliver.models import CaseFile
from yice.loop.identify.models import ListReceipt, ReplyPhoto, VisitImage
from yice.policy.models import InstalledPack

pytestmark = pytest.mark.django_db
HEAVY = (
    (InstalledPack, "files"),
    (CaseFile, "sealed"),
    (VisitImage, "sealed"),
    (ReplyPhoto, "sealed"),
    (ListReceipt, "known"),
)
ITSELF = ("case-file", "visit-image", "round-photo")  # what is opened there is the file


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    return join(at_work(cast, tmp_path))


def heavy(address: Address, client: Client) -> list[str]:
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        client.get(address.href)
        transaction.set_rollback(True)
    found = []
    for query in asked:
        chosen = query["sql"].partition(" FROM ")[0]
        for model, column in HEAVY:
            # By itself it was asked for: a plan this process has not met yet, the numbers of rows in a file.
            if f'"{column}"' in chosen and model._meta.db_table in chosen and chosen.count(",") > 1:
                found.append(f"{address.name}: {model.__name__}.{column}")
    return found


@pytest.mark.parametrize("role", ["county_federation", "provincial_viewer"])
def test_no_page_reads_what_is_heavy(role: str, world: World) -> None:
    reader = next(one for one in READERS.values() if one.role == role and one.inside)
    client = Client()
    client.force_login(User.objects.get(username=reader.username))
    asked = [one for one in addresses(world) if one.name not in ITSELF]
    assert sorted({line for one in asked for line in heavy(one, client)}) == []
