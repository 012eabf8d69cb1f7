"""What a step's form says, in words; beside what it said the time before, where that was something else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from yice.loop.deliver.models import StepRecord
from yice.loop.deliver.services import filling
from yice.loop.identify.selectors import words
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.services import FormField, Service
from yice.terms.messages import listed
from yice.terms.money import format_fen

HIDDEN = "＊＊＊"


def answers(plan: Plan, service: Service, row: StepRecord) -> Iterator[tuple[FormField, Any]]:
    """The fields that were filled in, as they are kept: sealed ones still sealed."""
    step = service.steps.get(row.step)
    form = plan.forms.get(step.form) if step and step.form else None
    for name, value in row.values.items() if form else ():
        field = form.fields.get(name) if form else None
        if field is not None:
            yield field, value


def in_words(field: FormField, value: Any, *, whole: bool = False) -> str:
    """A kept value as it is read; a sealed one in full only where somebody asked for whole numbers."""
    value = filling.unsealed(value) if whole or not field.sealed else HIDDEN
    if value in (None, "", []):
        return ""
    if field.type == "bool" or isinstance(value, bool):
        return _("是") if value in (True, "true") else _("否")
    if field.type == "money" and isinstance(value, int):
        return format_fen(value)
    if field.fact == "grade":
        return words.grade(value)
    many = value if isinstance(value, list) else [value]
    return listed(text(field.codes[one]) if one in field.codes else str(one) for one in many)


def changes(plan: Plan, service: Service, row: StepRecord, before: StepRecord | None) -> list[str]:
    """What the form says, each as "label：value"; taken again, what became another: "label：before → after"."""
    told = []
    held = before.values if before else {}
    for field, value in answers(plan, service, row):
        now = in_words(field, value)
        was = in_words(field, held[field.id]) if field.id in held else None
        if now and now != was:
            told.append(f"{text(field.label)}：{f'{was} → {now}' if was else now}")
    return told
