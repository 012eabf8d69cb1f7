"""Questions about facts as form fields, and what was typed as answers. "Does not know" and "refuses" are answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from yice.loop.identify.enums import AnswerKind
from yice.loop.identify.selectors.questions import Question
from yice.loop.identify.services import Given
from yice.web.ui import words
from yice.web.ui.forms import DayField, Form, MoneyField

Places = Sequence[tuple[str, str]]  # village codes with their names, for facts that are a place
SAID = (AnswerKind.DOES_NOT_KNOW, AnswerKind.REFUSES)
FEW = 6


class QuestionForm(Form):
    """A field a question. A value and "does not know" beside it contradict each other."""

    mark_optional = False
    questions: Sequence[Question] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for question in self.questions:
            name = kind_name(question)
            if cleaned.get(name) and cleaned.get(question.fact) not in (None, "", []):
                self.add_error(question.fact, _("既填了回答，又选了没有回答的原因，请只留一个。"))
        return cleaned

    def groups(self) -> list[dict[str, Any]]:
        """The fields of each question together, for a page that shows one question after another."""
        shown = []
        for question in self.questions:
            fields = [
                self[name]
                for name in self.fields
                if name == question.fact or name.startswith(f"{question.fact}-")
            ]
            wrong = any(field.errors for field in fields)
            typed = self.is_bound and any(field.value() not in (None, "", [], [None] * 3) for field in fields)
            shown.append({"question": question, "fields": fields, "open": wrong or typed})
        return shown


def form_of(
    questions: Iterable[Question],
    *,
    door: bool,
    data: Any = None,
    prefix: str = "",
    places: Places = (),
    more: Mapping[str, forms.Field] | None = None,
    initial: Mapping[str, Any] | None = None,
) -> QuestionForm:
    """A form with a field a question, none required, and the fields of `more`.

    `door` asks in whole sentences and offers "does not know" and "refuses" beside each.
    """
    asked = list(questions)
    fields: dict[str, Any] = {}
    for question in asked:
        fields |= _fields(question, door, places)
    form_class = type("AskedForm", (QuestionForm,), {**fields, **(more or {}), "questions": asked})
    return form_class(data, prefix=prefix or None, initial=initial)  # type: ignore[no-any-return]


def given(questions: Iterable[Question], cleaned: Mapping[str, Any]) -> dict[str, Given]:
    """The answers among what was typed; an untouched question is no answer."""
    answers: dict[str, Given] = {}
    for question in questions:
        value = _value(question, cleaned)
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


def part_name(question: Question, category: str) -> str:
    return f"{question.fact}-{category}"


def _value(question: Question, cleaned: Mapping[str, Any]) -> Any:
    if question.type == "parts":
        grades = {code: cleaned.get(part_name(question, code)) for code, _label in question.choices}
        return ";".join(f"{code}:{grade}" for code, grade in grades.items() if grade)
    value = cleaned.get(question.fact)
    return ";".join(value) if isinstance(value, list) else value


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _fields(question: Question, door: bool, places: Places) -> dict[str, forms.Field]:
    label = question.question if door else question.label
    said = [(kind.value, str(kind.label)) for kind in SAID] if door else []
    if question.type == "parts":
        return _parts(question)
    if choices := _choices(question, places):
        return {question.fact: _choose(label, _hint(question, door), choices, said)}
    fields: dict[str, forms.Field] = {question.fact: _typed(question, label, _hint(question, door))}
    if said:
        fields[kind_name(question)] = forms.ChoiceField(
            label=_("没有回答“{label}”的原因").format(label=question.label),
            required=False,
            choices=[*said, ("", _("没有问到"))],
            initial="",
            widget=forms.RadioSelect({"class": "y-answers govuk-radios--small"}),
        )
    return fields


def _choices(question: Question, places: Places) -> list[tuple[str, str]]:
    if question.type == "area":
        return list(places)
    low, high = question.low, question.high
    if question.type == "int" and low is not None and high is not None and high - low < FEW:
        return [(str(n), f"{n} {question.unit}".strip()) for n in range(low, high + 1)]
    return question.choices if question.type in ("bool", "code") else []


def _choose(
    label: str, hint: str, choices: list[tuple[str, str]], said: list[tuple[str, str]]
) -> forms.ChoiceField:
    """Few choices side by side, many in a list. At the door the last one takes a wrong touch back."""
    if len(choices) > FEW:
        return forms.ChoiceField(
            label=label, help_text=hint, required=False, choices=[("", "—"), *choices, *said]
        )
    back = [("", _("没有问到") if said else _("不改"))]
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        required=False,
        choices=[*choices, *said, *back],
        initial="",
        widget=forms.RadioSelect({"class": "y-answers"}),
    )


def _typed(question: Question, label: str, hint: str) -> forms.Field:
    if question.type == "date":
        return DayField(label=label, help_text=hint, required=False)
    if question.type == "set":
        return forms.MultipleChoiceField(
            label=label,
            help_text=hint,
            required=False,
            choices=question.choices,
            widget=forms.CheckboxSelectMultiple({"class": "govuk-checkboxes--small"}),
        )
    if question.type == "int" and question.unit == "fen":
        return MoneyField(label=label, help_text=hint, required=False)
    if question.type == "int":
        attrs = {"inputmode": "numeric", "class": "govuk-input--width-5", "suffix": question.unit}
        return forms.IntegerField(
            label=label,
            help_text=hint,
            required=False,
            min_value=question.low,
            max_value=question.high,
            widget=forms.TextInput(attrs),
            error_messages={"invalid": _("请填写一个整数，例如 3。")},
        )
    return forms.CharField(label=label, help_text=hint, required=False, max_length=200)


def _parts(question: Question) -> dict[str, forms.Field]:
    """The parts of a multiple disability: a grade for each category there is."""
    grades = [("", "—"), *((str(n), _("{grade} 级").format(grade=n)) for n in range(1, 5))]
    return {
        part_name(question, code): forms.ChoiceField(
            label=_("{category}等级").format(category=label), required=False, choices=grades
        )
        for code, label in question.choices
        if code not in ("none", "multiple")
    }


def _hint(question: Question, door: bool) -> str:
    if not door:
        return ""
    said = []
    if question.type == "int":
        said.append(_("填写：{label}。").format(label=question.label))
    if question.decides:
        groups = words.listed(dict.fromkeys(question.decides[:3]))
        said.append(_("用来判断：{groups}").format(groups=groups))
    return "".join(said)
