"""What is asked when a file comes in, and before it goes in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.models import Tier
from yice.exchange.vocabulary.kinds import SPLIT, list_kinds
from yice.terms import clock
from yice.web.desk.forms import choose
from yice.web.desk.import_parts import kind_title, plan_of
from yice.web.ui.forms import DayField, Form, MonthField


class UploadForm(Form):
    """A file, what it is, of where and when, and whether somebody who is not in it is therefore gone."""

    kind = forms.ChoiceField(label=gettext_lazy("这是什么"))
    area = forms.ChoiceField(label=gettext_lazy("哪个区域的"))
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(
            "Excel（.xlsx、.xls）或 CSV。标题行、合并单元格、全角数字都可以；要有姓名，以及身份证号或残疾人证号。"
        ),
    )
    as_of = DayField(
        label=gettext_lazy("内容截至哪一天"),
        help_text=gettext_lazy("名单实际统计到的那一天。"),
        not_after=clock.today,
    )
    month = MonthField(
        label=gettext_lazy("名单是哪个月的"),
        help_text=gettext_lazy("只对部门名单。不填就看文件里怎么写，文件里没写的按截至日期的月份。"),
        required=False,
    )
    whole = forms.ChoiceField(
        label=gettext_lazy("这份是不是全的"),
        help_text=gettext_lazy(
            "全的，就是这个区域（部门名单还要看月份）该有的人都在里面，一个不漏。"
            "只有全的名单才能说明“名单上没有 = 没有享受”；登记册是全的，不在里面的人会标为退出登记册。"
            "拿不准就选“不全，或不确定”：不在里面的人，一律按不清楚处理，不会误判。"
        ),
        choices=[
            ("yes", gettext_lazy("是全的，不在里面就是没有")),
            ("no", gettext_lazy("不全，或不确定")),
        ],
        widget=forms.RadioSelect({"class": "govuk-radios--small"}),
    )

    def __init__(self, actor: User, data: Any = None, files: Any = None, initial: Any = None) -> None:
        super().__init__(data, files, initial={"as_of": clock.today(), **(initial or {})})
        choose(self.fields["kind"], kind_choices(actor))
        places = place_choices(actor)
        self.fields["area"].choices = places  # type: ignore[attr-defined]
        if places:
            self.fields["area"].initial = places[0][0]


class DecisionForm(Form):
    """The yes before a delivery with an unusual change goes in."""

    mark_optional = False
    sure = forms.BooleanField(
        label=gettext_lazy("以上情况我已逐条核对，确认无误"),
        error_messages={"required": gettext_lazy("这一批的变化比平常大，请先核对，再勾选确认。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("为什么仍要入库"),
        help_text=gettext_lazy("会记入操作记录。不要写姓名和证件号。"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data: Any, *, reason: bool) -> None:
        super().__init__(data)
        if not reason:
            del self.fields["reason"]


def kind_choices(actor: User) -> list[tuple[str, str]]:
    """What the actor may bring in: registers, and the lists of their place's plan."""
    area = next((low for low, _high in access.ranges(actor, Action.IMPORT_READ)), "")
    plan = plan_of(area) if area else None
    found = []
    if access.grants(actor, Action.IMPORT_REGISTRY):
        found += ["registry", "households"]
    if access.grants(actor, Action.IMPORT_LIST):
        listed = list(plan.lists) if plan and plan.lists else list_kinds()
        found += [kind for kind in listed if kind in list_kinds()]
        found += [kind for kind, parts in SPLIT.items() if set(parts) <= set(found)]
    return [(kind, kind_title(kind, plan)) for kind in found]


def place_choices(actor: User) -> list[tuple[str, str]]:
    """The actor's places and the streets within them: a list may be of one street."""
    found = []
    ranges = {*access.ranges(actor, Action.IMPORT_REGISTRY), *access.ranges(actor, Action.IMPORT_LIST)}
    for low, _high in sorted(ranges):
        place = areas.area_of(low)
        found.append((place.code, place.name))
        if Tier.COUNTY in place.tiers:
            found += [(street.code, f"　{street.name}") for street in areas.children(low)]
    return found
