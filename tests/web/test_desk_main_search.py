"""Finding a person: by the beginning of a name or a whole number, in reach only, the number never in an address."""

from __future__ import annotations

import pytest
from tests.cast import Cast
from tests.web.village import Village, desk, errors_of, settle, text

from yice.audit.models import Event


@pytest.fixture
def village(cast: Cast) -> Village:
    return settle(cast)


@pytest.mark.parametrize("by", ["林", "number", "phone", "certificate"])
def test_a_name_or_a_whole_number_finds_them(village: Village, by: str) -> None:
    certificate = village.lin.certificates.get().number
    sought = {"number": village.lin.id_number, "phone": village.lin.phone, "certificate": certificate}.get(
        by, by
    )
    page = text(desk(village.cast.chen).post("/search/", {"text": sought}))
    assert f"/person/{village.lin.uuid}/" in page and "找到 1 人" in page
    told = Event.objects.get(code="person.searched")  # how it was sought, never what for
    assert told.values == {"by": "name" if by == "林" else "number", "found": 1} and told.area


def test_an_address_is_not_searched(village: Village) -> None:
    page = text(desk(village.cast.chen).get("/search/", {"text": village.lin.name}))
    assert village.lin.name not in page


@pytest.mark.parametrize("who", ["zhou", "pan", "tan"])
def test_nobody_outside_is_found(village: Village, who: str) -> None:
    page = text(desk(getattr(village.cast, who)).post("/search/", {"text": village.lin.id_number}))
    assert "没有找到" in page and str(village.lin.uuid) not in page


def test_nothing_typed_is_said(village: Village) -> None:
    answer = desk(village.cast.chen).post("/search/", {"text": " "})
    assert answer.status_code == 422 and errors_of(answer)
