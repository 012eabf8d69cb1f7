"""The cases of a pack as an officer reads them: given this, on this day, that must follow, because; and whether it does."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from yice.loop.identify.selectors import words as facts
from yice.loop.supervise.targets.words import VERDICTS
from yice.policy import selectors
from yice.policy.models import InstalledPack
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.pack.cases import Result
from yice.web.ui import words
from yice.web.ui.parts import Tab


def shown_cases(plan: Plan, found: InstalledPack, file: str, path: str) -> dict[str, Any]:
    """The cases of one file, and the files there are."""
    results = selectors.cases(found.hash)
    files: dict[str, list[Result]] = {}
    for one in results:
        files.setdefault(PurePath(one.file).stem, []).append(one)
    chosen = file if file in files else next(iter(files), "")
    return {
        "files": [
            Tab(name, f"{path}?{urlencode({'file': name})}", name == chosen, len(some))
            for name, some in files.items()
        ],
        "cases": [_case(plan, one) for one in files.get(chosen, [])],
        "total": len(results),
        "failed": sum(not one.passed for one in results),
    }


def _case(plan: Plan, one: Result) -> dict[str, Any]:
    return {
        "name": one.name,
        "because": one.because,
        "on": one.on,
        "given": [
            facts.said(text(plan.facts[name].label), facts.value(plan.facts[name], value))
            for name, value in one.given.items()
            if name in plan.facts and value is not None and plan.facts[name].type != "area"
        ],
        "expected": [facts.said(_title(plan, name), _told(told)) for name, told in one.expected.items()],
        "passed": one.passed,
        "differences": words.listed(
            (f"{each.what}：{each.expected} → {each.got}" for each in one.differences), "；"
        ),
    }


def side_label(side: str) -> str:
    """A status of the kernel in words; `absent`: the plan has no such item."""
    return {
        "eligible": _("符合"),
        "ineligible": _("不符合"),
        "unknown": _("不能判断"),
        "absent": _("没有这一项"),
    }[side]


def _title(plan: Plan, name: str) -> str:
    found = plan.groups.get(name) or plan.targets.get(name)
    return text(found.title) if found else name


def _told(code: str) -> str:
    return str(VERDICTS[code]) if code in VERDICTS else side_label(code)  # type: ignore[index]
