"""No page lets a number or a birth date be read or rebuilt, and no address carries one; who must see one says why."""

from __future__ import annotations

import re

import pytest
from tests.cast import Cast
from tests.web.village import Village, desk, errors_of, settle, text

from yice.audit.models import Event
from yice.audit.sentences import opened

UUID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)  # one in a few hundred ends in eleven digits


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def pages(village: Village) -> list[str]:
    person = f"/person/{village.lin.uuid}/"
    parts = [f"{person}{name}/" for name in ("work", "why", "facts", "log", "ask", "whole/phone")]
    return ["/", "/worklist/", *parts, f"/finding/{village.gap.uuid}/", f"{person}correct/grade/"]


@pytest.mark.parametrize("who", ["chen", "liang", "he", "luo"])
def test_nothing_on_a_page_rebuilds_an_identity(village: Village, who: str) -> None:
    client = desk(getattr(village.cast, who))
    number, phone = village.lin.id_number, village.lin.phone
    for address in pages(village):
        page = text(client.get(address, follow=True))
        assert number not in page and number[6:14] not in page and phone not in page
        assert "1970-05-01" not in page and "1970年5月1日" not in page
        assert not re.search(r'href="[^"]*\d{11}', UUID.sub("", page))


def test_masks_leave_three_and_one(village: Village) -> None:
    page = text(desk(village.cast.liang).get(f"/person/{village.lin.uuid}/facts/"))
    number = village.lin.id_number
    assert f"{number[:3]}{'*' * 14}{number[-1]}" in page and "1970 年" in page


def test_seen_whole_once_with_the_reason_written_down(village: Village) -> None:
    address = f"/person/{village.lin.uuid}/whole/phone/"
    client = desk(village.cast.liang)
    answer = client.post(address, {"reason": "电话联系办理补贴"})
    assert village.lin.phone in text(answer) and answer["Cache-Control"] == "no-store"
    event = Event.objects.get(code="person.unmasked")
    assert opened(event.values["reason"]) == "电话联系办理补贴" and village.lin.phone not in str(event.values)
    assert village.lin.phone not in text(client.get(address))


@pytest.mark.parametrize("reason", ["", "看", "   "])
def test_without_a_reason_nothing_is_shown(village: Village, reason: str) -> None:
    answer = desk(village.cast.liang).post(f"/person/{village.lin.uuid}/whole/phone/", {"reason": reason})
    assert answer.status_code == 422 and errors_of(answer) and village.lin.phone not in text(answer)
    assert not Event.objects.filter(code="person.unmasked").exists()


def test_a_commissioner_is_offered_no_whole_number(village: Village) -> None:
    client = desk(village.cast.chen)
    assert "/whole/" not in text(client.get(f"/person/{village.lin.uuid}/facts/"))
    refused = client.post(f"/person/{village.lin.uuid}/whole/phone/", {"reason": "电话联系办理补贴"})
    assert refused.status_code == 403 and village.lin.phone not in text(refused)
