"""A payment in error on its page: told and heard first, death excepted, month and sum where they belong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.cast import Cast
from tests.web.village import Village, day, desk, errors_of, month, settle, text

from yice.loop.identify.models import Finding, Outcome

TOLD, HEARD, JULY = dt.date(2020, 6, 20), dt.date(2020, 6, 25), dt.date(2020, 7, 1)


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def send(village: Village, finding: Finding, code: str, who: str = "luo", **more: Any) -> Any:
    finding.refresh_from_db()
    data = {"version": finding.version, "code": code, **more}
    return desk(getattr(village.cast, who)).post(f"/finding/{finding.uuid}/", data)


def test_told_and_heard_then_stopped_then_asked_back(village: Village) -> None:
    leak = village.leak(village.zhou)
    assert (
        send(village, leak, "told_and_heard", **day("told_on", TOLD), **day("heard_on", HEARD)).status_code
        == 302
    )
    page = text(desk(village.cast.luo).get(f"/finding/{leak.uuid}/"))
    assert "2020年6月25日" in page and 'name="told_on_0"' not in page
    assert send(village, leak, "stopped", **month("month", JULY)).status_code == 302
    assert send(village, leak, "recover", sum_fen="440").status_code == 302
    leak.refresh_from_db()
    assert leak.state == "provisional" and Outcome.objects.latest("id").sum_fen == 44000


def test_everything_missing_is_said_at_once(village: Village) -> None:
    wrong = send(village, village.leak(village.zhou), "stopped", note="已电话通知")
    said = errors_of(wrong)
    assert "请填写从哪个月起" in said and "先告知本人并听取意见" in said and "已电话通知" in text(wrong)


def test_a_day_that_cannot_be_read_hides_nothing_else(village: Village) -> None:
    bad = {"told_on_0": "2020", "told_on_1": "13", "told_on_2": "1"}
    said = errors_of(send(village, village.leak(village.zhou), "told_and_heard", **bad))
    assert "请填写听取意见的日期" in said and said.count("<li>") == 2


@pytest.mark.parametrize("on", [dt.date(2020, 7, 1), dt.date(2020, 6, 19)])
def test_days_must_be_possible(village: Village, on: dt.date) -> None:
    wrong = send(
        village, village.leak(village.zhou), "told_and_heard", **day("told_on", TOLD), **day("heard_on", on)
    )
    assert wrong.status_code == 422 and not Outcome.objects.exists()


def test_the_dead_need_no_hearing(village: Village) -> None:
    assert send(village, village.leak(village.wu), "stopped", **month("month", JULY)).status_code == 302


def test_kept_needs_nothing_more(village: Village) -> None:
    leak = village.leak(village.zhou)
    assert send(village, leak, "kept", note="名单有误").status_code == 302
    leak.refresh_from_db()
    assert leak.state == "closed"


@pytest.mark.parametrize("who", ["chen", "liang", "he"])
def test_no_village_nor_federation_settles_it(village: Village, who: str) -> None:
    answer = send(village, village.leak(village.zhou), "kept", who=who)
    assert answer.status_code in (404, 422) and not Outcome.objects.exists()
