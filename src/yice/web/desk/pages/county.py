"""An area's figures by street and village, who stands behind each, and reports that can be compared."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.areas import selectors as areas
from yice.loop.identify.looking import LIST
from yice.loop.supervise import exports, selectors, services
from yice.loop.supervise.figures import PEOPLE, AreaFigures, Figure
from yice.loop.supervise.selectors import PAGE_SIZE, Comparison, CountyPage
from yice.terms.errors import Problem
from yice.web.desk.door import page
from yice.web.desk.handing import hand_over
from yice.web.desk.paging import number_of, page_of
from yice.web.ui import words
from yice.web.ui.parts import Chart, Link, Series, Tab
from yice.web.ui.parts import Figure as Tile

VIEWS = ("findings", "progress", "outcomes")
MOST_ROWS = 120  # more than this and only the first tier below is shown, each a link further down
CHARTED = ("gaps", "asks", "leaks")  # more bars than three cannot be told apart at a glance
WITHHELD = "✱"  # beside it the page says why
TONES = {"gaps": "wait", "leaks": "bad", "amounts": "odd", "duplicates": "odd", "asks": "know"}


@page(Action.REPORT_READ, post=True, once=True)
def county(request: HttpRequest, area: str = "") -> HttpResponse:
    """The figures as they stand; posting freezes them."""
    shown = selectors.county_page(request.user, area)
    problem = None
    if request.method == "POST":
        try:
            made = services.freeze_report(actor=request.user, area=shown.area)
            messages.success(request, _("已固定报告。以后数字再变，这份报告不变。"))
            return HttpResponseRedirect(reverse("desk:report", args=[made.uuid]))
        except access.Forbidden:
            raise
        except Problem as refused:
            problem = refused
    context = {
        **_figures(request, shown, live=True),
        "problem": problem,
        "crumbs": _crumbs(request, shown.area),
        "export": reverse("desk:county-export", args=[shown.area])
        if access.grants(request.user, Action.EXPORT)
        else "",
    }
    return render(request, "desk/county.html", context, status=422 if problem else 200)


def _figures(request: HttpRequest, shown: CountyPage, *, live: bool) -> dict[str, Any]:
    """Tiles, chart and table. `live`: figures open the rows behind them where the reader may see names."""
    view = request.GET.get("view", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    wanted = ("people", "findings") if view == "findings" else (view,)
    columns = [figure for figure in shown.figures if figure.group in wanted]
    opened = shown.open if live else frozenset[str]()
    used = [row for row in shown.rows if any(n != 0 for n in row.counts.values())]
    first = min((row.tier for row in used), default=0)
    rows = used if len(used) <= MOST_ROWS else [row for row in used if row.tier == first]
    return {
        "shown": shown,
        "view": view,
        "tabs": _tabs(request, view),
        "columns": columns,
        "tiles": [
            _tile(shown, figure, opened) for figure in shown.figures if figure.group in ("people", "findings")
        ],
        "chart": _chart(shown, [row for row in rows if row.tier == first], live),
        "rows": [(row, row.tier > first, _cells(row, columns, opened)) for row in rows],
        "total": _cells(shown.total, columns, opened),
        "empty": len(shown.rows) - len(used),
        "below": len(used) - len(rows),
        "live": live,
        "withheld": withheld_note(shown.least) if shown.least else "",
        "mark": WITHHELD,
    }


def withheld_note(least: int) -> str:
    return _("不公开的数：小于 {least} 的，和能让人推算出这种数的。不表示没有，也不表示没做。").format(
        least=least
    )


def _tabs(request: HttpRequest, view: str) -> list[Tab]:
    texts = {"findings": _("线索"), "progress": _("办理进度"), "outcomes": _("处理结果")}
    return [Tab(text, f"{request.path}?view={name}", name == view) for name, text in texts.items()]


def _tile(shown: CountyPage, figure: Figure, opened: frozenset[str]) -> Tile:
    n = shown.total.counts.get(figure.name, 0)
    return Tile(
        figure.label,
        words.number(n) if n is not None else WITHHELD,
        _("人"),
        href=_behind(shown.area, figure.name) if figure.name in opened and n else "",
        tone=TONES.get(figure.name, "calm"),  # type: ignore[arg-type]
    )


def _cells(row: AreaFigures, columns: list[Figure], opened: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "label": figure.label,
            "n": (n := row.counts.get(figure.name, 0)),
            "text": words.number(n) if n is not None else WITHHELD,
            "href": _behind(row.code, figure.name) if figure.name in opened and n else "",
        }
        for figure in columns
    ]


def _behind(area: str, figure: str) -> str:
    return reverse("desk:figure", args=[area, figure])


def _chart(shown: CountyPage, rows: list[AreaFigures], live: bool) -> Chart | None:
    """The places right below, biggest concern first; one place alone needs no chart."""
    kinds = [figure for figure in shown.figures if figure.name in CHARTED]
    withheld = any(row.counts.get(figure.name) is None for row in rows for figure in kinds)
    if len(rows) < 2 or not kinds or withheld:
        return None
    return Chart(
        _("各地线索人数"),
        _("地区"),
        [Link(row.name, reverse("desk:county-at", args=[row.code])) if live else row.name for row in rows],
        [Series(figure.label, [row.counts.get(figure.name, 0) for row in rows]) for figure in kinds],
        stacked=False,
        note=_("同一个人可能有几种线索，各列不能相加；每一列里每人只计一次。"),
    )


def _crumbs(request: HttpRequest, area: str) -> list[Link]:
    """The places above that the reader may see too."""
    ranges = access.ranges(request.user, Action.REPORT_READ)
    above = [one for one in areas.path_to(area) if one.code != area]
    seen = [one for one in above if any(low <= one.code < high for low, high in ranges)]
    return [Link(one.name, reverse("desk:county-at", args=[one.code])) for one in seen]


@page(Action.REPORT_NAMES, shows=LIST)
def figure(request: HttpRequest, area: str, figure: str) -> HttpResponse:
    """The persons behind one figure."""
    shown = selectors.figure_page(request.user, area, figure, number_of(request.GET))
    context = {
        "shown": shown,
        "people": figure == PEOPLE,
        "closed": any(row.why for row in shown.rows),
        "page": page_of(shown.total, number_of(request.GET), PAGE_SIZE),
        "export": reverse("desk:figure-export", args=[area, figure])
        if access.grants(request.user, Action.EXPORT)
        else "",
        "crumbs": [*_crumbs(request, area), Link(shown.name, reverse("desk:county-at", args=[area]))],
    }
    return render(request, "desk/figure.html", context)


@page(Action.REPORT_READ)
def reports(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/reports.html", {"reports": selectors.reports(request.user)})


@page(Action.REPORT_READ)
def report(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """A report as it stood on its day."""
    shown = selectors.report(request.user, report)
    context = {**_figures(request, shown.page, live=False), "report": shown.row, "lists": shown.lists}
    return render(request, "desk/report.html", context)


@page(Action.REPORT_READ)
def comparison(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """What changed since the report before: figures side by side, and who stands behind."""
    told = selectors.compare(request.user, report)
    context = {
        "told": told,
        "figures": _changes(told),
        "mark": WITHHELD,
        "groups": [
            (_("新进入"), told.entered, _("上一份没有、这一份有的线索。")),
            (_("退出"), told.left, _("上一份有、这一份没有的线索。")),
            (_("更正后退出"), told.corrected, _("核实后发现事实或名单有误，已更正。")),
        ],
        "export": reverse("desk:changes-export", args=[report])
        if told.names and access.grants(request.user, Action.EXPORT)
        else "",
    }
    return render(request, "desk/comparison.html", context)


def _changes(told: Comparison) -> list[dict[str, Any]]:
    rows = []
    for one in told.figures:
        before, after = told.counts.get(one.name, (0, 0))
        if before != 0 or after != 0:
            more = after - before if after is not None and before is not None else None
            texts = [WITHHELD if n is None else words.number(n) for n in (before, after)]
            rows.append({"label": one.label, "before": texts[0], "after": texts[1], "more": more})
    return rows


@page(Action.EXPORT, post=True)
def county_export(request: HttpRequest, area: str) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:county-at", args=[area]))
    page_ = selectors.county_page(request.user, area)
    export = exports.county(request.user, area)
    name = areas.area_of(area).name
    return hand_over(
        request,
        export,
        _("{area}汇总").format(area=name),
        filters={"area": area},
        about=[
            (_("口径"), _("按户籍地，每人每项只计一次")),
            *([(_("不公开的"), withheld_note(page_.least))] if page_.least else []),
        ],
    )


@page(Action.EXPORT, post=True)
def figure_export(request: HttpRequest, area: str, figure: str) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:figure", args=[area, figure]))
    shown = selectors.figure_page(request.user, area, figure)
    export = exports.rows_behind(request.user, area, figure)
    title = _("{area}{figure}名单").format(area=shown.name, figure=shown.figure.label)
    return hand_over(request, export, title, filters={"area": area, "figure": figure})


@page(Action.EXPORT, post=True)
def changes_export(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:comparison", args=[report]))
    export = exports.changes(request.user, report)
    return hand_over(request, export, _("报告变化名单"), filters={"report": str(report)})
