"""Of a few open rows only whom they may be is opened; what is found is what the whole register would have given."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from tests.cast import COUNTY, NEXT_VILLAGE, VILLAGE, Cast
from tests.exchange import import_cast as people

from yice.accounts.services import install
from yice.loop.identify.models import ListEntry, Person
from yice.loop.identify.pairing import propose, register, tables
from yice.loop.identify.pairing.carrying import Delivery
from yice.loop.identify.pairing.standing import standing_of

pytestmark = pytest.mark.django_db


def damaged(row: dict[str, Any], how: int) -> dict[str, Any]:
    """The row as somebody else wrote it down."""
    number = row["身份证号"]
    wrong = f"{number[:9]}{(int(number[9]) + 1) % 10}{number[10:]}"
    return (
        row
        | [
            {"身份证号": ""},
            {"身份证号": wrong},
            {"身份证号": wrong, "姓名": row["姓名"][:-1] + "君"},
            {"身份证号": number[:15] + "000"},
            {"身份证号": number[:8] + number[9:]},
            {"身份证号": "", "姓名": row["姓名"].replace("英", "瑛")},
            {"身份证号": "", "出生日期": "", "住址": ""},
            {"身份证号": "", "户籍区划": NEXT_VILLAGE},
            {"姓名": "另一人"},
            {"身份证号": people.id_number(number[6:14], 998)},
        ][how % 10]
    )


def test_whom_a_row_may_be_is_found_without_opening_the_rest(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(demo=True)
    chance = random.Random(4)  # noqa: S311 - made-up people
    register_rows, listed = [], []
    for at in range(100):
        name = chance.choice("王李张刘陈") + chance.choice("秀桂玉建国") + chance.choice("英兰芳明山")
        birth = dt.date(1950, 1, 1) + dt.timedelta(days=chance.randrange(40) * 300)
        number = people.id_number(f"{birth:%Y%m%d}", 2 * at + 3)
        known = {"phone": f"111{at // 2:08d}", "hukou": chance.choice((VILLAGE, NEXT_VILLAGE))}
        register_rows.append(
            people.lin(name=name, id_number=number, certificate_number=f"{number}43", household_number="", address=f"东村{at}号", **known)
        )  # fmt: skip
        row = {
            "姓名": name,
            "身份证号": number,
            "出生日期": birth.isoformat(),
            "性别": "男",
            "户籍区划": known["hukou"],
        }
        listed.append(
            damaged(row | {"联系电话": known["phone"] if at % 3 else "", "住址": f"东村{at}号"}, at)
        )
    people.bring_in(cast.he, tmp_path, register_rows)
    people.bring_in(cast.luo, tmp_path, listed, "subsistence", month=dt.date(2020, 6, 1))

    entries = list(ListEntry.objects.only(*tables.ENTRY).order_by("id"))
    found = []
    for few in (10**6, 0):
        monkeypatch.setattr(register, "FEW", few)
        for at in range(0, 100, 10):  # few at once, lest whom the other rows need is there by chance
            some = {one.pk: one for one in entries[at : at + 10]}
            asked = Delivery(
                "subsistence",
                COUNTY,
                True,
                dict.fromkeys(some),
                lambda keys, some=some: [some[key] for key in keys],
            )
            sides = propose._compared(asked, list(some), standing_of("subsistence", COUNTY))
            assert sides is not None or few == 0
            got = [] if sides is None else [
                (int(row), sides.persons[ours].pk, int(decision), round(float(weight), 6))
                for row, ours, decision, weight in zip(sides.found.list_row, sides.found.registry_row, sides.found.decision, sides.found.weight, strict=True)
            ]  # fmt: skip
            found.append((few, got, 0 if sides is None else len(sides.persons)))
    whole, narrow = ([one[1] for one in found if one[0] == few] for few in (10**6, 0))
    assert narrow == whole and sum(map(len, whole)) > 60
    assert max(one[2] for one in found if one[0] == 0) < Person.objects.count() / 2
