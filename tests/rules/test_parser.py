"""Texts of rules become trees, and a slip is told with its file, line, column and how to mend it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.little_plan import DAY, PLAN, condition, group, plan_with

from yice.rules.columns import Columns
from yice.rules.expression import Scope, check, parse
from yice.rules.expression.ast import Binary, Call, Choice, Items, Literal, Name, Unary
from yice.rules.kernel.screening import screen
from yice.rules.words import Place
from yice.terms.errors import Problem

HERE = Place("groups/a.yaml", 7, 11)
A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("true", Literal(True)),
        ("0", Literal(0)),
        ('"重度"', Literal("重度")),
        (r"'it\'s'", Literal("it's")),
        ("receives.nursing_subsidy", Name("receives.nursing_subsidy")),
        ("!a", Unary("!", A)),
        ("!!a", Unary("!", Unary("!", A))),
        ("-a", Unary("-", A)),
        ("a || b && c", Binary("||", A, Binary("&&", B, C))),
        ("(a || b) && c", Binary("&&", Binary("||", A, B), C)),
        ("a == b && c", Binary("&&", Binary("==", A, B), C)),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a - -b", Binary("-", A, Unary("-", B))),
        ("a / b % c", Binary("%", Binary("/", A, B), C)),
        ("!a == b", Binary("==", Unary("!", A), B)),
        ("a in [1, 2]", Binary("in", A, Items((Literal(1), Literal(2))))),
        ("a in b", Binary("in", A, B)),
        ("a ? b : c", Choice(A, B, C)),
        ("a ? b : c ? a : b", Choice(A, B, Choice(C, A, B))),
        ("age_on(as_of) >= 16", Binary(">=", Call("age_on", (Name("as_of"),)), Literal(16))),
        ("f()", Call("f", ())),
        ("inside", Name("inside")),
        ("a\n  && b", Binary("&&", A, B)),
    ],
)
def test_a_text_becomes_this_tree(text: str, tree: object) -> None:
    assert parse(text, HERE) == tree


@pytest.mark.parametrize(
    ("text", "where", "told"),
    [
        ("a &&", "7:15", "没有写完"),
        ("a b", "7:13", "却是 b"),
        ("(a", "7:13", "此处应为 )"),
        ("a = b", "7:13", "改写为半角的 =="),
        ("a and b", "7:13", "请改写为 &&"),
        ("a ≥ 3", "7:13", ">="),
        ("a，b", "7:12", "半角的 ,"),
        ("（a）", "7:11", "半角的 ("),
        ('a == "physical', "7:16", "引号没有配对"),
        ("a == 1.5", "7:16", "整数"),
        ("a == 12abc", "7:16", "整数"),
        ("a ? b", "7:16", "此处应为 :"),
        ("[1, 2", "7:16", "此处应为 ]"),
        ("a\n&& && b", "8:4", "却是 &&"),
        ("a.exists(x, x)(y)", "7:25", "却是 ("),
        ("a @ b", "7:13", "认不出 @"),
        ("", "7:11", "没有写完"),
        ("99999999999999999999", "7:11", "整数过大"),
    ],
)
def test_a_slip_is_told_at_its_place(text: str, where: str, told: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(text, HERE)
    assert str(caught.value).startswith(f"groups/a.yaml:{where}：")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 2_001,
        "(" * 40 + "a" + ")" * 40,
        "!" * 100 + "a",
        " || ".join(["a"] * 300),
        "a in [" + ",".join("1" * 300) + "]",
        "a ? " * 40 + "b" + " : c" * 40,
    ],
)
def test_an_expression_that_would_exhaust_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse(text, HERE)
    assert caught.value.code == "expr-limit"


_BITS = st.sampled_from(
    ["a", "grade", "1", '"x"', "'", '"', "(", ")", "[", "]", ",", "&&", "||", "!", "==", "<=", "in", "?", ":", "+", "-",
     "*", "/", "%", "age_on", "as_of", "setting.sites", "table", "known", "\n", "\\", "，", "９", "\x00", "true"]
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(_BITS, max_size=40).map(" ".join) | st.text(max_size=80))
def test_whatever_is_written_the_answer_is_a_rule_or_a_problem_with_its_place(text: str) -> None:
    try:
        check(parse(text, HERE), Scope.of(PLAN), text=text, place=HERE)
    except Problem as problem:
        assert str(problem).startswith("groups/a.yaml:")


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["grade"] * 200) + " > 1",
        "!(" * 15 + " || ".join(["employed && severe"] * 60) + ")" * 15,
        "employed ? " * 30 + "severe" + ": employed" * 30,
    ],
)
def test_the_longest_rule_that_is_allowed_runs(text: str) -> None:
    plan = plan_with(group("g", condition("c", text)))
    assert screen(plan, Columns.one(plan, {}), DAY).decide()[0].status == "unknown"
