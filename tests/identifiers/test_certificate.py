"""Certificate numbers and what stands beside them. Chen Guiying: physical, grade two, number of nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yice.identifiers import certificate, citizen_id
from yice.identifiers.certificate import CATEGORIES, category_of, disagreements, grade_of, parse
from yice.terms.errors import Problem

CHEN_ID = "440799195811023527"
CHEN = CHEN_ID + "42"


def read(text: str) -> certificate.Certificate:
    return parse(text, allow_test_range=True)


def test_a_number_says_who_what_and_how_heavy() -> None:
    found = read(CHEN)
    assert (found.citizen.text, found.category, found.grade) == (CHEN_ID, "physical", 2)
    assert found.certified and found.replacement == 0


@pytest.mark.parametrize(("tail", "number", "times"), [("B1", "B1", 1), ("B", "B1", 1), ("b12", "B12", 12)])
def test_a_replacement_is_counted_and_a_plain_b_is_the_first(tail: str, number: str, times: int) -> None:
    found = read(CHEN + tail)
    assert (found.number, found.replacement) == (CHEN + number, times)


def test_an_id_alone_is_somebody_without_a_certificate() -> None:
    found = read(CHEN_ID)
    assert not found.certified
    assert found.category is None and found.grade is None


@pytest.mark.parametrize(
    "text", [CHEN_ID + "02", CHEN_ID + "82", CHEN_ID + "45", CHEN_ID + "4", CHEN + "B0", CHEN + "C1", ""]
)
def test_what_has_not_the_shape_is_refused(text: str) -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "certificate-shape"):
        read(text)


def test_a_failing_id_inside_is_refused_and_not_told() -> None:
    with pytest.raises(Problem, check=lambda problem: problem.code == "certificate-id") as refused:
        read("440799195811023528" + "42")
    assert "440799" not in str(refused.value)


def test_agreement_has_nothing_to_say() -> None:
    citizen = citizen_id.read(CHEN_ID, allow_test_range=True)
    assert disagreements(read(CHEN), id_number=citizen, category="physical", grade=2) == []
    assert disagreements(read(CHEN)) == []


def test_every_disagreement_is_told_at_once() -> None:
    other = citizen_id.read("440799196203157243", allow_test_range=True)
    found = disagreements(read(CHEN), id_number=other, category="visual", grade=3)
    assert [problem.code for problem in found] == [
        "certificate-other-id",
        "certificate-other-category",
        "certificate-other-grade",
    ]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("肢体", "physical"),
        ("肢体残疾", "physical"),
        ("视力一级", "visual"),
        (4, "physical"),
        ("7", "multiple"),
        ("多重（视力、肢体）", "multiple"),
        ("听力、言语", "multiple"),
        ("", None),
        ("无", None),
        (None, None),
    ],
)
def test_a_category_is_read_from_a_cell(cell: str | int | None, code: str | None) -> None:
    assert category_of(cell) == code


@pytest.mark.parametrize(
    ("cell", "grade"),
    [
        ("二级", 2),
        ("2级", 2),
        ("Ⅱ级", 2),
        ("２", 2),
        (2, 2),
        ("肢体二级", 2),
        ("残疾二级", 2),
        ("叁级", 3),
        ("9", None),
        ("未评级", None),
        (None, None),
        ("5", None),
    ],
)
def test_a_grade_is_read_from_a_cell(cell: str | int | None, grade: int | None) -> None:
    assert grade_of(cell) == grade


@given(st.sampled_from(CATEGORIES), st.integers(1, 4), st.integers(0, 99))
def test_what_is_written_reads_back(category: str, grade: int, times: int) -> None:
    number = f"{CHEN_ID}{CATEGORIES.index(category) + 1}{grade}{f'B{times}' if times else ''}"
    found = read(number.lower())
    assert (found.number, found.category, found.grade, found.replacement) == (number, category, grade, times)


@given(st.text(max_size=26))
def test_no_text_makes_it_fall_over(text: str) -> None:
    try:
        read(text)
    except Problem as problem:
        assert problem.fix is not None
    category_of(text)
    grade_of(text)
