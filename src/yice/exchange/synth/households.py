"""Holders gathered into households, and the members who hold no certificate.

The oldest holder of a household is its anchor; everybody else stands in a role to them (spouse, child, parent…).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yice.exchange.synth import settings as start
from yice.exchange.synth.draw import Bools, Ints, choose, choose_rows, stream
from yice.exchange.synth.settings import Settings

ROLES = (
    "anchor",
    "spouse",
    "child",
    "parent",
    "grandparent",
    "sibling",
    "child_spouse",
    "grandchild",
    "other",
)
ANCHOR, SPOUSE, CHILD, PARENT, GRANDPARENT, SIBLING, CHILD_SPOUSE, GRANDCHILD, OTHER = range(9)

# Who fills the places after the holders, by the kind of household. M and F fix the sex; "s" is the anchor's
# opposite, "?" either.
_FILL: dict[str, tuple[tuple[int, str], ...]] = {
    "child_both": ((PARENT, "M"), (PARENT, "F"), (GRANDPARENT, "F"), (SIBLING, "?"), (GRANDPARENT, "M"), (SIBLING, "?"), (OTHER, "?")),
    "child_one": ((PARENT, "F"), (GRANDPARENT, "F"), (SIBLING, "?"), (GRANDPARENT, "M"), (SIBLING, "?"), (OTHER, "?"), (OTHER, "?")),
    "child_none": ((GRANDPARENT, "F"), (GRANDPARENT, "M"), (SIBLING, "?"), (OTHER, "?"), (SIBLING, "?"), (OTHER, "?"), (OTHER, "?")),
    "single": ((PARENT, "M"), (PARENT, "F"), (SIBLING, "?"), (OTHER, "?"), (OTHER, "?"), (OTHER, "?"), (OTHER, "?")),
    "married": ((SPOUSE, "s"), (CHILD, "M"), (CHILD, "F"), (PARENT, "F"), (PARENT, "M"), (CHILD, "?"), (OTHER, "?")),
    "couple": ((CHILD, "M"), (CHILD, "F"), (PARENT, "F"), (PARENT, "M"), (CHILD, "?"), (OTHER, "?"), (OTHER, "?")),
    "elder_married": ((SPOUSE, "s"), (CHILD, "M"), (CHILD_SPOUSE, "F"), (GRANDCHILD, "?"), (GRANDCHILD, "?"), (CHILD, "F"), (OTHER, "?")),
    "elder": ((CHILD, "M"), (CHILD_SPOUSE, "F"), (GRANDCHILD, "?"), (GRANDCHILD, "?"), (CHILD, "F"), (OTHER, "?"), (OTHER, "?")),
}  # fmt: skip
_KINDS = tuple(_FILL)
_FILL_ROLE = np.array([[role for role, _ in row] for row in _FILL.values()], dtype=np.int8)
_FILL_SEX = np.array([["MFs?".index(sex) for _, sex in row] for row in _FILL.values()], dtype=np.int8)

# How a member is related to the head, by the head's role (rows) and the member's own.
RELATIONS = ("户主", "配偶", "子女", "父母", "孙子女", "祖父母", "兄弟姐妹", "媳婿", "其他")
_TO_ANCHOR = (0, 1, 2, 3, 5, 6, 7, 4, 8)
_TO_SPOUSE = (1, 0, 2, 8, 8, 8, 7, 4, 8)
_TO_CHILD = (3, 3, 6, 5, 8, 8, 1, 2, 8)
_TO_PARENT = (2, 7, 4, 1, 3, 2, 8, 8, 8)
_TO_GRANDPARENT = (4, 8, 8, 2, 1, 4, 8, 8, 8)
_OTHERS = (8,) * 9
_RELATED = np.array(
    [_TO_ANCHOR, _TO_SPOUSE, _TO_CHILD, _TO_PARENT, _TO_GRANDPARENT, _OTHERS, _OTHERS, _OTHERS, _OTHERS],
    dtype=np.int8,
)


@dataclass(frozen=True)
class Holders:
    """Registered persons as drawn; those of one household stand together, the oldest first."""

    category: Ints  # position in CATEGORIES
    grade: Ints  # 1 to 4
    age: Ints
    male: Bools
    household: Ints  # ascending


@dataclass(frozen=True)
class Members:
    """Everybody in the households, holders and others, household by household."""

    household: Ints
    holder: Ints  # position among the holders, -1 for the others
    role: Ints
    relation: Ints  # position in RELATIONS
    head: Bools
    age: Ints
    male: Bools
    line: Ints  # 0 the anchor's family name, 1 the spouse's, 2 another
    size: Ints  # by household


def draw(settings: Settings) -> tuple[Holders, Members]:
    """Exactly `settings.people` holders, with their households around them."""
    holders = _holders(settings)
    return holders, _members(settings, holders)


def _holders(settings: Settings) -> Holders:
    count = settings.people
    rng = stream(settings.seed, "holders")
    joint = _fitted(start.BAND_TILT, start.CATEGORY_SHARES, start.BAND_SHARES)
    cell = choose(rng, joint.ravel(), count)
    category, band = cell // len(start.BANDS), cell % len(start.BANDS)
    grade = choose_rows(rng, start.GRADE_SHARES, category) + 1
    age = _ages(rng, category, band)
    male = rng.random(count) < start.MALE_SHARE

    several = start.SEVERAL_DISABLED
    disabled = 1 + choose(rng, [1 - several, several * 0.9, several * 0.1], count)
    ends = np.minimum(np.cumsum(disabled), count)
    ends = ends[: np.searchsorted(ends, count) + 1]
    household = np.repeat(np.arange(len(ends)), np.diff(np.r_[0, ends]))
    order = np.lexsort((-age, household))
    return Holders(category[order], grade[order], age[order], male[order], household)


def _fitted(tilt: Ints, rows: Ints, columns: Ints) -> Ints:
    """The joint table nearest to the tilt whose margins are those given (iterative proportional fitting)."""
    table = tilt * rows[:, None] * columns[None, :]
    for _ in range(50):
        table = table * (rows / rows.sum() / table.sum(axis=1))[:, None]
        table = table * (columns / columns.sum() / table.sum(axis=0))[None, :]
    return table


def _ages(rng: np.random.Generator, category: Ints, band: Ints) -> Ints:
    """Whole years: even in childhood, around the category's mean at working age, thinning out after sixty."""
    count = len(category)
    low, high = np.array(start.BANDS)[band].T
    even = low + np.floor(rng.random(count) * (high - low + 1)).astype(int)
    mean, spread = start.WORKING_AGE[category].T
    working = np.rint(rng.normal(mean, spread)).astype(int)
    working = np.where((working < 16) | (working > 59), even, working)
    old = 60 + np.floor(rng.gamma(2.0, 6.0, count)).astype(int)
    old = np.where(old > high, even, old)
    return np.asarray(np.select([band < 2, band == 2], [even, working], old), dtype=np.int32)


def _members(settings: Settings, holders: Holders) -> Members:
    rng = stream(settings.seed, "households")
    first = np.flatnonzero(np.r_[True, np.diff(holders.household) > 0])
    disabled = np.diff(np.r_[first, len(holders.household)])
    count = len(first)
    anchor_age, anchor_male = holders.age[first], holders.male[first]

    # Households of several disabled members are at least as large as those.
    size = 1 + choose(rng, start.HOUSEHOLD_SIZES, count)
    size = np.maximum(size, disabled + (anchor_age < 18))

    place = np.arange(len(holders.household)) - np.repeat(first, disabled)
    role = _holder_roles(holders, first, disabled, place)
    coupled = np.zeros(count, dtype=np.bool_)
    coupled[holders.household[role == SPOUSE]] = True
    kind = _kinds(rng, anchor_age, holders.category[first], coupled)

    household = np.repeat(np.arange(count), size)
    starts = np.cumsum(size) - size
    place = np.arange(len(household)) - starts[household]
    filler = place - disabled[household]
    is_holder = filler < 0
    holder = np.where(is_holder, first[household] + place, -1).astype(np.int32)
    fill = np.clip(filler, 0, _FILL_ROLE.shape[1] - 1)
    role = np.where(is_holder, role[holder], _FILL_ROLE[kind[household], fill]).astype(np.int8)

    fixed = _FILL_SEX[kind[household], fill]
    filled_male = np.select(
        [fixed == 0, fixed == 1, fixed == 2],
        [True, False, ~anchor_male[household]],
        rng.random(len(household)) < 0.51,
    )
    male = np.where(is_holder, holders.male[holder], filled_male)
    age = np.where(is_holder, holders.age[holder], _filled_ages(rng, role, anchor_age[household]))

    head = _heads(rng, kind, starts, disabled, size, age)
    head_role = role[head][household]
    relation = _RELATED[head_role, role]
    is_head = np.zeros(len(household), dtype=np.bool_)
    is_head[head] = True
    relation = np.where(is_head, 0, np.where(relation == 0, 8, relation)).astype(np.int8)
    return Members(
        household,
        holder,
        role,
        relation,
        is_head,
        age,
        male,
        _lines(role, male, anchor_male, coupled | np.isin(kind, _MARRIED), household),
        size,
    )


_MARRIED = [_KINDS.index("married"), _KINDS.index("elder_married")]


def _holder_roles(holders: Holders, first: Ints, disabled: Ints, place: Ints) -> Ints:
    """What further holders of a household are to the oldest, by how much younger they are."""
    anchor = np.repeat(first, disabled)
    younger = holders.age[anchor] - holders.age
    adult = holders.age >= 20
    opposite = holders.male != holders.male[anchor]
    role = np.select(
        [place == 0, (younger <= 12) & adult & opposite & (place == 1), younger <= 15, younger <= 45],
        [ANCHOR, SPOUSE, SIBLING, CHILD],
        GRANDCHILD,
    )
    return role.astype(np.int8)


def _kinds(rng: np.random.Generator, age: Ints, category: Ints, coupled: Bools) -> Ints:
    count = len(age)
    draw = rng.random(count)
    apart = np.isin(category, (start.INTELLECTUAL, start.PSYCHIATRIC))
    married_share = np.select([age < 22, age < 30, age < 60], [0.0, 0.3, 0.68], 0.65) * np.where(
        apart, 0.5, 1.0
    )
    married = rng.random(count) < married_share
    names = np.select(
        [
            (age < 18) & (draw < 0.854), (age < 18) & (draw < 0.909), age < 18,
            coupled & (age < 60), coupled, married & (age < 60), married, age < 60,
        ],
        [_KINDS.index(k) for k in ("child_both", "child_one", "child_none", "couple", "elder", "married", "elder_married", "single")],
        _KINDS.index("elder"),
    )  # fmt: skip
    return names.astype(np.int8)


def _filled_ages(rng: np.random.Generator, role: Ints, anchor: Ints) -> Ints:
    count = len(role)
    generation = rng.integers(22, 36, count)
    age = np.select(
        [role == SPOUSE, role == PARENT, role == GRANDPARENT, role == SIBLING, np.isin(role, (CHILD, CHILD_SPOUSE)), role == GRANDCHILD],
        [
            np.maximum(20, anchor + rng.integers(-6, 7, count)),
            np.minimum(anchor + generation, 92),
            np.minimum(anchor + 22 + generation, 92),
            np.maximum(0, anchor + rng.integers(-8, 9, count)),
            np.maximum(0, anchor - generation),
            np.maximum(0, anchor - 24 - generation),
        ],
        np.clip(anchor + rng.integers(-20, 21, count), 0, 90),
    )  # fmt: skip
    # Who has married in is grown up.
    return np.where(role == CHILD_SPOUSE, np.maximum(age, 20), age).astype(np.int32)


def _heads(rng: np.random.Generator, kind: Ints, starts: Ints, disabled: Ints, size: Ints, age: Ints) -> Ints:
    """The head's place: the anchor, or the first other member who is grown up, always so for a child."""
    share = np.array([1.0, 1.0, 1.0, 0.6, 0.4, 0.1, 0.25, 0.25])[kind]
    candidate = np.minimum(starts + disabled, starts + size - 1)
    other = (size > disabled) & (age[candidate] >= 18) & (rng.random(len(kind)) < share)
    return np.where(other, candidate, starts)


def _lines(role: Ints, male: Bools, anchor_male: Bools, married: Bools, household: Ints) -> Ints:
    """Whose family name: the father's for children, one's own for who married in."""
    from_anchor = (anchor_male | ~married)[household]
    line = np.select(
        [
            np.isin(role, (ANCHOR, SIBLING)) | ((role == PARENT) & male) | ((role == GRANDPARENT) & male),
            role == SPOUSE,
            np.isin(role, (CHILD, GRANDCHILD)),
        ],
        [0, 1, np.where(from_anchor, 0, 1)],
        2,
    )
    return line.astype(np.int8)
