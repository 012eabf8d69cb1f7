"""Questionnaires from shapes as written to the frozen values of a plan, and what keeps one from being asked."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from yice.rules.expression import Scope, parse, resolve
from yice.rules.expression.lexer import tokens
from yice.rules.expression.scope import facts_of
from yice.rules.expression.typed import BOOL
from yice.rules.model import Fact, Plan
from yice.rules.pack.citing import Citing
from yice.rules.pack.entry import Entry
from yice.rules.pack.questionnaire_schema import ItemSpec, LayoutSpec, QuestionnaireSpec
from yice.rules.pack.spec import WordsSpec
from yice.rules.pack.written import Written
from yice.rules.pack.yaml import problem_at
from yice.rules.questionnaires.asking import fact_of, with_items
from yice.rules.questionnaires.model import (
    KEYS,
    Check,
    Column,
    Gate,
    Item,
    ItemType,
    Layout,
    Questionnaire,
    Section,
    Status,
)
from yice.rules.values import encode
from yice.rules.words import Words
from yice.terms.errors import Problem
from yice.terms.messages import Message

_OF_FACT: Mapping[str, ItemType] = {
    "bool": "bool", "int": "int", "date": "date", "code": "code", "set": "set", "text": "text",
}  # fmt: skip


def questionnaire(
    spec: QuestionnaireSpec, entry: Entry, citing: Citing, facts: Mapping[str, Fact]
) -> Questionnaire:
    made = (_item(name, one, entry, citing, facts) for name, one in spec.items.items())
    items = {item.id: item for item in made if item is not None}
    return Questionnaire(
        id=entry.id,
        title=spec.title.words(),
        edition=spec.edition,
        place=entry.place(),
        sections={
            name: Section(name, one.title.words(), _gate(one.gate, entry, "sections", name, "gate"))
            for name, one in spec.sections.items()
        },
        items=items,
        checks=tuple(
            Check(
                name,
                one.item,
                Gate(one.wrong_when, entry.text("checks", name, "wrong_when")),
                one.says.words(),
            )
            for name, one in spec.checks.items()
        ),
        statuses={
            name: Status(name, one.label.words(), one.opens, _words(one.reasons))
            for name, one in spec.statuses.items()
        },
        modes=_words(spec.modes),
        official=_layout(spec.official, entry, citing),
        source=citing.clause(spec.source, entry.place("source")) if spec.source else "",
        duties=tuple(spec.duties),
        home=spec.home,
        photos=spec.photos,
        about=spec.about,
    )


def extended(
    made: Mapping[str, Questionnaire], specs: Mapping[str, QuestionnaireSpec]
) -> dict[str, Questionnaire]:
    """Each that extends another after what it extends; one that names none there is, is told later."""
    found = dict(made)
    for name, spec in specs.items():
        below = made.get(spec.extends or "")
        if name not in made or below is None or specs[below.id].extends is not None:
            continue
        own = made[name]
        again = {item.fact for item in own.items.values() if item.fact}  # ours, which it now asks officially
        kept = {key: item for key, item in below.items.items() if item.official or item.fact not in again}
        found[name] = replace(
            below,
            id=own.id,
            title=own.title,
            edition=own.edition,
            place=own.place,
            source=own.source,
            duties=(*below.duties, *own.duties),
            sections={**below.sections, **own.sections},
            items={**kept, **own.items},
            checks=(*below.checks, *own.checks),
            official=replace(
                below.official,
                columns=(*below.official.columns, *own.official.columns),
                source=own.official.source,
            ),
        )
    return found


def _layout(spec: LayoutSpec, entry: Entry, citing: Citing) -> Layout:
    source = citing.clause(spec.source, entry.place("official", "source")) if spec.source else ""
    columns = tuple(Column(one.heading, one.item, one.of, one.labels) for one in spec.columns)
    return Layout(columns, spec.between, source)


def _words(said: Mapping[str, WordsSpec]) -> dict[str, Words]:
    return {name: one.words() for name, one in said.items()}


def _gate(text: str | None, entry: Entry, *at: str) -> Gate | None:
    return None if text is None else Gate(text, entry.text(*at))


def _item(name: str, spec: ItemSpec, entry: Entry, citing: Citing, facts: Mapping[str, Fact]) -> Item | None:
    at = ("items", name)
    fact = facts.get(spec.fact) if spec.fact is not None else None
    for path, named in ((("fact",), spec.fact), *((("each", code), one) for code, one in spec.each.items())):
        if named is not None and named not in facts:
            citing.problems.append(
                problem_at(
                    entry.place(*at, *path),
                    "pack-reference",
                    Message("没有叫 {name} 的事实。", name=named),
                    _near(named, facts),
                )
            )
            return None
    kind, label, codes = spec.type, spec.label.words() if spec.label else None, _words(spec.codes)
    low, high = spec.range or (None, None)
    if fact is not None:
        label = label or fact.label
        if kind is None:
            kind = _OF_FACT.get(fact.type)
            codes = codes or dict(zip(fact.codes, fact.code_labels, strict=False))
            low, high = (fact.low, fact.high) if spec.range is None else (low, high)
    if kind is None or label is None:
        what = Message("题目要么写 fact，要么写 type 和 label。")
        citing.problems.append(problem_at(entry.place(*at), "questionnaire-item", what))
        return None
    item = Item(
        id=name,
        section=spec.section,
        label=label,
        type=kind,
        place=entry.place(*at),
        codes=codes,
        gate=_gate(spec.gate, entry, *at, "gate"),
        of=spec.of,
        alone=tuple(spec.alone),
        fact=spec.fact,
        shows=spec.shows,
        means=spec.means,
        each=spec.each,
        yearly=spec.yearly,
        official=spec.official,
        required=spec.required,
        sealed=spec.sealed,
        low=low,
        high=high,
        unit=fact.unit if fact is not None and spec.type is None else "",
        source=citing.clause(spec.source, entry.place(*at, "source")) if spec.source else "",
    )
    return replace(item, means=_back(item)) if fact is not None and item.shows and not item.means else item


def _back(item: Item) -> dict[str, bool | str]:
    """What a code means for the fact, where only one value of it is shown by that code."""
    times = Counter(item.shows.values())
    truth = {"true": True, "false": False}
    return {code: truth.get(value, value) for value, code in item.shows.items() if times[code] == 1}


def check_questionnaires(plan: Plan, written: Written, problems: list[Problem]) -> None:
    """Add everything that keeps a questionnaire from being asked, kept, or exchanged with the official system."""
    for of in plan.questionnaires.values():
        telling = _Telling(plan, of, written, problems)
        telling.whose()
        telling.items()
        telling.whole()
        telling.columns()
        telling.order()
        telling.expressions()


def names_of(gate: Gate) -> set[str]:
    """Every name an expression speaks of; a broken one is told elsewhere."""
    try:
        return {token.text for token in tokens(gate.text, gate.place) if token.kind == "name"}
    except Problem:
        return set()


class _Telling:
    def __init__(self, plan: Plan, of: Questionnaire, written: Written, problems: list[Problem]) -> None:
        self.plan, self.of, self.problems = plan, of, problems
        self.others = written.questionnaires
        self.entry = written.questionnaires[of.id]
        self.facts = facts_of(plan)

    def tell(self, path: tuple[str | int, ...], code: str, what: Message, fix: Message | None = None) -> None:
        self.problems.append(problem_at(self.entry.place(*path), code, what, fix))

    def known(self, name: str, among: Iterable[str], *path: str | int) -> bool:
        names = list(among)
        if name in names:
            return True
        self.tell(path, "pack-reference", Message("没有定义 {name}。", name=name), _near(name, names))
        return False

    def whose(self) -> None:
        """It extends one that is there and extends no other; its facts are of whom it is about."""
        if (below := self.entry.value.get("extends")) is not None:
            above = [name for name, one in self.others.items() if "extends" not in one.value]
            self.known(below, above, "extends")
        units = ("area",) if self.of.about == "village" else ("person", "household")
        for name, item in self.of.items.items():
            for fact in (item.fact, *item.each.values()):
                if fact is not None and self.facts[fact].of not in units:
                    what = Message("{name} 不是这张表所问的一方的事实。", name=fact)
                    self.tell(("items", name), "questionnaire-fact", what)

    def items(self) -> None:
        for name, item in self.of.items.items():
            at = ("items", name)
            self.known(item.section, self.of.sections, *at, "section")
            if name in self.facts:
                self.tell(at, "questionnaire-item", Message("{name} 已经是一项事实的名称。", name=name))
            if (item.type in ("code", "set")) != bool(item.codes):
                self.tell(at, "questionnaire-item", Message("code 和 set 类题目要有 codes，其他类没有。"))
            for code in item.alone:
                self.known(code, item.codes, *at, "alone")
            for code in (*item.shows.values(), *item.means, *item.each):
                self.known(code, item.codes, *at, "codes")
            if (item.alone or item.each) and item.type != "set":
                self.tell(at, "questionnaire-item", Message("只有 set 类题目能写 alone 和 each。"))
            if item.sealed and item.type != "text":
                self.tell(at, "questionnaire-item", Message("只有 text 类题目能加密保存。"))
            self._fits(item)

    def _fits(self, item: Item) -> None:
        """What is shown of a fact, and what comes back, are values the fact can hold."""
        fact = self.facts.get(item.fact or "")
        for code, name in item.each.items():
            if self.facts[name].type != "bool":
                what = Message("each 只能对应是否类的事实，{name} 不是。", name=name)
                self.tell(("items", item.id, "each", code), "questionnaire-fact", what)
        if fact is None:
            return
        for path, value in (
            *((("shows", value), value) for value in item.shows),
            *((("means", code), value) for code, value in item.means.items()),
        ):
            try:
                encode(fact, value)
            except Problem as problem:
                self.tell(("items", item.id, *path), "questionnaire-fact", problem.what, problem.fix)
        if not item.shows and item.codes and tuple(item.codes) != fact.codes:
            what = Message("题目的代码与事实 {name} 的不同，请用 shows 写明怎样对应。", name=fact.name)
            self.tell(("items", item.id), "questionnaire-fact", what)

    def whole(self) -> None:
        opening = [one.id for one in self.of.statuses.values() if one.opens]
        if len(opening) != 1:
            self.tell(("statuses",), "questionnaire-status", Message("要有且只有一种状态写 opens: true。"))
        if self.of.home is not None:
            self.known(self.of.home, self.of.modes, "home")
        if self.of.about == "person" and not self.of.modes:
            what = Message("人员的表要写 modes：怎样见到本人。")
            self.tell(("modes",), "questionnaire-status", what)
        for check in self.of.checks:
            self.known(check.item, self.of.items, "checks", check.id, "item")

    def columns(self) -> None:
        """One key, no heading and no item twice, every official item in a column."""
        columns, seen = self.of.official.columns, set[str]()
        for at, column in enumerate(columns):
            path = ("official", "columns", at)
            if (column.item is None) == (column.of is None):
                self.tell(path, "questionnaire-column", Message("一列只写一个：item 或 of。"))
            if column.item is not None:
                self.known(column.item, self.of.items, *path, "item")
            for told in filter(None, (column.heading, column.item, column.of)):
                if told in seen:
                    self.tell(path, "questionnaire-column", Message("{name} 出现了两次。", name=told))
                seen.add(told)
        key = KEYS[self.of.about]
        if not any(column.of == key for column in columns):
            what = Message("要有一列是 of: {key}，否则认不出是谁的。", key=key)
            self.tell(("official", "columns"), "questionnaire-column", what)
        for name, item in self.of.items.items():
            if item.official and name not in seen:
                what = Message("正式表有 {name}，却没有它的列。", name=name)
                fix = Message("补上一列，或写 official: false。")
                self.tell(("items", name), "questionnaire-column", what, fix)

    def order(self) -> None:
        """A gate asks items before its own: the form is read from the top."""
        seen = set[str]()
        for name, item in self.of.items.items():
            later = self.of.items.keys() - seen
            for gate in (
                item.gate,
                self.of.sections[item.section].gate if item.section in self.of.sections else None,
            ):
                for asked in sorted(later & names_of(gate)) if gate is not None else ():
                    what = Message("{name} 的条件问到了排在后面的 {later}。", name=name, later=asked)
                    self.tell(("items", name), "questionnaire-order", what)
            seen.add(name)

    def expressions(self) -> None:
        """Gates may ask facts and items."""
        scope = Scope.of(with_items(self.plan, self.of), may_ask_known=True)
        gates = [
            *(one.gate for one in self.of.sections.values()),
            *(one.gate for one in self.of.items.values()),
            *(one.wrong_when for one in self.of.checks),
        ]
        for gate in filter(None, gates):
            try:
                resolve(parse(gate.text, gate.place), scope, text=gate.text, place=gate.place, expect=BOOL)
            except Problem as problem:
                self.problems.append(problem)


def _near(name: str, among: Iterable[str]) -> Message | None:
    near = difflib.get_close_matches(name, list(among), 1)
    return Message("是否想写 {near}？", near=near[0]) if near else None


__all__ = ["check_questionnaires", "extended", "fact_of", "questionnaire"]
