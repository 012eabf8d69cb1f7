"""Everything that is wrong with a form or a request, as lines that lead to the fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField

from yice.terms.errors import Problem, Problems
from yice.web.ui.words import english


@dataclass(frozen=True)
class Line:
    """A sentence and the id of the field it is about ("" when it is about none)."""

    text: Any
    target: str = ""


def target_of(bound: BoundField) -> str:
    """The id of the first thing to focus: a group of inputs has its first one."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label or bound.auto_id


def say(problem: Problem) -> str:
    """A problem's sentences as one text, each ended as the reader's language ends it."""
    stop, gap = (".", " ") if english() else ("。", "")
    parts = [str(part).strip() for part in (problem.where, problem.what, problem.why, problem.fix) if part]
    return gap.join(part if part[-1:] in "。！？.!?：:" else part + stop for part in parts if part)


def lines_of(source: BaseForm | BaseFormSet[Any] | Problem | Problems | Sequence[Line]) -> list[Line]:
    """The lines of a form, a set of forms, or problems found by a service; lines already made stay as they are."""
    if isinstance(source, list | tuple):
        return list(source)
    if isinstance(source, Problem):
        return [Line(say(source), f"id_{source.field}" if source.field else "")]
    if isinstance(source, Problems):
        return [line for problem in source.problems for line in lines_of(problem)]
    if isinstance(source, BaseFormSet):
        whole = [Line(error) for error in source.non_form_errors()]
        return whole + [line for form in source.forms for line in lines_of(form)]
    lines = [Line(error) for error in source.non_field_errors()]
    for bound in source:
        target = "" if bound.is_hidden else target_of(bound)
        lines += [Line(_named(bound, error), target) for error in bound.errors.as_data()]
    return lines


def _named(bound: BoundField, fault: ValidationError) -> Any:
    """A fault as it is said above the form, far from its field: what any field says of its value names it there."""
    error, label = fault.messages[0], str(bound.label).rstrip("：: ")
    if bound.is_hidden or fault.code in (None, "required") or label.casefold() in error.casefold():
        return error
    return f"{label}{': ' if english() else '：'}{error}"


def add_problems(form: BaseForm, problems: Problem | Problems) -> None:
    """Put what a service refused beside the fields it names; what names none goes above the form."""
    for problem in problems.problems if isinstance(problems, Problems) else [problems]:
        add_problem(form, problem.field if problem.field in form.fields else None, problem)


def add_problem(form: BaseForm, field: str | None, problem: Problem) -> None:
    """Beside this field; above the form the sentence is told with the field's name, which its code asks for."""
    form.add_error(field, ValidationError(say(problem), code=problem.code))
