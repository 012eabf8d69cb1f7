"""The published model: how much each agreement or disagreement says, in bits, and where the bands lie.

`model.json` is trained outside (`bench/matching`) and read here. The weight of a pair is Fellegi and Sunter's, as
Splink writes it: `prior_log2 + Σ log2(m / u)`, where m is how often a level is met among pairs that are one person
and u among pairs that are not. A value that either side lacks says nothing: 0 bits. Where a comparison carries
`tf`, its level `exact` uses the frequency of that very value instead of u, floored at `minimum_u`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from yice.terms.errors import Problem
from yice.terms.messages import Message

Floats = npt.NDArray[np.float64]
RULES = "1"  # of the passes; raise it when a pass decides otherwise
MISSING = 0  # the code of a value that either side lacks; levels count from 1, in the model's order

# What the engine can tell apart. A model may leave out a comparison, but knows no other level.
LEVELS: dict[str, tuple[str, ...]] = {
    "name": ("exact", "pinyin", "slip", "part", "surname", "other"),
    "birth": ("exact", "slip", "near", "year", "other"),
    "sex": ("same", "other"),
    "village": ("same", "township", "county", "other"),
    "address": ("exact", "close", "part", "other"),
    "phone": ("same", "other"),
    "id": ("same", "slip", "kept", "near", "other"),
}


@dataclass(frozen=True)
class Level:
    level: str
    label_zh: str
    m: float
    u: float

    @property
    def bits(self) -> float:
        return math.log2(self.m / self.u)


@dataclass(frozen=True)
class Comparison:
    """One comparison; `levels` in the order of `LEVELS[name]`, so that a code is a position plus one."""

    name: str
    levels: tuple[Level, ...]
    tf: bool = False
    minimum_u: float = 0.0

    def bits(self, codes: npt.NDArray[np.int8], frequency: Floats | None = None) -> Floats:
        """Bits of level codes (0 = missing). `frequency`: how common each pair's own value is, for `tf`."""
        table = np.array([0.0, *(level.bits for level in self.levels)])
        found: Floats = table[codes]
        if self.tf and frequency is not None:
            exact = codes == 1
            found[exact] = np.log2(self.levels[0].m / np.maximum(frequency[exact], self.minimum_u))
        return found


@dataclass(frozen=True)
class Model:
    version: str
    trained: Mapping[str, str]
    prior_log2: float
    accept: float
    reject: float
    comparisons: Mapping[str, Comparison]

    def weight(self, codes: Mapping[str, npt.NDArray[np.int8]], frequency: Floats | None = None) -> Floats:
        """The match weight in bits of pairs given by their level codes. `frequency` is of the exact names."""
        count = len(next(iter(codes.values())))
        total = np.full(count, self.prior_log2)
        for name, comparison in self.comparisons.items():
            if name in codes:
                total += comparison.bits(codes[name], frequency if name == "name" else None)
        return total


def read_model(text: str) -> Model:
    """A model from its JSON text. A Problem (`match-model`) that names the place where it is not one."""
    try:
        given = json.loads(text)
        comparisons = {one["name"]: _comparison(one) for one in given["comparisons"]}
        bands = given["bands"]
        model = Model(
            str(given["version"]),
            {key: str(value) for key, value in given["trained"].items()},
            float(given["prior_log2"]),
            float(bands["accept"]),
            float(bands["reject"]),
            comparisons,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _wrong(str(error)[:80]) from error
    if model.reject > model.accept:
        raise _wrong("bands")
    return model


def rule_version(model: Model) -> str:
    """What is kept with every decision: the version of the passes and that of the weights."""
    return f"{RULES}/{model.version}"


@cache
def published() -> Model:
    """The model that comes with this version."""
    return read_model(resources.files(__package__).joinpath("model.json").read_text("utf-8"))


def _comparison(given: Mapping[str, Any]) -> Comparison:
    name = given["name"]
    found = {
        one["level"]: Level(one["level"], one["label_zh"], float(one["m"]), float(one["u"]))
        for one in given["levels"]
    }
    if tuple(found) != LEVELS[name]:
        raise ValueError(f"{name}: {', '.join(LEVELS[name])}")
    for level in found.values():
        if not (0 < level.m <= 1 and 0 < level.u <= 1):
            raise ValueError(f"{name}.{level.level}: 0 < m, u <= 1")
    tf = given.get("tf", False)
    return Comparison(name, tuple(found.values()), bool(tf), float(given.get("minimum_u", 0.0)))


def _wrong(detail: str) -> Problem:
    return Problem(
        "match-model",
        Message("比对模型文件不对：{detail}。", detail=detail),
        fix=Message("请使用随版本发布的模型文件，或按 docs/matching.md 重新训练。"),
    )
