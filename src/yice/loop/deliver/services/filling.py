"""A form as filled in: every fault at once, what is known already taken from the facts, secrets sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from yice.areas.models import Area
from yice.identifiers import sealing
from yice.loop.deliver.enums import Proof
from yice.loop.deliver.models import Case
from yice.loop.identify.services import taking
from yice.loop.identify.services.values import read as read_fact
from yice.rules.model import Plan
from yice.rules.services import Evidence, Form, FormField, OnlyIf, Step
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.money import format_fen, parse_fen
from yice.terms.periods import Month, parse_date

TEXT_LIMIT = 2000
# The name that sealed form values are authenticated with.
FIELD = "form"


def known_facts(case: Case) -> dict[str, Any]:
    """What is known today of the case's person, as forms hold it; nothing where it is about no single person."""
    if case.person is None:
        return {}
    screened = taking.screened_now([case.person.pk], case.person)
    if screened is None or not len(screened.keys):
        return {}
    return {name: plain(value) for name, value in screened.facts(0).items()}


def plain(value: Any) -> Any:
    """A fact's value as JSON: days as text, sets as sorted lists."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    return value


def read_form(
    plan: Plan, form: Form, values: Mapping[str, Any], known: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem]]:
    """The values to keep and everything that is wrong or missing. `values` may be texts from a page."""
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in values:
        if name not in form.fields:
            problems.append(Problem("field-unknown", Message("表单里没有这一栏。"), field=name))
    for name, field in form.fields.items():
        if not holds(field.only_if, read):
            continue
        given = values.get(name)
        if given in (None, "", [], ()):
            given = known.get(field.fact) if field.fact else None
            if given is None:
                if field.required:
                    what = Message("请填写“{label}”。", label=field.label)
                    problems.append(Problem("field-missing", what, field=name))
                continue
        try:
            read[name] = _read(plan, field, given)
        except Problem as problem:
            problem.field = name
            problems.append(problem)
    return read, problems


def holds(only_if: OnlyIf | None, read: Mapping[str, Any]) -> bool:
    """Whether another field says that this one counts."""
    if only_if is None:
        return True
    value = read.get(only_if.field)
    said = value if isinstance(value, list) else [value]
    return any(str(one).lower() in only_if.values for one in said if one is not None)


def _read(plan: Plan, field: FormField, given: Any) -> Any:
    if field.fact is not None:
        value = read_fact(plan.facts[field.fact], ";".join(given) if isinstance(given, list) else given)
        return value.split(";") if field.type == "set" and isinstance(value, str) else value
    match field.type:
        case "bool":
            if given in (True, "true", "on", "yes"):
                return True
            if given in (False, "false", "no"):
                return False
            raise Problem("field-bool", Message("请选择是或否。"))
        case "int":
            return _within(field, _number(given))
        case "money":
            return _within(field, given if isinstance(given, int) else parse_fen(str(given)))
        case "date":
            return parse_date(given).isoformat()
        case "month":
            return str(Month.parse(str(given)))
        case "code":
            if given not in field.codes:
                raise Problem("field-code", Message("请从列出的各项中选择。"))
            return given
        case "set":
            chosen = given.split(";") if isinstance(given, str) else list(given)
            if any(one not in field.codes for one in chosen):
                raise Problem("field-code", Message("请从列出的各项中选择。"))
            return sorted(set(chosen))
        case "area":
            if not Area.objects.filter(code=given).exists():
                raise Problem("area-unknown", Message("请从列表中选择地方。"))
            return given
        case _:
            text = str(given).strip()
            if len(text) > TEXT_LIMIT:
                raise Problem("field-long", Message("最多 {limit} 字。", limit=TEXT_LIMIT))
            return text


def _number(given: Any) -> int:
    try:
        return int(str(given).strip())
    except ValueError:
        raise Problem("field-number", Message("请填写整数。")) from None


def _within(field: FormField, value: int) -> int:
    low, high = field.low, field.high
    if (low is None or value >= low) and (high is None or value <= high):
        return value
    what = Message("应在 {low} 到 {high} 之间。", low=low, high=high)
    if field.type == "money" and low is not None and high is not None:
        what = Message("应在 {low} 到 {high} 元之间。", low=format_fen(low), high=format_fen(high))
    raise Problem("field-range", what)


def missing_evidence(step: Step, read: Mapping[str, Any], shown: Mapping[str, str]) -> list[Evidence]:
    """The papers that are asked for, given what the form says, and have not been shown."""
    return [
        one
        for one in step.evidence.values()
        if holds(one.only_if, read) and shown.get(one.id) not in Proof.values
    ]


def sealed(form: Form, read: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept: sealed fields encrypted, and whatever is free text."""
    kept = dict(read)
    for name, value in read.items():
        field = form.fields[name]
        if field.sealed or (field.type == "text" and field.fact is None):
            kept[name] = sealing.seal_json(FIELD, str(value))
    return kept


def unsealed(value: Any) -> Any:
    """A kept value again, opened where it was sealed."""
    return sealing.open_json(FIELD, value)
