"""Who is seen and why: what is due or promised first, in the order of the way; a visit does the follow-up of a plan."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import factories as make
from tests.cast import Cast

from yice.identifiers import sealing
from yice.loop.identify import selectors, services
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Person
from yice.loop.identify.services import Said
from yice.loop.identify.services.needs import record_need
from yice.loop.identify.services.visits import way
from yice.loop.identify.services.visits_images import picture
from yice.loop.plan.enums import Signer
from yice.loop.plan.models import HelpPlan, PlanVersion, Review
from yice.loop.plan.services import MeasureLine, sign_plan, write_plan
from yice.terms import clock
from yice.terms.errors import Problem

TODAY = dt.date(2020, 6, 30)


def lives(who: Person, address: str) -> Person:
    who.address_sealed = sealing.seal("address", address)
    who.save()
    return who


@pytest.fixture
def village(cast: Cast) -> Cast:
    """Nobody has a finding: whoever is on the list is there for another reason."""
    for name, address in (
        ("林小禾", "江南村十组 3 号"),
        ("周大山", "江南村二组 12 号"),
        ("吴静", "江南村二组 9 号"),
    ):
        lives(make.person(name, certified=False), address)
    return cast


def named(name: str) -> Person:
    return Person.objects.get(name=name)


def signed(cast: Cast, who: Person) -> HelpPlan:
    line = MeasureLine(
        kind="care", what="每周上门一次", department="federation@county", responsible_name="江南街道",
        result="有人照料", by=TODAY + dt.timedelta(days=90),
    )  # fmt: skip
    plan = write_plan(actor=cast.liang, person=who, measures=[line], goal="在家生活", key="plan").plan
    plan = sign_plan(actor=cast.liang, plan=plan, version=plan.version, signed_as=Signer.PERSON)
    HelpPlan.objects.filter(pk=plan.pk).update(review_on=TODAY)
    return plan


def test_every_reason_brings_somebody_onto_the_list_in_the_order_of_the_way(
    village: Cast, clock_at: Callable[[str], None]
) -> None:
    signed(village, named("林小禾"))
    record_need(actor=village.chen, person=named("周大山"), kind="device", channel=Channel.WINDOW, key="n")
    early = services.make_visit_list(actor=village.chen, day=TODAY)
    rows = selectors.visit_list(village.chen, early.uuid).rows
    assert [row.name for row in rows] == ["周大山", "林小禾"], "二组 before 十组"
    assert "需求待答复：辅助器具" in rows[0].reasons and "帮扶方案到期回访" in rows[1].reasons[0]

    said = Said({"result": "met", "note": "在家", "next_on": "2020-07-03"})
    visit = early.visits.get(person=named("周大山"))
    services.record_visit(actor=village.chen, visit=visit, said=said, version=0, key="v")
    clock_at("2020-07-03")
    later = services.make_visit_list(actor=village.chen, day=clock.today())
    row = next(row for row in selectors.visit_list(village.chen, later.uuid).rows if row.name == "周大山")
    assert "上次约定 2020-07-03 再来" in row.reasons and row.last is not None and row.last.note == "在家"


def test_a_visit_is_the_follow_up_of_the_plan(village: Cast) -> None:
    plan = signed(village, named("林小禾"))
    visit = services.make_visit_list(actor=village.chen, day=TODAY).visits.get()
    said = Said({"result": "unchanged", "next_on": "2020-09-30"})
    for _ in range(2):
        services.record_visit(actor=village.chen, visit=visit, said=said, version=0, key="v")
    assert Review.objects.get(plan=plan).effect == "见到了，情况没有变化"
    plan.refresh_from_db()
    assert plan.review_on == dt.date(2020, 9, 30) and PlanVersion.objects.count() == 1


def test_where_the_address_may_not_be_read_it_orders_nothing(village: Cast) -> None:
    for name in ("周大山", "吴静", "林小禾"):
        record_need(actor=village.chen, person=named(name), kind="device", channel=Channel.WINDOW, key=name)
    made = services.make_visit_list(actor=village.chen, day=TODAY)
    assert [one.person.name for one in made.visits.order_by("position")] == ["吴静", "周大山", "林小禾"]
    assert "9 号" not in str(selectors.visit_list(village.chen, made.uuid).rows)


@given(st.integers(1, 99), st.integers(1, 99))
def test_houses_come_in_the_order_of_their_numbers(one: int, other: int) -> None:
    assert (way(f"江南村{one} 号") < way(f"江南村{other} 号")) == (one < other)
    assert (way(f"{chinese(one)}组") < way(f"{chinese(other)}组")) == (one < other)


def chinese(n: int) -> str:
    tens, ones = divmod(n, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{'零一二三四五六七八九'[tens]}十"
    return ten + ("零一二三四五六七八九"[ones] if ones else "")


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(data) + 2).to_bytes(2, "big") + data


FRAME = segment(0xC0, b"\x08\x00\x10\x00\x10\x01\x01\x11\x00")
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
JPEG = (
    b"\xff\xd8"
    + segment(0xE1, b"Exif GPS 22.57N")
    + FRAME
    + segment(0xFE, b"by a telephone")
    + SCAN
    + b"\xff\xd9"
)
HEAD = chunk(b"IHDR", (16).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00")
PNG = b"\x89PNG\r\n\x1a\n" + HEAD + chunk(b"eXIf", b"GPS 22.57N") + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


def test_a_photograph_keeps_nothing_of_where_and_when() -> None:
    for data in (JPEG + b"a short film", PNG + b"more"):
        kept = picture("photo", data, "photos").data
        assert b"GPS" not in kept and b"telephone" not in kept and b"film" not in kept and b"more" not in kept
        assert picture("photo", kept, "photos").data == kept and len(kept) > 30


@given(st.binary(max_size=80), st.integers(0, 3))
def test_what_is_no_whole_picture_is_refused_and_never_a_fault(noise: bytes, head: int) -> None:
    data = (b"", b"\xff\xd8", PNG[:8], JPEG[:30])[head] + noise
    try:
        picture("photo", data, "photos")
    except Problem as problem:
        assert problem.field == "photos" and problem.code in ("image-kind", "image-damaged")


def test_too_large_a_photograph_is_said_with_its_size() -> None:
    with pytest.raises(Problem, match="最多 4 MB"):
        picture("photo", b"\xff\xd8" + bytes(5 * 1024 * 1024), "photos")
