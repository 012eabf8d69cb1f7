"""An export holds what the worklist shows, and no more: area, line and masks as on the screen."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.cast import COUNTY, FAR_VILLAGE, Cast

from yice.accounts.access import Forbidden
from yice.audit.models import Event
from yice.loop.identify import selectors, services
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import Filters, exports
from yice.loop.supervise import exports as reports
from yice.loop.supervise.services import freeze_report

pytestmark = pytest.mark.django_db
EVERY = Filters(state=())


@pytest.fixture
def county(cast: Cast) -> Cast:
    lists = make.all_lists()
    make.person("林小禾", grade=1, long_term_care_need=True)
    make.person("吴静", grade=1, long_term_care_need=True, hukou=FAR_VILLAGE)
    zhou = make.person("周大山", grade=3)
    make.paid(lists["living_subsidy"], zhou, 16500)
    make.screened(cast)
    return cast


@pytest.mark.parametrize("who", ["he", "liang", "luo"])
def test_it_holds_the_rows_of_the_worklist(county: Cast, who: str) -> None:
    actor = getattr(county, who)
    made = exports.findings(actor, EVERY)
    page = selectors.worklist(actor, EVERY)
    shown = [
        row.name for row in page.rows if who != "luo" or row.kind == "leak"
    ]  # civil affairs export payments
    assert made.table.column("name").to_pylist() == shown
    assert set(made.labels) == set(made.table.column_names)


def test_numbers_are_masked(county: Cast) -> None:
    text = repr(exports.findings(county.he, EVERY).table.to_pydict())
    assert not any(person.id_number in text for person in Person.objects.all())


@pytest.mark.parametrize("who", ["chen", "sheng", "admin", "nobody"])
def test_those_who_may_not_export_get_nothing(county: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        exports.findings(getattr(county, who), EVERY)


def test_an_export_leaves_an_event_without_what_was_looked_for(county: Cast) -> None:
    filters = {"kind": ["gap"], "text": "林小禾"}
    services.exported(
        actor=county.he, what="worklist", filters=filters, rows=2, digest="0" * 64, format="xlsx"
    )
    event = Event.objects.get(code="export.made")
    assert event.values["filters"] == {"kind": ["gap"]} and event.values["rows"] == 2


def test_the_countys_figures_and_the_changes_between_reports(county: Cast) -> None:
    figures = reports.county(county.he, COUNTY)
    assert figures.table.column("gaps").to_pylist()[0] == 2
    freeze_report(actor=county.he, area=COUNTY)
    Person.objects.filter(name="吴静").update(removed_on="2020-06-29")
    make.screened(county)
    second = freeze_report(actor=county.he, area=COUNTY)
    changes = reports.changes(county.he, second.uuid).table.to_pylist()
    assert {(row["change"], row["name"]) for row in changes} == {("减少", "吴静")}
    assert reports.rows_behind(county.he, COUNTY, "gaps").table.column("name").unique().to_pylist() == [
        "林小禾"
    ]
