"""Whatever is done to a pack's files, loading ends with a plan or with sentences that say where; nothing else escapes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rules.rule_texts import RULES

from yice.rules.expression import parse
from yice.rules.pack import scaffold
from yice.rules.pack.loader import load_pack
from yice.rules.words import Place
from yice.terms.errors import Problem, Problems

PACKS = Path(__file__).resolve().parents[2] / "packs"
PLACE = re.compile(r"(.+\.(yaml|csv)|.+):\d+:\d+")
SOUP = st.text(
    alphabet=st.sampled_from("abgrade_of.()[]{},:?!&|=<>+-*/% \"'\n0129\\é灾\x00\U0001f600"), max_size=80
)
WORDS = st.lists(
    st.sampled_from(
        [
            "grade",
            "category",
            '"physical"',
            "in",
            "[",
            "]",
            "(",
            ")",
            "&&",
            "||",
            "!",
            "==",
            "<",
            "1",
            "99999999999999999999",
            "?",
            ":",
            "age_on",
            "as_of",
            "in_group",
            "known",
            "table",
            ",",
            "-",
            "%",
            "receives",
            ".",
            '"',
            "true",
        ]
    ),
    max_size=30,
).map(" ".join)


def _told(problem: Problem) -> None:
    assert PLACE.match(str(problem.where)), str(problem)
    assert str(problem.what).strip()


@settings(max_examples=400, deadline=None)
@given(SOUP | WORDS)
def test_any_text_is_a_rule_or_a_sentence_with_its_column(text: str) -> None:
    try:
        parse(text, Place("groups/x.yaml", 3, 7))
    except Problem as problem:
        _told(problem)
    except Problems as caught:
        assert [_told(problem) for problem in caught.problems]


@settings(max_examples=100, deadline=None)
@given(RULES, st.data())
def test_a_rule_with_one_thing_spoilt_is_a_rule_or_a_sentence(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    spoilt = text[:at] + data.draw(SOUP.filter(bool)) + text[at + data.draw(st.integers(0, 3)) :]
    try:
        parse(spoilt, Place("groups/x.yaml", 1, 1))
    except Problem as problem:
        _told(problem)
    except Problems as caught:
        assert [_told(problem) for problem in caught.problems]


@pytest.mark.parametrize("deep", ["(" * 5000 + "1" + ")" * 5000, "!" * 5000 + "true", "1" + "+1" * 50_000])
def test_depth_and_length_end_in_a_sentence_and_not_in_the_stack(deep: str) -> None:
    with pytest.raises((Problem, Problems)):
        parse(deep, Place("groups/x.yaml", 1, 1))


_EDITS = st.tuples(
    st.integers(0, 10**6),  # which file
    st.integers(0, 10**6),  # where in it
    st.integers(0, 40),  # how much goes
    st.binary(max_size=12)
    | st.sampled_from(
        [b": ", b"- ", b"\n", b"  ", b"{", b"[", b"*a", b"&a ", b"!!x ", b"null", b"1e999", b"'", b"---\n"]
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_EDITS, min_size=1, max_size=3))
def test_a_pack_with_its_files_spoilt_is_a_plan_or_sentences(
    tmp_path: Path, edits: list[tuple[int, int, int, bytes]]
) -> None:
    pack = tmp_path / "plan-1"
    shutil.rmtree(pack, ignore_errors=True)
    scaffold.create(pack, extends="cn", area="440799000000")
    files = sorted(path for path in pack.rglob("*") if path.is_file())
    for which, where, gone, new in edits:
        path = files[which % len(files)]
        text = path.read_bytes()
        at = where % (len(text) + 1)
        path.write_bytes(text[:at] + new + text[at + gone :])
    try:
        load_pack(pack, library=PACKS)
    except Problems as caught:
        assert caught.problems
        for problem in caught.problems:
            _told(problem)
