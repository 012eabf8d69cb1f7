"""A plan as a form: its aim, and a block for each measure, those of open needs begun already."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.loop.deliver.enums import FundSource, Mode
from yice.loop.deliver.services.standing import office_name
from yice.loop.identify.models import Need
from yice.loop.plan.enums import CloseReason, MeasureState, Signer
from yice.loop.plan.models import HelpPlan, Measure
from yice.loop.plan.selectors import PlanFilters, staff_called
from yice.loop.plan.services import MeasureLine
from yice.policy.words import text
from yice.rules.services import NEEDS, OFFICES
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.web.desk.forms import SATISFIED, choose
from yice.web.ui import words
from yice.web.ui.errors import Line, add_problem, lines_of
from yice.web.ui.forms import DayField, FilterForm, Form, MoneyField

MOST = 30
SPARE = 3
LONG = forms.Textarea({"rows": 2})


def kinds() -> list[tuple[str, str]]:
    return [(name, text(words)) for name, words in NEEDS.items()]


def offices() -> list[tuple[str, str]]:
    """Who may be made responsible: offices from the village to the county."""
    near = ("village", "township", "county")
    return [
        (office, office_name(office))
        for name, tiers in OFFICES.items()
        for tier in tiers
        if tier in near and (office := f"{name}@{tier}")
    ]


class PlanForm(Form):
    mark_optional = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    version = forms.IntegerField(widget=forms.HiddenInput)
    goal = forms.CharField(
        label=gettext_lazy("要达到什么目标（选填）"), required=False, max_length=1000, widget=LONG
    )
    why = forms.CharField(
        label=gettext_lazy("为什么修订"), required=False, max_length=500, widget=forms.Textarea({"rows": 1})
    )
    review_on = DayField(label=gettext_lazy("下次回访日期（选填）"), required=False)

    def __init__(self, plan: HelpPlan | None, data: QueryDict | None = None, goal: str = "") -> None:
        initial = {"key": uuid.uuid4().hex, "version": plan.version if plan else 0, "goal": goal}
        if plan is not None:
            initial["review_on"] = plan.review_on
        super().__init__(data, initial=initial)
        if plan is None:
            del self.fields["why"]


class MeasureForm(Form):
    """One measure. What it must hold is the service's to judge; a block without words counts for nothing."""

    mark_optional = False
    uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    need = forms.ChoiceField(label=gettext_lazy("为哪项需求"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("哪一类"), required=False)
    what = forms.CharField(label=gettext_lazy("做什么"), required=False, max_length=500)
    department = forms.ChoiceField(label=gettext_lazy("负责部门"), required=False)
    responsible = forms.CharField(label=gettext_lazy("责任人"), required=False, max_length=100)
    result = forms.CharField(
        label=gettext_lazy("要有什么结果"),
        help_text=gettext_lazy("写成做完以后看得出来的，例如：能独立出门。"),
        required=False,
        max_length=500,
    )
    by = DayField(label=gettext_lazy("哪天前完成"), required=False)
    fen = MoneyField(label=gettext_lazy("金额（没有就不填）"), required=False)
    fund_source = forms.ChoiceField(
        label=gettext_lazy("资金来源"), required=False, choices=[("", "—"), *FundSource.choices]
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("怎样提供"), required=False, choices=[("", "—"), *Mode.choices]
    )
    provider = forms.CharField(label=gettext_lazy("由谁提供（选填）"), required=False, max_length=200)
    drop = forms.BooleanField(label=gettext_lazy("这一项不要了"), required=False)

    def __init__(self, needs: Sequence[Need], data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        said = [(str(one.uuid), f"{text(NEEDS[one.kind])} {one.number}") for one in needs]
        self.fields["need"].choices = [("", "—"), *said]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("同需求")), *kinds()]  # type: ignore[attr-defined]
        choose(self.fields["department"], offices())
        if not said:
            del self.fields["need"]
        if not self.initial.get("uuid") and not self.data.get(self.add_prefix("uuid")):
            del self.fields["drop"]

    @property
    def counts(self) -> bool:
        said = self.cleaned_data
        return not said.get("drop") and any(said.get(name) for name in ("what", "result", "department"))

    def line(self, needs: Sequence[Need], place: str) -> MeasureLine:
        said = self.cleaned_data
        need = next((one for one in needs if str(one.uuid) == said.get("need")), None)
        name = said.get("responsible", "").strip()
        return MeasureLine(
            kind=said.get("kind") or (need.kind if need else ""),
            what=said.get("what", ""),
            department=said.get("department", ""),
            result=said.get("result", ""),
            by=said.get("by") or clock.today(),
            responsible=staff_called(name, place),
            responsible_name=name,
            fen=said.get("fen"),
            fund_source=said.get("fund_source", ""),
            mode=said.get("mode", ""),
            provider=said.get("provider", ""),
            need=need,
            uuid=said.get("uuid"),
        )


class Sheet:
    """The plan's form with the forms of its measures, as one."""

    def __init__(
        self,
        needs: Sequence[Need],
        place: str,
        plan: HelpPlan | None = None,
        measures: Sequence[Measure] = (),
        goal: str = "",
        data: QueryDict | None = None,
    ) -> None:
        self.needs, self.place, self.plan = needs, place, plan
        self.form = PlanForm(plan, data, goal)
        if data is not None:
            count = next((n for n in range(MOST) if f"m{n}-what" not in data), MOST)
            self.measures = [MeasureForm(needs, data, prefix=f"m{n}") for n in range(count)]
        else:
            begun = [*map(_of_measure, measures), *_of_needs(needs, measures)]
            blocks: list[dict[str, Any]] = [*begun, *({} for _ in range(SPARE + (not begun)))]
            self.measures = [
                MeasureForm(needs, initial=one, prefix=f"m{n}") for n, one in enumerate(blocks[:MOST])
            ]
        self._counted: list[MeasureForm] = []

    @property
    def forms(self) -> list[Form]:
        return [self.form, *self.measures]

    @property
    def shown(self) -> list[MeasureForm]:
        return self.measures[: max(1, len(self.measures) - SPARE)]

    @property
    def spare(self) -> list[MeasureForm]:
        return self.measures[len(self.shown) :]

    def is_valid(self) -> bool:
        valid = [one.is_valid() for one in self.forms]  # each, so that every fault is told
        return all(valid)

    def lines(self) -> list[MeasureLine]:
        self._counted = [one for one in self.measures if one.counts]
        return [one.line(self.needs, self.place) for one in self._counted]

    def lacking_days(self) -> bool:
        """A measure without its day: the service takes a day, so the page asks for it."""
        wrong = [one for one in self._counted if not one.cleaned_data.get("by") and "by" not in one.errors]
        for one in wrong:
            one.add_error("by", _("请填写哪天前完成"))
        return bool(wrong)

    def called(self, form: Form) -> list[Line]:
        """What is wrong with one of its forms, told with which measure it is about: every block has the same fields."""
        if not isinstance(form, MeasureForm):
            return lines_of(form)
        which = str(Message("第 {n} 项措施", n=self.measures.index(form) + 1))
        gap = ": " if words.english() else "："
        return [Line(f"{which}{gap}{one.text}", one.target) for one in lines_of(form)]

    def refuse(self, problem: Problem | Problems) -> None:
        """What the service refused, in the block and beside the field it is about."""
        for one in problem.problems if isinstance(problem, Problems) else [problem]:
            where, _dot, rest = (one.field or "").partition(".")
            form: Form = self.form
            name: str | None = one.field
            if where == "measures" and rest:
                at, _dot, name = rest.partition(".")
                form = self._counted[int(at)]
                one.where = None  # it stands in its block
            if name in form.errors:  # a value that cannot be read is not also missing
                continue
            add_problem(form, name if name in form.fields else None, one)
            if one.code == "stale" and self.plan is not None:
                self.form.data = self.form.data.copy()
                self.form.data["version"] = str(self.plan.version)


def _of_measure(row: Measure) -> dict[str, Any]:
    return {
        "uuid": row.uuid, "need": str(row.need.uuid) if row.need else "", "kind": row.kind, "what": row.what,
        "department": row.department, "responsible": row.responsible_name, "result": row.result, "by": row.by,
        "fen": row.fen, "fund_source": row.fund_source, "mode": row.mode, "provider": row.provider,
    }  # fmt: skip


def _of_needs(needs: Sequence[Need], measures: Sequence[Measure]) -> Iterator[dict[str, Any]]:
    """A block begun for each need that no measure answers."""
    answered = {one.need_id for one in measures}
    for one in needs:
        if one.pk not in answered:
            yield {"need": str(one.uuid), "kind": one.kind}


class ProgressForm(Form):
    mark_optional = False
    version = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=gettext_lazy("现在怎样"), choices=MeasureState.choices, widget=forms.RadioSelect
    )
    result = forms.CharField(label=gettext_lazy("实际结果（落实了的要写明）"), required=False, max_length=500)
    fen = MoneyField(label=gettext_lazy("已花的钱（选填）"), required=False)
    note = forms.CharField(label=gettext_lazy("说明（选填）"), required=False, max_length=1000, widget=LONG)


class SignForm(Form):
    mark_optional = False
    do = forms.CharField(widget=forms.HiddenInput, initial="sign")
    version = forms.IntegerField(widget=forms.HiddenInput)
    signed_as = forms.ChoiceField(
        label=gettext_lazy("谁签字"), choices=Signer.choices, widget=forms.RadioSelect, initial=Signer.PERSON
    )
    signed_by = forms.CharField(label=gettext_lazy("监护人姓名"), required=False, max_length=100)
    signed_on = DayField(label=gettext_lazy("哪一天签字"), not_after=clock.today)


class ReviewForm(Form):
    mark_optional = False
    do = forms.CharField(widget=forms.HiddenInput, initial="review")
    effect = forms.CharField(label=gettext_lazy("有什么效果"), max_length=1000, widget=LONG)
    change = forms.BooleanField(label=gettext_lazy("方案需要修订"), required=False)
    on = DayField(label=gettext_lazy("哪一天回访"), not_after=clock.today)
    next_on = DayField(label=gettext_lazy("下次回访日期（不填按规定间隔）"), required=False)


class CloseForm(Form):
    mark_optional = False
    do = forms.CharField(widget=forms.HiddenInput, initial="close")
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=gettext_lazy("为什么结束"), choices=CloseReason.choices, widget=forms.RadioSelect
    )
    satisfied = forms.TypedChoiceField(
        label=gettext_lazy("本人满意吗（目标达到的要登记）"),
        required=False,
        empty_value=None,
        coerce=int,
        choices=[("", gettext_lazy("没有问到")), *SATISFIED],
    )


class PlanFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        choices=[
            ("live", gettext_lazy("没有结束的")),
            ("draft", gettext_lazy("拟定中")),
            ("in_force", gettext_lazy("执行中")),
            ("closed", gettext_lazy("已结束")),
        ],
        initial="live",
    )
    review = forms.BooleanField(label=gettext_lazy("只看该回访的"))
    overdue = forms.BooleanField(label=gettext_lazy("只看措施逾期的"))
    mine = forms.BooleanField(label=gettext_lazy("只看我负责的措施"))

    def filters(self) -> PlanFilters:
        said = self.cleaned_data if self.is_valid() else {}
        return PlanFilters(
            said.get("state") or "live",
            bool(said.get("review")),
            bool(said.get("overdue")),
            bool(said.get("mine")),
        )
