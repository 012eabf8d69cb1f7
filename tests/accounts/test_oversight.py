"""The audit administrator sees who reads much, at night, or whom many read; and never whom, nor why."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import COUNTY, STREET, VILLAGE, Cast
from tests.web.village import desk, text

from yice.accounts import access, oversight
from yice.accounts.models import User
from yice.audit.models import Event
from yice.audit.services import record
from yice.terms import clock

pytestmark = pytest.mark.django_db


def look(who: User, subject: uuid.UUID, times: int = 1) -> None:
    about = SimpleNamespace(uuid=subject, _meta=SimpleNamespace(label_lower="identify.person"))
    for _ in range(times):
        record(
            actor=who, code="person.unmasked", subject=about, values={"field": "电话", "reason": "林小禾的事"}
        )


def test_reading_out_of_the_ordinary_is_asked_about_and_tells_nothing_of_anybody(cast: Cast) -> None:
    him = uuid.uuid4()
    look(cast.liang, him, 32)
    for who in (cast.he, cast.luo, cast.pan):
        look(who, him)
    noon = clock.now().replace(hour=12)
    Event.objects.update(at=noon)
    Event.objects.filter(actor=cast.he, code="person.unmasked").update(
        at=noon.replace(hour=23) - dt.timedelta(days=1)
    )
    first = Event.objects.filter(actor=cast.liang, code="person.unmasked").order_by("id")[:8]
    for days, row in enumerate(first):
        Event.objects.filter(pk=row.pk).update(at=noon - dt.timedelta(days=days))
    said = [(one.who, str(one.what)) for one in oversight.unusual(cast.shen)]
    assert [who for who, what in said if "在 8 天里反复查看同一个人" in what] == ["梁经办"]
    assert ("何业务", "夜间查看 1 次") in said
    assert ("—", "同一个人被 4 名工作人员查看") in said
    assert any(who == "梁经办" and "一天查看 25 次" in what for who, what in said)
    page = text(desk(cast.shen).get("/oversight/", {"by": str(cast.liang.pk)}))
    assert "查看了完整的" in page and "林小禾" not in page and "电话" not in page and str(him) not in page
    # Of other areas, numbers whole, papers of restricted cases, emergencies; and knocking at the doors.
    case = SimpleNamespace(uuid=uuid.uuid4(), _meta=SimpleNamespace(label_lower="deliver.case"))
    for _ in range(11):
        about = SimpleNamespace(uuid=uuid.uuid4(), _meta=SimpleNamespace(label_lower="identify.person"))
        record(actor=cast.pan, code="person.unmasked", subject=about, area=COUNTY)
        record(actor=cast.he, code="person.opened", subject=about, area=VILLAGE)  # his own
    for _ in range(4):
        record(actor=cast.luo, code="case.file_read", subject=case, area=COUNTY)
    record(actor=cast.liang, code="glass.broken", area=STREET)
    for number in range(51):
        values = {"check": "password", "from": f"{number % 3}"}
        record(actor=None, code="account.sign_in_failed", values=values)
    said = {(one.who, str(one.what)) for one in oversight.unusual(cast.shen)}
    assert {
        ("潘业务", "一天查看 11 次不在自己区域的人"),
        ("潘业务", "一天查看 12 个完整号码"),
        ("罗民政", "一天查看 4 份受限办件的材料"),
        ("梁经办", "紧急查看 1 人"),
        ("—", "一天有 51 次登录没有通过，来自 3 处"),
    } <= said
    assert not any(who == "何业务" and "不在自己区域" in what for who, what in said)
    assert "昨天以来不寻常的查看" in text(desk(cast.shen).get("/"))
    assert "不寻常的查看" not in text(desk(cast.he).get("/"))
    for who in (cast.admin, cast.an, cast.he):
        with pytest.raises(access.Forbidden):
            oversight.unusual(who)


def test_the_database_counts_and_no_event_is_read_by_itself(cast: Cast) -> None:
    look(cast.liang, uuid.uuid4())
    with CaptureQueriesContext(connection) as queries:
        oversight.unusual(cast.shen)
    asked = [one["sql"] for one in queries if '"audit_event"' in one["sql"]]
    assert asked and all("GROUP BY" in one for one in asked)
