"""Loading a plan: what a pack on top changes, how settings are set otherwise, what the hash covers."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from yice.rules.pack.cases import run_cases
from yice.rules.pack.check import lacks, notes
from yice.rules.pack.loader import load_pack, plan_of
from yice.rules.pack.scaffold import create
from yice.rules.pack.written import read_pack
from yice.terms.errors import Problems

PACKS = Path(__file__).resolve().parents[2] / "packs"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A copy of the shipped packs that a test may write in."""
    return Path(shutil.copytree(PACKS, tmp_path / "packs"))


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_the_same_files_give_the_same_hash_and_one_changed_byte_another(packs: Path) -> None:
    pack = packs / "cn-440704-2016"
    before = load_pack(pack).hash
    assert load_pack(pack).hash == before == load_pack(PACKS / "cn-440704-2016").hash
    append(packs / "cn" / "cases" / "subsistence.yaml", "# \n")
    assert load_pack(pack).hash != before


def test_settings_set_otherwise_are_part_of_the_hash(packs: Path) -> None:
    pack = packs / "cn"
    changed = load_pack(pack, overrides={"severe_grade": "3"})
    assert changed.settings["severe_grade"].value == 3
    assert changed.hash != load_pack(pack).hash
    assert changed.hash == load_pack(pack, overrides={"severe_grade": 3}).hash


@pytest.mark.parametrize(
    ("name", "value", "typed"),
    [
        ("certificate_must_be_valid", "false", False),
        ("severe_grade", "1", 1),
        ("leap_day_birthday", "03-01", "03-01"),
        ("living_subsidy_classes", "subsistence;low_income", ("subsistence", "low_income")),
    ],
)
def test_a_setting_given_as_text_takes_the_type_it_has(name: str, value: str, typed: object) -> None:
    assert load_pack(PACKS / "cn", overrides={name: value}).settings[name].value == typed


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("severe_grad", "1", "setting-unknown"),
        ("severe_grade", "two", "setting-value"),
        ("certificate_must_be_valid", "yes", "setting-value"),
        ("leap_day_birthday", "02-29", "setting-value"),
    ],
)
def test_a_setting_that_cannot_be_is_a_sentence(name: str, value: str, code: str) -> None:
    with pytest.raises(Problems) as caught:
        load_pack(PACKS / "cn", overrides={name: value})
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_pack_on_top_changes_what_it_names_and_keeps_the_rest() -> None:
    below, top = load_pack(PACKS / "cn"), load_pack(PACKS / "cn-350112-2022")
    assert top.extends == ("cn",)
    assert below.benefits["nursing_subsidy"].amount is None
    assert top.benefits["nursing_subsidy"].amount is not None
    kept = [[e.condition.text for e in p.benefits["nursing_subsidy"].excludes] for p in (below, top)]
    assert kept[0] == kept[1] != []
    assert [c.id for c in top.groups["CN-2015-52-2.1b"].applies] == [
        "alive",
        "certified",
        "certificate_valid",
        "in_area",
    ]


def test_a_fact_of_the_pack_below_is_changed_only_where_that_is_said(packs: Path) -> None:
    (packs / "cn-350112-2022" / "facts.yaml").write_text(
        "rural:\n  type: bool\n  label: {zh: 农业户口, en: farming registration}\n", "utf-8"
    )
    with pytest.raises(Problems) as caught:
        load_pack(packs / "cn-350112-2022")
    (problem,) = caught.value.problems
    assert (problem.code, str(problem.where)) == ("pack-defined-twice", "facts.yaml:1:1")
    assert "amends: cn" in str(problem.fix)
    append(packs / "cn-350112-2022" / "facts.yaml", "  amends: cn\n")
    assert load_pack(packs / "cn-350112-2022").facts["rural"].label.zh == "农业户口"


def test_a_clause_shows_the_number_of_the_document_it_cites() -> None:
    plan = load_pack(PACKS / "cn-440704-2016")
    assert plan.groups["CN-2015-52-2.1a"].clause == "国发〔2015〕52号 二（一）"
    assert plan.groups["JH-3.1.4"].clause == "《江海区加快推进残疾人小康进程工作方案》 三（一）"


def test_a_second_route_to_a_benefit_makes_no_leaks_of_its_own() -> None:
    plan = load_pack(PACKS / "cn-440704-2016")
    assert (plan.groups["JH-3.1.3"].benefit, plan.groups["JH-3.1.3"].leaks) == ("subsistence_allowance", True)
    assert (plan.groups["JH-3.1.4"].benefit, plan.groups["JH-3.1.4"].leaks) == (
        "subsistence_allowance",
        False,
    )
    assert plan.groups["CN-649-9"].benefit is None


def test_a_group_without_a_case_and_an_amount_without_a_source_are_lacking(packs: Path) -> None:
    pack = packs / "cn-440704-2016"
    (pack / "cases" / "utility.yaml").unlink()
    national = pack / "benefits" / "national.yaml"
    national.write_text(national.read_text("utf-8").replace("  sample: true\n", "", 1), "utf-8")
    written = read_pack(pack)
    assert {problem.code for problem in lacks(plan_of(written), written)} == {"check-case", "check-source"}


def test_holes_and_overlaps_of_ages_in_a_family_are_shown(packs: Path) -> None:
    groups = packs / "cn-440704-2016" / "groups" / "ages.yaml"
    groups.write_text(
        "\n".join(
            f"AGE-{low}:\n  title: {{zh: 年龄段, en: ages}}\n  clause: JH 三\n  family: ages\n  when:\n    age:\n"
            f"      when: age_on(as_of) >= {low} && age_on(as_of) <= {high}\n"
            f"      says: {{zh: 年龄, en: age}}\n      clause: JH 三\n"
            for low, high in ((0, 6), (6, 15), (18, 59))
        ),
        "utf-8",
    )
    written = read_pack(packs / "cn-440704-2016")
    told = {
        note.kind: str(note.what) for note in notes(plan_of(written), written) if "ages" in str(note.what)
    }
    assert "AGE-0 与 AGE-6 在周岁 6 可能重叠" in told["overlap"]
    assert "周岁 16–17 没有任何人群" in told["hole"]


def test_a_case_that_expects_otherwise_shows_what_came_instead(packs: Path) -> None:
    cases = packs / "cn-440704-2016" / "cases" / "rent_waiver.yaml"
    cases.write_text(
        cases.read_text("utf-8").replace("failed: [low_income]", "failed: [severe_or_several]", 1), "utf-8"
    )
    (wrong,) = [result for result in run_cases(read_pack(packs / "cn-440704-2016")) if not result.passed]
    (difference,) = wrong.differences
    assert (difference.group, difference.expected, difference.got) == (
        "JH-3.3.3",
        "severe_or_several",
        "low_income",
    )
    assert wrong.because


def test_a_case_that_names_no_known_fact_is_a_sentence(packs: Path) -> None:
    append(
        packs / "cn" / "cases" / "subsistence.yaml",
        "  - {name: x, given: {grad: 1}, expect: {CN-649-9: eligible}, because: y}\n",
    )
    with pytest.raises(Problems) as caught:
        run_cases(read_pack(packs / "cn"))
    assert str(caught.value.problems[0].where) == "cases/subsistence.yaml:28:23"
    assert "grade" in str(caught.value.problems[0].fix)


def test_what_else_is_wrong_is_told_beside_an_element_that_cannot_be_read(tmp_path: Path) -> None:
    """Also within it; only what names it is not judged, for it may be right once that is mended."""
    folder = tmp_path / "cn-440799"
    create(folder, extends="cn", area="440799000000")
    (folder / "groups" / "more.yaml").write_text(
        "A:\n  title: {zh: 甲}\n  clause: DOC 第一条\n  when:\n"
        "    one: {when: no_such, says: {zh: 甲, en: a}, clause: DOC 第一条}\n"
        "B:\n  title: {zh: 乙, en: b}\n  clause: DOC 第一条\n  when:\n"
        "    two: {when: grade === 2, says: {zh: 乙, en: b}, clause: DOC 第一条}\n"
        '    three: {when: in_group("A"), says: {zh: 乙, en: b}, clause: DOC 第一条}\n',
        "utf-8",
    )
    with pytest.raises(Problems) as told:
        load_pack(folder, library=PACKS)
    places = [str(one.where).partition("more.yaml:")[2].rstrip("：") for one in told.value.problems]
    assert sorted(places) == ["10:25", "2:3", "5:17"]
