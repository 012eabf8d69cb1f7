"""The plans in force, readable by whoever works with them: who, what, how much, from which document, and who chose."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.policy import selectors
from yice.policy.models import InstalledPack
from yice.policy.words import text
from yice.rules.model import Benefit, Condition, Fact, Plan, Setting, Table
from yice.rules.words import Words
from yice.terms import clock
from yice.terms.messages import texts
from yice.web.desk.door import page
from yice.web.desk.policy_cases import shown_cases
from yice.web.ui import words
from yice.web.ui.parts import Tab

PARTS = ("groups", "benefits", "sources", "settings", "cases")
PER = texts({"month": "每月", "year": "每年", "once": "一次性"})


@page(Action.POLICY_READ)
def packs(request: HttpRequest) -> HttpResponse:
    found = selectors.packs(request.user)
    names = areas.names(code for row in found for code in row.areas)
    rows = [
        {
            "pack": row,
            "title": text(Words(row.title_zh, row.title_en)),
            "plan": (plan := selectors.plan(row)),
            "areas": words.listed(names.get(code, code) for code in row.areas) or _("全国"),
            "now": selectors.in_period(plan, clock.today()),
        }
        for row in found
    ]
    context = {"packs": rows, "may_compare": bool(access.grants(request.user, Action.POLICY_COMPARE))}
    return render(request, "desk/policy.html", context)


@page(Action.POLICY_READ)
def pack(request: HttpRequest, digest: str, part: str = "groups") -> HttpResponse:
    found = selectors.pack(request.user, digest)
    plan = selectors.plan(found)
    names = areas.names(found.areas)
    context = {
        "pack": found,
        "plan": plan,
        "title": text(plan.title),
        "areas": words.listed(names.get(code, code) for code in found.areas) or _("全国"),
        "now": selectors.in_period(plan, clock.today()),
        "tabs": _tabs(found, plan, part),
        "may_compare": found.active and bool(access.grants(request.user, Action.POLICY_COMPARE)),
        **_READ[part](plan, found),
    }
    if part == "cases":
        context |= shown_cases(plan, found, request.GET.get("file", ""), request.path)
    return render(request, f"desk/policy_{part}.html", context)


def _tabs(found: InstalledPack, plan: Plan, part: str) -> list[Tab]:
    texts = {
        "groups": (_("人群与条件"), len(plan.groups)),
        "benefits": (_("待遇与金额"), len(plan.benefits)),
        "sources": (_("依据的文件"), len(plan.sources)),
        "settings": (_("读法与取值"), len(plan.settings)),
        "cases": (_("算例"), None),
    }
    return [
        Tab(title, reverse(f"desk:policy-{name}", args=[found.hash]), name == part, n)
        for name, (title, n) in texts.items()
    ]


def _groups(plan: Plan, _found: InstalledPack) -> dict[str, Any]:
    """What is asked of everybody stands once, above; a group shows what it asks beyond that."""
    groups = list(plan.groups.values())
    common = groups[0].applies if groups and all(one.applies == groups[0].applies for one in groups) else ()
    return {
        "common": [_condition(one) for one in common],
        "groups": [
            {
                "group": group,
                "title": text(group.title),
                "within": text(plan.groups[group.within].title) if group.within in plan.groups else "",
                "benefit": text(plan.benefits[group.benefit].title) if group.benefit in plan.benefits else "",
                "ways": 1 + len(plan.benefits[group.benefit].routes) if group.benefit in plan.benefits else 1,
                "parts": [
                    (_("适用范围"), [] if common else [_condition(one) for one in group.applies]),
                    (_("本条的条件"), [_condition(one, group.clause) for one in group.when]),
                ],
            }
            for group in groups
        ],
    }


def _condition(one: Condition, known: str = "") -> dict[str, Any]:
    """A condition in words; its clause only where it is another than the group's."""
    assumed = (
        "" if one.presume is None else (_("不清楚时先按符合") if one.presume else _("不清楚时先按不符合"))
    )
    return {
        "says": text(one.says),
        "clause": "" if one.clause == known else one.clause,
        "assumed": assumed,
        "practice": one.practice,
    }


def _benefits(plan: Plan, _found: InstalledPack) -> dict[str, Any]:
    return {
        "benefits": [_benefit(plan, one) for one in plan.benefits.values()],
        "tables": [_table(plan, table) for table in plan.tables.values() if table.rates],
    }


def _benefit(plan: Plan, one: Benefit) -> dict[str, Any]:
    receipts = plan.lists.get(one.receipts or "")
    return {
        "benefit": one,
        "title": text(one.title),
        "groups": [text(plan.groups[name].title) for name in (one.group, *one.routes) if name in plan.groups],
        "per": _(PER[one.per]),
        "amount": one.amount or "",
        "receipts": text(receipts.title) if receipts else "",
        "excludes": [text(each.condition.says) for each in one.excludes],
        "settings": [
            _setting(plan, plan.settings[name])
            for name in plan.settings
            if one.amount and f"setting.{name}" in one.amount
        ],
    }


def _table(plan: Plan, table: Table) -> dict[str, Any]:
    """A table with its keys in the words of the facts they stand for."""
    facts = [plan.facts.get(name) for name in table.key_names]
    return {
        "table": table,
        "keys": [
            text(fact.label) if fact else name for fact, name in zip(facts, table.key_names, strict=True)
        ],
        "rates": [
            (rate, [_key(fact, key) for fact, key in zip(facts, rate.keys, strict=True)])
            for rate in table.rates
        ],
    }


def _key(fact: Fact | None, key: str) -> str:
    if fact is not None and key in fact.codes and len(fact.code_labels) == len(fact.codes):
        return text(fact.code_labels[fact.codes.index(key)])
    return key


def _sources(plan: Plan, _found: InstalledPack) -> dict[str, Any]:
    return {"sources": list(plan.sources.values())}


def _settings(plan: Plan, found: InstalledPack) -> dict[str, Any]:
    return {
        "settings": [
            {**_setting(plan, one), "here": one.name in found.settings} for one in plan.settings.values()
        ]
    }


def _setting(plan: Plan, one: Setting) -> dict[str, Any]:
    return {
        "setting": one,
        "clause": cited(plan, one.clause),
        "says": text(one.says),
        "value": shown_value(plan, one.value, one.name),
        "others": [shown_value(plan, each, one.name) for each in one.alternatives],
    }


def shown_value(plan: Plan, value: Any, name: str) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, tuple | list):
        return words.listed(_code(plan, str(one)) for one in value)
    if isinstance(value, str) and value in (labels := plan.settings[name].labels):
        return text(labels[value])
    if is_sum(name, value):
        return _("{yuan} 元").format(yuan=f"{value / 100:,.2f}")
    return str(value)


def is_sum(name: str, value: object) -> bool:
    """Settings whose name ends so are sums in fen."""
    return name.endswith("_fen") and isinstance(value, int) and not isinstance(value, bool)


def cited(plan: Plan, clause: str) -> str:
    """`GF-2015-52 二（一）` as `国发〔2015〕52号 二（一）`."""
    name, _space, rest = clause.partition(" ")
    source = plan.sources.get(name)
    return f"{source.number or f'《{source.title}》'} {rest}".strip() if source else clause


def _code(plan: Plan, code: str) -> str:
    """A code in the words of the fact that has it."""
    for fact in plan.facts.values():
        if code in fact.codes and len(fact.code_labels) == len(fact.codes):
            return text(fact.code_labels[fact.codes.index(code)])
    return code


_READ = {
    "groups": _groups, "benefits": _benefits, "sources": _sources, "settings": _settings,
    "cases": lambda _plan, _found: {},
}  # fmt: skip
