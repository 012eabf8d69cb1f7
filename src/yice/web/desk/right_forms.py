"""Forms of people's rights: agreeing and no longer agreeing, objecting, a guardian, a copy, what is to go."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yice.loop.identify.models import Guardian
from yice.loop.identify.rights.enums import GivenBy, Ground, How, ObjectionAnswer
from yice.loop.identify.selectors import words
from yice.terms import clock
from yice.web.ui.forms import DayField, Form

RADIO = forms.RadioSelect
ANSWERS = forms.RadioSelect({"class": "y-answers"})
LONG = forms.Textarea({"rows": 3})
RELATIONS = ("parent", "grandparent", "spouse", "child", "sibling", "other")


class ConsentForm(Form):
    mark_optional = False
    given_by = forms.ChoiceField(label=gettext_lazy("谁同意"), choices=GivenBy.choices, widget=ANSWERS)
    guardian = forms.CharField(
        label=gettext_lazy("监护人姓名（监护人同意时填写）"), required=False, max_length=100
    )
    how = forms.ChoiceField(label=gettext_lazy("怎样同意的"), choices=How.choices, widget=RADIO)
    form = forms.CharField(
        label=gettext_lazy("同意书编号和存放处（书面同意时填写）"), required=False, max_length=100
    )
    given_on = DayField(label=gettext_lazy("哪一天同意的"), not_after=clock.today)
    until = DayField(label=gettext_lazy("到哪一天为止（选填）"), required=False)


class WithdrawForm(Form):
    given_by = forms.ChoiceField(label=gettext_lazy("谁撤回"), choices=GivenBy.choices, widget=ANSWERS)
    how = forms.ChoiceField(label=gettext_lazy("怎样撤回的"), choices=How.choices, widget=RADIO)


class ObjectionForm(Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    given_by = forms.ChoiceField(label=gettext_lazy("谁提出"), choices=GivenBy.choices, widget=ANSWERS)
    said = forms.CharField(label=gettext_lazy("反对什么、为什么"), max_length=500, widget=LONG)

    def __init__(self, data: Any = None, *, asks: bool = False) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex})
        if asks:
            self.fields["said"].label = gettext_lazy("要求什么、为什么")


class AnswerForm(Form):
    answer = forms.ChoiceField(label=gettext_lazy("结果"), choices=ObjectionAnswer.choices, widget=RADIO)
    note = forms.CharField(label=gettext_lazy("怎样答复本人"), max_length=500, widget=LONG)


class GuardianForm(Form):
    mark_optional = False
    name = forms.CharField(label=gettext_lazy("监护人姓名"), max_length=100)
    relation = forms.ChoiceField(label=gettext_lazy("是本人的什么人"))
    ground = forms.ChoiceField(label=gettext_lazy("为什么要有监护人"), choices=Ground.choices, widget=RADIO)
    document = forms.CharField(
        label=gettext_lazy("文书（成年人必填）"),
        help_text=gettext_lazy("例如：法院判决书或者村（居）委会指定书的文号。"),
        required=False,
        max_length=100,
    )
    since = DayField(label=gettext_lazy("从哪一天开始"), not_after=clock.today)
    until = DayField(
        label=gettext_lazy("到哪一天为止（成年人必填）"),
        help_text=gettext_lazy("未成年人的监护到满十八周岁为止，不用填写。"),
        required=False,
    )
    phone = forms.CharField(label=gettext_lazy("监护人电话（选填）"), required=False, max_length=20)

    def __init__(self, data: Any, before: Guardian | None, ground: str) -> None:
        initial = {"since": clock.today(), "ground": ground}
        if before is not None:
            initial |= {"name": before.name, "relation": before.relation, "ground": before.ground or ground}
        super().__init__(data, initial=initial)
        known = [(code, words.relation(code)) for code in RELATIONS]
        if before is not None and before.relation and before.relation not in RELATIONS:
            known.append((before.relation, words.relation(before.relation)))
        self.fields["relation"].choices = known  # type: ignore[attr-defined]


class CopyForm(Form):
    mark_optional = False
    given_by = forms.ChoiceField(label=gettext_lazy("交给谁"), choices=GivenBy.choices, widget=ANSWERS)
    guardian = forms.CharField(
        label=gettext_lazy("监护人姓名（交给监护人时填写）"), required=False, max_length=100
    )
    checked = forms.BooleanField(label=gettext_lazy("已经核对来人的身份证件"))


class BasisForm(Form):
    basis = forms.CharField(
        label=gettext_lazy("依据"),
        help_text=gettext_lazy("例如：保存期满；本人撤回同意并要求删除。"),
        max_length=200,
    )
