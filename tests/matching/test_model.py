"""The weights: the published file, and that ours are Splink's."""

from __future__ import annotations

import json
import math
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from yice.matching import published, read_model
from yice.matching.model import LEVELS, Model
from yice.matching.words import LEVEL
from yice.terms.errors import Problem

VECTORS = json.loads((Path(__file__).parent / "data/splink_vectors.json").read_text("utf-8"))
TEXT = resources.files("yice.matching").joinpath("model.json").read_text("utf-8")


def weights(model: Model, rows: list[dict[str, str]], frequency: list[float]) -> np.ndarray:
    codes = {
        name: np.array(
            [LEVELS[name].index(row[name]) + 1 if name in row else 0 for row in rows], dtype=np.int8
        )
        for name in LEVELS
    }
    return model.weight(codes, np.array(frequency))


def test_our_weight_is_splinks() -> None:
    model = read_model(json.dumps(VECTORS["model"]))
    ours = weights(
        model,
        [one["levels"] for one in VECTORS["vectors"]],
        [one["frequency"] for one in VECTORS["vectors"]],
    )
    assert len(ours) > 300
    assert max(abs(ours - [one["weight"] for one in VECTORS["vectors"]])) < 1e-9


def test_a_weight_is_the_prior_and_a_bit_for_each_doubling() -> None:
    model = published()
    sex = model.comparisons["sex"].levels[0]
    found = weights(model, [{}, {"sex": "same"}], [1.0, 1.0])
    assert found.tolist() == [model.prior_log2, model.prior_log2 + math.log2(sex.m / sex.u)]


def test_a_rarer_name_weighs_more_down_to_the_floor() -> None:
    model = published()
    floor = model.comparisons["name"].minimum_u
    common, rare, rarer = weights(model, [{"name": "exact"}] * 3, [1e-2, floor, floor / 10])
    assert common < rare == rarer


def test_how_likely_each_level_is_adds_up() -> None:
    for comparison in published().comparisons.values():
        for share in ("m", "u"):
            total = sum(getattr(level, share) for level in comparison.levels)
            assert total == pytest.approx(1, abs=0.02), (comparison.name, share)


def test_the_words_of_the_file_are_those_shown() -> None:
    for comparison in published().comparisons.values():
        for level in comparison.levels:
            assert LEVEL[comparison.name, level.level].text == level.label_zh


@pytest.mark.parametrize(
    "spoil",
    [
        lambda given: given.pop("bands"),
        lambda given: given["bands"].update(reject=99),
        lambda given: given["comparisons"][0].update(name="hair"),
        lambda given: given["comparisons"][0]["levels"].pop(),
        lambda given: given["comparisons"][0]["levels"][0].update(u=0),
        lambda given: given["comparisons"][0]["levels"].reverse(),
    ],
)
def test_what_is_no_model_is_refused(spoil: object) -> None:
    given = json.loads(TEXT)
    spoil(given)  # type: ignore[operator]
    with pytest.raises(Problem, check=lambda problem: problem.code == "match-model"):
        read_model(json.dumps(given))
