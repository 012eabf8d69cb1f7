"""The components. Installed as built-ins: no `{% load %}` is needed.

Each shows plain values (`yice.web.ui.parts`) through one small template in `templates/ui/parts`; the patterns
page shows all of them. Texts are escaped; the content of a block tag is a template's own markup.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from structlog.contextvars import get_contextvars

from yice.terms.errors import Problem, Problems
from yice.terms.periods import Month
from yice.web.ui import looks, parts, words
from yice.web.ui.errors import Line, lines_of

register = template.Library()
PARTS = "ui/parts"


def part(name: str) -> str:
    return f"{PARTS}/{name}.html"


# Words and small marks


@register.simple_tag
def request_number() -> str:
    """The first eight digits of this request's number in the log, in two groups to be read out; empty elsewhere."""
    number = str(get_contextvars().get("request", ""))
    return f"{number[:4]} {number[4:8]}" if number else ""


@register.simple_tag
def once() -> SafeString:
    """The key of a form whose page is declared with `once`: sent twice, it is taken once."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4().hex)


@register.simple_tag
def tag(text: Any, tone: parts.Tone = "calm", shape: str = "dot") -> SafeString:
    """A word with a shape and a tone: `{% tag "一户多残" tone="odd" shape="pair" %}`."""
    return format_html(
        '<strong class="y-tag y-tag--{}"><svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>{}</strong>',
        tone,
        looks.SHAPES[shape],
        text,
    )


@register.simple_tag
def status(code: str, text: Any = "") -> SafeString:
    """A known status: `{% status finding.kind %}`, `{% status job.state job.get_state_display %}`."""
    look = looks.look(code)
    return tag(text or look.text or code, look.tone, look.shape)


@register.simple_tag
def shape(name: str) -> SafeString:
    """A bare shape, hidden from screen readers: words must stand beside it."""
    return format_html(
        '<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        looks.SHAPES[name],
    )


@register.filter
def day(value: dt.date | None) -> str | SafeString:
    """`{{ person.since|day }}` → 2020年6月30日 in a <time>; nothing for None."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat()[:10], words.day(value))


@register.filter
def month(value: dt.date | Month | None) -> str | SafeString:
    """`{{ outcome.month|month }}` → 2020年6月."""
    if value is None:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', f"{value.year:04d}-{value.month:02d}", words.month(value)
    )


@register.filter
def moment(value: dt.datetime | dt.date | None) -> str | SafeString:
    """`{{ event.at|moment }}` → 2020年6月30日 14:05."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words.when(value))


@register.filter
def money(fen: int | None, form: str = "") -> str:
    """Fen as yuan: `{{ finding.due_fen|money }}` → 1,234.50; `|money:"signed"` puts + and −; None → 不明."""
    return words.sum_of(fen, signed=form == "signed")


@register.filter
def number(value: int | None) -> str:
    """12,345; None → 不明."""
    return words.number(value)


@register.filter
def listed(items: Iterable[Any], between: str = "、") -> str:
    """`{{ names|listed }}`, `{{ reasons|listed:"；" }}`: joined as the reader's language joins."""
    return words.listed(items, between)


@register.inclusion_tag(part("count"))
def count(known: int, unknown: int = 0, unit: Any = "", of: int | None = None) -> dict[str, Any]:
    """A count that does not hide what is not known: `{% count 312 45 "人" of=1200 %}`."""
    whole = of or known + unknown
    return {"known": known, "unknown": unknown, "unit": unit, "share": words.share(unknown, whole)}


@register.inclusion_tag(part("masked"))
def masked(text: str, reveal: str = "", about: Any = "") -> dict[str, Any]:
    """A value that is already masked, with the page that shows it whole: `{% masked person.id_masked url %}`."""
    return {"text": text, "reveal": reveal, "about": about}


# Lists and tables


@register.inclusion_tag(part("summary_list"))
def summary_list(rows: Iterable[parts.Row], label: Any = "") -> dict[str, Any]:
    """Facts of one thing: rows of `parts.Row(key, value, note, links)`."""
    rows = list(rows)
    return {"rows": rows, "label": label, "has_links": any(row.links for row in rows)}


@register.inclusion_tag(part("case_log"))
def case_log(entries: Iterable[parts.Entry], level: int = 3) -> dict[str, Any]:
    """What happened, newest first: `parts.Entry`; `level` is the heading level of the titles."""
    return {"entries": list(entries), "level": level}


@register.inclusion_tag(part("reasons"))
def reasons(items: Iterable[parts.Reason]) -> dict[str, Any]:
    """Why: each condition met, failed or not known, in words, with its clause."""
    return {"items": list(items)}


@register.simple_block_tag(takes_context=True)
def table(
    context: Context,
    content: str,
    caption: Any,
    density: str = "normal",
    layout: str = "scroll",
    hide_caption: bool = False,
    sticky: bool = False,
) -> str:
    """A table around `<thead>…</thead><tbody>…</tbody>`.

    `density`: normal, dense, roomy. `layout`: on a phone "scroll" keeps the table in a region of its own, "cards"
    makes each row a card; then every cell carries `data-label`. `sticky` keeps the first column in sight.
    """
    about = {"caption": caption, "density": density, "layout": layout, "hide": hide_caption, "sticky": sticky}
    return render_to_string(part("table"), {**about, "content": content, "id": slug("t", caption)})


@register.inclusion_tag(part("th"), takes_context=True)
def th(context: Context, text: Any, sort: str = "", numeric: bool = False) -> dict[str, Any]:
    """A column's head; with `sort` a link that sorts by it (`?sort=name`, then `?sort=-name`)."""
    request = context.get("request")
    now = request.GET.get("sort", context.get("default_sort", "")) if request else ""
    state = {sort: "ascending", f"-{sort}": "descending"}.get(now, "") if sort else ""
    following = f"-{sort}" if state == "ascending" else sort
    return {
        "request": request,
        "text": text,
        "sort": sort,
        "numeric": numeric,
        "state": state,
        "next": following,
    }


@register.inclusion_tag(part("pagination"), takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Where in a long list: keeps every filter and the sort. `page` is Django's."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"request": context.get("request"), "page": page, "numbers": list(numbers)}


@register.inclusion_tag(part("figures"))
def figures(items: Iterable[parts.Figure]) -> dict[str, Any]:
    """Numbers that lead to work."""
    return {"items": list(items)}


@register.inclusion_tag(part("chart"))
def chart(of: parts.Chart) -> dict[str, Any]:
    """Bars and their figures in one table: nothing is drawn that cannot be read."""
    return {"chart": of, "rows": parts.draw(of), "id": slug("chart", of.title)}


@register.simple_block_tag
def empty_state(content: str, title: Any) -> str:
    """An empty list: what that means, and in the block what to do next."""
    return render_to_string(part("empty_state"), {"title": title, "content": content})


# Moving about


@register.inclusion_tag(part("tabs"))
def tabs(items: Sequence[parts.Tab], label: Any) -> dict[str, Any]:
    """Pages beside one another, each with its own address."""
    return {"items": items, "label": label}


@register.inclusion_tag(part("steps"))
def steps(items: Sequence[parts.Step], label: Any) -> dict[str, Any]:
    """The road of a case and where it stands."""
    return {"items": items, "label": label}


@register.inclusion_tag(part("breadcrumbs"))
def breadcrumbs(items: Sequence[parts.Link]) -> dict[str, Any]:
    """Where this page stands; the page itself is not among the links."""
    return {"items": items}


@register.inclusion_tag(part("back_link"))
def back_link(href: str, text: Any = "") -> dict[str, Any]:
    """One step back, for pages in the middle of a task."""
    return {"href": href, "text": text}


@register.inclusion_tag(part("button"))
def button(
    text: Any, href: str = "", kind: str = "primary", name: str = "", value: str = ""
) -> dict[str, Any]:
    """A submit button, or with `href` a link that looks like one. `kind`: primary, secondary, warning."""
    return {"text": text, "href": href, "kind": kind, "name": name, "value": value}


@register.simple_block_tag
def button_group(content: str) -> SafeString:
    """Buttons and links in a row."""
    return format_html('<div class="govuk-button-group">{}</div>', content)


@register.inclusion_tag(part("filters"), takes_context=True)
def filters(context: Context, form: BaseForm, label: Any = "") -> dict[str, Any]:
    """A GET form: 查询 / 重置, and below it what was chosen, each with a link that drops it."""
    request = context.get("request")
    chosen = []
    if request is not None:
        for bound in form.visible_fields():
            if bound.html_name in request.GET and (shown := shown_value(bound)):
                chosen.append(
                    {"label": bound.label, "value": shown, "href": without(request.GET, bound.html_name)}
                )
    sort = request.GET.get("sort", "") if request else ""
    return {"request": request, "form": form, "label": label, "chosen": chosen, "sort": sort}


def without(query: QueryDict, name: str) -> str:
    """The address with one filter dropped; the page number goes too, its rows are others now."""
    rest = query.copy()
    for key in (name, "page"):
        rest.pop(key, None)
    return f"?{rest.urlencode()}"


def shown_value(bound: Any) -> str:
    """A bound field's value in the words of its choices; empty when nothing was chosen."""
    value = bound.value() if bound.form.is_bound else None
    if isinstance(value, bool):
        return gettext("是") if value else ""
    values = value if isinstance(value, list | tuple) else [value]
    choices = {}
    for key, text in getattr(bound.field, "choices", ()):
        choices.update({str(k): t for k, t in text} if isinstance(text, list | tuple) else {str(key): text})
    return words.listed(str(choices.get(str(item), item)) for item in values if item not in (None, ""))


# Saying something


@register.inclusion_tag(part("error_summary"))
def error_summary(*sources: BaseForm | Problem | Problems | Sequence[Line] | None) -> dict[str, list[Line]]:
    """Everything that is wrong, each with a link to its field: `{% error_summary form %}`; nothing if nothing is."""
    return {"lines": [line for source in sources if source is not None for line in lines_of(source)]}


@register.simple_block_tag
def banner(content: str, title: Any, kind: str = "info", live: bool = False) -> str:
    """A notice. `kind`: info, success, warning, error; `live` reads it out when the page arrives."""
    return render_to_string(part("banner"), {"title": title, "kind": kind, "content": content, "live": live})


@register.simple_block_tag
def details(content: str, summary: Any, open: bool = False) -> str:
    """More for whoever wants it: `{% details "依据" %}…{% enddetails %}`."""
    return render_to_string(part("details"), {"summary": summary, "content": content, "open": open})


@register.simple_block_tag
def warning_text(content: str) -> str:
    """A consequence to know before going on."""
    return render_to_string(part("warning_text"), {"content": content})


@register.simple_block_tag
def identity_bar(content: str, name: Any, facts: Iterable[Any] = (), level: int = 1) -> str:
    """Who or what this page is about; the block holds tags. `facts`: 女, 67 岁, 肢体二级; empty ones are left out."""
    shown = [fact for fact in facts if fact not in (None, "")]
    return render_to_string(
        part("identity_bar"), {"name": name, "facts": shown, "content": content, "level": level}
    )


@register.inclusion_tag(part("progress"))
def progress(
    label: Any,
    done: int,
    total: int = 0,
    url: str = "",
    finished: bool = False,
    left: float | None = None,
    note: Any = "",
) -> dict[str, Any]:
    """How far work under way is: `url` answers with this same component and is asked every two seconds.

    `total` 0: not known yet. `left`: seconds still needed. Without a script the page renews itself when its
    head carries `{% refresh %}`.
    """
    return {
        "label": label, "done": done, "total": total, "url": url, "finished": finished, "note": note,
        "percent": words.share(done, total) if total else "", "left": None if left is None else words.span(left),
        "id": slug("progress", url or label),
    }  # fmt: skip


@register.simple_tag
def refresh(seconds: int = 5) -> SafeString:
    """For `{% block head %}` of a page with progress: renews the page where there is no script."""
    return format_html('<noscript><meta http-equiv="refresh" content="{}"></noscript>', seconds)


@register.inclusion_tag(part("export_links"), takes_context=True)
def export_links(context: Context, xlsx: str = "", csv: str = "", print_page: bool = False) -> dict[str, Any]:
    """The same list on paper or in a spreadsheet. A file leaves by POST, because that is written down."""
    token = context.get("csrf_token", "")
    return {"xlsx": xlsx, "csv": csv, "print_page": print_page, "csrf_token": token}


@register.simple_block_tag
def print_only(content: str) -> SafeString:
    return format_html('<div class="y-print-only">{}</div>', content)


@register.simple_block_tag
def no_print(content: str) -> SafeString:
    return format_html('<div class="y-no-print">{}</div>', content)


def slug(prefix: str, text: Any) -> str:
    """An id that stays the same from one rendering to the next."""
    return f"{prefix}-{hashlib.sha256(str(text).encode()).hexdigest()[:8]}"
