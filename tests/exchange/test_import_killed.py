"""A kill at any moment leaves the old state or the new one, and a second run finishes the job."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast as people
from tests.jobs.conftest import ROOT, database_address

from yice import shelf
from yice.accounts.services import install
from yice.audit.verifying import verify
from yice.exchange.imports import services, working
from yice.exchange.imports.staging import open_store
from yice.exchange.imports.steps import Alone
from yice.loop.identify.models import Batch, Certificate, Change, Facts, Household, Person
from yice.terms.errors import Problem

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LATER = dt.date(2020, 6, 20)
TABLES = (Person, Household, Certificate, Facts, Change)


def on_file() -> list[object]:
    return [list(table.objects.order_by("pk").values()) for table in TABLES]


def kill_at(action: str, batch: Batch, point: str) -> None:
    """Run the action in a process of its own and kill it, unasked, at the point."""
    environment = os.environ | {
        "YICE_VAR": str(settings.VAR),
        "YICE_DATABASE": database_address(),
        "YICE_TODAY": "2020-06-30",
        "DJANGO_SETTINGS_MODULE": "yice.config.settings",
    }
    command = [sys.executable, "-m", "tests.exchange.stopping_import", action, batch.uuid.hex, point]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        process.kill()
    assert process.returncode == -9


@pytest.fixture
def received(live_cast: Cast, tmp_path: Path) -> Batch:
    """Four persons on file; a whole register that changes one, adds one and drops one."""
    install(demo=True)
    people.bring_in(live_cast.he, tmp_path, people.everybody())
    new = people.lin(name="新来的", id_number=people.id_number("19660606", 3), household_number="H003")
    new["certificate_number"] = f"{new['id_number']}12"
    rows = [
        people.lin(employed="false", certificate_number=f"{people.LIN}41"),
        people.zhou(),
        people.wu(),
        new,
    ]
    path = people.write_csv(tmp_path / "again.csv", rows)
    return services.receive(
        actor=live_cast.he, path=path, kind="registry", area=COUNTY, as_of=LATER, whole=True
    )


def finished(batch: Batch) -> None:
    """What stands once the job has been done, however often it was begun."""
    assert Person.objects.get(name="新来的").facts.category == "visual"
    assert Facts.objects.get(person__name="林小禾").employed is False
    assert Certificate.objects.filter(person__name="林小禾").count() == 2
    assert Person.objects.get(name="欧阳·明").removed_on == LATER
    assert Person.objects.count() == 5
    assert sorted(Change.objects.values_list("fact", flat=True)) == [
        "certificate_number",
        "employed",
        "grade",
        "parts",
        "removed_on",
    ]
    assert not shelf.exists(batch.file_path)
    assert not open_store(batch.uuid).exists()
    assert list(verify()) == []


@pytest.mark.parametrize("point", ["读取并封存", "比对"])
def test_a_kill_while_staging_leaves_everything_and_staging_starts_anew(received: Batch, point: str) -> None:
    before = on_file()
    kill_at("stage", received, point)
    received.refresh_from_db()
    assert (received.state, on_file()) == ("reading", before)
    batch = working.stage_batch(received, Alone())
    working.commit_batch(batch, Alone(), actor=batch.recorded_by, accept_pauses=True)
    finished(batch)


@pytest.mark.parametrize("point", ["写入人员", "更新变化的人员", "与名单比对"])
def test_a_kill_while_committing_leaves_the_old_state_and_the_preview(received: Batch, point: str) -> None:
    batch = working.stage_batch(received, Alone())
    before = on_file()
    kill_at("commit", batch, point)
    batch.refresh_from_db()
    assert (batch.state, on_file()) == ("paused", before)
    working.commit_batch(batch, Alone(), actor=batch.recorded_by, accept_pauses=True)
    finished(batch)


def test_a_kill_after_the_commit_leaves_the_new_state_and_the_next_run_tidies(received: Batch) -> None:
    batch = working.stage_batch(received, Alone())
    kill_at("commit", batch, "tidy")
    batch.refresh_from_db()
    after = on_file()
    assert batch.state == "committed"
    working.commit_batch(batch, Alone(), actor=batch.recorded_by, accept_pauses=True)
    assert on_file() == after
    finished(batch)


def test_a_staging_that_is_lost_is_made_again_from_the_upload(received: Batch) -> None:
    batch = working.stage_batch(received, Alone())
    open_store(batch.uuid).drop()
    working.commit_batch(batch, Alone(), actor=batch.recorded_by, accept_pauses=True)
    finished(batch)


def test_a_preview_overtaken_by_another_delivery_asks_again(
    received: Batch, live_cast: Cast, tmp_path: Path
) -> None:
    batch = working.stage_batch(received, Alone())
    people.bring_in(live_cast.he, tmp_path, [people.lin(employed="false"), *people.everybody()[1:]])
    with pytest.raises(Problem) as told:
        working.commit_batch(batch, Alone(), actor=batch.recorded_by, accept_pauses=True)
    assert told.value.code == "import-moved"
    batch.refresh_from_db()
    working.commit_batch(batch, Alone(), actor=batch.recorded_by, accept_pauses=True)
    assert Facts.objects.get(person__name="林小禾").grade == 1
