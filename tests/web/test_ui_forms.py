"""A form says in whole sentences what is missing, beside its field and above the form."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.template import Context, Template

from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import Month
from yice.web.ui.errors import add_problems
from yice.web.ui.forms import DayField, Form, MoneyField, MonthField, forms


class Handling(Form):
    result = forms.ChoiceField(
        label="走访结果", choices=[("a", "协助申请"), ("b", "不愿申请")], widget=forms.RadioSelect
    )
    told_on = DayField(label="告知日期", help_text="例如 2020 6 12", not_after=clock.today)
    month = MonthField(label="停发月份", required=False)
    sum = MoneyField(label="金额", required=False)
    note = forms.CharField(label="经过", max_length=20, required=False, widget=forms.Textarea)
    sure = forms.BooleanField(label="已核对", required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["persons"] = forms.IntegerField(label="人数", required=False)


GOOD = {"result": "a", "told_on_0": "2020", "told_on_1": "6", "told_on_2": "12"}


def page(form: Form) -> str:
    return Template("{% error_summary form %}{{ form }}").render(Context({"form": form}))


def test_days_months_and_sums_become_values() -> None:
    form = Handling({**GOOD, "month_0": "2020", "month_1": "7", "sum": "1,234.5"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["told_on"] == dt.date(2020, 6, 12)
    assert form.cleaned_data["month"] == Month(2020, 7)
    assert form.cleaned_data["sum"] == 123450


def test_what_may_be_left_out_is_marked_and_stays_empty() -> None:
    form = Handling(GOOD)
    assert form.is_valid()
    assert form.cleaned_data["month"] is None and form.cleaned_data["sum"] is None
    assert page(form).count("（选填）") == 4  # the single checkbox explains itself


@pytest.mark.parametrize(
    ("field", "values", "sentence"),
    [
        ("result", {"result": ""}, "请选择走访结果"),
        ("told_on", {"told_on_0": "", "told_on_1": "", "told_on_2": ""}, "请填写告知日期"),
        ("told_on", {"told_on_1": ""}, "还缺月"),
        ("told_on", {"told_on_1": "13"}, "没有这一天。请核对年、月、日。"),
        ("told_on", {"told_on_0": "2021"}, "日期在今天之后。这件事应当已经发生。请核对年份。"),
        ("month", {"month_0": "2020", "month_1": "13"}, "没有这个月份。请写成 2020-06 或 2020年6月。"),
        ("result", {"result": "c"}, "没有“c”这个选项，请重新选择。"),
        ("note", {"note": "多" * 21}, "太长了：最多 20 个字，现在有 21 个。"),
        ("persons", {"persons": "9" * 20}, "太大了：最多 2147483647。"),
        ("sum", {"sum": "9" * 20}, "金额太大了，请核对。"),
        ("sum", {"sum": "很多"}, "看不懂这个金额。请以元为单位写成 285.00。"),
    ],
)
def test_a_fault_is_a_sentence_beside_the_field_and_above_the_form(
    field: str, values: dict[str, str], sentence: str
) -> None:
    form = Handling({**GOOD, **values})
    html = page(form)
    assert list(form.errors) == [field] and form.errors[field] == [sentence]
    assert html.count(sentence) == 2
    assert str(form[field].label) in html.partition("error-summary")[2].partition("</ul>")[0]
    target = f"id_{field}" if field in ("sum", "note", "persons") else f"id_{field}_0"
    assert f'href="#{target}"' in html and f'id="{target}"' in html
    assert f'id="id_{field}_error"' in html


def test_a_screen_reader_hears_hint_and_error_with_the_field() -> None:
    html = page(Handling({**GOOD, "told_on_1": "13", "sum": "很多"}))
    assert 'aria-describedby="id_told_on_helptext id_told_on_error"' in html
    assert 'aria-invalid="true"' in html and "govuk-input--error" in html


def test_a_sum_is_shown_in_yuan_with_its_unit() -> None:
    html = page(Handling(initial={"sum": 20000}))
    assert 'value="200.00"' in html and "govuk-input__suffix" in html


def test_what_a_service_refused_stands_beside_the_field_it_names() -> None:
    form = Handling(GOOD)
    form.is_valid()
    add_problems(form, Problem("month-before", Message("停发月份早于告知日期"), field="month"))
    add_problems(form, Problem("changed-meanwhile", Message("别人刚刚改过")))
    assert form.errors["month"] == ["停发月份早于告知日期。"]
    assert form.non_field_errors() == ["别人刚刚改过。"]


def test_a_password_can_be_shown() -> None:
    """The button waits for its script; without one the field is as ever."""
    html = str(
        type("Door", (Form,), {"key": forms.CharField(widget=forms.PasswordInput)})({"key": "typed"})["key"]
    )
    assert 'type="password"' in html and "typed" not in html and 'aria-label="显示密码" hidden' in html
    assert 'aria-controls="id_key"' in html and "style=" not in html


def test_nothing_typed_becomes_markup() -> None:
    html = page(Handling({**GOOD, "note": "<script>", "told_on_1": '"><script>', "sum": '"><script>'}))
    assert "<script" not in html
