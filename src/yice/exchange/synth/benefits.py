"""Who is entitled to what in the month, who gets it, and the wrongs planted on purpose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yice.exchange.synth.draw import Bools, Ints, exactly, stream
from yice.exchange.synth.households import Holders
from yice.exchange.synth.lives import EXTREME, SUBSISTENCE, UNCERTIFIED, VALID, Lives
from yice.exchange.synth.settings import Settings

# Why something is as it is; the words of the truth files.
CAUSES = (
    "", "not_applied", "papers_missing", "lives_elsewhere", "new_certificate", "unwilling",
    "died", "certificate_lapsed", "left_subsistence", "extreme_hardship", "regraded",
    "old_rate", "paid_twice", "income_risen", "not_insured", "data_error",
)  # fmt: skip
_GAP_CAUSES = np.array(
    [CAUSES.index(c) for c in ("not_applied", "papers_missing", "new_certificate", "unwilling", "data_error")]
)
NEVER = 10**6


@dataclass(frozen=True)
class Subsidy:
    """One monthly subsidy by holder. Months count back from the as-of month: 0 is that month, 1 the one before."""

    entitled: Bools
    paid: Bools  # a regular payment in the as-of month
    due: Ints  # fen in the as-of month
    rate: Ints  # fen paid each month
    twice: Bools
    first: Ints  # the earliest month paid, counted back; NEVER if not at all
    last: Ints  # the latest month paid, counted back
    recovered: Bools  # overpaid months were claimed back
    cause: Ints  # position in CAUSES

    @property
    def finding(self) -> Ints:
        """Position in FINDINGS, from what is entitled and paid alone."""
        wrong = self.entitled & self.paid & (self.rate != self.due)
        return np.select(
            [self.entitled & ~self.paid, ~self.entitled & self.paid, self.twice & self.paid, wrong, self.entitled & self.paid],
            [1, 2, 4, 3, 5],
        ).astype(np.int8)  # fmt: skip


FINDINGS = ("", "gap", "leak", "amount", "duplicate", "ok")


@dataclass(frozen=True)
class Funding:
    """Government pays the medical contribution; and subsistence, both by holder."""

    entitled: Bools
    receives: Bools
    cause: Ints

    @property
    def finding(self) -> Ints:
        return np.select(
            [self.entitled & ~self.receives, ~self.entitled & self.receives, self.entitled], [1, 2, 5]
        ).astype(np.int8)


@dataclass(frozen=True)
class Benefits:
    living: Subsidy
    nursing: Subsidy
    subsistence: Funding
    medical: Funding
    regraded: Ints  # the grade before a change, 0 where there was none


def benefits(settings: Settings, holders: Holders, lives: Lives, outside: Bools) -> Benefits:
    """`outside`: who lives outside the area and so is the likelier to be missed."""
    rng = stream(settings.seed, "regraded")
    sure = ~lives.dead & (lives.certificate_status == VALID)
    regraded = np.zeros(len(lives.age), dtype=np.int8)
    changed = exactly(rng, sure, round(settings.rates.second_certificate * len(lives.age)))
    # Most changes after a re-assessment are by one grade; the present grade is the true one.
    step = np.where(rng.random(len(changed)) < 0.5, -1, 1)
    step = np.where(
        holders.grade[changed] + step < 1, 1, np.where(holders.grade[changed] + step > 4, -1, step)
    )
    regraded[changed] = holders.grade[changed] + step

    income = lives.income_class
    amounts = settings.amounts
    living = _subsidy(
        settings, "living", sure & (income == SUBSISTENCE), lives, outside, amounts.living, amounts.living_before,
        was=(income == SUBSISTENCE) | lives.incomes.left[holders.household],
        causes={
            "died": lives.dead,
            "certificate_lapsed": np.isin(lives.certificate_status, (1, 2, 3)),
            "left_subsistence": lives.incomes.left[holders.household],
        },
    )  # fmt: skip
    nursing = _subsidy(
        settings, "nursing", sure & (holders.grade <= 2) & lives.long_term_care & (income != EXTREME),
        lives, outside,
        amounts.nursing, amounts.nursing_before,
        was=(holders.grade <= 2) | ((regraded > 0) & (regraded <= 2)),
        causes={
            "died": lives.dead & (income != EXTREME),
            "certificate_lapsed": np.isin(lives.certificate_status, (1, 2, 3)),
            "extreme_hardship": income == EXTREME,
            "regraded": (regraded > 0) & (regraded <= 2) & (holders.grade > 2),
        },
    )  # fmt: skip
    return Benefits(living, nursing, _subsistence(holders, lives), _medical(settings, lives, sure), regraded)


def _subsidy(
    settings: Settings, name: str, entitled: Bools, lives: Lives, outside: Bools, rate: int, before: int,
    *, was: Bools, causes: dict[str, Bools],
) -> Subsidy:  # fmt: skip
    rng, rates = stream(settings.seed, name), settings.rates
    count = len(entitled)
    paid = entitled.copy()
    cause = np.zeros(count, dtype=np.int8)

    left_out = exactly(rng, entitled, round(rates.gap * entitled.sum()))
    paid[left_out] = False
    cause[left_out] = rng.choice(_GAP_CAUSES, len(left_out), p=[0.5, 0.2, 0.15, 0.05, 0.1])
    cause[left_out[outside[left_out]]] = CAUSES.index("lives_elsewhere")

    # Paid without right: a planned share from each cause, the dead first.
    wanted = round(rates.leak * paid.sum())
    former = was & ~entitled & (lives.certificate_status != UNCERTIFIED)
    shares = [0.4, *[0.6 / (len(causes) - 1)] * (len(causes) - 1)]
    for share, (why, pool) in zip(shares, causes.items(), strict=True):
        ready = former & pool & (cause == 0)
        leaking = exactly(rng, ready, max(1, round(share * wanted)) if ready.any() else 0)
        paid[leaking] = True
        cause[leaking] = CAUSES.index(why)

    right = exactly(rng, entitled & paid, round(rates.wrong_amount * paid.sum()))
    old = right
    twice = np.zeros(count, dtype=np.bool_)
    spare = entitled & paid
    spare[old] = False
    twice[exactly(rng, spare, max(1, round(rates.paid_twice * paid.sum())) if paid.any() else 0)] = True
    cause[old] = CAUSES.index("old_rate")
    cause[twice] = CAUSES.index("paid_twice")
    each = np.full(count, rate, dtype=np.int64)
    each[old] = before

    first = np.where(paid, 60, NEVER)
    new = exactly(rng, entitled & paid & ~twice, round(0.05 * paid.sum()))
    first[new] = rng.integers(0, max(1, settings.months), len(new))
    last = np.where(paid, 0, NEVER)
    recovered = _stopped(rng, settings, lives, former & ~paid, first, last)
    return Subsidy(entitled, paid, np.where(entitled, rate, 0), each, twice, first, last, recovered, cause)


def _stopped(
    rng: np.random.Generator, settings: Settings, lives: Lives, former: Bools, first: Ints, last: Ints
) -> Bools:
    """Who was paid earlier and is no more: rightly ended with the month of death or of the change.

    Sets `first` and `last`. Some of the dead were paid a month or two too long and it was claimed back.
    """
    as_of = np.datetime64(settings.as_of, "M")
    ended = np.where(
        lives.dead,
        (as_of - lives.death.astype("datetime64[M]")).astype(int),
        rng.integers(1, 12, len(former)),
    )
    late = former & lives.dead & (ended >= 2) & (ended <= settings.months) & (rng.random(len(former)) < 0.25)
    first[former] = 60
    last[former] = (ended - late)[former]
    return late & (last >= 1)


def _subsistence(holders: Holders, lives: Lives) -> Funding:
    """Who is listed has been decided to meet the conditions, whatever income is recorded since."""
    at = holders.household
    incomes = lives.incomes
    living = ~lives.dead
    receives = (lives.income_class == SUBSISTENCE) & living
    entitled = ((incomes.below[at] | (lives.alone > 0)) & living) | receives
    cause = np.select(
        [entitled & ~receives, incomes.leak[at] & living],
        [CAUSES.index("not_applied"), CAUSES.index("income_risen")],
    )
    return Funding(entitled, receives, cause.astype(np.int8))


def _medical(settings: Settings, lives: Lives, sure: Bools) -> Funding:
    """Entitled in the plan's words: an intellectual or psychiatric part, whatever the grade.

    Others are funded, too, by rules outside the plan, so nobody is funded without right.
    """
    rng, rates = stream(settings.seed, "medical"), settings.rates
    entitled = sure & ((lives.parts[:, 4] > 0) | (lives.parts[:, 5] > 0))
    receives = entitled & (lives.medical_kind == 1)
    cause = np.zeros(len(entitled), dtype=np.int8)
    cause[entitled & ~receives] = CAUSES.index("not_insured")
    missed = exactly(rng, receives, round(rates.medical_gap * receives.sum()))
    receives[missed] = False
    cause[missed] = CAUSES.index("not_applied")
    return Funding(entitled, receives, cause)
