"""A pack's folder becomes a checked plan. All problems are told at once; the same files give the same hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from yice.rules.model import Condition, Group, Plan, Setting
from yice.rules.pack import build, records, services, targets
from yice.rules.pack.checked import beside_broken, check_expressions
from yice.rules.pack.citing import Citing
from yice.rules.pack.entry import Entry, read
from yice.rules.pack.paper_schema import PaperSpec
from yice.rules.pack.papers import paper
from yice.rules.pack.questionnaire_schema import QuestionnaireSpec
from yice.rules.pack.questionnaires import check_questionnaires, extended, questionnaire
from yice.rules.pack.schema import (
    BenefitSpec,
    FactSpec,
    GroupSpec,
    ListSpec,
    SettingSpec,
    SlotSpec,
    SourceSpec,
)
from yice.rules.pack.service_flow import check_services
from yice.rules.pack.service_schema import FormSpec, ScaleSpec, ServiceSpec
from yice.rules.pack.spec import Spec
from yice.rules.pack.target_schema import TargetSpec
from yice.rules.pack.written import Written, read_pack
from yice.rules.settings import Value, overridden, setting
from yice.terms.errors import Problem, Problems

S = TypeVar("S", bound=Spec)


def load_pack(
    path: Path, *, overrides: Mapping[str, Value] | None = None, library: Path | None = None
) -> Plan:
    """Load and check a plan.

    `overrides` gives settings other values for this plan only (typed, or text as `--set` gives it); they are part
    of the hash. `extends` is resolved among the folders beside this one, then in `library`. Raises Problems.
    """
    return plan_of(read_pack(path, library), overrides)


def plan_of(written: Written, overrides: Mapping[str, Value] | None = None) -> Plan:
    """The plan of a pack already read. Raises Problems with everything that is wrong, in the order of the files."""
    problems = list(written.problems)
    plan = _assemble(written, overrides or {}, problems)
    if plan is not None and all(
        one.code == "pack-source" for one in problems
    ):  # a wrong citation hides nothing
        check_expressions(plan, written, problems)
        check_services(plan, written, problems)
        check_questionnaires(plan, written, problems)
    elif plan is not None:  # what can be said of the rest as well
        problems += beside_broken(plan, written)
    if problems or plan is None:
        raise Problems(problems)
    return plan


def _assemble(written: Written, overrides: Mapping[str, Value], problems: list[Problem]) -> Plan | None:
    sources = {
        name: build.source(name, spec)
        for name, (spec, _) in _specs(SourceSpec, written.sources, problems).items()
    }
    facts = {
        name: build.fact(*pair, problems) for name, pair in _specs(FactSpec, written.facts, problems).items()
    }
    lists = {
        name: build.list_kind(name, spec)
        for name, (spec, _) in _specs(ListSpec, written.lists, problems).items()
    }
    settings = {
        name: setting(spec, entry, problems)
        for name, (spec, entry) in _specs(SettingSpec, written.settings, problems).items()
    }
    settings = overridden(settings, overrides, problems)
    citing = Citing(sources, settings, problems, declared=frozenset(written.sources))
    tables = {name: build.table(rows, citing) for name, rows in written.tables.items()}
    if (
        written.top is None
    ):  # without pack.yaml it is not known what lies below: tell what each element shows by itself
        for shape, found in ((BenefitSpec, written.benefits), (GroupSpec, written.groups)):
            _specs(shape, {name: one for name, one in found.items() if "amends" not in one.value}, problems)
        return None
    applies: dict[str, Condition] = {}
    for pack, entry in written.packs:
        applies |= {
            name: citing.condition(name, spec, entry, "applies") for name, spec in pack.applies.items()
        }
    benefits = {
        name: build.benefit(spec, entry, citing)
        for name, (spec, entry) in _specs(BenefitSpec, written.benefits, problems).items()
    }
    problems += build.unknown_needs(benefits)
    ties = build.ties(benefits, problems)
    groups: dict[str, Group] = {}
    for name, (spec, entry) in _specs(GroupSpec, written.groups, problems).items():
        groups[name] = build.group(spec, entry, citing, applies)
        if name in ties:
            benefit, leaks = ties[name]
            groups[name] = replace(groups[name], benefit=benefit, leaks=leaks)
    asked = _specs(QuestionnaireSpec, written.questionnaires, problems)
    top = written.top
    told = facts | build.receipt_facts(benefits, groups)
    plan = Plan(
        id=top.id,
        version=top.version,
        hash=_hash(written, settings, overrides),
        title=top.title.words(),
        authority=top.authority,
        since=top.period.since,
        until=top.period.until,
        areas=tuple(top.areas),
        tiers={name: words.words() for pack, _ in written.packs for name, words in pack.tiers.items()},
        facts=told,
        groups=groups,
        benefits=benefits,
        settings=settings,
        tables=tables,
        sources=sources,
        lists=lists,
        slots={
            name: build.slot(spec, entry, lists)
            for name, (spec, entry) in _specs(SlotSpec, written.slots, problems).items()
        },
        notes=tuple(note for pack, _ in reversed(written.packs) for note in pack.notes),
        extends=tuple(pack.id for pack, _ in written.packs[:-1]),
        changelog=tuple((change.version, change.text) for change in top.changelog),
        targets={
            name: targets.target(spec, entry, citing, top.period)
            for name, (spec, entry) in _specs(TargetSpec, written.targets, problems).items()
        },
        services={
            name: services.service(spec, entry, citing)
            for name, (spec, entry) in _specs(ServiceSpec, written.services, problems).items()
        },
        forms={
            name: services.form(spec, entry, citing, told)
            for name, (spec, entry) in _specs(FormSpec, written.forms, problems).items()
        },
        papers={
            name: paper(spec, entry, citing, told)
            for name, (spec, entry) in _specs(PaperSpec, written.papers, problems).items()
        },
        scales={
            name: services.scale(spec, entry, citing)
            for name, (spec, entry) in _specs(ScaleSpec, written.scales, problems).items()
        },
        questionnaires=extended(
            {name: questionnaire(spec, entry, citing, told) for name, (spec, entry) in asked.items()},
            {name: spec for name, (spec, _entry) in asked.items()},
        ),
    )
    targets.check_references(plan, written, problems)
    build.check_references(plan, written, problems)
    records.check_references(plan, written, problems)
    return plan


def _specs(shape: type[S], found: Mapping[str, Entry], problems: list[Problem]) -> dict[str, tuple[S, Entry]]:
    read_all = {name: (read(shape, entry, problems), entry) for name, entry in found.items()}
    return {name: (spec, entry) for name, (spec, entry) in read_all.items() if spec is not None}


def _hash(written: Written, settings: Mapping[str, Setting], overrides: Mapping[str, Value]) -> str:
    digest = written.hash.copy()
    changed = {name: settings[name].value for name in sorted(overrides) if name in settings}
    digest.update(json.dumps(changed, ensure_ascii=True).encode())
    return digest.hexdigest()
