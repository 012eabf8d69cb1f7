"""One visit as a form: one tap where nothing changed, the rest folded away until it is needed."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.loop.identify.enums import VisitResult
from yice.loop.identify.models import Person
from yice.loop.identify.selectors.visits import VisitDetail
from yice.loop.identify.services import Given, Said
from yice.loop.identify.services.visits_images import PHOTOS, Picture, picture
from yice.policy.words import text
from yice.rules.services import NEEDS
from yice.terms.errors import Problem, Problems
from yice.web.ui.forms import DayField, Form

NEXT = (
    ("7", gettext_lazy("一周后")),
    ("30", gettext_lazy("一个月后")),
    ("90", gettext_lazy("三个月后")),
    ("day", gettext_lazy("另定日期")),
    ("", gettext_lazy("不约定")),
)
EMPTY: tuple[Any, ...] = (None, "", False, [], [None, None, None], ["", "", ""])
PNG = "data:image/png;base64,"


class PhotosInput(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name, [])


class PhotosField(forms.FileField):
    """Up to three photographs as bytes; each is judged by the service."""

    widget = PhotosInput({"multiple": True, "accept": "image/jpeg,image/png"})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        return [one.read() for one in data or []][: PHOTOS + 1]


class VisitForm(Form):
    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    asked = forms.CharField(widget=forms.HiddenInput, required=False)  # the facts this page asked about
    key = forms.CharField(widget=forms.HiddenInput, max_length=50)
    follows = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    owner = forms.CharField(widget=forms.HiddenInput, required=False)
    said_at = forms.CharField(widget=forms.HiddenInput, required=False)
    result = forms.ChoiceField(
        label=gettext_lazy("走访结果"),
        choices=VisitResult.choices,
        widget=forms.RadioSelect({"class": "govuk-radios--small"}),
    )
    note = forms.CharField(
        label=gettext_lazy("备注（选填）"), required=False, max_length=500, widget=forms.Textarea({"rows": 3})
    )
    need = forms.ChoiceField(label=gettext_lazy("需要哪方面的帮助"), required=False)
    need_said = forms.CharField(
        label=gettext_lazy("怎么说的"),
        help_text=gettext_lazy("用本人的话，简短写下。会另立一项需求，到期必须答复。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )
    members = forms.MultipleChoiceField(
        label=gettext_lazy("家里这些人也见到了，没有变化"),
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "govuk-checkboxes--small"}),
    )
    photos = PhotosField(
        label=gettext_lazy("照片"),
        help_text=gettext_lazy("最多 3 张。时间、地点等相机信息不会保存。"),
        required=False,
    )
    consent = forms.BooleanField(label=gettext_lazy("本人或监护人同意拍照"), required=False)
    drawn = forms.CharField(widget=forms.HiddenInput, required=False)
    signed_by = forms.CharField(
        label=gettext_lazy("签名人姓名"),
        help_text=gettext_lazy("不便手写时，由签名人口述姓名，见证人在场。"),
        required=False,
        max_length=100,
    )
    witness = forms.CharField(label=gettext_lazy("见证人姓名"), required=False, max_length=100)
    next = forms.ChoiceField(
        label=gettext_lazy("下次什么时候来"),
        required=False,
        choices=NEXT,
        initial="",
        widget=forms.RadioSelect({"class": "y-answers govuk-radios--small"}),
    )
    next_on = DayField(label=gettext_lazy("另定的日期"), required=False)

    FOLDS = (
        ("need", ("need", "need_said")),
        ("photos", ("photos", "consent")),
        ("signature", ("signed_by", "witness")),
        ("next", ("next", "next_on")),
    )

    def __init__(self, shown: VisitDetail, owner: str, data: Any = None, files: Any = None) -> None:
        self.row, self.day = (row := shown.row), shown.page.day
        self.home = {str(one.uuid): one for one in shown.members}
        initial = {
            "version": row.version,
            "seen": row.seen,
            "asked": ",".join(one.fact for one in row.questions),
            "key": uuid.uuid4().hex,
            "owner": owner,
            "result": row.result,
            "note": row.note,
            "signed_by": row.signed_by,
            "witness": row.witness,
            "next": "day" if row.next_on else "",
            "next_on": row.next_on,
            "members": list(self.home),
        }
        super().__init__(_quick(data), files, initial=initial)
        # Who was recorded since the page was opened may still be named: the service leaves their line alone.
        there = [(key, one.name) for key, one in self.home.items()]
        sent = [key for key in (data.getlist("members") if data is not None else ()) if key not in self.home]
        self.fields["members"].choices = [*there, *((key, "") for key in sent)]  # type: ignore[attr-defined]
        self.fields["need"].choices = [  # type: ignore[attr-defined]
            ("", _("没有提出需求")),
            *((name, text(words)) for name, words in NEEDS.items()),
        ]

    def open(self, name: str) -> bool:
        """Whether a fold has something in it."""
        fields = dict(self.FOLDS)[name]
        return any(self[one].errors or self[one].value() not in EMPTY for one in fields)

    def folds(self) -> dict[str, bool]:
        return {name: self.open(name) for name, _fields in self.FOLDS}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("next") == "day" and not said.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("请填写下次走访的日期。"))
        return said

    def said(self, answers: dict[str, Given]) -> Said:
        """What the service takes; Problems where a picture is none."""
        values = self.cleaned_data
        day = values["next_on"] if values["next"] == "day" else None
        if values["next"] not in ("", "day"):
            day = self.day + dt.timedelta(days=int(values["next"]))
        fields = {
            "result": values["result"],
            "note": values["note"].strip(),
            "next_on": day.isoformat() if day else None,
            "signed_by": values["signed_by"].strip() or (self.row.name if values["drawn"] else ""),
            "witness": values["witness"].strip(),
        }
        pictures = list(self._pictures())
        return Said(
            fields, answers, values["seen"], values["need"], values["need_said"], pictures, values["consent"]
        )

    def at_home(self) -> list[Person]:
        return [self.home[key] for key in self.cleaned_data["members"] if key in self.home]

    def device_time(self) -> dt.datetime | None:
        """By the clock of the device; one that says nothing sensible says nothing."""
        try:
            found = dt.datetime.fromisoformat(self.cleaned_data["said_at"])
        except ValueError:
            return None
        return found if found.tzinfo else None

    def _pictures(self) -> Iterator[Picture]:
        wrong = []
        for data in self.cleaned_data["photos"]:
            try:
                yield picture("photo", data, "photos")
            except Problem as problem:
                wrong.append(problem)
        drawn = self.cleaned_data["drawn"]
        if drawn:
            try:
                yield picture(
                    "signature", base64.b64decode(drawn.removeprefix(PNG), validate=True), "signed_by"
                )
            except binascii.Error:
                yield picture("signature", b"", "signed_by")
        if wrong:
            raise Problems(wrong)


def _quick(data: Any) -> Any:
    """The one tap: met, nothing changed."""
    if data is None or "quick" not in data:
        return data
    changed = data.copy()
    changed["result"] = VisitResult.UNCHANGED.value
    return changed
