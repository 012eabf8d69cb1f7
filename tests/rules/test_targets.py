"""Targets, norms and quotas: what a definition must have, what is refused, and that the five plans carry them all."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from yice.rules.columns import Columns
from yice.rules.kernel.evaluator import Evaluator
from yice.rules.kernel.lower import Lowering
from yice.rules.kernel.program import compile_plan
from yice.rules.model import Plan, Target
from yice.rules.pack import scaffold
from yice.rules.pack.cases import own_cases, run_cases
from yice.rules.pack.loader import load_pack
from yice.rules.pack.written import read_pack
from yice.terms.errors import Problems

HERE = Path(__file__).resolve().parent
PACKS = HERE.parents[1] / "packs"
PLANS = ("cn-11-2018", "cn-43-2016", "cn-22-2017", "cn-15-2013", "cn-440704-2016")
WORDS = "{zh: 说明, en: words}"
SHARE = f"numerator: {{says: {WORDS}}}, denominator: {{says: {WORDS}}}, scale: percent"
COUNT = f"numerator: {{says: {WORDS}}}"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    made = tmp_path / "cn-440799-2021"
    scaffold.create(made, extends="cn", area="440799000000")
    text = (made / "pack.yaml").read_text("utf-8")
    (made / "pack.yaml").write_text(
        text.replace("  since: 2020-01-01", "  since: 2020-01-01\n  until: 2022-12-31"), "utf-8"
    )
    return made


def load(pack: Path, body: str, unit: str = "persons", file: str = "targets.yaml") -> Plan:
    text = f"T-1: {{title: {WORDS}, clause: DOC 一, unit: {unit}, tier: [county], {body}}}\n"
    (pack / file).parent.mkdir(exist_ok=True)
    (pack / file).write_text(text, "utf-8")
    return load_pack(pack, library=PACKS)


def target(pack: Path, body: str, unit: str = "persons") -> Target:
    return load(pack, body, unit).targets["T-1"]


def test_a_share_has_numerator_denominator_threshold_and_date(pack: Path) -> None:
    made = target(pack, f"{SHARE}, threshold: 90, by: 2022-12-31")
    assert (made.threshold, made.scale, made.compare, made.inclusive) == (
        Decimal(90),
        "percent",
        "at_least",
        True,
    )
    assert (made.by, made.by_implied, made.tiers) == (dt.date(2022, 12, 31), False, ("county",))


def test_where_the_document_names_no_number_there_is_no_threshold(pack: Path) -> None:
    assert target(pack, SHARE).threshold is None


def test_a_threshold_entered_locally_comes_from_its_setting(pack: Path) -> None:
    (pack / "settings.yaml").write_text(
        f"least: {{value: 7, says: {WORDS}, author: 岭前区残联, date: 2021-03-05}}\n", "utf-8"
    )
    assert target(pack, f"{COUNT}, threshold_setting: least").threshold == 7


def test_a_norm_asks_for_things_of_a_kind_and_may_be_met_by_some_of_them(pack: Path) -> None:
    asks = f"requires: [{{what: {WORDS}, at_least: 2, size_at_least: 50}}, {{what: {WORDS}}}], enough: 1"
    made = target(pack, asks, "areas")
    assert [(one.at_least, one.size_at_least) for one in made.requires] == [(2, 50), (1, None)]
    assert made.enough == 1


def test_the_facts_of_the_unit_may_be_asked_whether_they_are_known(pack: Path) -> None:
    where = f"numerator: {{says: {WORDS}, where: known(medical_kind) && grade <= 2}}"
    made = target(pack, where).numerator
    assert made
    assert made.where == "known(medical_kind) && grade <= 2"


@pytest.mark.parametrize("file", ["norms.yaml", "quotas.yaml", "targets/one.yaml"])
def test_norms_quotas_and_a_folder_of_targets_have_the_same_shape(pack: Path, file: str) -> None:
    assert list(load(pack, COUNT, file=file).targets) == ["T-1"]


@pytest.mark.parametrize(
    ("unit", "body", "code"),
    [
        ("persons", "threshold: 90", "target"),  # neither numerator nor requirements
        ("persons", f"{COUNT}, scale: percent", "target"),  # a share of nothing
        ("persons", f"{COUNT}, denominator: {{says: {WORDS}}}", "target"),  # a share without its scale
        ("persons", f"{SHARE}, threshold: 101", "target"),
        ("persons", f"{COUNT}, threshold: -1", "target"),
        ("persons", f"{COUNT}, threshold: 1, threshold_setting: severe_grade", "target"),
        ("persons", f"{COUNT}, threshold_setting: nowhere", "pack-setting"),
        ("persons", f"{COUNT}, threshold_setting: certificate_must_be_valid", "pack-setting"),
        ("persons", f"{SHARE}, compare: rising, threshold: 10", "target"),
        ("persons", f"{SHARE}, step: 5", "target"),
        ("persons", f"{SHARE}, compare: rising, step: 0", "target"),
        ("persons", f"{COUNT}, inclusive: false", "target"),
        ("persons", f"{COUNT}, compare: exactly, threshold: 0, inclusive: false", "target"),
        ("persons", f"{COUNT}, by: 2023-01-01", "target"),  # after the plan
        ("persons", f"{COUNT}, by: 2019-12-31", "target"),  # before it
        ("persons", f"{COUNT}, by_implied: true", "target"),
        ("persons", f"{COUNT}, year: 2023", "target"),
        ("persons", f"{COUNT}, year: 2021, year_setting: severe_grade", "target"),
        ("persons", f"requires: [{{what: {WORDS}}}]", "target"),
        ("areas", f"requires: [{{what: {WORDS}}}], enough: 2", "target"),
        ("milestone", f"{COUNT}, by: 2021-12-31", "target"),
        ("milestone", "every: year", "target"),
        ("beds", f"numerator: {{says: {WORDS}, where: severe}}", "target"),  # beds are counted by records
        ("areas", f"numerator: {{says: {WORDS}, where: severe}}", "pack-unit"),
        ("persons", f"numerator: {{says: {WORDS}, where: grade + 1}}", "expr-type"),
        ("persons", f"numerator: {{says: {WORDS}, where: sevre}}", "expr-name"),
        ("persons", f"{COUNT}, allocates: T-2", "pack-reference"),
        ("persons", f"{COUNT}, treshold: 3", "pack-unknown-key"),
        ("people", COUNT, "pack-value"),
        ("persons", f"{COUNT}, every: month", "pack-value"),
        ("areas", f"requires: [{{what: {WORDS}, at_least: 0}}]", "pack-value"),
    ],
)
def test_what_does_not_hold_together_is_refused_with_its_place(
    pack: Path, unit: str, body: str, code: str
) -> None:
    with pytest.raises(Problems) as told:
        load(pack, body, unit)
    assert {problem.code for problem in told.value.problems} == {code}
    assert all("targets.yaml:1:" in str(problem.where) for problem in told.value.problems)


def test_the_same_target_in_two_files_is_refused(pack: Path) -> None:
    load(pack, COUNT)
    with pytest.raises(Problems) as told:
        load(pack, COUNT, file="norms.yaml")
    assert {problem.code for problem in told.value.problems} == {"pack-defined-twice"}


def shipped() -> dict[str, Target]:
    return {name: one for plan in PLANS for name, one in load_pack(PACKS / plan).targets.items()}


def test_the_five_plans_carry_all_targets_and_all_duties_that_act_as_one() -> None:
    written, checks = (
        (HERE / name).read_text("utf-8").split() for name in ("target_ids.txt", "check_ids.txt")
    )
    assert (len(written), len(checks)) == (138, 53)
    carried = shipped()
    parts = {name.rpartition(".")[0] for name in carried if name.endswith((".a", ".b", ".c"))}
    assert {*written, *checks} - parts == carried.keys() & {*written, *checks} - parts
    assert {*written, *checks} <= carried.keys() | parts
    assert {name for name, one in carried.items() if one.check} == set(checks)


@pytest.mark.parametrize("name", PLANS)
def test_every_target_has_a_case_that_runs(name: str) -> None:
    written = read_pack(PACKS / name)
    tried = {case.target for _, cases, _ in own_cases(written) for case in cases.targets}
    assert tried == load_pack(PACKS / name).targets.keys()
    figured = [result for result in run_cases(written) if result.file == "cases/figures.yaml"]
    assert figured and [result.name for result in figured if not result.passed] == []


def test_a_case_that_says_otherwise_is_told_with_what_came(pack: Path) -> None:
    load(
        pack,
        f"{SHARE.replace('}, denominator', ', where: rural}, denominator').replace('}, scale', ', where: severe}, scale')}, threshold: 90",
    )
    (pack / "cases/figures.yaml").write_text(
        "on: 2021-06-30\ntargets:\n  - name: one\n    target: T-1\n    rows:\n"
        "      - given: {grade: 1, rural: true}\n      - given: {grade: 1, rural: false}\n"
        "    expect: {verdict: met, figure: 100}\n    because: none\n",
        "utf-8",
    )
    (told,) = [one for one in run_cases(read_pack(pack, PACKS)) if one.groups == ("T-1",)]
    assert [(one.expected, one.got) for one in told.differences] == [("met", "not_met"), ("100", "50")]


def test_boundaries_and_units_are_those_of_the_documents() -> None:
    carried = shipped()
    assert (carried["HN-2.1"].unit, carried["HN-2.1"].threshold) == ("person_times", 80_000)
    assert (carried["HN-2.2"].unit, carried["HN-2.2"].every, carried["HN-2.2"].threshold) == (
        "persons",
        "year",
        16_000,
    )
    assert carried["HN-3.2.4"].allocates == "HN-2.2"
    assert (carried["HN-3.3.8"].compare, carried["HN-3.3.8"].step) == ("rising", 5)
    assert (carried["HN-3.3.7"].year, carried["HN-3.3.9"].year) == (2016, 2020)
    assert carried["JL-2.3"].enough == 1
    assert len(carried["BJ-1.3.2.Q5"].requires) == 2
    assert [(one.at_least, one.size_at_least) for one in carried["BJ-5.3.3.Q4"].requires] == [(2, 50)]
    assert carried["BJ-1.3.3.Q3"].scale == "per_thousand"
    assert carried["BJ-1.3.3.Q4.a"].threshold == Decimal("0.15")
    assert carried["BJ-3.2.6"].threshold is None
    assert carried["NM-2.13"].soft


@pytest.mark.parametrize(
    ("reading", "area", "smaller", "larger"),
    [
        ("both", 1999, True, False),
        ("both", 2000, True, True),
        ("both", 2001, False, True),
        ("lower", 2000, True, False),
        ("upper", 2000, False, True),
    ],
)
def test_two_thousand_square_metres_exactly_belong_to_the_band_that_the_setting_says(
    reading: str, area: int, smaller: bool, larger: bool
) -> None:
    plan = load_pack(PACKS / "cn-15-2013", overrides={"site_area_2000": reading})
    assert holds(plan, plan.targets["NM-2.13"], site_area=area) is smaller
    assert holds(plan, plan.targets["NM-2.14"], site_area=area) is larger


def holds(plan: Plan, one: Target, **facts: int) -> bool:
    """Whether a row is counted in the denominator."""
    assert one.denominator
    assert one.denominator.where
    program = compile_plan(plan, dt.date(2014, 6, 30))
    lowering = Lowering(plan, program.as_of, lambda name: program.groups[name].member)
    evaluator = Evaluator(Columns.one(plan, facts), program.tables, program.leap_day)
    yes, no = evaluator.bits(lowering.text(one.denominator.where, one.place))
    assert yes[0] ^ no[0]
    return bool(yes[0] & 1)
