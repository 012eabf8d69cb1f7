"""Every line of help along its road in Chromium, each step by the role whose step it is.

`MEANWHILE` says what else is tried on the way, before the step is taken: what must be refused, shown, hidden, returned.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.urls import reverse
from tests.browser.clicking import Clicked, Desk
from tests.browser.conftest import DESK, Open
from tests.loop.deliver.roads import BEIJING, HUNAN, JIANGHAI, MONGOLIA, ROADS
from tests.loop.deliver.test_services_roads import RoadTown
from tests.loop.deliver.walking import Subject

from yice.loop.deliver.services import blocking
from yice.loop.identify.models import Person
from yice.terms import clock

pytestmark = pytest.mark.browser
FACT = blocking._fact
DAYS = {
    JIANGHAI: dt.date(2020, 6, 30), BEIJING: dt.date(2020, 6, 30), HUNAN: dt.date(2020, 1, 15),
    MONGOLIA: dt.date(2015, 1, 15),
}  # fmt: skip
LINES = {
    "subsidies and a child": (JIANGHAI, "living_subsidy nursing_subsidy child_report"),
    "home and body": (BEIJING, "home_adaptation rehabilitation festival_visit"),
    "school, work and care": (
        BEIJING, "school_placement job_matching institution_stay respite_stay mutual_help",
    ),
    "bought care": (HUNAN, "care_purchase sunshine_care"),
    "law, talk and pairs": (MONGOLIA, "legal_aid counselling helping_pair"),
}  # fmt: skip


def returned(case: Clicked) -> None:
    """Back for correction, mended, and here again."""
    case.back(case.taker("first_check"), "first_check", items=["户口簿看不清"])
    taker = case.taker("apply")
    assert "户口簿看不清" in case.read(taker)
    paper = case.read(taker, f"notice/{case.case.notices.get().uuid}/")
    assert "补正通知书" in paper and "户口簿看不清" in paper and "不同意怎么办" not in paper
    case.step("apply")


def hung_up(case: Clicked) -> None:
    """The list in public: the name half hidden, nothing else of the person, and no step before its last day."""
    clerk = case.taker("publicity")
    text = case.read(clerk, "../public/living_subsidy/publicity/")
    assert "周＊山" in text and "200.00" in text and "周大山" not in text
    assert "打印" in text and case.case.person and case.case.person.id_number not in text
    with born(case, dt.date(2010, 5, 1)):  # were it a minor's: counted, and nothing told
        text = case.read(clerk, "../public/living_subsidy/publicity/")
    assert "另有 1 名未成年人" in text and "周" not in text and "200.00" not in text


def not_before_their_time(case: Clicked) -> None:
    """From care to old-age care only near sixty: the page says what stands in the way, and the stay goes on."""
    taker = case.taker("review")
    clock.set_day(case.open_step("review").wakes_on or clock.today())
    with pytest.MonkeyPatch.context() as judged, born(case, dt.date(1970, 9, 1)):
        judged.setattr(blocking, "_fact", FACT)
        assert "到了办理转介衔接的年龄" in case.refused(taker, "review", "transfer")


@contextmanager
def born(case: Clicked, day: dt.date) -> Iterator[None]:
    """As if the person were of another age."""
    person = case.case.person
    assert person is not None
    row = Person.objects.filter(pk=person.pk)
    row.update(birth_date=day)
    yield
    row.update(birth_date=person.birth_date)


def written(case: Clicked) -> None:
    """Somebody else is refused: in writing, with the reason, and how to object."""
    clock.set_day(DAYS[JIANGHAI])
    other = Clicked.begin(case.desk, case.town, "living_subsidy", case.road)  # type: ignore[arg-type]
    other.go(until="first_check")
    clerk = other.taker("first_check")
    assert "理由" in other.refused(clerk, "first_check", "not_met")
    other.step("first_check", "not_met")
    notice = other.case.notices.get()
    text = other.read(clerk, f"notice/{notice.uuid}/")
    assert "不同意怎么办" in text and "周大山" in text


def nothing_beyond_the_design(case: Clicked) -> None:
    about = case.service.steps["works"]
    taker = case.taker("works")
    given = case._given(about, about.outcomes["finished"], taker)
    given["values"]["items_done"] = ["ramp", "handrail"]
    assert "不增加方案以外的项目" in case.refused(taker, "works", "finished", **given)


def only_with_a_reason(case: Clicked) -> None:
    for step in ("mainstream", "supported", "special"):
        if step in case.waiting():
            assert "理由" in case.refused(case.taker(step), step, "step_down", evidence={})


def not_unverified(case: Clicked) -> None:
    assert "核对了什么" in case.refused(case.taker("verify"), "verify", "unemployed")


def once_a_festival(case: Clicked) -> None:
    """The same household again, for the same festival."""
    page = case.desk.page
    with pytest.raises(AssertionError):
        Clicked.begin(
            case.desk, case.town, "festival_visit", case.road, Subject(household=case.case.household)
        )
    assert "受理" in page.title() and case.desk.told()


def restricted(case: Clicked) -> None:
    """Nobody reads it but those whose step it is."""
    step = case.waiting()[0]
    case.taker(step)
    outsider = case.town.staff["health@county"][1]
    address = reverse("desk:case", args=[case.case.uuid])
    case.desk.as_(outsider)
    assert case.desk.page.goto(address).status in (403, 404)  # type: ignore[union-attr]


def archive(case: Clicked) -> None:
    """The care archive, printed."""
    clerk, person = case.town.staff["clerk@township"][0], case.case.person
    assert person is not None
    page = case.desk.go(clerk, reverse("desk:papers", args=["person", person.uuid]))
    page.locator("main [name=paper][value=care_archive]").check(force=True)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Word", exact=True).click()
    with zipfile.ZipFile(io.BytesIO(saved.value.path().read_bytes())) as word:
        assert "周大山" in word.read("word/document.xml").decode()


MEANWHILE: dict[str, Callable[[Clicked], None]] = {
    "nursing_subsidy.first_check": returned,
    "living_subsidy.publicity": hung_up,
    "living_subsidy.": written,
    "home_adaptation.works": nothing_beyond_the_design,
    "institution_stay.review": not_before_their_time,
    "school_placement.mainstream": only_with_a_reason,
    "school_placement.supported": only_with_a_reason,
    "school_placement.special": only_with_a_reason,
    "job_matching.verify": not_unverified,
    "festival_visit.": once_a_festival,
    "legal_aid.decide": restricted,
    "counselling.talk": restricted,
    "sunshine_care.": archive,
}


@pytest.mark.parametrize("lines", LINES)
def test_clicked(
    lines: str, transactional_db: None, open_page: Open, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Their facts come from lists and groups: proved in test_subsidy.py.
    monkeypatch.setattr(blocking, "_fact", lambda case, block: None)
    pack, names = LINES[lines]
    clock.set_day(DAYS[pack])
    town = RoadTown.settle(pack)
    desk = Desk(open_page(DESK), live_server.url)
    for name in names.split():
        clock.set_day(DAYS[pack])
        case = Clicked.begin(desk, town, name, ROADS[name])
        for step, outcome in ROADS[name].steps():
            assert step in case.waiting(), f"{name}: {step} does not wait, {case.waiting()} do"
            MEANWHILE.get(f"{name}.{step}", lambda _: None)(case)
            case.step(step, outcome)
        case.case.refresh_from_db()
        assert case.case.end == ROADS[name].end, name
        MEANWHILE.get(f"{name}.", lambda _: None)(case)
