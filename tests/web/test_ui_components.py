"""Each component shows what it is given, and nothing that is given can become markup."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.terms.periods import Month
from yice.web.ui.forms import FilterForm, forms
from yice.web.ui.looks import SHAPES, STATUSES
from yice.web.ui.parts import Chart, Entry, Figure, Link, Reason, Row, Series, Step, Tab, draw

HOSTILE = '<img src=x onerror="alert(1)">'
ESCAPED = "&lt;img src=x onerror="


def shown(source: str, address: str = "/list/", **context: Any) -> str:
    request = RequestFactory().get(address)
    return Template(source).render(Context({"request": request, **context}))


class Search(FilterForm):
    q = forms.CharField(label="姓名")
    street = forms.ChoiceField(label="街道", choices=[("", "全部"), ("1", "江南街道"), ("2", "外海街道")])


WHAT = Link("更正", "#", HOSTILE)
HOSTILE_PARTS = {
    "tag": ("{% tag x %}", {"x": HOSTILE}),
    "status": ('{% status "gap" x %}', {"x": HOSTILE}),
    "a status nobody knows": ("{% status x %}", {"x": HOSTILE}),
    "masked": ('{% masked x "#" x %}', {"x": HOSTILE}),
    "count": ("{% count 3 1 x %}", {"x": HOSTILE}),
    "summary list": ("{% summary_list x %}", {"x": [Row(HOSTILE, HOSTILE, HOSTILE, [WHAT])]}),
    "case log": (
        "{% case_log x %}",
        {"x": [Entry(HOSTILE, dt.date(2020, 6, 1), HOSTILE, HOSTILE, "gap", WHAT)]},
    ),
    "reasons": ("{% reasons x %}", {"x": [Reason("met", HOSTILE, HOSTILE, HOSTILE)]}),
    "table": ("{% table x %}<tbody></tbody>{% endtable %}", {"x": HOSTILE}),
    "column head": ('{% th x sort="name" %}', {"x": HOSTILE}),
    "figures": ("{% figures x %}", {"x": [Figure(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "#")]}),
    "chart": (
        "{% chart x %}",
        {"x": Chart(HOSTILE, HOSTILE, [HOSTILE], [Series(HOSTILE, [1])], note=HOSTILE)},
    ),
    "tabs": ("{% tabs x y %}", {"x": [Tab(HOSTILE, "#")], "y": HOSTILE}),
    "steps": ("{% steps x y %}", {"x": [Step(HOSTILE, "done", HOSTILE)], "y": HOSTILE}),
    "breadcrumbs": ("{% breadcrumbs x %}", {"x": [Link(HOSTILE, "#")]}),
    "button": ('{% button x name="n" value=x %}', {"x": HOSTILE}),
    "banner": ("{% banner x %}{% endbanner %}", {"x": HOSTILE}),
    "details": ("{% details x %}{{ x }}{% enddetails %}", {"x": HOSTILE}),
    "warning": ("{% warning_text %}{{ x }}{% endwarning_text %}", {"x": HOSTILE}),
    "empty": ("{% empty_state x %}{{ x }}{% endempty_state %}", {"x": HOSTILE}),
    "identity bar": ("{% identity_bar x y %}{{ x }}{% endidentity_bar %}", {"x": HOSTILE, "y": [HOSTILE]}),
    "progress": ("{% progress x 1 2 url=x note=x %}", {"x": HOSTILE}),
    "filters": ("{% filters x %}", {"x": Search({"q": HOSTILE})}),
    "problem": ("{% error_summary x %}", {"x": Problem("code", Message("{v}", v=HOSTILE))}),
}


@pytest.mark.parametrize("name", HOSTILE_PARTS)
def test_a_hostile_text_stays_a_text(name: str) -> None:
    source, context = HOSTILE_PARTS[name]
    html = shown(source, **context)
    assert ESCAPED in html
    assert "<img" not in html


def test_a_hostile_address_stays_an_address() -> None:
    html = shown('{% th "姓名" sort="name" %}', f'/list/?q="><script>&street={HOSTILE}')
    assert "<script" not in html and "<img" not in html


def test_every_status_has_a_word_and_a_shape_of_its_own_within_its_tone() -> None:
    for code, look in STATUSES.items():
        html = shown("{% status code %}", code=code)
        assert str(look.text) in html and SHAPES[look.shape] in html
    kinds = [STATUSES[code] for code in ("gap", "leak", "amount", "duplicate", "ask")]
    assert len({look.shape for look in kinds}) == len(kinds)


@pytest.mark.parametrize(
    ("language", "day", "month", "moment"),
    [
        ("zh-hans", "2020年6月30日", "2020年6月", "2020年6月30日 14:05"),
        ("en", "30 June 2020", "June 2020", "30 June 2020 14:05"),
    ],
)
def test_dates_are_written_as_the_reader_writes_them(
    language: str, day: str, month: str, moment: str
) -> None:
    at = dt.datetime(2020, 6, 30, 6, 5, tzinfo=dt.UTC)
    with translation.override(language):
        html = shown(
            "{{ d|day }}|{{ m|month }}|{{ t|moment }}|{{ n|day }}",
            d=at.date(),
            m=Month(2020, 6),
            t=at,
            n=None,
        )
    assert f'<time datetime="2020-06-30">{day}</time>' in html
    assert f">{month}</time>" in html and f">{moment}</time>" in html
    assert html.endswith("|")


def test_sums_and_numbers_say_when_they_are_not_known() -> None:
    html = shown(
        '{{ 123450|money }} {{ 2000|money:"signed" }} {{ -2000|money }} {{ x|money }} {{ x|number }}', x=None
    )
    assert html == "1,234.50 +20.00 −20.00 不明 不明"


def test_a_count_shows_the_unknown_share_and_hides_none_of_it() -> None:
    html = shown('{% count 1995 5 "人" %}')
    assert "1,995 人" in html and "另有 5 无法判断，占 &lt;1%" in html
    assert "无法判断" not in shown("{% count 3 %}")


def test_a_masked_value_is_read_out_without_its_stars() -> None:
    html = shown('{% masked "440***1" "/unmask/" "身份证号" %}')
    assert '<span aria-hidden="true">440***1</span>' in html and "4401</span>" in html
    assert 'href="/unmask/"' in html


def test_a_sorted_column_says_so_and_turns_round() -> None:
    source = '{% th "姓名" sort="name" %}'
    assert "aria-sort" not in shown(source)
    up = shown(source, "/list/?sort=name&page=4&street=1")
    assert 'aria-sort="ascending"' in up and "sort=-name" in up
    assert "street=1" in up and "page=" not in up
    assert 'aria-sort="descending"' in shown(source, "/list/?sort=-name")


def test_pages_keep_the_filters() -> None:
    page = Paginator(range(312), 25).page(3)
    html = shown("{% pagination page %}", "/list/?street=1&page=3", page=page)
    assert "第 51–75 条，共 312 条" in html
    assert "?street=1&amp;page=4" in html and 'aria-current="page"' in html


def test_one_page_has_no_page_links() -> None:
    assert "<ul>" not in shown("{% pagination page %}", page=Paginator([1], 25).page(1))


def test_chosen_filters_are_named_in_words_and_dropped_one_by_one() -> None:
    address = "/list/?q=陈&street=2&page=3&sort=-name"
    request = RequestFactory().get(address)
    html = shown("{% filters form %}", address, form=Search(request.GET))
    assert "街道：外海街道" in html and "姓名：陈" in html
    assert 'href="?q=%E9%99%88&amp;sort=-name"' in html  # the street is gone, and so is the page
    assert '<input type="hidden" name="sort" value="-name">' in html


def test_problems_lead_to_their_fields() -> None:
    problems = Problems(
        [
            Problem("a", Message("缺少月份"), fix=Message("请填写月份"), field="month"),
            Problem("b", Message("已有人改过")),
        ]
    )
    html = shown("{% error_summary problems %}", problems=problems)
    assert '<a href="#id_month">缺少月份。请填写月份。</a>' in html
    assert "<li>已有人改过。</li>" in html and "有 2 处需要更正" in html


def test_nothing_wrong_shows_nothing() -> None:
    assert shown("{% error_summary form %}", form=Search({})).strip() == ""


def test_bars_share_one_scale_and_an_unknown_value_has_none() -> None:
    streets = ["江南", "外海"]
    chart = Chart("线索", "街道", streets, [Series("应享未享", [30, 10]), Series("待核实", [10, None])])
    first, second = draw(chart)
    assert [(piece.x, piece.width) for piece in first.bars[0]] == [(0, 75), (75, 25)]
    assert [(piece.x, piece.width) for piece in second.bars[0]] == [(0, 25), (25, 0)]
    html = shown("{% chart chart %}", chart=chart)
    assert "不明" in html and 'width="75.0%"' in html
    assert "style=" not in html  # the Content-Security-Policy has no inline styles


def test_bars_side_by_side_each_start_at_nought() -> None:
    chart = Chart("线索", "街道", ["江南"], [Series("六月", [40]), Series("七月", [10])], stacked=False)
    [row] = draw(chart)
    assert [(bar[0].x, bar[0].width) for bar in row.bars] == [(0, 100), (0, 25)]


def test_progress_asks_again_until_it_is_finished() -> None:
    running = shown('{% progress "核对" 3120 5000 url="/job/1/" left=95 %}')
    assert (
        'hx-get="/job/1/"' in running
        and 'value="3120"' in running
        and "62%" in running
        and "约 2 分钟" in running
    )
    finished = shown('{% progress "核对" 5000 5000 url="/job/1/" finished=True %}')
    assert "hx-get" not in finished and "已完成" in finished


def test_progress_of_unknown_length_claims_no_share() -> None:
    html = shown('{% progress "读取" 0 %}')
    assert "value=" not in html and "%" not in html
