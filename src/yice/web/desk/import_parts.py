"""A delivery in words: what kind it is, what its columns were taken for, what it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from yice.areas import selectors as areas
from yice.exchange.imports.differ import CHANGED
from yice.exchange.imports.selectors import ChangeRow
from yice.exchange.vocabulary.headings import fields
from yice.exchange.vocabulary.kinds import kinds
from yice.loop.identify.enums import Sex
from yice.loop.identify.models import Batch
from yice.loop.identify.selectors import words
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.model import Fact, Plan
from yice.web.ui.parts import Figure
from yice.web.ui.words import day, number

SEALED = frozenset(
    {"id_number", "phone", "address", "household_number", "certificate_number", "guardian_phone"}
)
ROWS, PEOPLE = "rows", "people"  # units, in words by `_unit`
PLACES = frozenset({"hukou", "residence"})


def plan_of(area: str) -> Plan | None:
    """The plan of a place, for the titles of its lists and the labels of its facts."""
    pack = policy.pack_for(area)
    return policy.plan(pack) if pack is not None else None


def kind_title(kind: str, plan: Plan | None) -> str:
    """A kind as the place's plan calls it, else as the vocabulary does."""
    listed = plan.lists.get(kind) if plan else None
    if listed is not None:
        return text(listed.title)
    known = kinds().get(kind)
    return known.label if known else kind


def label_of(name: str, plan: Plan | None) -> str:
    """What a field or fact is called."""
    known = fields().get(name)
    if plan is not None and name in plan.facts:
        return text(plan.facts[name].label)
    others = {"removed_on": _("退出登记册"), "relation": _("与户主关系")}
    return known.label if known else others.get(name, name)


@dataclass(frozen=True)
class Column:
    heading: str
    meaning: str


@dataclass(frozen=True)
class Columns:
    """A file's columns: what each was taken for, what nobody could read, what is not used."""

    understood: list[Column]
    unknown: list[str]
    unused: list[str]  # understood, but another column says the same
    left_out: list[str]  # said by hand to be of no use
    remembered: bool  # read as somebody chose for an earlier file with the same columns

    @property
    def any(self) -> bool:
        return bool(self.understood or self.unknown or self.unused or self.left_out)


def columns_of(batch: Batch, plan: Plan | None) -> Columns:
    """Headings with what each was taken for, and those without a meaning."""
    mapping: Mapping[str, Any] = batch.mapping
    unknown, chosen = mapping.get("unknown", []), mapping.get("corrected", {})
    return Columns(
        [Column(heading, label_of(name, plan)) for heading, name in mapping.get("fields", {}).items()],
        [heading for heading in unknown if chosen.get(heading) != "" and heading],
        [heading for heading in mapping.get("unused", []) if heading],
        [heading for heading in unknown if chosen.get(heading) == ""],
        bool(mapping.get("remembered")),
    )


def figures_of(batch: Batch) -> list[Figure]:
    """The counts of the preview; a list's are of rows and persons, a register's of persons."""
    counts: Mapping[str, Any] = batch.counts
    read, lines = counts.get("read", 0), counts.get("lines", 0)
    several = (
        _("表里 {lines} 行，一行写几个人的分开数").format(lines=number(lines)) if 0 < lines < read else ""
    )
    shown = [Figure(_("读到"), read, ROWS, several)]
    if "entries" in counts:
        shown += [
            Figure(_("对上在册人员"), counts["matched"], ROWS, tone="good"),
            Figure(_("可能是同一人"), counts["possible"], ROWS, _("待核对，按不清楚处理"), tone="wait"),
            Figure(_("不在登记册"), counts["unmatched"], ROWS, _("留着，登记册更新后再比对")),
            # death lists are not compared with the ones before, nor is a first list: nothing is "more than last"
            Figure(_("比上次新增") if counts.get("before") else _("在册人员"), counts["added"], PEOPLE),
            *(
                figure
                for figure in (
                    Figure(_("金额有变化"), counts["changed"], PEOPLE),
                    Figure(_("与上次相同"), counts["unchanged"], PEOPLE),
                    Figure(_("比上次少了"), counts.get("left", 0), PEOPLE, tone="wait"),
                )
                if figure.value  # nought where there was no list before says nothing
            ),
        ]
    else:
        shown += [
            Figure(_("新增"), counts.get("added", 0), PEOPLE, tone="good"),
            Figure(_("有变化"), counts.get("changed", 0), PEOPLE, tone="know"),
            Figure(_("不变"), counts.get("unchanged", 0), PEOPLE),
            Figure(
                _("将移出"),
                counts.get("would_remove", 0),
                PEOPLE,
                tone="wait" if counts.get("would_remove") else "calm",
            ),
        ]
        if counts.get("absent"):
            shown.append(
                Figure(_("册上有、这份里没有"), counts["absent"], PEOPLE, _("不是完整名册，保持原样"))
            )
        if counts.get("members"):
            shown.append(Figure(_("家庭成员"), counts["members"], PEOPLE))
    refused = counts.get("refused", 0)
    shown.append(Figure(_("退回"), refused, ROWS, tone="bad" if refused else "calm"))
    return [replace(figure, value=number(int(figure.value)), unit=_unit(figure)) for figure in shown]


def _unit(figure: Figure) -> str:
    """Rows or people, one or many."""
    n = int(figure.value)
    return npgettext("unit", "人", "人", n) if figure.unit == PEOPLE else npgettext("unit", "行", "行", n)


@dataclass(frozen=True)
class Told:
    """One changed fact as the page shows it."""

    row: ChangeRow
    label: str
    before: str
    after: str
    sealed: bool


def told(rows: list[ChangeRow], plan: Plan | None) -> list[Told]:
    """Changes in words; a sealed field says only that it changed."""
    codes = [value for row in rows if row.fact in PLACES for value in (row.before, row.after) if value]
    places = areas.names(codes) if codes else {}
    return [
        Told(
            row,
            label_of(row.fact, plan),
            _value(row.fact, row.before, plan, places),
            _value(row.fact, row.after, plan, places),
            row.fact in SEALED or CHANGED in (row.before, row.after),
        )
        for row in rows
    ]


def _value(name: str, value: Any, plan: Plan | None, places: dict[str, str]) -> str:
    if value is None or value == "":
        return _("空白")
    if value == CHANGED or name in SEALED:
        return _("已改")
    if name in PLACES:
        return places.get(str(value), str(value))
    if name == "sex":
        return str(Sex(value).label) if value in Sex.values else str(value)
    if name == "relation":
        return words.relation(str(value))
    if name == "birth_date":
        return _("{year} 年").format(year=str(value)[:4])
    if name.endswith("_on") and isinstance(value, str):
        return day(dt.date.fromisoformat(value[:10]))
    fact: Fact | None = plan.facts.get(name) if plan else None
    if fact is None:
        return str(value)
    try:
        return words.value(fact, value, places or None)
    except (ValueError, TypeError):
        return str(value)
