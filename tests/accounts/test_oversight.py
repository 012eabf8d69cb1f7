"""The audit administrator sees who reads much, at night, or whom many read; and never whom, nor why."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace

import pytest
from tests.cast import Cast
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
    for who in (cast.admin, cast.an, cast.he):
        with pytest.raises(access.Forbidden):
            oversight.unusual(who)
