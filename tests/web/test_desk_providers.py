"""The network of providers: applied, judged by the plan's conditions, admitted for a time, suspended, ended; each with why."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from tests import factories as make
from tests.cast import COUNTY, Cast
from tests.loop.deliver.walking import staff
from tests.web.test_desk_case_work import days, post
from tests.web.test_desk_cases import signed_in

from yice.accounts.enums import Role
from yice.audit.models import Event
from yice.network import providers
from yice.network.models import Entry, Of, Provider, Register
from yice.rules.pack.loader import load_pack
from yice.terms import clock
from yice.terms.errors import Problems

pytestmark = pytest.mark.django_db


def test_a_provider_is_admitted_suspended_and_ended_on_its_page_with_dates_and_reasons(cast: Cast) -> None:
    make.jianghai()
    he, worker = signed_in(cast.he), staff("an2", "安护理", Role.PROVIDER)
    status, text = post(he, "/network/providers/", area=COUNTY, name="", kind="", services=[])
    assert status == 422 and text.count("govuk-error-message") == 2  # name and services at once
    given = {
        "area": COUNTY,
        "name": "安居服务中心",
        "kind": "",
        "services": ["home_teaching"],
        "capacity": "2",
    }
    assert post(he, "/network/providers/", **given)[0] == 302
    assert "已经申请过" in post(he, "/network/providers/", **given)[1]
    row = Provider.objects.get()
    address = reverse("desk:provider", args=[row.uuid])
    assert post(he, address, act="admit")[0] == 422  # until when?
    stale = {
        "version": str(row.version),
        **days("since", clock.today()),
        **days("until", dt.date(2021, 6, 30)),
    }
    assert post(he, address, act="admit", **stale)[0] == 302
    status, text = post(he, address, act="suspend", note="投诉待查", version=str(row.version))
    assert status == 422 and "已经有了变化" in text and "投诉待查" in text
    assert post(he, address, act="suspend", note="")[0] == 422
    assert post(he, address, act="suspend", note="投诉待查")[0] == 302
    assert [one.name for one in providers.orderable(COUNTY, "home_teaching")] == []
    assert post(he, address, act="admit", **{**stale, "version": "2"})[0] == 302
    assert [one.name for one in providers.orderable(COUNTY, "home_teaching")] == ["安居服务中心"]
    assert post(he, address, act="attach", user=worker.pk)[0] == 302
    assert providers.of(worker) == row
    assert post(he, address, act="end", note="协议到期不续")[0] == 302
    text = he.get(address).content.decode()
    assert "投诉待查" in text and "协议到期不续" in text and "安护理" in text
    assert signed_in(cast.tan).get(address).status_code == 403
    assert signed_in(cast.pan).get(address).status_code == 404
    moved = Event.objects.filter(code="provider.moved").order_by("id")
    assert [one.values["state"] for one in moved] == ["申请中", "已准入", "暂停派单", "已准入", "已退出"]


def test_the_plans_conditions_are_judged_by_the_register_and_what_it_does_not_say_is_written_down(
    cast: Cast,
) -> None:
    plan = load_pack(make.PACKS / "cn-43-2016")
    row = providers.apply(
        actor=cast.he, name="阳光托养中心", area=COUNTY, kind="", services=["sunshine_care"]
    )
    groups = plan.services["sunshine_care"].providers or ()
    assert groups == ("HN-3.2.13", "HN-3.4.7.passed")
    when = {"since": clock.today(), "until": dt.date(2021, 6, 30), "capacity": None}

    def admitted(note: str = "") -> Provider:
        decided = providers.judge(plan, row, groups)
        return providers.admit(
            actor=cast.he, provider=row, version=row.version, note=note, decided=decided, **when
        )

    assert providers.judge(plan, row, groups) is None
    with pytest.raises(Problems, match="名册上看不出来"):
        admitted()
    register = Register.objects.create(
        of=Of.ORGANISATION,
        area=COUNTY,
        as_of=clock.today(),
        rows=1,
        received_at=clock.now(),
        received_by=cast.he,
    )
    entry = Entry.objects.create(
        register=register, of=Of.ORGANISATION, name="阳光托养中心", area=COUNTY, valid_from=clock.today(),
        facts={"capability_met": True, "standards_met": False},
    )  # fmt: skip
    fit = {"capability_met": True, "standards_met": True, "stars": 2}
    for facts in (entry.facts, {**fit, "course_passed": False}):
        Entry.objects.filter(pk=entry.pk).update(facts=facts)
        with pytest.raises(Problems, match="不符合政策包规定的准入条件"):
            admitted("领导同意")
    Entry.objects.filter(pk=entry.pk).update(facts=fit)
    with pytest.raises(Problems, match="名册上看不出来"):
        admitted()
    Entry.objects.filter(pk=entry.pk).update(facts={**fit, "course_passed": True})
    assert admitted().state == "admitted"
