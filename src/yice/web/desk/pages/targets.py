"""Targets and indicators: what a plan asks of a place, what it comes to, and what may be said of that."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.areas import selectors as areas
from yice.loop.identify.looking import LIST
from yice.loop.supervise.targets import exports, selectors, words
from yice.loop.supervise.targets.behind import PAGE_SIZE, PARTS, behind
from yice.loop.supervise.targets.selectors import GROUPS, AreaMeasure, Measure, TargetsPage
from yice.rules.targets.verdict import Figure, Verdict
from yice.web.desk.door import page
from yice.web.desk.handing import hand_over
from yice.web.desk.pages.county import WITHHELD, withheld_note
from yice.web.desk.paging import number_of, page_of
from yice.web.ui import words as ui_words
from yice.web.ui.parts import Chart, Link, Row, Series, Tab

LOOKS: dict[Verdict, tuple[str, str]] = {  # tone, shape
    "met": ("good", "check"), "not_met": ("bad", "cross"), "not_yet": ("wait", "clock"),
    "told": ("odd", "diamond"), "cannot_tell": ("know", "question"), "no_threshold": ("calm", "dash"),
    "no_source": ("calm", "ring"), "nothing": ("calm", "dash"), "other_year": ("calm", "clock"),
    "other_tier": ("calm", "up"), "withheld": ("calm", "ring"),
}  # fmt: skip


@page(Action.REPORT_READ)
def targets(request: HttpRequest, area: str = "") -> HttpResponse:
    """A place's targets under one plan, by kind."""
    shown = selectors.targets_page(request.user, area, request.GET.get("plan", ""))
    context = {
        **_listed(request, shown),
        "choices": [
            Tab(str(one.title), f"{request.path}?plan={one.hash}", one.hash == shown.digest)
            for one in shown.choices
        ]
        if len(shown.choices) > 1
        else [],
        "below": [Link(name, reverse("desk:targets-at", args=[code])) for code, name in shown.below],
        "places": [
            Link(one.name, _address("desk:targets-at", shown, one.code)) for one in areas.children(shown.area)
        ]
        if shown.plan
        else [],
        "crumbs": _crumbs(request, shown.area),
        "export": _address("desk:targets-export", shown, shown.area)
        if access.grants(request.user, Action.EXPORT) and shown.plan
        else "",
    }
    return render(request, "desk/targets.html", context)


@page(Action.REPORT_READ)
def frozen(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """The targets as a report keeps them."""
    kept, shown = selectors.frozen_page(request.user, report)
    return render(
        request, "desk/report_targets.html", {**_listed(request, shown, live=False), "report": kept}
    )


def _listed(request: HttpRequest, shown: TargetsPage, *, live: bool = True) -> dict[str, Any]:
    titles = {
        "goals": _("目标"), "norms": _("设施和人员标准"), "shares": _("份额和资金"), "duties": _("普遍义务"),
    }  # fmt: skip
    numbers = Counter(one.group for one in shown.measures)
    first = next((name for name in GROUPS if numbers[name]), GROUPS[0])
    group = request.GET.get("group", first)
    group = group if group in GROUPS else first
    only = request.GET.get("verdict", "")
    listed = [one for one in shown.measures if one.group == group]
    rows = [_row(shown, one, live) for one in listed if only in ("", one.figure.verdict)]
    query = {"plan": shown.digest} if request.GET.get("plan") else {}
    tabs = [
        Tab(
            titles[name],
            f"{request.path}?{urlencode({**query, 'group': name})}",
            name == group,
            numbers[name],
        )
        for name in GROUPS
    ]
    told = Counter(one.figure.verdict for one in listed)
    said = [
        {
            "text": words.VERDICTS[verdict],
            "look": LOOKS[verdict],
            "n": told[verdict],
            "href": f"{request.path}?{urlencode({**query, 'group': group, 'verdict': verdict})}",
            "chosen": verdict == only,
        }
        for verdict in LOOKS
        if told[verdict]
    ]
    every = f"{request.path}?{urlencode({**query, 'group': group})}" if only else ""
    return {
        **_note(shown), "shown": shown, "tabs": tabs, "group": titles[group], "rows": rows, "told": said, "every": every,
    }  # fmt: skip


def _note(shown: TargetsPage) -> dict[str, str]:
    """Why numbers stand still and some are missing, to whoever sees statistics only."""
    return {"mark": WITHHELD, "withheld": withheld_note(settings.YICE_LEAST_SHOWN)} if shown.stands else {}


def _row(shown: TargetsPage, one: Measure, live: bool) -> dict[str, Any]:
    return {
        **_figure(one),
        "title": str(one.target.title),
        "id": one.target.id,
        "clause": one.target.clause,
        "basis": words.basis_text(one.target),
        "lives": one.target.basis == "residence",
        "href": _address("desk:target", shown, shown.area, one.target.id) if live else "",
        "threshold": words.threshold_text(one.target),
        "by": _by(one),
        "missing": ui_words.listed(one.missing, "；"),
    }


def _figure(one: Measure, figure: Figure | None = None) -> dict[str, Any]:
    found = figure or one.figure
    tone, shape = LOOKS[found.verdict]
    return {
        "figure": words.figure_text(one.target, found),
        "counts": words.counts_text(found),
        "unit": words.unit_text(one.target),
        "doubtful": words.doubtful(found),
        "short": found.short,
        "verdict": words.VERDICTS[found.verdict],
        "tone": tone,
        "shape": shape,
    }


def _by(one: Measure) -> str:
    """By when, or how often."""
    target = one.target
    often = {"year": _("每年"), "case": _("每一件"), "always": _("始终")}
    if target.by is None:
        return often.get(target.every, _("没有写期限"))
    day = ui_words.day(target.by)
    return _("{day}（按方案期限）").format(day=day) if target.by_implied else day


@page(Action.REPORT_READ)
def target(request: HttpRequest, area: str, target: str) -> HttpResponse:
    """One target: its definition, the figure, who is behind it, and every place right below."""
    found = selectors.target_page(request.user, area, target, request.GET.get("plan", ""))
    shown, one = found.page, found.measure
    rows = [
        {
            **_figure(one, each.figure),
            "name": each.name,
            "href": _address("desk:target", shown, each.code, target),
        }
        for each in found.rows
        if each.figure.numerator or each.figure.denominator or each.figure.verdict == "withheld"
    ]
    context = {
        **_note(shown),
        "shown": shown,
        "one": _row(shown, one, False),
        "definition": _definition(one),
        "people": _parts(shown, one),
        "chart": _chart(shown, one, found.rows),
        "rows": rows,
        "empty": len(found.rows) - len(rows),
        "crumbs": [*_crumbs(request, area), Link(shown.name, _address("desk:targets-at", shown, area))],
        "export": _address("desk:targets-export", shown, area, target=target)
        if access.grants(request.user, Action.EXPORT)
        else "",
    }
    return render(request, "desk/target.html", context)


def _definition(one: Measure) -> list[Row]:
    target = one.target
    rows = [Row(_("条款"), target.clause)]
    if target.numerator is not None:
        rows.append(Row(_("分子") if target.denominator else _("数什么"), str(target.numerator.says)))
    if target.denominator is not None:
        rows.append(Row(_("分母"), str(target.denominator.says)))
    if target.requires:
        things = ui_words.listed([each.what for each in target.requires])
        enough = target.enough < len(target.requires)
        rows.append(Row(_("要有其中 {n} 样").format(n=target.enough) if enough else _("都要有"), things))
    if basis := words.basis_text(target):
        rows.append(Row(_("怎么计"), basis))
    rows += [Row(_("要求"), words.threshold_text(target)), Row(_("期限"), _by(one))]
    if one.missing:
        rows.append(Row(_("还没有记录的"), ui_words.listed(one.missing, "；")))
    return rows


def _parts(shown: TargetsPage, one: Measure) -> list[Link]:
    """The lists behind the figure, where the reader may see names."""
    if not shown.names or not one.listed:
        return []
    texts = _part_texts()
    figure, both = one.figure, one.figure.short is not None
    numbers = {
        "counted": figure.denominator.yes
        if figure.denominator
        else figure.numerator.yes
        if figure.numerator
        else 0,
        "reached": figure.numerator.yes if both and figure.numerator else 0,
        "short": figure.short or 0,
        "unknown": words.doubtful(figure) or 0,
    }
    return [
        Link(
            f"{texts[part]} {numbers[part]:,}",
            _address("desk:target-people", shown, shown.area, one.target.id, part),
        )
        for part in PARTS
        if numbers[part]
    ]


def _part_texts() -> dict[str, str]:
    return {
        "counted": _("应计的人"), "reached": _("已经有的"), "short": _("确知没有的"), "unknown": _("还不清楚的"),
    }  # fmt: skip


def _chart(shown: TargetsPage, one: Measure, rows: list[AreaMeasure]) -> Chart | None:
    """Known to have, in doubt, known to lack, stacked to everybody concerned; one place needs no chart."""
    used = [row for row in rows if row.figure.numerator or row.figure.denominator]
    if len(used) < 2:
        return None
    links = [Link(row.name, _address("desk:target", shown, row.code, one.target.id)) for row in used]
    if all(row.figure.short is not None for row in used):
        series = [
            Series(_("有"), [row.figure.numerator.yes if row.figure.numerator else None for row in used]),
            Series(_("不清楚"), [words.doubtful(row.figure) for row in used]),
            Series(_("没有"), [row.figure.short for row in used]),
        ]
    else:
        sides = [row.figure.denominator or row.figure.numerator for row in used]
        series = [
            Series(_("已知"), [side.yes if side else None for side in sides]),
            Series(_("不清楚"), [side.unknown if side else None for side in sides]),
        ]
    title = _("各地比较（{unit}）").format(unit=words.unit_text(one.target))
    return Chart(title, _("地区"), links, series, note=_("不清楚的单独列出，不算有，也不算没有。"))


@page(Action.REPORT_NAMES, shows=LIST)
def people(request: HttpRequest, area: str, target: str, part: str) -> HttpResponse:
    """Who stands behind a figure, as the last screening saw them."""
    digest = request.GET.get("plan", "") or selectors.targets_page(request.user, area).digest
    found = behind(request.user, area, target, part, digest=digest, page=number_of(request.GET))
    up = reverse("desk:target", args=[area, target]) + f"?plan={digest}"
    may_export = access.may(request.user, Action.EXPORT, Place(area), line=Line.ENTITLEMENT)
    context = {
        "shown": found,
        "part": _part_texts()[part],
        "households": found.target.unit == "households",
        "lives": found.target.basis == "residence",
        "export": f"{reverse('desk:target-people-export', args=[area, target, part])}?plan={digest}"
        if found.total and may_export.allowed
        else "",
        "page": page_of(found.total, number_of(request.GET), PAGE_SIZE),
        "crumbs": [*_crumbs(request, area), Link(str(found.target.title), up)],
    }
    return render(request, "desk/target_people.html", context)


@page(Action.EXPORT, post=True)
def people_export(request: HttpRequest, area: str, target: str, part: str) -> HttpResponse:
    """The whole list behind a figure, within the reader's scope."""
    for action in (Action.REPORT_NAMES, Action.EXPORT):
        access.require(request.user, action, Place(area), line=Line.ENTITLEMENT)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:target-people", args=[area, target, part]))
    digest = request.GET.get("plan", "") or selectors.targets_page(request.user, area).digest
    table = exports.people(request.user, area, target, part, digest)
    one = selectors.target_page(request.user, area, target, digest).measure.target
    title = _("{area}：{target}，{part}").format(
        area=areas.area_of(area).name, target=one.title, part=_part_texts().get(part, part)
    )
    return hand_over(
        request,
        table,
        title,
        filters={"area": area, "target": target, "part": part, "plan": digest[:12]},
        about=[(_("口径"), words.basis_text(one)), (_("条款"), one.clause)],
    )


@page(Action.EXPORT, post=True)
def export(request: HttpRequest, area: str) -> HttpResponse:
    """All targets of a place, or one of them in every place right below."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:targets-at", args=[area]))
    one, digest = request.GET.get("target", ""), request.GET.get("plan", "")
    table = exports.targets(request.user, area, digest, one)
    title = _("{area}目标与指标").format(area=areas.area_of(area).name)
    return hand_over(
        request,
        table,
        title,
        filters={"area": area, "target": one, "plan": digest[:12]},
        about=[(_("口径"), _("各项按户籍地或居住地，每人每项只计一次；两个数之间表示还有不清楚的"))],
    )


def _crumbs(request: HttpRequest, area: str) -> list[Link]:
    """The places above that the reader may see too."""
    ranges = access.ranges(request.user, Action.REPORT_READ)
    above = [one for one in areas.path_to(area) if one.code != area]
    seen = [one for one in above if any(low <= one.code < high for low, high in ranges)]
    return [Link(one.name, reverse("desk:targets-at", args=[one.code])) for one in seen]


def _address(name: str, shown: TargetsPage, *args: str, **query: str) -> str:
    """A page under the same plan."""
    return f"{reverse(name, args=args)}?{urlencode({**query, 'plan': shown.digest})}"
