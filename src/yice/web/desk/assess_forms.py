"""An assessment as a form: the scale's items where they are ours to show, else the score alone."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.loop.assess.scoring import score
from yice.loop.assess.selectors import assessors_on
from yice.policy.words import text
from yice.rules.services import NEEDS, Scale
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField, Form

LONG = forms.Textarea({"rows": 2})


class AssessForm(Form):
    """Which scores an item may have is the scale's to say; what is missing is told by the service, item by item."""

    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    on = DayField(label=gettext_lazy("哪一天评估"), not_after=clock.today)
    assessor = forms.ChoiceField(label=gettext_lazy("谁评估的"), required=False)

    def __init__(self, scale: Scale, place: str, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex, "on": clock.today()})
        self.scale = scale
        self.assessors = {str(one.pk): one for one in assessors_on(place, scale.id)}
        named = [(key, f"{one.name} {one.organisation}".strip()) for key, one in self.assessors.items()]
        if scale.certified or named:
            nobody = ("", _("请选择")) if scale.certified else ("", _("没有评估资格的经办人"))
            self.fields["assessor"].choices = [nobody, *named]  # type: ignore[attr-defined]
        else:
            del self.fields["assessor"]
        for item in scale.items:
            self.fields[item.id] = forms.ChoiceField(
                label=text(item.says),
                required=False,
                choices=[(str(one), _score(scale, one)) for one in item.scores],
                widget=forms.RadioSelect({"class": "y-answers"}),
            )
        if not scale.items and scale.bands:
            attrs = {"inputmode": "numeric", "class": "govuk-input--width-5"}
            self.fields["score"] = forms.IntegerField(
                label=_("得分"), required=False, widget=forms.TextInput(attrs)
            )
        self.fields["findings"] = forms.CharField(
            label=_("评估意见（选填）"), required=False, max_length=2000, widget=LONG
        )
        self.fields["wishes"] = forms.CharField(
            label=_("本人的意愿（选填）"), required=False, max_length=2000, widget=LONG
        )

    def clean(self) -> dict[str, Any]:
        """What the scale finds wrong is said with the rest, not after the next try."""
        said: dict[str, Any] = super().clean() or {}
        answers = {item.id: said[item.id] for item in self.scale.items if said.get(item.id)}
        try:
            score(self.scale, answers, said.get("score"))
        except (Problem, Problems) as found:
            for one in found.problems if isinstance(found, Problems) else [found]:
                if one.field not in self.errors:
                    add_problems(self, one)
        if self.scale.certified and not said.get("assessor") and "assessor" not in self.errors:
            self.add_error("assessor", _("请选择谁评估的"))
        return said

    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "key": given["key"],
            "on": given["on"],
            "assessor": self.assessors.get(given.get("assessor", "")),
            "answers": {item.id: given[item.id] for item in self.scale.items if given.get(item.id)},
            "score": given.get("score"),
            "findings": given["findings"],
            "wishes": given["wishes"],
        }


def _score(scale: Scale, score: int) -> str:
    """The score with its words where each score has a band of its own."""
    alone = next((one for one in scale.bands if one.low == one.high == score), None)
    says = text(alone.says) if alone and scale.total == "highest" else ""
    return f"{score} {says}".strip() if says else _("{n} 分").format(n=score)


class DisputeForm(Form):
    mark_optional = False
    grounds = forms.CharField(label=gettext_lazy("为什么有异议"), max_length=1000, widget=LONG)


class DetermineForm(Form):
    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("需要哪些帮助"), required=False, widget=forms.CheckboxSelectMultiple
    )
    conclusion = forms.CharField(
        label=gettext_lazy("结论"), max_length=2000, widget=forms.Textarea({"rows": 4})
    )
    valid_until = DayField(label=gettext_lazy("有效到哪一天（选填）"), required=False)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex})
        self.fields["needs"].choices = [(name, text(words)) for name, words in NEEDS.items()]  # type: ignore[attr-defined]


class AssessorForm(Form):
    mark_optional = False
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=100)
    organisation = forms.CharField(label=gettext_lazy("单位（选填）"), required=False, max_length=200)
    certificate = forms.CharField(label=gettext_lazy("资格证号"), max_length=60)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("可以作哪些评估"),
        help_text=gettext_lazy("都不选，表示需要资格的评估都可以作。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    since = DayField(label=gettext_lazy("从哪一天起"))
    until = DayField(label=gettext_lazy("最后一天（选填）"), required=False)

    def __init__(self, scales: list[tuple[str, str]], data: QueryDict | None = None) -> None:
        super().__init__(data, initial={"since": clock.today()})
        self.fields["kinds"].choices = scales  # type: ignore[attr-defined]
