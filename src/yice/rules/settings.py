"""Settings: what a document leaves open, as a typed value that can be set otherwise for one run."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace

from yice.rules.model import Setting
from yice.rules.pack.entry import Entry
from yice.rules.pack.schema import SettingSpec
from yice.rules.pack.yaml import problem_at
from yice.terms.errors import Problem
from yice.terms.messages import Message

Value = bool | int | str | tuple[int | str, ...] | list[int | str]


def setting(spec: SettingSpec, entry: Entry, problems: list[Problem]) -> Setting:
    """A setting as written; its other readings must be of the same type."""
    made = Setting(
        name=entry.id,
        value=_frozen(spec.value),
        says=spec.says.words(),
        author=spec.author,
        date=spec.date,
        alternatives=tuple(_frozen(value) for value in spec.alternatives),
        sample=spec.sample,
        clause=spec.clause,
        place=entry.place(),
        labels={reading: words.words() for reading, words in spec.labels.items()},
    )
    if any(type(other) is not type(made.value) for other in made.alternatives):
        what = Message("{name} 的其他读法与取值的类型不同。", name=entry.id)
        problems.append(problem_at(entry.place("alternatives"), "setting-type", what))
    if strange := set(made.labels) - {made.value, *made.alternatives}:
        what = Message("{name} 没有读法 {reading}。", name=entry.id, reading=sorted(strange)[0])
        problems.append(problem_at(entry.place("labels"), "setting-type", what))
    return made


def overridden(
    settings: dict[str, Setting], overrides: Mapping[str, Value], problems: list[Problem]
) -> dict[str, Setting]:
    """The settings with these values in force instead."""
    changed = dict(settings)
    for name, value in overrides.items():
        known = settings.get(name)
        if known is None:
            near = difflib.get_close_matches(name, settings, 1)
            fix = Message("是否想写 {near}？", near=near[0]) if near else None
            problems.append(Problem("setting-unknown", Message("没有设置 {name}。", name=name[:60]), fix=fix))
            continue
        try:
            changed[name] = replace(known, value=typed(known, value))
        except ValueError:
            like = _shown(known.value)
            what = Message("设置 {name} 的值不对。", name=name)
            fix = Message("现在的值是 {like}；其他读法：{others}。", like=like, others=_others(known))
            problems.append(Problem("setting-value", what, fix=fix))
    return changed


def typed(known: Setting, value: Value) -> bool | int | str | tuple[int | str, ...]:
    """`value` (perhaps text from a command line) in the type of the setting. Raises ValueError."""
    like = known.value
    if isinstance(value, str) and isinstance(like, bool):
        if value not in ("true", "false"):
            raise ValueError
        return value == "true"
    if isinstance(value, str) and isinstance(like, int):
        return int(value)
    if isinstance(value, str) and isinstance(like, tuple):
        whole = all(isinstance(item, int) for item in like) and bool(like)
        return tuple(int(item) if whole else item for item in value.split(";") if item)
    made = _frozen(value)
    if type(made) is not type(like) or (
        isinstance(made, str) and known.alternatives and made not in (like, *known.alternatives)
    ):
        raise ValueError
    return made


def _frozen(value: Value) -> bool | int | str | tuple[int | str, ...]:
    return tuple(value) if isinstance(value, list) else value


def _shown(value: object) -> str:
    return (
        ";".join(map(str, value))
        if isinstance(value, tuple)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def _others(known: Setting) -> str:
    return "、".join(_shown(value) for value in known.alternatives) or "—"
