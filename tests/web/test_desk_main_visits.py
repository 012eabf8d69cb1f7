"""The day's visits on the page: made, shown for the paper, typed back in the order printed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.cast import Cast
from tests.web.village import Village, day, desk, errors_of, settle, text

from yice.loop.identify.models import Answer, Visit, VisitList
from yice.loop.identify.selectors import visit_list

TODAY = dt.date(2020, 6, 30)


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


def make(village: Village, on: dt.date = TODAY, size: str = "12") -> Any:
    return desk(village.cast.chen).post("/visits/", {"size": size, **day("day", on)})


def typed(village: Village, **more: Any) -> Any:
    """Send the list back with one line filled in: the household of 欧阳明."""
    today = VisitList.objects.get()
    rows = visit_list(village.cast.chen, today.uuid).rows
    at = next(row for row in rows if row.name == "欧阳明")
    data = {f"r{row.position}-seen": row.seen for row in rows}
    line = {name.replace("N", str(at.position), 1): value for name, value in more.items()}
    return desk(village.cast.chen).post(f"/visits/{today.uuid}/typed/", {**data, **line})


def test_a_list_is_made_once_a_day(village: Village) -> None:
    first, again = make(village), make(village)
    assert first.status_code == 302 and first["Location"] == again["Location"]
    page = text(desk(village.cast.chen).get(first["Location"]))
    assert "林小禾" in page and "欧阳明" in page and "周大山" not in page
    assert 'class="y-visit"' in page and "□" in page


@pytest.mark.parametrize(
    ("on", "size", "said"),
    [
        (dt.date(2020, 6, 29), "12", "不能早于今天"),
        (dt.date(2020, 7, 20), "12", ""),
        (TODAY, "0", "1 到 20"),
        (TODAY, "很多", "1 到 20"),
    ],
)
def test_a_day_or_number_that_makes_no_sense_is_said(
    village: Village, on: dt.date, size: str, said: str
) -> None:
    answer = make(village, on, size)
    assert answer.status_code == 422 and said in errors_of(answer) and not VisitList.objects.exists()


def test_typed_back_with_its_answers(village: Village) -> None:
    make(village)
    data = {"rN-result": "met", "rN-note": "在家", "qN-assets_within_limit": "false"}
    assert typed(village, **data).status_code == 302
    assert typed(village, **data).status_code in (302, 422)
    assert Answer.objects.get().value is False
    assert Visit.objects.get(person=village.ouyang).note == "在家"


def test_an_answer_without_a_result_is_pointed_out_and_nothing_is_taken(village: Village) -> None:
    make(village)
    wrong = typed(village, **{"qN-assets_within_limit": "false", "rN-note": "在家"})
    assert (
        wrong.status_code == 422 and "欧阳明" in errors_of(wrong) and "还没有选择走访结果" in errors_of(wrong)
    )
    assert 'value="在家"' in text(wrong) and not Answer.objects.exists()


def test_a_wrong_sum_is_said_with_the_household_it_is_about(village: Village) -> None:
    make(village)
    wrong = typed(village, **{"rN-result": "met", "qN-income_pc_month": "很多"})
    assert "欧阳明" in errors_of(wrong) and 'value="很多"' in text(wrong)
    assert not Visit.objects.filter(typed_at__isnull=False).exists()


def test_nothing_typed_is_said(village: Village) -> None:
    make(village)
    answer = typed(village)
    assert answer.status_code == 302 and not Visit.objects.filter(typed_at__isnull=False).exists()
