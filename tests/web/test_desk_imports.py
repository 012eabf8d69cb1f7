"""A file comes in through the page: what is wrong stands on the form, the preview asks, all or nothing goes in."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.cast import COUNTY, STREET, Cast
from tests.exchange import import_cast as people

from yice.accounts.models import User
from yice.accounts.services import install
from yice.audit.models import Event
from yice.jobs.leases import claim
from yice.jobs.models import Job, State
from yice.jobs.runner import attempt
from yice.loop.identify.enums import BatchState
from yice.loop.identify.models import Batch, Person

pytestmark = pytest.mark.django_db
NEW = "/imports/new/"


@pytest.fixture(autouse=True)
def _demo(cast: Cast) -> None:
    install(demo=True)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(file: SimpleUploadedFile | None, **changes: Any) -> dict[str, Any]:
    said = {
        "kind": "registry", "area": COUNTY, "as_of_0": "2020", "as_of_1": "6", "as_of_2": "1",
        "month_0": "", "month_1": "", "whole": "yes", **changes,
    }  # fmt: skip
    return said | ({"file": file} if file else {})


def register(folder: Path, rows: Any = None) -> SimpleUploadedFile:
    path = people.write_csv(folder / "register.csv", rows or people.everybody())
    return SimpleUploadedFile("登记册.csv", path.read_bytes(), "text/csv")


def work() -> None:
    """What the worker beside the site would do."""
    while (job := claim("test")) is not None:
        attempt(job)


def brought_in(client: Client, folder: Path, rows: Any = None, **changes: Any) -> Batch:
    """Upload and read, up to the preview."""
    answer = client.post(NEW, typed(register(folder, rows), **changes))
    assert answer.status_code == 302, answer.content.decode()
    work()
    return Batch.objects.latest("id")


def test_a_register_goes_from_upload_to_people_by_pages_alone(cast: Cast, tmp_path: Path) -> None:
    client = signed_in(cast.he)
    answer = client.post(NEW, typed(register(tmp_path)), follow=True)
    job = Job.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("desk:job", args=[job.uuid])
    assert "取消任务" in answer.content.decode()
    work()
    batch = Batch.objects.get()
    preview = client.get(reverse("desk:job", args=[job.uuid]), follow=True)
    assert preview.redirect_chain[-1][0] == reverse("desk:import", args=[batch.uuid])
    text = preview.content.decode()
    assert "确认入库" in text and "认出了" in text
    client.post(reverse("desk:import", args=[batch.uuid]), {"commit": "1"})
    work()
    batch.refresh_from_db()
    assert batch.state == BatchState.COMMITTED
    assert Person.objects.count() == 4
    assert 'name="commit"' not in client.get(reverse("desk:import", args=[batch.uuid])).content.decode()


def test_progress_answers_with_itself_and_sends_the_page_on_when_it_is_over(
    cast: Cast, tmp_path: Path
) -> None:
    client = signed_in(cast.he)
    client.post(NEW, typed(register(tmp_path)))
    address = reverse("desk:job-progress", args=[Job.objects.get().uuid])
    waiting = client.get(address, headers={"HX-Request": "true"})
    assert "hx-get" in waiting.content.decode() and "HX-Refresh" not in waiting.headers
    work()
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_a_job_that_waits_is_called_off(cast: Cast, tmp_path: Path) -> None:
    client = signed_in(cast.he)
    client.post(NEW, typed(register(tmp_path)))
    job = Job.objects.get()
    client.post(reverse("desk:job", args=[job.uuid]))
    job.refresh_from_db()
    assert job.state == State.CANCELLED
    address = reverse("desk:import", args=[Batch.objects.get().uuid])
    assert "没有读完" in client.get(address).content.decode()
    client.post(address, {"discard": "1"})
    assert Batch.objects.get().state == BatchState.DISCARDED
    assert signed_in(cast.luo).post(reverse("desk:job", args=[job.uuid])).status_code == 404


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b" " * (80 << 20))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("空.xlsx", b"", "空"),
        ("照片.xlsx", b"\x89PNG\r\n\x1a\n", "图片"),
        ("扫描.csv", b"%PDF-1.7", "PDF"),
        ("网页.xls", b"<html><table></table></html>", "网页"),
        ("坏.xlsx", b"PK\x03\x04not a zip", "损坏"),
        ("炸弹.xlsx", bomb(), "大得不正常"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_beside_the_field_and_nothing_typed_is_lost(
    cast: Cast, name: str, content: bytes, says: str
) -> None:
    answer = signed_in(cast.he).post(NEW, typed(SimpleUploadedFile(name, content), area=STREET, whole="no"))
    text = answer.content.decode()
    assert answer.status_code == 422 and says in text
    assert 'href="#id_file"' in text
    assert f'value="{STREET}" selected' in text
    assert 'value="2020"' in text and 'value="no"' in text
    assert Batch.objects.count() == 0 and Job.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"as_of_0": "2031"}, "之后"),
        ({"as_of_1": "13"}, "13"),
        ({"kind": ""}, "请选择这是什么"),
        ({"whole": ""}, "请选择这份是不是全的"),
        ({"area": "110101000000"}, "110101000000"),
        ({"kind": "lottery"}, "lottery"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_in_a_sentence(
    cast: Cast, tmp_path: Path, changes: dict[str, str], says: str
) -> None:
    answer = signed_in(cast.he).post(NEW, typed(register(tmp_path), **changes))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Batch.objects.count() == 0


def test_a_table_of_something_else_says_so_and_offers_the_same_form_again(cast: Cast, tmp_path: Path) -> None:
    client = signed_in(cast.he)
    file = SimpleUploadedFile("价目.csv", "品名,价格\n苹果,3\n".encode())
    answer = client.post(NEW, typed(file, whole="no"), follow=True)
    work()
    batch = Batch.objects.get()
    answer = client.get(reverse("desk:job", args=[Job.objects.get().uuid]), follow=True)
    text = answer.content.decode()
    assert batch.state == BatchState.UNREADABLE
    assert "换一个文件再试" in text and 'name="file"' in text
    assert 'value="registry" selected' in text


def test_an_unusual_change_needs_an_explicit_yes(cast: Cast, tmp_path: Path) -> None:
    client = signed_in(cast.he)
    people.bring_in(cast.he, tmp_path, people.everybody(), whole=True)
    batch = brought_in(client, tmp_path, people.everybody()[:1])
    assert batch.state == BatchState.PAUSED
    address = reverse("desk:import", args=[batch.uuid])
    assert "入库之前请先核对" in client.get(address).content.decode()
    refused = client.post(address, {"commit": "1"})
    assert refused.status_code == 422 and "请先核对" in refused.content.decode()
    client.post(address, {"commit": "1", "sure": "on"})
    work()
    batch.refresh_from_db()
    assert batch.state == BatchState.COMMITTED
    assert Person.objects.filter(removed_on=None).count() == 1


def test_changes_are_shown_field_by_field_and_a_sealed_one_only_as_changed(
    cast: Cast, tmp_path: Path
) -> None:
    client = signed_in(cast.he)
    people.bring_in(cast.he, tmp_path, people.everybody())
    rows = [people.lin(employed="false", phone="13900001234"), *people.everybody()[1:]]
    batch = brought_in(client, tmp_path, rows, whole="no")
    text = client.get(reverse("desk:import", args=[batch.uuid])).content.decode()
    assert "林小禾" in text and "内容不显示" in text
    assert "13900001234" not in text and "139****1234" not in text


def test_refused_rows_come_back_as_a_workbook_and_that_is_written_down(cast: Cast, tmp_path: Path) -> None:
    client = signed_in(cast.he)
    batch = brought_in(client, tmp_path, [people.lin(name=""), people.zhou()], whole="no")
    address = reverse("desk:import-refused", args=[batch.uuid])
    assert client.get(address).status_code == 302
    answer = client.post(address)
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert Event.objects.filter(code="batch.handed_back").count() == 1
    assert signed_in(cast.luo).post(address).status_code == 403  # a register is the federation's


def test_discarding_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    client = signed_in(cast.he)
    batch = brought_in(client, tmp_path)
    client.post(reverse("desk:import", args=[batch.uuid]), {"discard": "1"})
    batch.refresh_from_db()
    assert batch.state == BatchState.DISCARDED and Person.objects.count() == 0


def test_civil_affairs_bring_lists_and_no_register(cast: Cast, tmp_path: Path) -> None:
    form = signed_in(cast.luo).get(NEW).content.decode()
    assert 'value="subsistence"' in form and 'value="registry"' not in form
    answer = signed_in(cast.luo).post(NEW, typed(register(tmp_path)))
    assert answer.status_code == 422 and Batch.objects.count() == 0


def test_the_pile_shows_masked_numbers_only(cast: Cast, tmp_path: Path) -> None:
    rows = [{"姓名": "无名氏", "身份证号": people.id_number("19501212", 77), "补贴金额": "220"}]
    people.bring_in(cast.luo, tmp_path, rows, "nursing_subsidy")
    text = signed_in(cast.luo).get("/imports/unmatched/").content.decode()
    assert "无名氏" in text and "440*" in text
    assert people.id_number("19501212", 77) not in text
    assert "无名氏" not in signed_in(cast.tan).get("/imports/unmatched/").content.decode()


def test_a_list_of_a_smaller_area_says_which_other_counts_for_the_same_people(
    cast: Cast, tmp_path: Path
) -> None:
    rows = [{"姓名": "林小禾", "身份证号": people.LIN, "补贴金额": "220"}]
    people.bring_in(cast.luo, tmp_path, rows, "nursing_subsidy", whole=True)
    batch = people.stage(cast.luo, tmp_path, rows, "nursing_subsidy", whole=True, area=STREET)
    text = signed_in(cast.luo).get(reverse("desk:import", args=[batch.uuid])).content.decode()
    assert "同一个月还有江海区的这份名单" in text


def test_queries_of_the_list_do_not_grow_with_batches(
    cast: Cast, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        people.stage(cast.he, tmp_path, [people.lin(name=f"某{number}")])
    client = signed_in(cast.he)
    client.get("/imports/")
    with django_assert_max_num_queries(16):
        assert client.get("/imports/").content.decode().count('class="y-tag') >= 6
