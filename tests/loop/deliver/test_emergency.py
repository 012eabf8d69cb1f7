"""Break the glass: three hours, a reason, the supervisor told, reviewed by another; and nothing but reading."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone
from tests.web.village import Village, desk, settle, text

from yice.accounts import access, glass
from yice.accounts.models import Glass
from yice.audit.models import Event
from yice.loop.deliver import emergency
from yice.loop.identify.models import Guardian
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
WHY = "在街道大厅突发疾病，急需找到家里人"


@pytest.fixture
def village(cast: object) -> Village:
    return settle(cast)  # type: ignore[arg-type]


def test_somebody_out_of_reach_is_opened_for_three_hours_and_the_supervisor_judges_it(
    village: Village,
) -> None:
    cast, lin = village.cast, village.lin
    pan, tan = desk(cast.pan), desk(cast.tan)  # of the county next door
    assert pan.get(f"/person/{lin.uuid}/").status_code == 404
    assert pan.post("/emergency/", {"number": lin.id_number, "reason": "想看看"}).status_code == 422
    opened = pan.post("/emergency/", {"number": lin.id_number, "reason": WHY})
    assert lin.id_number not in opened["Location"]
    page = text(pan.get(opened["Location"]))
    assert lin.name in page and lin.phone in page and lin.id_number not in page
    assert pan.get(f"/person/{lin.uuid}/").status_code == 404  # only this, only to read
    assert desk(cast.tan).get(opened["Location"]).status_code == 404  # only the one who asked
    assert "等我复核的紧急查看" in text(tan.get("/")) and WHY in text(tan.get("/emergency/"))
    assert WHY not in text(desk(cast.he).get("/emergency/"))  # another county's supervisor
    held = Glass.objects.get()
    assert held.until - held.opened_at == dt.timedelta(hours=3)
    assert (
        pan.post("/emergency/", {"glass": str(held.uuid), "note": "可以", "justified": "1"}).status_code
        == 422
    )
    assert tan.post("/emergency/", {"glass": str(held.uuid), "note": "", "justified": "1"}).status_code == 422
    tan.post("/emergency/", {"glass": str(held.uuid), "note": "已联系监护人", "justified": "1"})
    held.refresh_from_db()
    assert (held.justified, held.reviewed_by) == (True, cast.tan)
    kept = Glass.objects.values_list(Cast("reason", TextField()), Cast("note", TextField())).get()
    assert not {WHY, "已联系监护人"} & set(kept) and (held.reason, held.note) == (WHY, "已联系监护人")
    said = list(
        Event.objects.filter(code__startswith="glass").order_by("id").values_list("code", "subject_id")
    )
    assert said == [("glass.broken", None), ("glass.looked", lin.uuid), ("glass.justified", None)]
    Glass.objects.update(until=timezone.now())
    assert pan.get(opened["Location"]).status_code == 404


def test_it_is_no_way_to_look_around(village: Village) -> None:
    cast, lin = village.cast, village.lin
    with pytest.raises(Problem, match="没有这个证件号"):
        emergency.ask(actor=cast.pan, number="440799200001010000", reason=WHY)
    assert Event.objects.filter(code="glass.nobody").count() == 1  # asking is written down as well
    for _ in range(glass.A_DAY):
        emergency.ask(actor=cast.pan, number=lin.id_number, reason=WHY)
    with pytest.raises(Problem, match="一天最多"):
        emergency.ask(actor=cast.pan, number=lin.id_number, reason=WHY)
    for who in (cast.sheng, cast.admin, cast.an, cast.shen, cast.nobody, cast.chen):
        with pytest.raises(access.Forbidden):
            emergency.ask(actor=who, number=lin.id_number, reason=WHY)


def test_nobody_judges_the_look_at_their_own_kin(village: Village) -> None:
    cast, lin = village.cast, village.lin
    held = emergency.ask(actor=cast.pan, number=lin.id_number, reason=WHY)
    kin = Guardian.objects.create(person=lin, name=cast.tan.name)
    said = {"glass": str(held.uuid), "note": "已联系监护人", "justified": "1"}
    assert desk(cast.tan).post("/emergency/", said).status_code == 422
    held.refresh_from_db()
    assert held.reviewed_by is None
    kin.delete()
    desk(cast.tan).post("/emergency/", said)
    held.refresh_from_db()
    assert held.reviewed_by == cast.tan
