"""Random rules and random people for the tests of the kernel, over the facts of the little plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from tests.rules.little_plan import CATEGORIES

DATES = st.dates(dt.date(1930, 1, 1), dt.date(2030, 12, 31)) | st.sampled_from(
    [
        dt.date(2004, 2, 29),
        dt.date(2004, 2, 28),
        dt.date(2004, 3, 1),
        dt.date(1960, 6, 30),
        dt.date(1960, 7, 1),
    ]
)
NUMBERS = st.integers(-5, 5) | st.sampled_from([100_000, 2**62, -(2**62), 99_999])

_dates = st.sampled_from(["birth_date", "certificate_until", "as_of"]) | DATES.map(lambda d: f'"{d}"')
_date_facts = st.sampled_from(["birth_date", "certificate_until", "as_of"])


def _ints(bools: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    leaves = st.sampled_from(
        ["grade", "income_pc_month", "paid.nursing", "age_on(as_of)", "age_on(certificate_until)"]
    ) | NUMBERS.map(lambda n: str(n) if n >= 0 else f"(-{-n})")
    days = st.builds("days_between({}, {})".format, _date_facts, _date_facts)
    return st.recursive(
        leaves | days,
        lambda inner: (
            st.builds("({} {} {})".format, inner, st.sampled_from(list("+-*/%")), inner)
            | st.builds("({} ? {} : {})".format, bools, inner, inner)
        ),
        max_leaves=4,
    )


_order = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_same = st.sampled_from(["==", "!="])
_code = st.sampled_from(CATEGORIES)
_flags = st.sampled_from(
    ["employed", "needs_personal_care", "work_injury_care_pay", "receives.nursing", "deceased"]
)
_atoms = (
    _flags
    | st.builds('category {} "{}"'.format, _same, _code)
    | st.lists(_code, min_size=1, max_size=4).map(lambda codes: f"category in {codes}".replace("'", '"'))
    | st.sampled_from(["major", "rare", "severe_mental"]).map(lambda code: f'"{code}" in illness')
    | st.lists(st.integers(1, 4), min_size=1, max_size=3).map(lambda grades: f"grade in {grades}")
    | st.builds("{} {} {}".format, _date_facts, _order, _dates)
    | st.builds("age_on(as_of) {} {}".format, _order, st.integers(-1, 90))
    | st.sampled_from(["44", "4407", "440704", "440704001"]).map(lambda area: f'in_area(hukou, "{area}")')
    | st.sampled_from(['uninsured_reason == "忘了"', 'uninsured_reason != "没钱"'])
)
_flat = st.builds("{} {} {}".format, _ints(_atoms), _order, _ints(_atoms))
RULES = st.recursive(
    _atoms | _flat,
    lambda inner: (
        st.builds("({} && {})".format, inner, inner)
        | st.builds("({} || {})".format, inner, inner)
        | inner.map(lambda text: f"!({text})")
        | st.builds("({} ? {} : {})".format, inner, inner, inner)
        | st.builds("(({}) == ({}))".format, inner, inner)
    ),
    max_leaves=6,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "birth_date": DATES,
    "certificate_until": DATES,
    "category": _code,
    "grade": st.integers(1, 4),
    "income_pc_month": NUMBERS,
    "paid.nursing": NUMBERS,
    "employed": st.booleans(),
    "needs_personal_care": st.booleans(),
    "work_injury_care_pay": st.booleans(),
    "receives.nursing": st.booleans(),
    "deceased": st.booleans(),
    "illness": st.lists(st.sampled_from(["major", "rare", "severe_mental"]), unique=True),
    "hukou": st.sampled_from(["440704001003", "440705001003", "110101001001", "450000000000"]),
    "uninsured_reason": st.sampled_from(["忘了", "没钱"]),
}
PEOPLE = st.fixed_dictionaries({}, optional=VALUES)
