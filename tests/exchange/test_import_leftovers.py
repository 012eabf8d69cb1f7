"""An upload that nobody decided about is given up after a while; files of no batch go too."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.audit.models import Event
from yice.exchange.imports import leftovers
from yice.exchange.imports.staging import open_store
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(live_cast: Cast, tmp_path: Path) -> Batch:
    install(demo=True)
    return people.stage(live_cast.he, tmp_path, people.everybody())


def test_what_waited_too_long_is_discarded_with_its_files(batch: Batch, settings: Any, clock_at: Any) -> None:
    upload = Path(settings.VAR) / batch.file_path
    assert upload.is_file() and leftovers.give_up() == 0
    clock_at("2020-08-15")
    assert leftovers.give_up() == 1
    batch.refresh_from_db()
    assert batch.state == BatchState.DISCARDED
    assert not upload.exists() and not open_store(batch.uuid).exists()
    assert Event.objects.get(code="batch.expired").values == {"source": "registry", "days": 30}
    assert leftovers.give_up() == 0


def test_a_file_of_no_batch_goes_after_a_day(batch: Batch, settings: Any) -> None:
    folder, before = Path(settings.VAR) / "uploads", time.time() - 2 * 86_400
    stranger, young, ours = (
        folder / f"{uuid.uuid4().hex}.csv",
        folder / f"{uuid.uuid4().hex}.csv",
        folder / "notes",
    )
    for path in (stranger, young, ours):
        path.write_text("x")
    for path in (stranger, ours, Path(settings.VAR) / batch.file_path):
        os.utime(path, (before, before))
    leftovers.give_up()
    assert not stranger.exists()
    assert young.exists() and ours.exists() and (Path(settings.VAR) / batch.file_path).exists()
