"""Everybody: names, numbers, birth dates and villages for the households, and for the strangers on lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.synth import names, numbers
from yice.exchange.synth.divisions import Villages
from yice.exchange.synth.draw import Bools, Ints, digits, exactly, join, stream
from yice.exchange.synth.households import Holders, Members
from yice.exchange.synth.settings import Settings


@dataclass(frozen=True)
class People:
    """Members first, strangers after them: one position names one person in every list.

    `village` is the position in the area's villages (the household's registration); strangers have one too.
    """

    person_id: pa.StringArray
    name: pa.StringArray
    id_number: pa.StringArray
    birth: npt.NDArray[np.datetime64]
    male: Bools
    village: Ints
    members: int  # how many are members of a known household; the rest are strangers

    @property
    def strangers(self) -> Ints:
        return np.arange(self.members, len(self.village))


def people(settings: Settings, holders: Holders, members: Members, villages: Villages) -> People:
    rng = stream(settings.seed, "people")
    count = len(members.age)
    households = len(members.size)
    # Villages differ in size; the households of one stand together.
    weights = rng.lognormal(0, 0.5, len(villages))
    home = np.sort(rng.choice(len(villages), households, p=weights / weights.sum()))
    strangers = max(200, int(count * 0.25))
    village = np.r_[home[members.household], rng.integers(0, len(villages), strangers)]
    male = np.r_[members.male, rng.random(strangers) < 0.5]
    age = np.r_[members.age, rng.integers(1, 95, strangers)]
    birth = _births(rng, settings, age)

    own = names.village_lines(rng, home, len(villages), villages.rural)
    lines = np.stack(
        [
            own[members.household],
            names.surname_lines(rng, households)[members.household],
            names.surname_lines(rng, count),
        ]
    )
    line = np.r_[
        np.choose(members.line, lines),
        names.village_lines(rng, village[count:], len(villages), villages.rural),
    ]
    dotted = 0.18 if settings.area.startswith("15") else 0.004
    name = names.full_names(rng, line, male, dotted)
    name = _namesakes(rng, settings, name, count, members.holder)
    return People(
        join("P", digits(np.arange(len(village)) + 1, 8)),
        name,
        numbers.citizen_ids(rng, settings.test_county, birth, male),
        birth,
        male,
        village.astype(np.int32),
        count,
    )


def _births(rng: np.random.Generator, settings: Settings, age: Ints) -> npt.NDArray[np.datetime64]:
    """A day on which somebody is exactly `age` years old at the as-of date."""
    birthday = np.datetime64(settings.as_of, "D")
    month, within = birthday.astype("datetime64[M]"), settings.as_of.day - 1
    latest = (month - age * 12).astype("datetime64[D]") + min(within, 27)
    return np.asarray(latest - rng.integers(0, 365, len(age)))


def _namesakes(
    rng: np.random.Generator, settings: Settings, name: pa.StringArray, count: int, holder: Ints
) -> pa.StringArray:
    """Some strangers bear the name of somebody registered."""
    strangers = np.arange(count, len(name))
    same = exactly(rng, strangers, round(len(strangers) * settings.rates.strangers_of_same_name))
    borrowed = rng.choice(np.flatnonzero(holder >= 0), len(same))
    take = np.arange(len(name))
    take[same] = borrowed
    return name.take(pa.array(take))


def age_at(birth: npt.NDArray[np.datetime64], as_of: np.datetime64) -> Ints:
    """Whole years, by column."""
    b, a = birth.astype("datetime64[M]"), as_of.astype("datetime64[M]")
    day_b, day_a = (birth - b).astype(int), (as_of - a).astype(int)
    return np.asarray(((a - b).astype(int) - (day_b > day_a)) // 12)


def take(column: pa.StringArray, at: Ints) -> pa.StringArray:
    """Cells by position; -1 is blank."""
    return pc.fill_null(column.take(pa.array(at, mask=at < 0)), "")
