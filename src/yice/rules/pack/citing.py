"""Clauses and settings as conditions name them: "SOURCE clause" becomes the document's own number and clause."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from yice.rules.model import Condition, Setting, Source
from yice.rules.pack.entry import Entry
from yice.rules.pack.schema import ConditionSpec, ExclusionSpec
from yice.rules.pack.yaml import problem_at
from yice.rules.words import Place
from yice.terms.errors import Problem
from yice.terms.messages import Message


class Citing:
    """What a condition may name: the plan's sources and settings. Problems are added as they are met."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        settings: Mapping[str, Setting],
        problems: list[Problem],
        declared: frozenset[str] = frozenset(),
    ) -> None:
        self.sources, self.settings, self.problems = sources, settings, problems
        self._declared = (
            declared  # sources that are written, though perhaps wrongly: told once, at the source
        )

    def clause(self, text: str, place: Place) -> str:
        """`GF-2015-52 二（一）` as `国发〔2015〕52号 二（一）`."""
        name, _, rest = text.partition(" ")
        found = self.sources.get(name)
        if found is None and name in self._declared:
            return text
        if found is None:
            near = difflib.get_close_matches(name, self.sources, 1)
            fix = (
                Message("是否想写 {near}？", near=near[0])
                if near
                else Message("请在 sources.yaml 里写明文件。")
            )
            what = Message("条款应以文件编号开头，没有文件 {name}。", name=name[:60])
            self.problems.append(problem_at(place, "pack-source", what, fix))
            return text
        return f"{found.number or f'《{found.title}》'} {rest}".strip()

    def condition(
        self, name: str, spec: ConditionSpec | ExclusionSpec, entry: Entry, under: str
    ) -> Condition:
        """A named condition; its presumption may hang on a setting."""
        presume = practice = presumed_by = None
        if isinstance(spec, ConditionSpec):
            presume, practice = spec.presume, spec.practice
            presumed_by = spec.presume_if
            if presumed_by is not None and self._switch(presumed_by, entry, under, name, "presume_if"):
                presume = True
            if practice is not None:
                self._switch(practice, entry, under, name, "practice")
        return Condition(
            id=name,
            text=spec.when,
            says=spec.says.words(),
            clause=self.clause(spec.clause, entry.place(under, name, "clause")),
            place=entry.text(under, name, "when"),
            presume=presume,
            practice=practice,
            presumed_by=presumed_by,
        )

    def _switch(self, setting: str, entry: Entry, *path: str) -> bool:
        """The value of a setting that switches something on or off."""
        found = self.settings.get(setting)
        if found is None or not isinstance(found.value, bool):
            near = difflib.get_close_matches(setting, self.settings, 1)
            fix = Message("是否想写 {near}？", near=near[0]) if near else None
            what = Message("{name} 应是 settings.yaml 里值为 true 或 false 的设置。", name=setting)
            self.problems.append(problem_at(entry.place(*path), "pack-setting", what, fix))
            return False
        return found.value
