"""Lists of relief, insurance, school and health go in under their agreements and are compared with the register."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests import factories as make
from tests.cast import COUNTY, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.exchange.agreements import asking, services
from yice.exchange.models import Doubt
from yice.policy import selectors as policy

pytestmark = pytest.mark.django_db
JUNE = dt.date(2020, 6, 1)
SLOTS = {"shared_01": "subsistence", "shared_06": "medical_insurance", "shared_08": "school_roll", "shared_11": "deaths_health"}  # fmt: skip


def test_each_list_is_compared_and_what_differs_is_a_list_to_act_on(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    make.jianghai()
    people.bring_in(cast.he, tmp_path, people.everybody())
    installed = policy.pack_for(COUNTY)
    assert installed is not None
    slots = policy.plan(installed).slots
    for slot, kind in SLOTS.items():
        assert slots[slot].list == kind
        agreement = services.agree(
            actor=cast.luo,
            area=COUNTY,
            slot=slot,
            said={
                "kind": kind, "title": kind, "sender": "来表单位", "contact": "", "basis": "数据共享约定", "every": "month",
                "due_days": 10, "since": JUNE, "until": None, "keeps": "姓名、证件号（加密）", "keep_months": 12,
            },
        )  # fmt: skip
        day = {"死亡日期": "2020-05-20"} if kind == "deaths_health" else {}
        rows = [
            {"姓名": "林小禾", "身份证号": people.LIN, **day},
            {"姓名": "周大山", "身份证号": people.ZHOU[:12] + people.ZHOU[13] + people.ZHOU[12] + people.ZHOU[14:], **day},
            {"姓名": "欧阳建国", "身份证号": people.OUYANG, **day},
            {"姓名": "外人", "身份证号": people.id_number("19610405", 7), **day},
        ]  # fmt: skip
        batch = people.bring_in(cast.luo, tmp_path, rows, kind, month=JUNE)
        found = {name: batch.counts[name] for name in ("matched", "possible", "unmatched")}
        assert found == {"matched": 2, "possible": 1, "unmatched": 1}, kind
        asking.look_for_doubts(actor=cast.luo, agreement=agreement)
        why = {one.entry.name: one.why for one in Doubt.objects.filter(agreement=agreement)}
        assert "id_check" in why["周大山"] and "other_name" in why["欧阳建国"]
