"""What is true of each household and holder: income, certificate, work, school, needs, death."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yice.exchange.synth import settings as start
from yice.exchange.synth.draw import Bools, Ints, choose, exactly, stream
from yice.exchange.synth.households import Holders, Members
from yice.exchange.synth.people import age_at
from yice.exchange.synth.settings import Settings

Days = npt.NDArray[np.datetime64]
NONE, SUBSISTENCE, LOW_INCOME, EXTREME = range(4)
INCOME_CLASSES = ("none", "subsistence", "low_income", "extreme_hardship")
VALID, FROZEN, EXPIRED, CANCELLED, UNCERTIFIED = range(5)
CERTIFICATE_STATUSES = ("valid", "frozen", "expired", "cancelled", "none")
STAGES = ("none", "preschool", "primary", "junior", "senior", "vocational", "college")
NEEDS = (
    "rehab",
    "device",
    "care",
    "home_service",
    "day_care",
    "residential",
    "adaptation",
    "employment",
    "education",
)


@dataclass(frozen=True)
class Incomes:
    """By household."""

    below: Bools  # truly below the subsistence standard
    income_class: Ints  # what the departments decided, as their lists show it
    gap: Bools  # below the standard and not on the list
    leak: Bools  # on the list and no longer below it
    left: Bools  # was on the list until some months ago
    fen: Ints  # a head and month


@dataclass(frozen=True)
class Lives:
    """By holder."""

    birth: Days
    age: Ints
    certificate_status: Ints
    issued: Days
    until: Days
    replaced: Bools
    parts: Ints  # for each holder and category the grade of that part, 0 where there is none
    death: Days  # NaT while alive
    employed: Ints  # -1 not of working age, 0 no, 1 yes
    form: Ints  # position in EMPLOYMENT_FORMS, -1
    stage: Ints  # position in STAGES
    needs: Bools  # by holder and position in NEEDS
    long_term_care: Bools
    medical_kind: Ints  # 0 none, 1 resident, 2 employee
    pension_kind: Ints  # 0 none, 1 resident, 2 employee, 3 in payment
    family_dependent: Bools
    can_form_household: Bools
    alone: Ints  # taken into subsistence as a household of one: 0 no ground, 1 has a ground, 2 and is listed
    incomes: Incomes
    income_class: Ints  # the household's, or subsistence for who is listed alone

    @property
    def dead(self) -> Bools:
        return ~np.isnat(self.death)


def lives(settings: Settings, holders: Holders, members: Members, birth: Days) -> Lives:
    """`birth` is that of each member; holders find theirs through `members.holder`."""
    as_of = np.datetime64(settings.as_of, "D")
    born = np.empty(len(holders.age), dtype="datetime64[D]")
    is_holder = members.holder >= 0
    born[members.holder[is_holder]] = birth[is_holder]
    age = age_at(born, as_of)
    severe = holders.grade <= 2
    rng = stream(settings.seed, "work")
    employed = _employment(rng, holders, age)
    formal = np.isin(
        form := np.where(employed == 1, choose(rng, list(start.EMPLOYMENT_FORMS.values()), len(age)), -1),
        (0, 1),
    )
    mental = np.isin(holders.category, (start.INTELLECTUAL, start.PSYCHIATRIC))
    status, issued, until, replaced = _certificates(settings, born, age, as_of)
    stage = _stages(settings, age, severe & mental)
    parts = _parts(settings, holders)
    dead = _deaths(settings, age, as_of)
    incomes = _incomes(settings, holders, members, employed)
    dependent, own, alone = _alone(settings, holders, age, employed, incomes, np.isnat(dead))
    medical, pension = _insurance(settings, age, formal & ~((parts[:, 4] > 0) | (parts[:, 5] > 0)))
    return Lives(
        born, age, status, issued, until, replaced, parts, dead, employed, form, stage,
        _needs(settings, holders, age, employed, stage),
        stream(settings.seed, "care").random(len(age)) < np.where(severe, 0.93, 0.1),
        medical, pension, dependent, own, alone, incomes,
        np.where(alone == 2, SUBSISTENCE, incomes.income_class[holders.household]).astype(np.int8),
    )  # fmt: skip


def _employment(rng: np.random.Generator, holders: Holders, age: Ints) -> Ints:
    chance = np.array([0, 0.15, 0.38, 0.58, 0.66])[holders.grade]
    chance = chance * np.where(np.isin(holders.category, (start.INTELLECTUAL, start.PSYCHIATRIC)), 0.6, 1.0)
    of_age = (age >= 16) & (age <= 59)
    chance = chance * start.EMPLOYED / chance[of_age].mean() if of_age.any() else chance
    return np.where(of_age, rng.random(len(age)) < chance, -1).astype(np.int8)


def _certificates(
    settings: Settings, birth: Days, age: Ints, as_of: np.datetime64
) -> tuple[Ints, Days, Days, Bools]:
    rng, rates = stream(settings.seed, "certificates"), settings.rates
    count = len(age)
    draw = rng.random(count)
    can_expire = age >= 12
    expired = can_expire & (draw < rates.expired / max(can_expire.mean(), 0.01))
    status = np.select(
        [
            (age < 7) & (rng.random(count) < rates.uncertified_under_7),
            expired,
            draw > 1 - rates.cancelled,
            draw > 1 - rates.cancelled - rates.frozen,
        ],
        [UNCERTIFIED, EXPIRED, CANCELLED, FROZEN],
        VALID,
    ).astype(np.int8)
    ten_years = np.timedelta64(3652, "D")
    # Issued within the last ten years, after the first birthday's half, never tomorrow.
    oldest = np.minimum((as_of - birth).astype(int) - 30, 3600)
    recent = as_of - np.maximum(1, (rng.random(count) * oldest).astype(int))
    lapsed = as_of - ten_years - rng.integers(10, 500, count)
    issued: Days = np.where(status == EXPIRED, lapsed, recent).astype("datetime64[D]")
    issued[status == UNCERTIFIED] = np.datetime64("NaT")
    replaced = np.asarray((rng.random(count) < rates.replaced) & (status != UNCERTIFIED))
    return status, issued, np.asarray(issued + ten_years), replaced


def _parts(settings: Settings, holders: Holders) -> Ints:
    """A single category is its own part; a multiple one has two or three, the heaviest giving the grade."""
    rng = stream(settings.seed, "parts")
    count = len(holders.grade)
    parts = np.zeros((count, 6), dtype=np.int8)
    multiple = holders.category == start.MULTIPLE
    single = np.flatnonzero(~multiple)
    parts[single, holders.category[single]] = holders.grade[single]
    rows = np.flatnonzero(multiple)
    if len(rows):
        # The first two or three of a random order weighted by how common a category is.
        keys = rng.random((len(rows), 6)) ** (1 / np.array([2, 1.5, 2, 3, 3, 1.5]))
        order = np.argsort(-keys, axis=1)
        number = 2 + (rng.random(len(rows)) < 0.15)
        for place in range(3):
            has = place < number
            heavier = holders.grade[rows]
            own = heavier if place == 0 else np.minimum(4, heavier + rng.integers(0, 3, len(rows)))
            parts[rows[has], order[has, place]] = own[has]
    return parts


def _deaths(settings: Settings, age: Ints, as_of: np.datetime64) -> Days:
    """In the last eleven full months: a death in the month itself may be paid by right."""
    rng, rates = stream(settings.seed, "deaths"), settings.rates
    chance = np.where(age >= 60, rates.death_from_60, rates.death_under_60)
    first = as_of.astype("datetime64[M]").astype("datetime64[D]")
    day = first - rng.integers(1, 335, len(age))
    return np.where((rng.random(len(age)) < chance) & (age > 1), day, np.datetime64("NaT")).astype(
        "datetime64[D]"
    )


def _stages(settings: Settings, age: Ints, hard: Bools) -> Ints:
    rng = stream(settings.seed, "school")
    bands = np.select([age < 3, age < 6, age < 12, age < 15, age < 18, age < 23], [0, 1, 2, 3, 4, 5], 6)
    shares = np.array([0, 0.6, 0.96, 0.92, 0.5, 0.12, 0.0])
    enrolled = rng.random(len(age)) < shares[bands] * np.where(hard, 0.7, 1.0)
    vocational = rng.random(len(age)) < 0.5
    stage = np.select([bands == 4, bands == 5], [np.where(vocational, 5, 4), 6], np.minimum(bands, 3))
    return np.where(enrolled, stage, 0).astype(np.int8)


def _insurance(settings: Settings, age: Ints, formal: Bools) -> tuple[Ints, Ints]:
    rng = stream(settings.seed, "insurance")
    insured = rng.random(len(age)) < 0.97
    medical = np.where(formal & (rng.random(len(age)) < 0.8), 2, np.where(insured, 1, 0))
    covered = rng.random(len(age)) < 0.9
    pension = np.select(
        [age < 16, age >= 60, (medical == 2)], [0, np.where(covered, 3, 0), 2], np.where(covered, 1, 0)
    )
    return medical.astype(np.int8), pension.astype(np.int8)


def _needs(settings: Settings, holders: Holders, age: Ints, employed: Ints, stage: Ints) -> Bools:
    rng = stream(settings.seed, "needs")
    severe = holders.grade <= 2
    working = (age >= 16) & (age <= 59)
    mental = np.isin(holders.category, (start.INTELLECTUAL, start.PSYCHIATRIC))
    day_care = working & (mental | (severe & (holders.category == start.PHYSICAL)))
    chance = np.stack(
        [
            np.full(len(age), 0.4),
            np.full(len(age), 0.1),
            np.where(severe, 0.22, 0.04),
            np.where(severe, 0.1, 0.02),
            day_care * 0.05,
            day_care * 0.03,
            np.where(holders.category == start.PHYSICAL, 0.09, 0.03),
            (employed == 0) * 0.15,
            ((age >= 3) & (age < 18) & (stage == 0)) * 0.6,
        ],
        axis=1,
    )
    return np.asarray(rng.random(chance.shape) < chance)


def _incomes(settings: Settings, holders: Holders, members: Members, employed: Ints) -> Incomes:
    rng, rates = stream(settings.seed, "incomes"), settings.rates
    count = len(members.size)
    first = np.flatnonzero(np.r_[True, np.diff(holders.household) > 0])
    weight = np.where(holders.grade[first] <= 2, 1.4, 0.8) * np.where(employed[first] == 1, 0.5, 1.1)
    share = rates.subsistence * weight / weight.mean()
    draw = rng.random(count)
    alone = (
        (members.size == 1)
        & ((holders.age[first] >= 60) | (holders.grade[first] <= 2))
        & (employed[first] != 1)
    )
    extreme = np.zeros(count, dtype=np.bool_)
    extreme[exactly(rng, alone, round(rates.extreme_hardship * len(holders.age)))] = True
    below = ~extreme & (draw < share)
    low = ~extreme & ~below & (draw < share + rates.low_income)

    standard = settings.amounts.subsistence_standard
    limit = int(standard * settings.amounts.low_income_factor)
    spread = rng.random(count)
    fen = np.select(
        [below | extreme, low],
        [standard * (0.25 + 0.74 * spread), standard + (limit - standard) * spread],
        limit * (1.05 + rng.gamma(2.0, 0.6, count)),
    )
    gap = below & (rng.random(count) < rates.subsistence_gap)
    listed = below & ~gap
    plain = ~(below | low | extreme)
    leak = np.zeros(count, dtype=np.bool_)
    leak[exactly(rng, plain, round(rates.subsistence_leak * listed.sum()))] = True
    left = np.zeros(count, dtype=np.bool_)
    left[exactly(rng, plain & ~leak, round(0.04 * listed.sum()))] = True
    income_class = np.select([extreme, listed | leak, low], [EXTREME, SUBSISTENCE, LOW_INCOME], NONE)
    return Incomes(
        below, income_class.astype(np.int8), gap, leak, left, (fen // 1000 * 1000).astype(np.int64)
    )


def _alone(
    settings: Settings, holders: Holders, age: Ints, employed: Ints, incomes: Incomes, living: Bools
) -> tuple[Bools, Bools, Ints]:
    """Severely disabled adults without work whom a low-income family keeps and who cannot live apart."""
    rng = stream(settings.seed, "alone")
    dependent = (employed != 1) & (rng.random(len(age)) < 0.45)
    own = (holders.grade > 2) | (rng.random(len(age)) < 0.3)
    low = incomes.income_class[holders.household] == LOW_INCOME
    # Whether people over sixty work is not asked, so that nothing could be decided of them.
    ground = living & low & (age >= 18) & (employed == 0) & (holders.grade <= 2) & dependent & ~own
    return dependent, own, (ground.astype(np.int8) + (ground & (rng.random(len(age)) < 0.7)))
