"""A pack is untrusted: whatever is wrong with it is a sentence with file, line and column, and nothing else happens."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yice.rules.pack import scaffold
from yice.rules.pack.loader import load_pack
from yice.rules.pack.yaml import read_yaml
from yice.terms.errors import Problem, Problems

PACKS = Path(__file__).resolve().parents[2] / "packs"
PLACE = re.compile(r"[\w./-]+\.(yaml|csv|sh|txt):\d+:\d+")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A sound pack to spoil: the one `yice pack new` makes."""
    scaffold.create(tmp_path / "plan-1", extends="cn", area="440799000000")
    return tmp_path / "plan-1"


def refusals(pack: Path) -> list[Problem]:
    with pytest.raises(Problems) as caught:
        load_pack(pack, library=PACKS)
    for problem in caught.value.problems:
        assert PLACE.match(str(problem)), str(problem)
    return caught.value.problems


def spoil(pack: Path, file: str, old: str, new: str) -> None:
    text = (pack / file).read_text("utf-8")
    assert old in text
    (pack / file).write_text(text.replace(old, new, 1), "utf-8")


def test_the_unspoilt_pack_loads(pack: Path) -> None:
    assert load_pack(pack, library=PACKS).extends == ("cn",)


def test_an_alias_bomb_is_refused_at_its_first_anchor(pack: Path) -> None:
    bomb = "a: &a [x, x, x]\n" + "".join(
        f"{n}: &{n} [*{p}, *{p}, *{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    (pack / "facts.yaml").write_text(bomb, "utf-8")
    (problem,) = refusals(pack)
    assert problem.code == "yaml-alias"
    assert str(problem.where) == "facts.yaml:1:4"


def test_a_tag_is_refused_and_runs_nothing(pack: Path, tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    (pack / "facts.yaml").write_text(f"evil: !!python/object/apply:os.system ['touch {trace}']\n", "utf-8")
    (problem,) = refusals(pack)
    assert problem.code == "yaml-tag"
    assert str(problem.where) == "facts.yaml:1:7"
    assert not trace.exists()


def test_deep_nesting_is_refused(pack: Path) -> None:
    (pack / "facts.yaml").write_text("a: " + "[" * 500 + "]" * 500 + "\n", "utf-8")
    (problem,) = refusals(pack)
    assert problem.code in ("yaml-depth", "yaml-syntax")


def test_too_many_nodes_are_refused_quickly(pack: Path) -> None:
    (pack / "facts.yaml").write_text("a: [" + "1," * 200_000 + "1]\n", "utf-8")
    started = time.process_time()
    (problem,) = refusals(pack)
    assert problem.code == "yaml-nodes"
    assert time.process_time() - started < 20


def test_a_file_over_a_megabyte_is_not_read(pack: Path) -> None:
    (pack / "facts.yaml").write_text("# " + "x" * (1 << 20) + "\n", "utf-8")
    assert refusals(pack)[0].code == "pack-size"


def test_a_duplicate_key_is_refused_with_the_line_of_the_first(pack: Path) -> None:
    (pack / "pack.yaml").write_text("id: plan-1\nid: plan-2\n", "utf-8")
    problem = next(p for p in refusals(pack) if p.code == "yaml-duplicate-key")
    assert str(problem.where) == "pack.yaml:2:1"
    assert "第 1 行" in str(problem.what)


def test_an_unknown_key_is_refused_with_the_nearest_name(pack: Path) -> None:
    spoil(pack, "pack.yaml", "authority:", "authorty:")
    problem = next(p for p in refusals(pack) if p.code == "pack-unknown-key")
    assert str(problem.where) == "pack.yaml:6:1"
    assert "authority" in str(problem.fix)


def test_an_unknown_key_inside_a_condition_names_the_nearest_there(pack: Path) -> None:
    spoil(pack, "groups/example.yaml", "      says: {zh: 不满7周岁", "      say: {zh: 不满7周岁")
    problem = next(p for p in refusals(pack) if p.code == "pack-unknown-key")
    assert str(problem.where).startswith("groups/example.yaml:8:7")
    assert "says" in str(problem.fix)


@pytest.mark.parametrize("name", ["../cn", "/etc", "..", "cn/../cn"])
def test_a_pack_extends_by_id_never_by_path(pack: Path, name: str) -> None:
    spoil(pack, "pack.yaml", "extends: [cn]", f'extends: ["{name}"]')
    assert "pack-extends" in {problem.code for problem in refusals(pack)}


def test_a_link_out_of_the_pack_is_refused(pack: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("a: 1\n", "utf-8")
    (pack / "facts.yaml").symlink_to(secret)
    (problem,) = refusals(pack)
    assert problem.code == "pack-link"


def test_a_program_in_a_pack_is_refused(pack: Path) -> None:
    (pack / "run.sh").write_text("true\n", "utf-8")
    assert refusals(pack)[0].code == "pack-file"


def test_packs_that_extend_each_other_are_refused(pack: Path) -> None:
    other = pack.parent / "plan-2"
    scaffold.create(other, extends="plan-1", area="440799000000")
    spoil(pack, "pack.yaml", "extends: [cn]", "extends: [plan-2]")
    assert "pack-extends" in {problem.code for problem in refusals(pack)}


def test_groups_that_contain_each_other_are_refused(pack: Path) -> None:
    spoil(pack, "groups/example.yaml", "when: severe", 'when: in_group("DOC-1")')
    assert "pack-circle" in {problem.code for problem in refusals(pack)}


def test_an_unknown_fact_in_a_condition_is_found_at_its_column(pack: Path) -> None:
    spoil(pack, "groups/example.yaml", "when: severe", "when: true && sever")
    (problem,) = refusals(pack)
    assert str(problem.where).startswith("groups/example.yaml:11:21")
    assert "severe" in str(problem.fix)


def test_every_problem_is_told_at_once(pack: Path) -> None:
    spoil(pack, "pack.yaml", "authority:", "authorty:")
    spoil(pack, "benefits/example.yaml", "group: DOC-1", "group: 7")
    spoil(pack, "sources.yaml", "date_note:", "dat_note:")
    files = {str(problem.where).split(":")[0] for problem in refusals(pack)}
    assert files >= {"pack.yaml", "benefits/example.yaml", "sources.yaml"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("1,2020-01-01,200,", "1,2020-13-01,200,", "table-value"),
        ("1,2020-01-01,200,", "1,2020-01-01,two hundred,", "table-value"),
        ("1,2020-01-01,200,", "1,2020-01-01,200", "table-cells"),
        ("2,2020-01-01,150,", "1,2020-01-01,150,", "table-twice"),
        ("grade,since,yuan,source", "grade,sinse,yuan,source", "table-header"),
    ],
)
def test_a_broken_table_names_its_line(pack: Path, old: str, new: str, code: str) -> None:
    spoil(pack, "tables/example_grant.csv", old, new)
    problem = next(p for p in refusals(pack) if p.code == code)
    assert str(problem.where).startswith("tables/example_grant.csv:")


def test_a_code_that_yaml_would_take_for_a_number_is_refused() -> None:
    with pytest.raises(Problems) as caught:
        read_yaml("area: 011010\n", "pack.yaml")
    assert str(caught.value.problems[0].where) == "pack.yaml:1:7"


def test_on_yes_and_no_stay_words() -> None:
    assert read_yaml("on: yes\nno: off\n", "x.yaml").value == {"on": "yes", "no": "off"}


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-&*!|>[]{}'\"#\n ,?%@01.é\x00\t"), max_size=60))
def test_whatever_the_text_reading_gives_a_document_or_problems_with_a_place(text: str) -> None:
    try:
        read_yaml(text, "x.yaml")
    except Problems as caught:
        assert all(PLACE.match(str(problem)) for problem in caught.problems)


def test_a_table_cannot_span_more_combinations_than_memory_holds(pack: Path) -> None:
    lines = [",".join([*(f"k{row}" for _ in range(4)), "2020-01-01", "1"]) for row in range(100)]
    (pack / "tables" / "wide.csv").write_text("a,b,c,d,since,yuan\n" + "\n".join(lines) + "\n", "utf-8")
    (problem,) = refusals(pack)
    assert (problem.code, str(problem.where)) == ("table-keys", "tables/wide.csv:1:1")


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("facts.yaml", "a:\n  <<: {type: bool}\n", "yaml-merge"),
        ("facts.yaml", "a: b\n# \0\n", "yaml-control"),
        ("tables/t.csv", "k,since,yuan\na\0b,2020-01-01,5\n", "table-cells"),
        ("tables/t.csv", "k,since,yuan\na,2020-01-01,-5\n", "table-value"),
        ("tables/t.csv", ",".join(f"k{n}" for n in range(50_000)) + ",since,yuan\n", "table-header"),
    ],
)
def test_what_could_hide_or_grow_is_refused(pack: Path, file: str, content: str, code: str) -> None:
    (pack / file).parent.mkdir(exist_ok=True)
    (pack / file).write_text(content, "utf-8")
    began = time.process_time()
    assert code in {problem.code for problem in refusals(pack)}
    assert time.process_time() - began < 5


def test_a_wrong_citation_does_not_hide_what_else_is_wrong(pack: Path) -> None:
    spoil(pack, "groups/example.yaml", "clause: DOC 第一条", "clause: NONE 第一条")
    spoil(pack, "groups/example.yaml", "age_on(as_of) < 7", "age_on(as_of) < 'x'")
    assert len(refusals(pack)) >= 2


def test_a_sum_beyond_all_money_is_refused(pack: Path) -> None:
    spoil(pack, "tables/example_grant.csv", "1,2020-01-01,200,", f"1,2020-01-01,{'9' * 400},")
    assert refusals(pack)[0].code == "table-value"


def test_groups_cannot_hang_from_each_other_without_end(pack: Path) -> None:
    chain = "".join(
        f"G{n}:\n  title: {{zh: 组, en: group}}\n  clause: DOC 一\n  within: {f'G{n - 1}' if n else 'DOC-1'}\n"
        for n in range(1500)
    )
    (pack / "groups" / "chain.yaml").write_text(chain, "utf-8")
    assert {problem.code for problem in refusals(pack)} == {"pack-chain"}


@pytest.mark.parametrize("name", ["a b", "a;b", "as_of", "receives.x", "9x", "x" * 100])
def test_an_id_that_would_break_files_or_expressions_is_refused(pack: Path, name: str) -> None:
    (pack / "facts.yaml").write_text(f'"{name}":\n  type: bool\n  label: {{zh: 甲, en: a}}\n', "utf-8")
    assert [(problem.code, str(problem.where)) for problem in refusals(pack)] == [
        ("pack-id", "facts.yaml:1:1")
    ]


def test_codes_beyond_what_a_column_holds_are_refused(pack: Path) -> None:
    codes = "".join(f"    c{n}: {{zh: 甲, en: a}}\n" for n in range(63))
    (pack / "facts.yaml").write_text(
        f"many:\n  type: set\n  label: {{zh: 甲, en: a}}\n  codes:\n{codes}", "utf-8"
    )
    assert [problem.code for problem in refusals(pack)] == ["fact-codes"]


def test_silence_that_means_no_value_of_the_fact_is_refused(pack: Path) -> None:
    text = "odd:\n  type: bool\n  label: {zh: 甲, en: a}\n  silence: {always: true, means: perhaps}\n"
    (pack / "facts.yaml").write_text(text, "utf-8")
    assert [str(problem.where) for problem in refusals(pack)] == ["facts.yaml:4:34"]
