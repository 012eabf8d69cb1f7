"""A run: the facts of a day written whole, judged, handed on; by a person or by a job, by nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, STREET, Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.jobs.models import Job
from yice.policy import selectors, services, snapshot
from yice.policy.models import ScreeningRun, Snapshot
from yice.policy.provided import KEY
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast: Cast) -> Cast:
    make.all_lists()
    make.person("林小禾", grade=1)
    make.person("周大山", hukou=NEXT_VILLAGE, certificate_status="nonsense")
    make.person("吴静", hukou=FAR_VILLAGE, grade=9)
    return cast


def test_the_snapshot_has_values_and_sources_in_one_order(three: Cast) -> None:
    run = make.screened(three)
    values, sources = snapshot.values(run.snapshot), snapshot.sources(run.snapshot)
    assert values.column("person_id").equals(sources.column("person_id"))
    assert values.schema.field("category").type == pa.int8()
    assert values.schema.field("category").metadata[b"codes"].startswith(b"visual;")
    assert sources.column("register@source").unique().to_pylist() == ["registry"]
    assert sources.column("income_class@state").unique().to_pylist() == ["silence"]
    assert {item["kind"] for item in run.snapshot.lists} == {*make.HARDSHIP, *make.PAYROLLS}


def test_what_a_fact_cannot_hold_is_unknown_not_an_error(three: Cast) -> None:
    table = snapshot.values(make.screened(three).snapshot)
    assert table.column("certificate_status").null_count == 1
    assert table.column("grade").null_count == 1


def test_only_the_area_asked_for_is_read(three: Cast) -> None:
    run = make.screened(three, area=STREET)
    assert run.snapshot.rows == 2
    assert sum(run.counts["CN-2015-52-2.1a"].values()) == 2


def test_it_is_recorded_with_what_it_did(three: Cast) -> None:
    run = make.screened(three)
    event = Event.objects.get(code="screening.run")
    assert event.subject_id == run.uuid and event.values["people"] == 3
    assert selectors.last_run("440704001001") == run
    assert selectors.run(three.he, run.uuid) == run
    with pytest.raises(Problem):
        selectors.run(three.pan, run.uuid)


@pytest.mark.parametrize("who", ["chen", "liang", "luo", "sheng", "admin", "pan", "nobody"])
def test_nobody_else_runs_or_asks_for_one(three: Cast, who: str) -> None:
    actor, pack = getattr(three, who), make.jianghai()
    for service in (services.run_screening, services.request_screening):
        with pytest.raises(Forbidden):
            service(actor=actor, pack=pack, area=COUNTY)
    assert not Snapshot.objects.exists() and not Job.objects.exists()


def test_a_job_runs_it_and_tells_where_to_look(three: Cast) -> None:
    from yice.jobs.leases import claim
    from yice.jobs.registry import handler_of
    from yice.jobs.work import Work

    job = services.request_screening(actor=three.he, pack=make.jianghai(), area=COUNTY)
    held = claim("test")
    assert held is not None and held.pk == job.pk
    handler_of(held.kind)(Work(held))
    job.refresh_from_db()
    run = ScreeningRun.objects.get()
    assert (job.state, job.result, run.job) == ("done", {"run": str(run.uuid), "people": 3}, job)


def test_a_failure_while_writing_leaves_everything_as_it_was(three: Cast, monkeypatch: Any) -> None:
    from yice.policy import registry

    def fail(*_: Any) -> dict[str, int]:
        raise RuntimeError

    monkeypatch.setattr(registry, "_consumers", [*registry.consumers(), fail])
    with pytest.raises(RuntimeError):
        make.screened(three)
    from yice.loop.identify.models import Ask, Finding

    assert not (Finding.objects.exists() or Ask.objects.exists() or ScreeningRun.objects.exists())


def test_the_persons_key_never_leaves_as_an_identifier(three: Cast) -> None:
    table = snapshot.values(make.screened(three).snapshot)
    assert table.column(KEY).type == pa.int64()
    text = repr(table.to_pydict())
    for person in make.Person.objects.all():
        assert person.id_number not in text and person.name not in text


def test_the_day_of_the_facts_is_the_day_asked_for(three: Cast) -> None:
    run = make.screened(three, as_of=dt.date(2020, 5, 31))
    assert run.as_of == dt.date(2020, 5, 31)
    assert run.counts["CN-2015-52-2.1a"]["unknown"] > 0  # June's lists say nothing of May
