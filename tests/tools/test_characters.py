"""The character tables that names are compared by."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from tools import characters
from yice.identifiers.names import code_points, fold, sounds


def test_the_tables_are_those_of_the_locked_dictionaries() -> None:
    assert characters.main(["--check"]) == 0


def test_every_writing_is_folded_once_and_for_all() -> None:
    lines = (characters.TABLES / "variants.txt").read_text("utf-8").split()
    every = [char for line in lines for char in line]
    assert len(every) == len(set(every))
    for line in lines:
        assert {fold(char) for char in line} == {unicodedata.normalize("NFKC", line[0])}


@pytest.mark.parametrize(("one", "other"), [("伟", "玮"), ("曾", "增"), ("吕", "旅"), ("萧", "消")])
def test_what_sounds_alike(one: str, other: str) -> None:
    heard = sounds(code_points([one, other]))
    assert (heard[0] == heard[1]).all()


def test_a_character_without_a_sound_is_itself() -> None:
    assert sounds(code_points(["A", "B"])).ravel().tolist() == [ord("A"), ord("B")]
    assert np.unique(sounds(code_points(["单", "丹"]))).size == 2
