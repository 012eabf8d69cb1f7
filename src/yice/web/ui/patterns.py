"""What the patterns page shows: each component with people and figures that do not exist."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yice.terms import clock
from yice.terms.periods import Month
from yice.web.ui import looks
from yice.web.ui.forms import DayField, FilterForm, Form, MoneyField, MonthField
from yice.web.ui.parts import Chart, Entry, Figure, Link, Reason, Row, Series, Step, Tab

STREETS = (("1", _("江南街道")), ("2", _("外海街道")), ("3", _("礼乐街道")))
KINDS = [(code, looks.STATUSES[code].text) for code in ("gap", "leak", "amount", "duplicate", "ask")]


class SampleFilters(FilterForm):
    q = forms.CharField(label=_("姓名或证件号"), max_length=40)
    street = forms.ChoiceField(label=_("街道"), choices=[("", _("全部")), *STREETS])
    kind = forms.ChoiceField(label=_("类别"), choices=[("", _("全部")), *KINDS])
    age = forms.ChoiceField(label=_("等待时间"), choices=[("", _("不限")), ("30", _("超过 30 天"))])


class SampleForm(Form):
    result = forms.ChoiceField(
        label=_("走访结果"),
        widget=forms.RadioSelect,
        choices=[
            ("help_to_apply", _("协助申请")),
            ("not_eligible", _("核实不符合条件")),
            ("declined", _("本人不愿申请")),
        ],
    )
    reasons = forms.MultipleChoiceField(
        label=_("此前没有享受的原因"),
        help_text=_("可选多项"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        choices=[
            ("did_not_know", _("不知道政策")),
            ("papers_missing", _("材料不齐")),
            ("lives_elsewhere", _("人户分离")),
        ],
    )
    told_on = DayField(
        label=_("告知本人的日期"), help_text=_("例如 2020 年 6 月 12 日"), not_after=clock.today
    )
    month = MonthField(label=_("从哪个月起停发"), required=False)
    sum = MoneyField(label=_("每月金额"), help_text=_("以名单上的金额为准"))
    department = forms.ChoiceField(
        label=_("转给哪个部门"),
        required=False,
        choices=[("", _("请选择")), ("civil", _("区民政局")), ("medical", _("区医保局"))],
    )
    note = forms.CharField(
        label=_("经过"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = forms.FileField(label=_("部门名单"), required=False, help_text=_("Excel 或 CSV，不超过 200 MB"))
    sure = forms.BooleanField(label=_("已当面核对证件"), required=False)


PEOPLE = (
    ("陈巧云", _("江南街道 · 范罗冈社区"), "gap", 35, 20000, 0),
    ("李国强", _("外海街道 · 金溪社区"), "ask", 12, None, 0),
    ("黄秀兰", _("礼乐街道 · 向东村"), "leak", 48, 0, 22000),
    ("区志明", _("礼乐街道 · 英南村"), "amount", 7, 22000, 20000),
    ("梁少芬", _("江南街道 · 江翠社区"), "duplicate", 3, 22000, 44000),
)


def everything(request: HttpRequest) -> dict[str, Any]:
    """The context of `ui/patterns.html`."""
    today = clock.today()
    at = dt.datetime.combine(today, dt.time(14, 5))
    filters = SampleFilters(request.GET or {"street": "1", "kind": "gap"})
    keys = ("name", "place", "kind", "days", "due", "paid")
    return {
        "statuses": list(STATUS_GROUPS.items()),
        "filters": filters,
        "form": SampleForm(initial={"result": "help_to_apply", "sum": 20000}),
        "wrong": SampleForm(
            {"told_on_0": "2020", "told_on_1": "13", "told_on_2": "5", "sum": "很多", "note": ""},
            prefix="",
            auto_id="wrong_%s",
        ),
        "people": [dict(zip(keys, row, strict=True)) for row in PEOPLE],
        "page": Paginator(range(312), 25).get_page(request.GET.get("page", 3)),
        "identity": [_("女"), _("67 岁"), _("肢体二级"), _("江南街道 · 范罗冈社区")],
        "tabs": [
            Tab(_("概况"), "#", current=True),
            Tab(_("为什么"), "#"),
            Tab(_("线索"), "#", count=2),
            Tab(_("家庭"), "#", count=3),
            Tab(_("证件"), "#"),
            Tab(_("经过"), "#"),
        ],
        "crumbs": [Link(_("首页"), "#"), Link(_("江南街道"), "#"), Link(_("工作清单"), "#")],
        "steps": [
            Step(_("识别"), "done", _("2020年5月31日")),
            Step(_("评估"), "done", _("2020年6月12日")),
            Step(_("计划"), "current", _("待本人签字")),
            Step(_("落实")),
            Step(_("监督")),
        ],
        "rows": [
            Row(_("残疾类别"), _("肢体"), _("登记册，2020年5月31日")),
            Row(_("家庭人均月收入"), _("1,020.00 元"), _("低保名单，2020年6月"), [Link(_("更正"), "#")]),
            Row(_("就业"), _("不清楚"), _("没有来源"), [Link(_("询问本人"), "#")]),
        ],
        "entries": [
            Entry(
                _("入户走访完成"),
                at,
                _("区少芬（范罗冈社区专职委员）"),
                _("本人不知道护理补贴，愿意申请；需要轮椅一台。"),
                "done",
            ),
            Entry(
                _("发现疑似应享未享"),
                dt.date(2020, 6, 12),
                _("筛查"),
                _("重度残疾人护理补贴：符合条件，6 月发放名单上没有。"),
                "gap",
            ),
            Entry(_("导入登记册"), dt.date(2020, 5, 31), _("区残联业务员")),
        ],
        "reasons": [
            Reason("met", _("残疾等级为一级或二级"), "JH-3.1.4", _("肢体二级，登记册 2020年5月31日")),
            Reason("unknown", _("没有领取工伤护理费"), "JH-3.1.4", _("还没有收到 6 月的工伤名单")),
            Reason("failed", _("残疾证有效"), "JH-3.1.3", _("证件于 2020年3月1日到期")),
        ],
        "figures": [
            Figure(_("疑似应享未享"), 35, _("人"), _("最久 48 天"), "#", "wait"),
            Figure(_("待核实"), 112, _("人"), _("先问 12 人可解决一半"), "#", "know"),
            Figure(_("已逾期"), 4, _("件"), _("其中 1 件超过 30 天"), "#", "bad"),
            Figure(_("本月办结"), 21, _("件"), "", "#", "good"),
        ],
        "chart": Chart(
            _("各街道线索"),
            _("街道"),
            [Link(text, "#") for _code, text in STREETS],
            [
                Series(_("应享未享"), [182, 131, 74]),
                Series(_("应退未退"), [22, 31, 9]),
                Series(_("待核实"), [96, None, 121]),
            ],
            note=_("外海街道 6 月低保名单未收全，待核实人数不明。"),
        ),
        "streets": [text for _code, text in STREETS],
        "month": Month(2020, 6),
        "today": today,
        "now": at,
    }


STATUS_GROUPS = {
    _("筛查结论"): ("eligible", "ineligible", "unknown"),
    _("线索"): ("gap", "leak", "amount", "duplicate", "ask", "ok"),
    _("办理"): ("open", "started", "provisional", "closed", "overdue", "due_soon"),
    _("任务"): ("waiting", "running", "done", "failed", "cancelled"),
    _("导入"): ("staged", "paused", "committed", "added", "changed", "unchanged", "refused", "would_remove"),
    _("残疾证"): ("valid", "frozen", "expired", "none"),
}
