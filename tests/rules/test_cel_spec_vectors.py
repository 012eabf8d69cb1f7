"""The core files of cel-spec for what the language of the packs covers, restated: basic, integer_math, logic,
comparisons of its types, lists. What of them has no meaning here stands in OUTSIDE with the reason.

An error in cel-spec ("division by zero", "no such overload" at run time) is "cannot tell" here, and is absorbed by
`&&`, `||` and `?:` as there. `unknown` stands for cel-spec's `1 / 0 > 0`.
"""

from __future__ import annotations

import pytest
from tests.rules.little_plan import AT, DAY, PLAN
from tests.rules.reference import verdict
from tests.rules.test_kernel_against_cel import answers

from yice.rules.expression import Scope, parse, resolve
from yice.terms.errors import Problem, Problems

LOW, HIGH = "-9223372036854775807 - 1", "9223372036854775807"
ERROR = "1 / 0 > 0"
VECTORS: dict[str, list[tuple[str, bool | None]]] = {
    "basic": [
        ("true", True), ("false", False), ("0 == 0", True), ("42 == 42", True), ("-1 == 0 - 1", True),
        ('"" == ""', True), ('"abc" == "abc"', True), ('"可以" == "可以"', True), ("(true)", True),
    ],
    "integer_math": [
        ("40 + 2 == 42", True), ("42 + -7 == 35", True), ("-4 + -2 == -6", True), ("4 - 5 == -1", True),
        ("-5 - -5 == 0", True), ("42 * -3 == -126", True), ("0 * 23 == 0", True), ("37 / 5 == 7", True),
        ("-7 / 2 == -3", True), ("7 / -2 == -3", True), ("0 / 10 == 0", True), ("10 / 0 == 0", None),
        ("47 % 5 == 2", True), ("-43 % 5 == -3", True), ("43 % -5 == 3", True), ("34 % 0 == 0", None),
        ("-(42) == -42", True), ("-(-42) == 42", True), ("1 + 2 * 3 - 4 / 2 == 5", True),
        (f"{HIGH} + 1 == 0", None), (f"{LOW} - 1 == 0", None), (f"{HIGH} * 2 == 0", None),
        (f"-({LOW}) == 0", None), (f"({LOW}) / -1 == 0", None), ("5000000000 * -5000000000 == 0", None),
    ],
    "logic": [
        ("true && true", True), ("true && false", False), ("false && true", False), ("false && false", False),
        ("true || false", True), ("false || true", True), ("false || false", False), ("!true", False),
        ("!false", True), (f"false && {ERROR}", False), (f"{ERROR} && false", False), (f"true && {ERROR}", None),
        (f"{ERROR} && true", None), (f"true || {ERROR}", True), (f"{ERROR} || true", True),
        (f"false || {ERROR}", None), (f"{ERROR} || false", None), (f"!({ERROR})", None),
        (f"true ? true : {ERROR}", True), (f"false ? {ERROR} : true", True), (f"({ERROR}) ? true : false", None),
        ("1 > 0 ? 1 + 1 == 2 : false", True),
    ],
    "comparisons": [
        ("1 == 1", True), ("-1 == 1", False), ("24 != 42", True), ("1 != 1", False), ("-1 < 0", True),
        ("0 < 0", False), ("0 <= -1", False), ("0 <= 0", True), ("42 > -42", True), ("0 > 0", False),
        ("0 >= 0", True), ("999 >= 1000", False), ('"abc" == "abd"', False), ('"abc" != "abd"', True),
        ("true == true", True), ("true == false", False), ("false != true", True),
        ("40 + 2 == 42 && 1 < 2", True),
    ],
    "lists": [
        ("1 in [1, 2, 3]", True), ("4 in [1, 2, 3]", False), ("-1 in [-1]", True), ("!(7 in [1, 2, 3])", True),
    ],
}  # fmt: skip
WRAPPED = {f"-({LOW}) == 0"}  # the binding wraps around where the specification has an error
# What a pack may not write: why it has no meaning here.
OUTSIDE = {
    "[1, 2] == [1, 2]": "lists stand only after `in`",
    "{'a': 1} == {'a': 1}": "no maps: facts are flat",
    "[1, 2][0] == 1": "no indexes",
    "'abc'.size() == 3": "no members and no methods",
    "size('abc') == 3": "no functions but those of docs/packs.md",
    "[1, 2].exists(x, x > 1)": "no macros: a rule is of one row",
    "has(category.name)": "no messages; `known(fact)` in targets and steps only",
    "1.5 < 2.0": "no fractions: money is whole fen",
    "1u == 1u": "no unsigned numbers",
    "b'abc' == b'abc'": "no bytes",
    "null == null": "no null: not known is not a value",
    "type(1) == int": "no types as values",
    "dyn(1) == 1": "no dynamic types",
    "duration('1s') == duration('1s')": "days are counted by days_between",
    "timestamp('2009-02-13T23:31:30Z') == timestamp('2009-02-13T23:31:30Z')": "dates only",
    "'a' + 'b' == 'ab'": "texts are compared, not joined",
    "0x55555555 == 1431655765": "numbers are decimal",
    "1 == true": "values of two types are not compared",
    "'1' in [1, 2]": "values of two types are not compared",
    "9223372036854775808 == 0": "no number beyond 64 bits is written",
}


@pytest.mark.parametrize("file", VECTORS)
def test_vectors_of_cel_spec_hold(file: str) -> None:
    found = {text: answers(text, [{}])[0] for text, _ in VECTORS[file]}
    assert found == dict(VECTORS[file])
    again = {text: verdict(text, {}, DAY, {}) for text, _ in VECTORS[file]}
    assert {text for text in again if again[text] != found[text]} <= WRAPPED


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_outside_is_refused_with_a_place(text: str) -> None:
    with pytest.raises((Problem, Problems)) as refused:
        resolve(parse(text, AT), Scope.of(PLAN), text=text, place=AT)
    told = refused.value.problems[0] if isinstance(refused.value, Problems) else refused.value
    assert told.where is not None
