"""What is agreed on a list: who sends it, under which basis, how often, kept until when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.exchange.models import Agreement, Every
from yice.exchange.vocabulary.kinds import list_kinds
from yice.rules.model import Slot
from yice.terms import clock
from yice.terms.periods import Month
from yice.web.desk.import_parts import kind_title, plan_of
from yice.web.ui.forms import DayField, Form, MonthField

KEPT_TWO_YEARS, DAYS = 24, 10


class AgreementForm(Form):
    """Offices and posts, never persons: whoever sits there changes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)
    title = forms.CharField(label=gettext_lazy("名单叫什么"), max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("按哪种名单读取"),
        help_text=gettext_lazy("系统能认的名单，上传的文件才会记到这份约定下。还不能读的，选“暂不读取”。"),
        required=False,
    )
    sender = forms.CharField(label=gettext_lazy("来表单位"), max_length=100)
    contact = forms.CharField(
        label=gettext_lazy("联系岗位和电话"),
        help_text=gettext_lazy("写科室、岗位和办公电话，不写个人手机。"),
        max_length=100,
    )
    basis = forms.CharField(
        label=gettext_lazy("依据"),
        help_text=gettext_lazy("文件名、文号和条款，或双方的数据共享协议。"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
    )
    every = forms.ChoiceField(
        label=gettext_lazy("多久来一次"),
        choices=Every.choices,
        widget=forms.RadioSelect({"class": "govuk-radios--inline govuk-radios--small"}),
    )
    due_days = forms.IntegerField(
        label=gettext_lazy("期满后几天内要到"),
        min_value=0,
        max_value=180,
        widget=forms.NumberInput({"class": "govuk-input--width-4", "suffix": gettext_lazy("天")}),
    )
    since = MonthField(label=gettext_lazy("从哪个月开始要"))
    until = DayField(label=gettext_lazy("约定到哪一天为止"), required=False)
    keeps = forms.CharField(
        label=gettext_lazy("留存哪些内容"),
        help_text=gettext_lazy("例如：姓名、证件号（加密）、发放金额和账号后四位。"),
        max_length=200,
        widget=forms.Textarea({"rows": 2}),
    )
    keep_months = forms.IntegerField(
        label=gettext_lazy("每期留存多久"),
        help_text=gettext_lazy("从那一期的月份算起；到期提醒删除，删除留下记录。"),
        min_value=1,
        max_value=360,
        widget=forms.NumberInput({"class": "govuk-input--width-4", "suffix": gettext_lazy("个月")}),
    )

    def __init__(self, area: str, slot: Slot | None, row: Agreement | None, data: Any = None) -> None:
        super().__init__(data, initial=_initial(slot, row))
        plan = plan_of(area)
        kinds = (
            [slot.list]
            if slot is not None and slot.list
            else [k for k in list_kinds() if not plan or k in plan.lists]
        )
        choices = [(kind, kind_title(kind, plan)) for kind in kinds]
        if slot is None or not slot.list:
            choices = [("", _("暂不读取")), *choices]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    @property
    def seen(self) -> int:
        """The version the page was opened at."""
        return self.cleaned_data.get("version") or 0

    def said(self) -> dict[str, Any]:
        """The values as the service takes them."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        since = found["since"]
        return {**found, "since": since.first if isinstance(since, Month) else since.replace(day=1)}


def _initial(slot: Slot | None, row: Agreement | None) -> dict[str, Any]:
    if row is not None:
        names = (
            "title",
            "kind",
            "sender",
            "contact",
            "basis",
            "every",
            "due_days",
            "until",
            "keeps",
            "keep_months",
        )
        return {**{name: getattr(row, name) for name in names}, "since": row.since, "version": row.version}
    given = {
        "due_days": DAYS,
        "keep_months": KEPT_TWO_YEARS,
        "since": clock.today().replace(day=1),
        "every": "month",
    }
    if slot is not None:
        title = str(slot.title) if slot.named else ""
        given |= {"title": title, "kind": slot.list or "", "sender": slot.sender, "every": slot.every}
    return given
