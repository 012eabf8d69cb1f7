"""One pair in words: what was compared, what each agreement weighs, and where the sum lies between the bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from yice.matching.both import Both
from yice.matching.model import LEVELS, Model, published, rule_version
from yice.matching.normalise import COLUMNS, normalise
from yice.matching.pairs import BIRTH, COMPARISONS, ID, NAME, PHONE, VILLAGE
from yice.matching.words import BECAUSE, BESIDE, COMPARED, LEVEL, MISSING
from yice.terms.messages import Message

Row = Mapping[str, str | None]
_VALUES = {"name": "name", "birth": "birth_date", "sex": "sex", "village": "village", "address": "address", "phone": "phone", "id": "id_number"}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One comparison. `ours` and `theirs` are the values as written: ids and phones are for the caller to mask."""

    comparison: str
    called: Message
    ours: str
    theirs: str
    level: str | None  # None where a side lacks it
    says: Message
    bits: float
    total: float  # after this step


@dataclass(frozen=True)
class Waterfall:
    """`prior` + the steps' bits = `weight`. From `accept` on a weight may decide, under `reject` it is nobody."""

    prior: float
    steps: tuple[Step, ...]
    weight: float
    accept: float
    reject: float
    because: tuple[Message, ...]  # why the two were compared at all
    version: str  # of passes and weights


def explain_pair(
    registry_row: Row,
    list_row: Row,
    *,
    frequency: float | None = None,
    model: Model | None = None,
    allow_test_range: bool = False,
) -> Waterfall:
    """The waterfall of two rows given by `COLUMNS`. `frequency` is `Pairs.frequency`: how common the name is among
    the registry's; without it the name weighs what names weigh on average."""
    model = model or published()
    ours, theirs = (
        normalise(_table(row), allow_test_range=allow_test_range) for row in (registry_row, list_row)
    )
    first = np.zeros(1, dtype=np.int64)
    codes = Both.of(ours, theirs, model).levels(first, first)[0]
    return waterfall(codes.tolist(), frequency=frequency, model=model, ours=registry_row, theirs=list_row)


def waterfall(
    levels: Sequence[int],
    *,
    frequency: float | None = None,
    model: Model | None = None,
    ours: Row | None = None,
    theirs: Row | None = None,
) -> Waterfall:
    """The same from kept levels (a row of `Pairs.levels`), so that an old decision is told as it was taken."""
    model = model or published()
    total, steps = model.prior_log2, []
    for name, code in zip(COMPARISONS, levels, strict=True):
        if name not in model.comparisons:
            continue
        rare = None if frequency is None else np.array([frequency])
        bits = float(model.comparisons[name].bits(np.array([code], dtype=np.int8), rare)[0])
        total += bits
        level = LEVELS[name][code - 1] if code else None
        tied = name in ("birth", "sex") and not code and 0 < levels[ID] <= 3
        says = LEVEL[name, level] if level else BESIDE if tied else MISSING
        one, other = ((row or {}).get(_VALUES[name]) or "" for row in (ours, theirs))
        steps.append(Step(name, COMPARED[name], one, other, level, says, bits, total))
    return Waterfall(
        model.prior_log2,
        tuple(steps),
        total,
        model.accept,
        model.reject,
        because(levels),
        rule_version(model),
    )


def because(levels: Sequence[int]) -> tuple[Message, ...]:
    """Why two rows with these levels were compared: the joins and blocks they share."""
    name = 0 < levels[NAME] <= 2
    birth, village, phone = levels[BIRTH] == 1, levels[VILLAGE] == 1, levels[PHONE] == 1
    found = {
        "id": levels[ID] == 1,
        "slip": levels[ID] in (2, 3),
        "sound birth": name and birth,
        "sound place": name and village,
        "sound phone": name and phone,
        "birth place": birth and village and not name,
        "birth phone": birth and phone and not name,
    }
    return tuple(BECAUSE[key] for key, met in found.items() if met) or (BECAUSE["person"],)


def _table(row: Row) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) or ""], pa.string()) for name in COLUMNS})
