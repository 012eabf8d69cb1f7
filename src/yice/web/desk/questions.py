"""Questions about facts as form fields, and what was typed as answers. "Does not know" and "refuses" are answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from yice.loop.identify.enums import AnswerKind
from yice.loop.identify.selectors.questions import Question
from yice.loop.identify.services import Given
from yice.web.ui.forms import DayField, Form

CHOSEN = ("bool", "code")
SAID = (AnswerKind.DOES_NOT_KNOW, AnswerKind.REFUSES)


def form_of(questions: Iterable[Question], *, door: bool, data: Any = None, prefix: str = "") -> Form:
    """A form with a field a question, none required. `door` offers "does not know" and "refuses" beside each."""
    fields: dict[str, forms.Field] = {}
    for question in questions:
        fields |= _fields(question, door)
    form_class = type("QuestionForm", (Form,), {**fields, "mark_optional": False})
    return form_class(data, prefix=prefix or None)  # type: ignore[no-any-return]


def given(questions: Iterable[Question], cleaned: Mapping[str, Any]) -> dict[str, Given]:
    """The answers among what was typed; an untouched question is no answer."""
    answers: dict[str, Given] = {}
    for question in questions:
        value = cleaned.get(question.fact)
        if isinstance(value, list):
            value = ";".join(value)
        said = value if value in SAID else cleaned.get(kind_name(question), "")
        if said in SAID:
            answers[question.fact] = Given(str(AnswerKind(said)))
        elif value not in (None, ""):
            answers[question.fact] = Given(str(AnswerKind.VALUE), _text(value))
    return answers


def values(questions: Iterable[Question], cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Only the values, for a correction by an officer."""
    return {fact: one.value for fact, one in given(questions, cleaned).items() if one.value is not None}


def kind_name(question: Question) -> str:
    return f"{question.fact}-kind"


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _fields(question: Question, door: bool) -> dict[str, forms.Field]:
    label = question.question if door else question.label
    said = [(kind.value, str(kind.label)) for kind in SAID] if door else []
    hint = _hint(question) if door else ""
    if question.type in CHOSEN:
        if len(question.choices) > 6:
            field: forms.Field = forms.ChoiceField(
                label=label, help_text=hint, required=False, choices=[("", "—"), *question.choices, *said]
            )
        else:
            field = forms.ChoiceField(
                label=label,
                help_text=hint,
                required=False,
                choices=[*question.choices, *said],
                widget=forms.RadioSelect,
            )
        return {question.fact: field}
    fields: dict[str, forms.Field] = {question.fact: _typed(question, label, hint)}
    if said:
        fields[kind_name(question)] = forms.ChoiceField(
            label=_("若没有回答:{label}").format(label=question.label),
            required=False,
            choices=said,
            widget=forms.RadioSelect,
        )
    return fields


def _typed(question: Question, label: str, hint: str) -> forms.Field:
    if question.type == "date":
        return DayField(label=label, help_text=hint, required=False)
    if question.type == "set":
        return forms.MultipleChoiceField(
            label=label,
            help_text=hint,
            required=False,
            choices=question.choices,
            widget=forms.CheckboxSelectMultiple,
        )
    attrs = {"inputmode": "numeric", "class": "govuk-input--width-10"} if question.type == "int" else {}
    if question.unit and question.type == "int":
        attrs["suffix"] = question.unit
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=200, widget=forms.TextInput(attrs)
    )


def _hint(question: Question) -> str:
    if not question.decides:
        return ""
    return _("可以判断:{groups}").format(groups="、".join(question.decides[:3]))
