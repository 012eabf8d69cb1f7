"""What follows an import: a few touched persons are judged again at once; after a list somebody screens."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.exchange.imports import following
from yice.jobs.leases import claim
from yice.jobs.models import Job
from yice.jobs.runner import attempt
from yice.loop.identify.models import Batch, Finding, Person

pytestmark = pytest.mark.django_db(transaction=True)  # a job's heartbeat has a connection of its own
JUNE = dt.date(2020, 6, 1)
NO_CARE = {"long_term_care_need": "false"}


@pytest.fixture(autouse=True)
def _demo(live_cast: Cast) -> None:
    install(demo=True)


def work() -> None:
    while (job := claim("test")) is not None:
        attempt(job)


@pytest.fixture
def screened(live_cast: Cast, tmp_path: Path) -> Cast:
    """A register and every list are in, and the county was screened."""
    people.bring_in(live_cast.he, tmp_path, people.everybody(), whole=True)
    make.all_lists()
    make.screened(live_cast)
    return live_cast


def of_lin() -> list[str]:
    """The states of 林小禾's gap: severe, and not on the nursing payroll."""
    rows = Finding.objects.filter(benefit="nursing_subsidy", kind="gap", person__name="林小禾")
    return list(rows.values_list("state", flat=True))


def test_before_the_first_screening_nothing_is_asked_for(live_cast: Cast, tmp_path: Path) -> None:
    people.bring_in(live_cast.he, tmp_path, people.everybody())
    assert not Job.objects.exists()


def test_a_changed_person_is_judged_again_at_once(screened: Cast, tmp_path: Path) -> None:
    assert of_lin() == ["open"]
    batch = people.bring_in(screened.he, tmp_path, [people.lin(**NO_CARE), *people.everybody()[1:]])
    assert Job.objects.get().kind == following.JOB
    work()
    batch.refresh_from_db()
    assert of_lin() == ["closed"]
    assert batch.counts["rescreened"] >= 1


def test_who_left_the_register_has_no_open_work(screened: Cast, tmp_path: Path) -> None:
    people.bring_in(screened.he, tmp_path, people.everybody()[1:], whole=True)
    work()
    assert Person.objects.get(name="林小禾").removed_on is not None
    assert of_lin() == ["closed"]


def test_many_changes_wait_for_a_screening(screened: Cast, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(following, "FEW", 1)
    people.bring_in(
        screened.he,
        tmp_path,
        [people.lin(**NO_CARE), people.zhou(employed="true"), people.wu(), people.ouyang()],
    )
    assert not Job.objects.exists()


def subsistence(cast: Cast, folder: Path) -> Batch:
    rows = [{"姓名": "林小禾", "身份证号": people.LIN}]
    return people.bring_in(cast.luo, folder, rows, "subsistence", whole=True)


def test_after_a_list_the_page_offers_the_screening_to_whom_may(
    screened: Cast, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(following, "FEW", 0)
    batch = subsistence(screened, tmp_path)
    assert not Job.objects.exists()
    address = reverse("desk:import", args=[batch.uuid])
    client = Client()
    client.force_login(screened.luo)
    assert "请告诉县残联筛查一次" in client.get(address).content.decode()
    client.force_login(screened.he)
    assert "现在筛查" in client.get(address).content.decode()
    answer = client.post(reverse("desk:screenings"), {"area": COUNTY})
    assert answer.status_code == 302
    assert "筛查正在进行" in client.get(address).content.decode()
    work()
    assert "入库后已经筛查过" in client.get(address).content.decode()


def test_whom_a_list_tells_of_otherwise_is_judged_at_once_and_nobody_else(
    screened: Cast, tmp_path: Path
) -> None:
    def paid(*names: str) -> Batch:
        numbers = {"林小禾": people.LIN, "周大山": people.ZHOU}
        rows = [{"姓名": name, "身份证号": numbers[name], "补贴金额": "220.00"} for name in names]
        return people.bring_in(screened.luo, tmp_path, rows, "nursing_subsidy", month=JUNE, whole=True)

    assert of_lin() == ["open"]
    batch = paid("林小禾", "周大山")
    work()
    assert of_lin() == ["closed"] and len(following.told_otherwise(batch)) == 2
    batch = paid("周大山")
    assert {Person.objects.get(pk=key).name for key in following.told_otherwise(batch)} == {"林小禾"}
    work()
    assert "open" in of_lin()
    again = paid("周大山")
    assert following.told_otherwise(again) == set() and not Job.objects.filter(state="waiting").exists()


def test_home_says_what_went_in_since_the_last_screening(screened: Cast, tmp_path: Path) -> None:
    client = Client()
    client.force_login(screened.he)
    assert "线索还没有按新的内容更新" not in client.get("/").content.decode()
    subsistence(screened, tmp_path)
    assert "之后又有 1 份文件入库" in client.get("/").content.decode()
    make.screened(screened)
    assert "线索还没有按新的内容更新" not in client.get("/").content.decode()
    client.force_login(screened.luo)
    assert "份文件入库" not in client.get("/").content.decode()


def test_a_site_may_have_it_done_by_itself_and_only_once(
    screened: Cast, tmp_path: Path, settings: Any
) -> None:
    settings.YICE_SCREEN_AFTER_IMPORT = True
    for name in ("林小禾", "周大山"):
        people.bring_in(screened.he, tmp_path, [{"姓名": name, "身份证号": people.LIN}], "subsistence")
    assert [job.kind for job in Job.objects.all()] == ["screening.run"]
    subsistence(screened, tmp_path)  # whoever may not screen asks for nothing
    assert Job.objects.count() == 1
