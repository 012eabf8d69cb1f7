"""What somebody says between the preview and the commit is not lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.exchange.imports import working
from yice.exchange.imports.steps import Alone
from yice.loop.identify.models import Facts

LATER = dt.date(2020, 6, 20)
SAID = {"value": True, "source": "person", "date": "2020-06-25", "by": "陈专委", "batch": None}


@pytest.fixture(autouse=True)
def _first(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    people.bring_in(cast.he, tmp_path, people.everybody())


def test_an_answer_taken_after_the_preview_stands_beside_what_the_file_leaves_out(
    cast: Cast, tmp_path: Path
) -> None:
    rows = [people.lin(phone="11100000009"), people.zhou(), people.wu(), people.ouyang()]
    without_work = [{name: value for name, value in row.items() if name != "employed"} for row in rows]
    batch = people.stage(cast.he, tmp_path, without_work, as_of=LATER)
    lin = Facts.objects.get(person__name="林小禾")
    lin.overrides = {"needs_personal_care": [SAID]}
    lin.save()
    working.commit_batch(batch, Alone(), actor=cast.he, accept_pauses=True)
    kept = Facts.objects.get(person__name="林小禾").overrides
    assert kept["needs_personal_care"] == [SAID]
    assert [entry["value"] for entry in kept["employed"]] == [True]
