"""Large files are prepared by processes beside this one; what comes out is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cast import Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.exchange.imports import pipeline
from yice.loop.identify.models import Person


@pytest.mark.slow
def test_prepared_by_other_processes_rows_are_sealed_with_the_same_keys(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(demo=True)
    monkeypatch.setattr(pipeline, "ALONE_BELOW", 0)
    batch = people.bring_in(cast.he, tmp_path, [*people.everybody(), *people.strangers(50)])
    assert batch.counts["added"] == 54
    assert Person.objects.get(name="周大山").id_number == people.ZHOU
    again = people.stage(cast.he, tmp_path, [people.lin(employed="false"), *people.everybody()[1:]])
    assert (again.counts["changed"], again.counts["unchanged"]) == (1, 3)
