"""Groups on organisations, areas and posts have facts of their own; a clause may waive what else always applies."""

from __future__ import annotations

from pathlib import Path

import pytest

from yice.rules.pack import scaffold
from yice.rules.pack.cases import run_cases
from yice.rules.pack.loader import load_pack
from yice.rules.pack.written import read_pack
from yice.terms.errors import Problems

PACKS = Path(__file__).resolve().parents[2] / "packs"
SAYS = "{zh: 说明, en: words}"
FACTS = f"stars:\n  type: int\n  of: organisation\n  label: {SAYS}\n"
GROUP = """
DOC-9:
  title: {words}
  clause: DOC 九
  unit: {unit}
  {more}
  when:
    asked: {{when: '{when}', says: {words}, clause: DOC 九}}
"""
CASE = """
cases:
  - name: 一例
    given: {given}
    expect: {expect}
    because: 说明
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    made = tmp_path / "cn-440799-2021"
    scaffold.create(made, extends="cn", area="440799000000")
    return made


def write(pack: Path, when: str, unit: str = "person", more: str = "") -> None:
    (pack / "facts.yaml").write_text(FACTS, "utf-8")
    text = GROUP.format(words=SAYS, unit=unit, when=when, more=more)
    (pack / "groups" / "nine.yaml").write_text(text, "utf-8")


def codes(pack: Path) -> set[str]:
    with pytest.raises(Problems) as told:
        load_pack(pack, library=PACKS)
    return {problem.code for problem in told.value.problems}


def test_a_group_on_organisations_reads_their_facts_and_nothing_of_persons_applies(pack: Path) -> None:
    write(pack, "stars >= 3", "organisation")
    plan = load_pack(pack, library=PACKS)
    assert plan.groups["DOC-9"].applies == ()
    assert plan.facts["stars"].of == "organisation"


@pytest.mark.parametrize(("when", "unit"), [("stars >= 3", "person"), ("grade == 1", "organisation"),
                                            ('in_group("DOC-1")', "area"),
                                            ('entitled("living_subsidy")', "post")])  # fmt: skip
def test_a_group_cannot_read_facts_of_another_kind_of_row(pack: Path, when: str, unit: str) -> None:
    write(pack, when, unit)
    assert codes(pack) == {"pack-unit"}


def test_a_group_cannot_lie_within_one_of_another_kind(pack: Path) -> None:
    write(pack, "stars >= 3", "organisation", "within: DOC-1")
    assert codes(pack) == {"pack-unit"}


def test_a_case_tells_of_one_kind_of_row(pack: Path) -> None:
    write(pack, "stars >= 3", "organisation")
    case = CASE.format(given="{stars: 3, grade: 1}", expect="{DOC-9: eligible}")
    (pack / "cases" / "nine.yaml").write_text(case, "utf-8")
    with pytest.raises(Problems, match="一类对象"):
        run_cases(read_pack(pack, PACKS))


def test_a_clause_that_reaches_beyond_certificate_holders_waives_the_certificate(pack: Path) -> None:
    write(pack, "grade == 1", more="waives: [certified, certificate_valid]")
    group = load_pack(pack, library=PACKS).groups["DOC-9"]
    assert not {"certified", "certificate_valid"} & {condition.id for condition in group.applies}
    assert "alive" in {condition.id for condition in group.applies}


def test_only_what_applies_can_be_waived(pack: Path) -> None:
    write(pack, "grade == 1", more="waives: [certifed]")
    assert codes(pack) == {"pack-reference"}


LEFT_OUT = 'entitled("living_subsidy") && !receives("living_subsidy")'
HOLDER = "certified: true, certificate_status: valid, hukou: '440799001001', income_class: subsistence"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("receives.living_subsidy: false", "eligible"),
        ("receives.living_subsidy: false, orphan_allowance: true", "ineligible"),
        ("receives.living_subsidy: true", "ineligible"),
        ("grade: 4", "unknown"),
    ],
)
def test_entitled_is_the_group_less_the_exclusions_that_are_known(
    pack: Path, given: str, status: str
) -> None:
    write(pack, LEFT_OUT)
    case = CASE.format(given=f"{{{HOLDER}, {given}}}", expect=f"{{DOC-9: {status}}}")
    (pack / "cases" / "nine.yaml").write_text(case, "utf-8")
    results = [result for result in run_cases(read_pack(pack, PACKS)) if result.groups == ("DOC-9",)]
    assert [result.differences for result in results] == [()]


def test_a_benefit_cannot_hang_on_who_is_entitled_to_it(pack: Path) -> None:
    write(pack, 'entitled("example")')
    benefit = f"example:\n  title: {SAYS}\n  group: DOC-9\n  clause: DOC 九\n"
    (pack / "benefits" / "nine.yaml").write_text(benefit, "utf-8")
    assert "pack-circle" in codes(pack)
