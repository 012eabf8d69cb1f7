"""What a synthetic county is drawn from: start values, each with where it comes from.

[P] published count, [D] our own estimate to be replaced when a better one is known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from yice.identifiers.certificate import CATEGORIES

# Share of each category among holders, in the order of CATEGORIES. [D, national]
CATEGORY_SHARES = np.array([0.11, 0.09, 0.016, 0.53, 0.09, 0.11, 0.05])
# Grade given category: rows in the order of CATEGORIES, columns grade 1 to 4. [D]
GRADE_SHARES = np.array(
    [
        [0.33, 0.17, 0.15, 0.35],
        [0.36, 0.26, 0.22, 0.16],
        [0.36, 0.12, 0.20, 0.32],
        [0.08, 0.26, 0.26, 0.40],
        [0.10, 0.34, 0.30, 0.26],
        [0.08, 0.50, 0.30, 0.12],
        [0.45, 0.35, 0.13, 0.07],
    ]
)
BANDS = ((1, 6), (7, 15), (16, 59), (60, 97))
BAND_SHARES = np.array([0.006, 0.020, 0.550, 0.424])  # [D]; Beijing 2018: .26 / .99 / 43.4 / 55.3 % [P]
# How much more often a category is met in a band: only the proportions matter. [D]
BAND_TILT = np.array(
    [
        [0.4, 0.6, 0.7, 1.6],
        [1.5, 1.2, 0.6, 1.7],
        [3.0, 3.0, 1.0, 0.8],
        [0.6, 0.6, 1.0, 1.1],
        [4.0, 5.0, 1.5, 0.3],
        [2.0, 1.5, 1.4, 0.5],
        [2.0, 2.0, 1.0, 0.9],
    ]
)
# Mean and spread of age inside 16-59, by category. [D]
WORKING_AGE = np.array([[46, 10], [46, 11], [38, 12], [48, 9], [37, 10], [41, 9], [40, 12]])
MALE_SHARE = 0.55  # 52-58 % [P]

HOUSEHOLD_SIZES = np.array([0.121, 0.296, 0.193, 0.159, 0.130, 0.060, 0.030, 0.011])  # 1 to 8 [P to 4]
SEVERAL_DISABLED = 0.1243  # households with two or more disabled members [P]
EMPLOYED = 0.47  # of holders aged 16-59 [D]
EMPLOYMENT_FORMS = {
    "按比例就业": 81.8, "集中就业": 26.8, "个体就业": 63.5, "公益性岗位": 14.8,
    "辅助性就业": 14.3, "灵活就业": 250.3, "农村种养加": 430.1,
}  # fmt: skip  # 10,000 people, 2021 [P]


@dataclass(frozen=True)
class Amounts:
    """Sums in fen: sample standards, nobody's law. `before` is the rate of the year before."""

    living: int = 16500
    living_before: int = 15600
    nursing: int = 22000
    nursing_before: int = 21000
    subsistence_standard: int = 80000  # a head and month
    low_income_factor: float = 1.5
    medical_contribution: int = 25000  # a head and year


@dataclass(frozen=True)
class Rates:
    """How often something is so, or has gone wrong; shares of one."""

    subsistence: float = 0.28  # of holders, in a household below the standard
    low_income: float = 0.113
    extreme_hardship: float = 0.02
    # Certificates.
    expired: float = 0.03
    frozen: float = 0.005
    cancelled: float = 0.007
    replaced: float = 0.02
    uncertified_under_7: float = 0.35
    # A year's deaths, still on the register.
    death_under_60: float = 0.006
    death_from_60: float = 0.045
    # What is planted in the benefits.
    gap: float = 0.06  # entitled and not paid
    leak: float = 0.01  # of those paid: after death or after losing entitlement
    wrong_amount: float = 0.015
    paid_twice: float = 0.004
    subsistence_gap: float = 0.05  # below the standard and not on the list, by household
    subsistence_leak: float = 0.02
    medical_gap: float = 0.06
    # Dirt in the register.
    number_mismatch: float = 0.03  # id against certificate number, or category or grade against it
    second_certificate: float = 0.01  # an old row left behind after a new category or grade
    second_record: float = 0.001  # registered twice, under two valid numbers [D]
    lives_outside: float = 0.02
    lives_elsewhere: float = 0.08  # in another village of the area
    other_county: float = 0.001  # registered under a village that is not of this area
    no_phone: float = 0.03
    stale_address: float = 0.05
    silent: float = 0.05  # a question of the survey left blank
    # Strangers on a list, for each row about somebody known.
    strangers: float = 0.06
    strangers_of_same_name: float = 0.3  # of the strangers
    stranger_without_number: float = 0.04
    # How cells are spoiled on departments' lists, as a share of rows (a third of it in the register).
    damage: dict[str, float] = field(
        default_factory=lambda: {
            "space": 0.008,
            "full_width": 0.004,
            "lower_x": 0.006,
            "fifteen": 0.005,
            "scientific": 0.003,
            "zeros": 0.004,
            "typo": 0.004,
            "swap": 0.002,
            "blank": 0.004,
            "relative": 0.002,  # somebody else's number: a relative's
        }
    )
    name_space: float = 0.008
    name_variant: float = 0.005
    name_wrong: float = 0.003


@dataclass(frozen=True)
class Settings:
    """One county to be made. `area` is a division code of any tier; `people` counts registered persons."""

    area: str = "440704"
    people: int = 5000
    seed: int = 1
    as_of: dt.date = dt.date(2020, 6, 30)
    months: int = 6  # of payrolls, the last one that of `as_of`
    amounts: Amounts = field(default_factory=Amounts)
    rates: Rates = field(default_factory=Rates)

    @property
    def test_county(self) -> str:
        """The county code that nobody's number has."""
        return "110199" if self.area.startswith("11") else "440799"


MULTIPLE = CATEGORIES.index("multiple")
INTELLECTUAL = CATEGORIES.index("intellectual")
PSYCHIATRIC = CATEGORIES.index("psychiatric")
PHYSICAL = CATEGORIES.index("physical")
