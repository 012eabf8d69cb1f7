"""The desk of lists: the catalogue, an agreement by form, doubts out as a file and back, all without a script."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests import factories as make
from tests.cast import COUNTY, PASSWORD, Cast
from tests.exchange import import_cast as people
from tests.exchange.test_agreements import agreed, terms
from tests.exchange.test_import_list import paid, payroll
from tests.web.village import desk, month, text

from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.accounts.services import install
from yice.exchange.agreements import asking, services, sheet
from yice.exchange.models import Agreement, Doubt, Inquiry
from yice.terms import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def luo(cast: Cast) -> Client:
    install(demo=True)
    make.jianghai()
    return desk(cast.luo)


def test_a_slot_is_filled_by_a_form(luo: Client) -> None:
    board = text(luo.get(reverse("desk:lists")))
    assert "共享数据目录有 28 项，已约定 0 项" in board and "其中 9 项没有写是什么名单" in board
    address = reverse("desk:list-new", args=["shared_05"])
    assert "重度残疾人护理补贴发放表" in text(luo.get(address))
    said = {
        "version": "0", "title": "护理补贴发放表", "kind": "nursing_subsidy", "sender": "区民政局", "contact": "福利科",
        "basis": "", "every": "month", "due_days": "10", "keeps": "姓名", "keep_months": "24",
        **month("since", clock.today()),
    }  # fmt: skip
    short = luo.post(address, said)
    assert short.status_code == 422 and 'href="#id_basis"' in text(short)
    assert luo.post(address, {**said, "basis": "国发〔2015〕52号"}).status_code == 302
    row = Agreement.objects.get()
    assert (row.slot, row.every, row.version) == ("shared_05", "month", 1)
    stale = luo.post(reverse("desk:list-agree", args=[row.uuid]), {**said, "basis": "别的", "version": "0"})
    assert stale.status_code == 422 and "已经有了变化" in text(stale)
    assert "已约定 1 项" in text(luo.get(reverse("desk:lists")))


def test_doubts_leave_as_a_file_and_the_answers_come_back(cast: Cast, luo: Client, tmp_path: Path) -> None:
    people.bring_in(cast.he, tmp_path, people.everybody())
    payroll(cast, tmp_path, paid("林小禾", people.LIN), paid("王五", people.WU[:15] + "000"))
    row = agreed(cast)
    address = reverse("desk:list", args=[row.uuid])
    assert luo.post(address, {"do": "put"}).status_code == 422  # nothing was looked for yet
    luo.post(address, {"do": "find"})
    luo.post(address, {"do": "put"})
    page = text(luo.get(address))
    assert "待答复 1 行" in page and "王五" not in page and people.WU[:15] not in page
    out = reverse("desk:list-doubts-export", args=[row.uuid, Inquiry.objects.get().uuid])
    assert luo.get(out).status_code == 302
    answer = luo.post(out)
    assert answer["Cache-Control"] == "no-store" and "attachment" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [cell.value for cell in book.worksheets[0][2]][1:4] == ["3", "王五", people.WU[:15] + "000"]
    book.worksheets[0].cell(2, [head for head, _width in sheet.COLUMNS].index(sheet.SAID) + 1, "无误")
    filled = io.BytesIO()
    book.save(filled)
    back = reverse("desk:list-answers", args=[row.uuid])
    assert luo.post(back, {"file": SimpleUploadedFile("a.txt", b"no table")}).status_code == 422
    assert luo.post(back, {"file": SimpleUploadedFile("a.xlsx", filled.getvalue())}).status_code == 302
    assert Doubt.objects.get().state == "confirmed"
    assert "确认无误 1" in text(luo.get(address))


def test_the_pages_cost_the_same_however_many_lists_and_rows(
    cast: Cast, luo: Client, django_assert_max_num_queries: Any
) -> None:
    row = agreed(cast)
    for name in ("甲", "乙", "丙"):
        who = make.person(name)
        for at in ("2020-03-01", "2020-04-01", "2020-05-01", "2020-06-01"):
            make.paid(make.received("nursing_subsidy", month=clock.today().fromisoformat(at)), who, 15000)
    agreed(cast, slot="shared_04", kind="living_subsidy", title="生活补贴")
    asking.look_for_doubts(actor=cast.luo, agreement=row)
    with django_assert_max_num_queries(30):
        luo.get(reverse("desk:lists"))
    with django_assert_max_num_queries(30):
        luo.get(reverse("desk:list", args=[row.uuid]))


def test_who_is_above_sees_what_climbed_and_no_row(cast: Cast, luo: Client) -> None:
    row = agreed(cast)
    assert desk(cast.chen).get(reverse("desk:lists")).status_code == 403
    assert desk(cast.tan).get(reverse("desk:list", args=[row.uuid])).status_code == 404
    assert "护理补贴发放表" in text(desk(cast.he).get(reverse("desk:lists")))
    above = User.objects.create_user("above", PASSWORD, name="市残联")
    Post.objects.create(user=above, role=Role.FEDERATION_ABOVE, area_id="440700000000")
    assert "没有要您看的名单" in text(desk(above).get(reverse("desk:lists")))
    services.agree(
        actor=cast.luo, area=COUNTY, slot="shared_05", said=terms(since=dt.date(2020, 5, 1)), version=1
    )
    services.climb_lists(clock.today())
    board = text(desk(above).get(reverse("desk:lists")))
    assert (
        "护理补贴发放表" in board and "江海区" in board and "已报上一级" in board and "填写约定" not in board
    )
    assert "逾期未到的名单" in text(desk(above).get("/"))
    page = desk(above).get(reverse("desk:list", args=[row.uuid]))
    assert page.status_code == 200 and "催办</button>" not in text(page)
    assert desk(above).post(reverse("desk:list", args=[row.uuid]), {"do": "chase"}).status_code == 403
