"""Rows for tests, as small as the work needs: a register of a few named persons, lists that other departments sent.

Nobody is real: identity numbers have the county code 440799, which no county has.
"""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

from tests.cast import COUNTY, VILLAGE, Cast

from yice.identifiers import sealing
from yice.identifiers.names import fold
from yice.loop.identify.models import (
    Batch,
    Certificate,
    Duplicate,
    Facts,
    Household,
    ListEntry,
    ListLink,
    ListReceipt,
    Person,
)
from yice.policy import services as policy
from yice.policy.models import InstalledPack, ScreeningRun
from yice.terms import clock

PACKS = Path(__file__).resolve().parents[1] / "packs"
JUNE = dt.date(2020, 6, 1)
HARDSHIP = ("subsistence", "low_income", "extreme_hardship")
PAYROLLS = ("living_subsidy", "nursing_subsidy")
TYPED = {
    "category", "grade", "parts", "certified", "certificate_status", "certificate_until", "rural", "employed",
    "school_stage",
}  # fmt: skip
SEVERE = {"category": "physical", "grade": 1, "certified": True, "certificate_status": "valid"}
_serial = itertools.count(1)


def citizen_id(birth: dt.date, serial: int) -> str:
    """A number of the test range with its check character."""
    body = f"440799{birth:%Y%m%d}{serial % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def batch(kind: str = "registry", source: str = "registry", as_of: dt.date = JUNE, **more: Any) -> Batch:
    return Batch.objects.create(
        kind=kind, source=source, as_of=as_of, state="committed", recorded_at=clock.now(),
        **{"area": COUNTY, **more},
    )  # fmt: skip


def person(
    name: str,
    *,
    birth: dt.date = dt.date(1970, 5, 1),
    hukou: str = VILLAGE,
    residence: str = "",
    household: Household | None = None,
    register: Batch | None = None,
    phone: str = "",
    **facts: Any,
) -> Person:
    """A person on the register with these facts; severe physical disability and a valid certificate unless told."""
    register = register or batch()
    number = citizen_id(birth, next(_serial))
    made = Person.objects.create(
        name=name, name_folded=fold(name), id_kind="citizen", sex="male", birth_date=birth,
        id_sealed=sealing.seal("id_number", number), id_index=sealing.index("id_number", number),
        phone_sealed=sealing.seal("phone", phone), phone_index=sealing.index("phone", phone),
        address_sealed=sealing.seal("address", "江海区江南街道某路 1 号"),
        hukou=hukou, residence=residence or hukou, household=household,
    )  # fmt: skip
    known = {**SEVERE, **facts}
    Facts.objects.create(
        person=made,
        batch=register,
        rest={name: value for name, value in known.items() if name not in TYPED},
        **{name: value for name, value in known.items() if name in TYPED},
    )
    if known.get("certified"):
        certificate = f"{number}{4}{known['grade']}"
        Certificate.objects.create(
            person=made, category=known["category"], grade=known["grade"], status="valid", batch=register,
            number_sealed=sealing.seal("certificate", certificate),
            number_index=sealing.index("certificate", certificate),
        )  # fmt: skip
    return made


def received(kind: str, *, area: str = COUNTY, month: dt.date = JUNE, whole: bool = True) -> Batch:
    """A department's list for a month, with nobody on it yet."""
    made = batch("list", f"list:{kind}", month, area=area, month=month, whole=whole)
    ListReceipt.objects.filter(kind=kind, area=area, month=month).update(current=False)
    ListReceipt.objects.create(
        batch=made, kind=kind, area=area, month=month, whole=whole, rows=0, matched=0, unmatched=0
    )
    return made


def on_list(
    of: Batch, who: Person, *, state: str = "same", how: str = "id_and_name", pay_kind: str = "",
    fen: int | None = None, **values: Any,
) -> ListLink:  # fmt: skip
    """A row of the list that is (or may be) this person's."""
    entry = ListEntry.objects.create(
        batch=of, kind=of.receipt.kind, month=of.receipt.month, row=next(_serial), name=who.name,
        name_folded=who.name_folded, id_index=who.id_index, pay_kind=pay_kind, amount_fen=fen, values=values,
    )  # fmt: skip
    return ListLink.objects.create(entry=entry, person=who, state=state, how=how)


def paid(of: Batch, who: Person, fen: int, *, pay_kind: str = "regular", state: str = "same") -> ListLink:
    return on_list(of, who, pay_kind=pay_kind, fen=fen, state=state)


def all_lists(month: dt.date = JUNE) -> dict[str, Batch]:
    """Every list that the two subsidies need, whole for the county."""
    return {kind: received(kind, month=month) for kind in (*HARDSHIP, *PAYROLLS)}


def doubled(kept: Person, other: Person, **more: Any) -> Duplicate:
    """Two on the register proposed as one person."""
    given = {
        "area": kept.hukou, "line": "entitlement", "pass_number": 3, "reason": "two_ids", "weight": 9.5,
        "levels": "1111110", "frequency": 0.0001, "evidence": 7, "rules": "1", "takes_away": False,
        "proposed_at": clock.now(), **more,
    }  # fmt: skip
    return Duplicate.objects.create(kept=kept, other=other, **given)


def jianghai() -> InstalledPack:
    return policy.install(actor=None, path=PACKS / "cn-440704-2016")


def screened(cast: Cast, *, as_of: dt.date | None = None, area: str = COUNTY) -> ScreeningRun:
    """The county screened with Jianghai's pack."""
    return policy.run_screening(actor=cast.he, pack=jianghai(), area=area, as_of=as_of)
