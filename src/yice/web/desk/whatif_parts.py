"""What the pages of a comparison are made of: the form of readings, tiles, tables, titles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from yice.areas import selectors as areas
from yice.loop.identify.selectors import words as names
from yice.policy import selectors
from yice.policy.models import Comparison, InstalledPack
from yice.policy.selectors import Changed
from yice.policy.words import text
from yice.rules.model import Plan, Setting
from yice.rules.settings import typed
from yice.rules.whatif.reach import reaching
from yice.web.desk.pages.policy import cited, is_sum, shown_value
from yice.web.desk.policy_cases import side_label
from yice.web.ui import words
from yice.web.ui.forms import Form, MoneyField
from yice.web.ui.parts import Figure, Tab, Tone

DIMENSIONS = ("county", "township", "category", "age")
CHANGES = ("gains", "loses", "undecidable", "decidable", "amount", "amount_unknown")
TONES: dict[str, Tone] = {"gains": "good", "loses": "bad", "undecidable": "wait", "decidable": "know"}


def change_label(change: str) -> str:
    return {
        "gains": _("新增符合"),
        "loses": _("不再符合"),
        "undecidable": _("变得不能判断"),
        "decidable": _("变得能够判断"),
        "amount": _("金额变化"),
        "amount_unknown": _("金额说不准"),
    }[change]


class ReadingsForm(Form):
    """One field a setting, filled with the reading in force; or another version that is kept here."""

    mark_optional = False
    other = forms.ChoiceField(required=False)
    area = forms.ChoiceField()

    def __init__(
        self, plan: Plan, versions: list[InstalledPack], places: list[tuple[str, str]], data: Any = None
    ) -> None:
        super().__init__(data, initial={"area": places[0][0] if places else ""})
        self.plan = plan
        self._versions = {one.hash: one for one in versions}
        self.version: InstalledPack | None = None
        self.changed: dict[str, Any] = {}
        other, area = self.fields["other"], self.fields["area"]
        other.label, area.label = _("与哪个版本比较"), _("比较哪里的人")
        area.choices = places  # type: ignore[attr-defined]
        other.choices = [  # type: ignore[attr-defined]
            ("", _("在用的版本，改下面的读法")),
            *((one.hash, self._named(one)) for one in versions),
        ]
        self.offered = [plan.settings[name] for name in reaching(plan)]
        for one in self.offered:
            self.fields[f"setting.{one.name}"] = _field(plan, one)

    @property
    def readings(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("setting.")]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.version = self._versions.get(cleaned.get("other", ""))
        for one in self.offered:
            name = f"setting.{one.name}"
            if name in cleaned:
                try:
                    value = _read(one, cleaned[name])
                except (ValueError, TypeError):
                    self.add_error(
                        name,
                        _("这个值不对。现在是 {like}。").format(
                            like=shown_value(self.plan, one.value, one.name)
                        ),
                    )
                    continue
                if value != one.value:
                    self.changed[one.name] = value
        if self.version is not None and self.changed:
            self.add_error("other", _("要么选另一个版本，要么改读法，请不要同时做。"))
        return cleaned

    def _named(self, one: InstalledPack) -> str:
        told = _("第 {version} 版，{day} 装入").format(
            version=one.version, day=words.day(one.installed_at.date())
        )
        changed = changed_readings(self.plan, selectors.plan(one))
        return f"{told}：{words.listed(changed[:3], '；')}" if changed else told


def _field(plan: Plan, one: Setting) -> forms.Field:
    """A choice where other readings are written down, a sum in yuan, codes by their names, or a line of text."""
    label, hint = text(one.says), cited(plan, one.clause)
    if is_sum(one.name, one.value):
        return MoneyField(label=label, initial=one.value, help_text=hint)
    if isinstance(one.value, bool) or one.alternatives:
        values = [one.value, *one.alternatives]
        if isinstance(one.value, bool):
            values = [True, False]
        choices = [(_written(value), shown_value(plan, value, one.name)) for value in values]
        return forms.ChoiceField(label=label, choices=choices, initial=_written(one.value), help_text=hint)
    codes = _codes(plan, one)
    if codes:
        return forms.MultipleChoiceField(
            label=label,
            choices=codes,
            initial=list(one.value) if isinstance(one.value, tuple) else [],
            help_text=hint,
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
    widget = forms.TextInput({"inputmode": "numeric", "class": "govuk-input--width-10"})
    if not isinstance(one.value, int):
        widget = forms.TextInput()
    return forms.CharField(
        label=label,
        max_length=500,
        initial=_written(one.value),
        help_text=hint,
        widget=widget,
        required=one.value not in ("", ()),
    )


def _codes(plan: Plan, one: Setting) -> list[tuple[str, str]]:
    """The codes a list is chosen from, where all of them are those of one fact."""
    if not isinstance(one.value, tuple) or not one.value:
        return []
    for fact in plan.facts.values():
        if fact.codes and set(one.value) <= set(fact.codes):
            return [(code, shown_value(plan, (code,), one.name)) for code in fact.codes]
    return []


def _read(one: Setting, given: object) -> Any:
    """A field's value in the setting's type. Raises ValueError."""
    if isinstance(given, list):
        order = {
            code: at for at, code in enumerate(map(str, one.value if isinstance(one.value, tuple) else ()))
        }
        given = ";".join(sorted(map(str, given), key=lambda code: (order.get(code, len(order)), code)))
    if given is None:
        raise ValueError
    return typed(one, given if isinstance(given, str | int) else str(given))


def _written(value: object) -> str:
    """As a command line writes it, which is how `typed` reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return ";".join(map(str, value))
    return str(value)


def changed_readings(old: Plan, new: Plan) -> list[str]:
    """The settings that two plans read otherwise, each as a sentence."""
    return [
        _("{says}：{before} → {after}").format(
            says=text(one.says),
            before=shown_value(old, old.settings[name].value, name),
            after=shown_value(new, one.value, name),
        )
        for name, one in new.settings.items()
        if name in old.settings and old.settings[name].value != one.value
    ]


def readings(told: Comparison) -> list[str]:
    return changed_readings(selectors.plan(told.old), selectors.plan(told.new))


def tabs(path: str, by: str) -> list[Tab]:
    texts = {
        "": _("合计"),
        "county": _("按区县"),
        "township": _("按乡镇街道"),
        "category": _("按残疾类别"),
        "age": _("按年龄"),
    }
    return [Tab(title, f"{path}?by={name}" if name else path, name == by) for name, title in texts.items()]


def tiles(told: Comparison, may_name: bool) -> list[Figure]:
    """Cost first, then who would be dropped: the two numbers somebody must answer for."""
    cost = told.figures["monthly"]
    hint = _left_out(cost["amount_unknown_after"], _untold(told))
    return [
        Figure(_("有变化的人"), words.number(told.changed), _("人")),
        Figure(_("按月发的待遇"), _yuan(cost["after_fen"]), _("元/月"), hint=hint),
        Figure(_("与现在相差"), _yuan(cost["difference_fen"], signed=True), _("元/月")),
        Figure(
            _("正在领取而会失去的"),
            words.number(told.dropped),
            _("人"),
            href=_behind(told, dropped="1") if may_name and told.dropped else "",
            tone="bad" if told.dropped else "calm",
        ),
    ]


def _untold(told: Comparison) -> int:
    """Of how many, counted with each benefit paid by the month, it cannot be told whether it is due."""
    costs = [one["cost"]["after"] for one in told.figures["items"] if one.get("cost")]
    return sum(one["status_unknown"] for one in costs if one["per"] == "month")


def _left_out(amount: int, status: int) -> str:
    """What a sum says nothing of."""
    said = []
    if status:
        said.append(_("{n} 人次还不能判断是否应发").format(n=words.number(status)))
    if amount:
        said.append(_("{n} 人的金额说不准").format(n=words.number(amount)))
    return _("没有算进去的：{said}（按每项待遇各计一次）").format(said=words.listed(said)) if said else ""


def _yuan(fen: int, *, signed: bool = False) -> str:
    """Whole yuan: a tile is read from afar."""
    return words.sum_of(int(fen / 100) * 100, signed=signed).split(".")[0]


@dataclass(frozen=True)
class Cell:
    change: str
    label: str
    n: int
    href: str


def items(told: Comparison, may_name: bool) -> list[dict[str, Any]]:
    """Each benefit and group for which anything changes."""
    return [_row(told, one, may_name, {}) for one in told.figures["items"] if any(one["changes"].values())]


def places(told: Comparison, by: str, may_name: bool) -> list[dict[str, Any]]:
    """By a dimension: each place or kind with its own items."""
    found = told.figures["by"][by]
    label = _labels(by, list(found))
    return [
        {
            "label": label[place],
            "rows": [_row(told, one, may_name, {by: place}) for one in rows if any(one["changes"].values())],
        }
        for place, rows in found.items()
        if any(any(one["changes"].values()) for one in rows)
    ]


def _row(told: Comparison, one: dict[str, Any], may_name: bool, where: dict[str, str]) -> dict[str, Any]:
    cells = [
        Cell(
            change,
            change_label(change),
            n,
            _behind(told, kind=one["kind"], item=one["id"], change=change, **where) if may_name and n else "",
        )
        for change in CHANGES
        for n in [one["changes"][change]]
    ]
    cost = one.get("cost")
    return {
        "title": item_title(told, one["kind"], one["id"]),
        "benefit": one["kind"] == "benefit",
        "cells": cells,
        "cost": words.sum_of(cost["difference_fen"], signed=True) if cost else "–",
    }


def dropped(told: Comparison) -> list[str]:
    """The benefits that somebody receives and would lose."""
    found = [one for one in told.figures["items"] if one["kind"] == "benefit" and one["changes"]["loses"]]
    return [item_title(told, "benefit", one["id"]) for one in found] if told.dropped else []


def item_title(told: Comparison, kind: str, name: str) -> str:
    for plan in (selectors.plan(told.new), selectors.plan(told.old)):
        known = plan.benefits if kind == "benefit" else plan.groups
        if name in known:
            return text(known[name].title)
    return name


def behind_title(told: Comparison, chosen: dict[str, object]) -> str:
    """What the persons of a list have in common, in words."""
    if chosen.get("dropped"):
        return _("正在领取而会失去待遇的人")
    said = [item_title(told, str(chosen.get("kind", "")), str(chosen["item"]))] if "item" in chosen else []
    if (change := chosen.get("change")) in CHANGES:
        said.append(change_label(str(change)))
    said += [_labels(by, [str(chosen[by])])[str(chosen[by])] for by in DIMENSIONS if by in chosen]
    return " · ".join(said) or _("有变化的人")


def sides(row: Changed) -> str:
    """From what to what: sums where they are known on both sides, otherwise the statuses."""
    if row.amount_before is not None and row.amount_after is not None:
        return f"{words.sum_of(row.amount_before)} → {words.sum_of(row.amount_after)}"
    return f"{side_label(row.before)} → {side_label(row.after)}"


def _labels(by: str, codes: list[str]) -> dict[str, str]:
    """What each place, category or age band is called; nothing known is said so."""
    if by in ("county", "township"):
        known = areas.names(code.ljust(12, "0") for code in codes if code)
        told = {code: known.get(code.ljust(12, "0"), code) for code in codes}
    elif by == "category":
        told = {code: names.category(code) for code in codes if code}
    else:
        told = {code: _("{band} 岁").format(band=code) for code in codes}
    return {**told, "": _("不明")}


def _behind(told: Comparison, **chosen: str) -> str:
    return f"{reverse('desk:whatif-people', args=[told.uuid])}?{urlencode(chosen)}"
