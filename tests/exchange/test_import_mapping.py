"""What a column means, said by hand: the file is read again, and the next one laid out alike needs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast as people

from yice.accounts.access import Forbidden
from yice.accounts.services import install
from yice.audit.models import Event
from yice.exchange.imports import mapping, services, working
from yice.exchange.imports.steps import Alone
from yice.jobs.leases import claim
from yice.jobs.runner import attempt
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch, Person
from yice.terms.errors import Problem, Problems

pytestmark = pytest.mark.django_db(transaction=True)  # a staging file must be let go before it is made anew
NAMED = "本区自编码"


@pytest.fixture(autouse=True)
def _demo(live_cast: Cast) -> None:
    install(demo=True)


def odd(**changes: str) -> list[people.Record]:
    """A register whose column of ids carries a heading of the county's own."""
    rows = [people.lin(**changes), people.zhou()]
    return [{NAMED if name == "id_number" else name: value for name, value in row.items()} for row in rows]


def without_certificate(rows: list[people.Record]) -> list[people.Record]:
    return [{name: value for name, value in row.items() if name != "certificate_number"} for row in rows]


def work() -> None:
    while (job := claim("test")) is not None:
        attempt(job)


def test_a_column_nobody_could_read_is_read_once_it_is_named(live_cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(live_cast.he, tmp_path, odd())
    assert batch.mapping["unknown"] == [NAMED]
    mapping.remap(actor=live_cast.he, batch=batch, chosen={NAMED: "id_number"})
    work()
    batch.refresh_from_db()
    assert batch.state == BatchState.STAGED
    assert batch.mapping["fields"][NAMED] == "id_number"
    assert batch.mapping["unknown"] == []
    told = Event.objects.get(code="batch.columns_chosen")
    assert told.values["chosen"] == {NAMED: "id_number"}


def test_next_months_file_of_the_same_columns_needs_nothing(live_cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(live_cast.he, tmp_path, odd())
    mapping.remap(actor=live_cast.he, batch=batch, chosen={NAMED: "id_number"})
    work()
    batch.refresh_from_db()
    working.commit_batch(batch, Alone(), actor=live_cast.he, accept_pauses=True)
    later = people.stage(live_cast.he, tmp_path, odd(phone="11100000009"))
    assert later.mapping["fields"][NAMED] == "id_number"
    assert later.mapping["remembered"] is True
    assert later.counts["changed"] == 1


def test_a_file_with_other_columns_is_not_read_by_that_memory(live_cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(live_cast.he, tmp_path, odd())
    mapping.remap(actor=live_cast.he, batch=batch, chosen={NAMED: "id_number"})
    work()
    later = people.stage(live_cast.he, tmp_path, [{**row, "另一栏": "x"} for row in odd()])
    assert later.mapping["unknown"] == [NAMED, "另一栏"]
    assert later.mapping["remembered"] is False


def test_a_file_that_lacked_a_needed_column_is_saved_by_naming_it(live_cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(Problems):
        people.stage(live_cast.he, tmp_path, without_certificate(odd()))
    batch = Batch.objects.get()
    assert batch.state == BatchState.UNREADABLE and NAMED in batch.mapping["unknown"]
    mapping.remap(actor=live_cast.he, batch=batch, chosen={NAMED: "id_number"})
    work()
    batch.refresh_from_db()
    assert batch.state == BatchState.STAGED and batch.counts["added"] == 2


def test_a_column_may_be_left_out_and_what_it_said_stays_unsaid(live_cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(live_cast.he, tmp_path, people.everybody())
    mapping.remap(actor=live_cast.he, batch=batch, chosen={"employed": ""})
    work()
    batch.refresh_from_db()
    working.commit_batch(batch, Alone(), actor=live_cast.he, accept_pauses=True)
    assert set(Person.objects.values_list("facts__employed", flat=True)) == {None}


@pytest.mark.parametrize(
    ("chosen", "code"),
    [({NAMED: "lottery"}, "field-unknown"), ({"没有的栏": "name"}, "column-unknown"), ({}, "columns-none")],
)
def test_what_cannot_be_meant_is_refused(
    live_cast: Cast, tmp_path: Path, chosen: dict[str, str], code: str
) -> None:
    batch = people.stage(live_cast.he, tmp_path, odd())
    with pytest.raises(Problem) as told:
        mapping.remap(actor=live_cast.he, batch=batch, chosen=chosen)
    assert told.value.code == code
    batch.refresh_from_db()
    assert batch.state == BatchState.STAGED


def test_a_decided_or_busy_batch_keeps_its_columns(live_cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(live_cast.he, tmp_path, odd())
    services.commit(actor=live_cast.he, batch=batch)
    with pytest.raises(Problem) as told:
        mapping.remap(actor=live_cast.he, batch=batch, chosen={NAMED: "id_number"})
    assert told.value.code == "import-busy"
    work()
    batch.refresh_from_db()
    with pytest.raises(Problem) as told:
        mapping.remap(actor=live_cast.he, batch=batch, chosen={NAMED: "id_number"})
    assert told.value.code == "import-decided"


def test_whoever_may_not_bring_a_register_may_not_name_its_columns(live_cast: Cast, tmp_path: Path) -> None:
    batch = people.stage(live_cast.he, tmp_path, odd(), area=COUNTY)
    with pytest.raises(Forbidden):
        mapping.remap(actor=live_cast.luo, batch=batch, chosen={NAMED: "id_number"})
