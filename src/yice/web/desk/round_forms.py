"""The forms of a yearly round: a household's, the opening, the return, the lock."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Tier
from yice.loop.identify.enums import AnswerKind
from yice.loop.identify.models import Reply
from yice.loop.identify.rounds.enums import Declarant
from yice.loop.identify.rounds.opening import questionnaires
from yice.loop.identify.rounds.reading import Typed
from yice.loop.identify.selectors.questions import Question
from yice.loop.identify.selectors.rounds import Sheet
from yice.loop.identify.services.visits_images import Picture, picture
from yice.policy.words import text
from yice.rules.questionnaires.model import Questionnaire
from yice.terms.errors import Problem
from yice.web.desk.paging import digits
from yice.web.desk.questions import SAID
from yice.web.ui.errors import say
from yice.web.ui.forms import DayField, Form, MoneyField

OF_A_PERSON = ("reason", "mode", "declarant", "declarant_name", "photos")  # a village is not visited
FEW = 3  # short answers that stand side by side; more become a list, which is lighter on a telephone


class PicturesInput(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Up to three photographs, judged by content."""

    widget = PicturesInput

    def clean(self, data: Any, initial: Any = None) -> list[Picture]:
        found = []
        for one in data if isinstance(data, list) else [data] if data else []:
            try:
                found.append(picture("photo", one.read(), "photos"))
            except Problem as problem:
                raise forms.ValidationError(say(problem), code=problem.code) from None
        return found


class SheetForm(Form):
    """One person's form, or a village's. Nothing is required by itself: the service says what is missing, all at once."""

    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    version = forms.IntegerField(widget=forms.HiddenInput)
    versions = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    status = forms.ChoiceField(label=gettext_lazy("人员状态"))
    reason = forms.ChoiceField(label=gettext_lazy("没有调查到的原因"), required=False)
    mode = forms.ChoiceField(
        label=gettext_lazy("调查方式"), required=False, widget=forms.RadioSelect({"class": "y-answers"})
    )
    declarant = forms.ChoiceField(
        label=gettext_lazy("申报人"),
        required=False,
        choices=Declarant.choices,
        widget=forms.RadioSelect({"class": "y-answers"}),
    )
    declarant_name = forms.CharField(
        label=gettext_lazy("申报人姓名（不是本人时填写）"), required=False, max_length=100
    )
    photos = PicturesField(
        label=gettext_lazy("照片"),
        help_text=gettext_lazy(
            "先征得本人或监护人同意再拍；上传就登记为已同意。最多 3 张，JPEG 或 PNG，每张不超过 4 MB。拍摄地点和设备信息会去掉。"
        ),
        required=False,
        widget=PicturesInput({"accept": "image/jpeg,image/png"}),
    )
    note = forms.CharField(
        label=gettext_lazy("备注"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, shown: Sheet, data: Any = None, files: Any = None) -> None:
        reply, of = shown.reply, shown.of
        initial = {
            "key": uuid.uuid4().hex,
            "version": reply.version,
            "versions": ";".join(f"{key}:{version}" for key, version in shown.versions.items()),
            "status": reply.status or of.open_status,
            "reason": reply.reason,
            "mode": reply.mode,  # how somebody was reached and who spoke is said, never presumed
            "declarant": reply.declarant,
            "declarant_name": reply.declarant_name,
            "note": reply.note,
        }
        super().__init__(data, files, initial=initial)
        self.shown = shown
        self.fields["status"].choices = [(code, text(one.label)) for code, one in of.statuses.items()]  # type: ignore[attr-defined]
        self.fields["mode"].choices = [(code, text(label)) for code, label in of.modes.items()]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", "—"), *_reasons(of)]  # type: ignore[attr-defined]
        marks = SAID if of.about == "person" else (AnswerKind.DOES_NOT_KNOW,)
        for said, questions in ((marks, shown.asked), ((), shown.others)):
            for _title, some in questions:
                self.fields |= {one.fact: field_of(one, said) for one in some}
        for name in shown.hanging & self.fields.keys():
            self.fields[name].help_text = _("看前面的回答，用得上才填。")
        for name in shown.last.keys() & self.fields.keys():
            told = _("上一轮：{value}").format(value=shown.last[name])
            self.fields[name].help_text = " ".join(filter(None, (str(self.fields[name].help_text), told)))
        if of.about == "village":
            self.fields["status"].label = _("村（社区）的状态")
            for name in OF_A_PERSON:
                del self.fields[name]

    def reached(self) -> list[Any]:
        """How the person was reached and who declared."""
        names = ("mode", "declarant", "declarant_name")
        return [self[name] for name in names if name in self.fields]

    def rest(self) -> list[Any]:
        return [self[name] for name in ("status", "reason", "photos", "note") if name in self.fields]

    def rest_title(self) -> str:
        return _("没有见到人、照片、备注") if "photos" in self.fields else _("已撤并、备注")

    def sections(self, of: Iterable[tuple[str, list[Question]]]) -> list[tuple[str, list[Any]]]:
        return [(title, [self[one.fact] for one in questions]) for title, questions in of]

    def asked(self) -> list[tuple[str, list[Any]]]:
        return self.sections(self.shown.asked)

    def others(self) -> list[tuple[str, list[Any]]]:
        return self.sections(self.shown.others)

    def others_open(self) -> bool:
        """What may have changed is unfolded where something was typed or is wrong there."""
        if not self.is_bound:
            return False
        names = [one.fact for _title, some in self.shown.others for one in some]
        return any(
            self.errors.get(name) or self[name].value() not in (None, "", [], [None] * 3) for name in names
        )

    def fields_of_form(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in Reply.FIELDS if self.cleaned_data.get(name)}

    def typed(self) -> Typed:
        """What was touched; an empty field says nothing."""
        values, said = self.fields_of_form(), dict[str, str]()
        for _title, some in (*self.shown.asked, *self.shown.others):
            for one in some:
                value = self.cleaned_data.get(one.fact)
                marks = [
                    mark for mark in SAID if mark == value or (isinstance(value, list) and mark in value)
                ]
                if marks and (not isinstance(value, list) or len(value) == 1):
                    said[one.fact] = str(marks[0].value)
                elif value not in (None, "", []):
                    values[one.fact] = value.isoformat() if isinstance(value, dt.date) else value
        return Typed(values, said)

    def home_versions(self) -> dict[str, int]:
        pairs = (one.split(":") for one in self.cleaned_data["versions"].split(";") if one.count(":") == 1)
        return {key: found for key, number in pairs if (found := digits(number)) is not None}


def _reasons(of: Questionnaire) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (text(one.label), [(code, text(label)) for code, label in one.reasons.items()])
        for one in of.statuses.values()
        if one.reasons
    ]


def field_of(question: Question, marks: Sequence[AnswerKind]) -> forms.Field:
    """A question as a field. Asked, it offers `marks` ("does not know"); with none "no change" is what stands."""
    asked, said = bool(marks), [(kind.value, str(kind.label)) for kind in marks]
    label = question.label
    if question.type in ("code", "bool"):
        if len(question.choices) <= FEW and asked:
            widget = forms.RadioSelect({"class": "y-answers"})
            return forms.ChoiceField(
                label=label, required=False, choices=[*question.choices, *said], widget=widget
            )
        nothing = ("", "—" if asked else _("不改"))
        return forms.ChoiceField(label=label, required=False, choices=[nothing, *question.choices, *said])
    if question.type == "set":
        return forms.MultipleChoiceField(
            label=label,
            help_text="" if asked else _("有变化的才勾，要勾全。"),
            required=False,
            choices=[*question.choices, *said],
            widget=forms.CheckboxSelectMultiple({"class": "govuk-checkboxes--small"}),
        )
    if question.type == "date":
        return DayField(label=label, required=False)
    if question.unit == "fen":
        return MoneyField(label=label, required=False)
    if question.type == "int":
        return forms.IntegerField(
            label=label,
            required=False,
            min_value=question.low,
            max_value=question.high,
            widget=forms.TextInput(
                {
                    "inputmode": "numeric",
                    "class": "govuk-input--width-5",
                    "suffix": _("元") if question.unit == "yuan" else question.unit,
                }
            ),
            error_messages={"invalid": _("请填写一个整数，例如 3。")},
        )
    return forms.CharField(label=label, required=False, max_length=200)


class OpenForm(Form):
    """A round: of which county, with which questionnaire, from when to when."""

    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    title = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    area = forms.ChoiceField(label=gettext_lazy("哪个县（市、区）"))
    questionnaire = forms.ChoiceField(label=gettext_lazy("调查表"))
    villages = forms.ChoiceField(
        label=gettext_lazy("村（社区）的表"),
        help_text=gettext_lazy("每个村（社区）一份，和入户一起登记、审核、锁定。"),
        required=False,
    )
    opens_on = DayField(label=gettext_lazy("开始日期"), help_text=gettext_lazy("年龄都按这一天算。"))
    closes_on = DayField(label=gettext_lazy("截止日期"))

    def __init__(self, actor: User, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex, **(initial or {})})
        places = [areas.area_of(low) for low, _high in access.ranges(actor, Action.ROUND_MANAGE)]
        counties = [one for one in places if Tier.COUNTY in one.tiers]
        found: dict[str, Questionnaire] = {}
        own: dict[str, Questionnaire] = {}
        for one in counties:
            found |= questionnaires(one.code)
            own |= questionnaires(one.code, "village")
        self.fields["area"].choices = [(one.code, one.name) for one in counties]  # type: ignore[attr-defined]
        self.fields["questionnaire"].choices = [  # type: ignore[attr-defined]
            (name, text(one.title)) for name, one in found.items()
        ]
        self.initial.setdefault("villages", next(iter(own), ""))
        self.fields["villages"].choices = [  # type: ignore[attr-defined]
            *((name, text(one.title)) for name, one in own.items()),
            ("", _("这一轮不做")),
        ]


class ReturnForm(Form):
    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=gettext_lazy("要补正什么"),
        help_text=gettext_lazy("缺的、前后不符的会自动列上，一次说全；没有的可以不写。"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )


class ReopenForm(Form):
    mark_optional = False
    area = forms.ChoiceField(label=gettext_lazy("重新打开哪里"))
    why = forms.CharField(
        label=gettext_lazy("为什么重新打开"),
        help_text=gettext_lazy("写进操作记录，例如：公安比对发现证号有误。"),
        max_length=200,
    )

    def __init__(self, places: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data)
        self.fields["area"].choices = places  # type: ignore[attr-defined]


class FileForm(Form):
    mark_optional = False
    file = forms.FileField(
        label=gettext_lazy("国家系统导出的表"),
        help_text=gettext_lazy(
            "Excel 或 CSV，栏目见下表。空的格子不改动；与已登记不一致的，两种都留着等选定。"
        ),
    )
