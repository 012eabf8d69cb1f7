"""Files of screenings are removed by age; the newest run, and what a frozen report was taken from, stay."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any

import pytest
from tests import factories as make
from tests.cast import COUNTY, Cast

from yice.audit.models import Event
from yice.loop.supervise.services import freeze_report
from yice.policy import keeping, snapshot
from yice.policy.models import ScreeningRun, Snapshot
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


def screened_on(cast: Cast, day: str) -> ScreeningRun:
    with clock.on(dt.date.fromisoformat(day)):
        return make.screened(cast)


def files(run: ScreeningRun, settings: Any) -> bool:
    found = Snapshot.objects.get(pk=run.snapshot_id)
    return bool(found.path) and (Path(settings.VAR) / found.path / "values.parquet").is_file()


@pytest.fixture(autouse=True)
def _lists(cast: Cast) -> None:
    make.all_lists()
    make.person("林小禾", grade=1)


def test_old_files_go_and_what_they_were_stays_on_record(cast: Cast, settings: Any) -> None:
    january, june = screened_on(cast, "2020-01-15"), screened_on(cast, "2020-06-20")
    assert keeping.sweep() == 1
    assert not files(january, settings) and files(june, settings)
    row = Snapshot.objects.get(pk=january.snapshot_id)
    assert (row.path, row.rows) == ("", 1) and row.digest
    assert Event.objects.get(code="snapshot.removed").values["digest"] == row.digest[:16]
    with pytest.raises(Problem) as told:
        snapshot.values(row)
    assert told.value.code == "snapshot-removed"
    assert keeping.sweep() == 0


def test_the_newest_run_keeps_its_files_however_old(cast: Cast, settings: Any) -> None:
    only = screened_on(cast, "2020-01-15")
    assert keeping.sweep() == 0
    assert files(only, settings)


def test_what_a_frozen_report_was_taken_from_is_kept(cast: Cast, settings: Any) -> None:
    reported = screened_on(cast, "2020-01-15")
    with clock.on(dt.date(2020, 1, 16)):
        freeze_report(actor=cast.he, area=COUNTY)
    between, newest = screened_on(cast, "2020-02-15"), screened_on(cast, "2020-06-20")
    assert keeping.sweep() == 1
    assert files(reported, settings) and files(newest, settings) and not files(between, settings)


def test_how_long_is_a_setting(cast: Cast, settings: Any) -> None:
    screened_on(cast, "2020-01-15")
    screened_on(cast, "2020-06-20")
    settings.YICE_KEEP_SNAPSHOTS = 400
    assert keeping.sweep() == 0


def test_a_folder_of_a_killed_run_goes_after_a_day(cast: Cast, settings: Any) -> None:
    run = screened_on(cast, "2020-06-20")
    root = Path(settings.VAR) / "snapshots" / "2020-06-20"
    for name in ("left", "new"):
        (root / name).mkdir()
        (root / name / "half").write_bytes(b"half")
    before = time.time() - 2 * 86_400
    ours = Path(settings.VAR) / Snapshot.objects.get(pk=run.snapshot_id).path
    for old in (root / "left/half", *ours.iterdir()):
        os.utime(old, (before, before))
    keeping.sweep()
    assert not (root / "left").exists() and (root / "new").exists()
    assert files(run, settings)
