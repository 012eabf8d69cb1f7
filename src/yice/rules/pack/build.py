"""From shapes as written to the frozen values of a plan: one function a kind, and the ties between them."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Mapping
from math import prod

from yice.rules.model import (
    Benefit,
    Condition,
    Exclusion,
    Fact,
    Group,
    ListKind,
    Plan,
    Rate,
    Silence,
    Slot,
    Source,
    Table,
    row_of,
)
from yice.rules.pack import records
from yice.rules.pack.citing import Citing
from yice.rules.pack.entry import Entry
from yice.rules.pack.schema import BenefitSpec, FactSpec, GroupSpec, ListSpec, SlotSpec, SourceSpec
from yice.rules.pack.written import TableRows, Written
from yice.rules.pack.yaml import problem_at
from yice.rules.services import NEEDS
from yice.rules.values import encode
from yice.rules.words import Place, Words
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.money import parse_fen

_RECEIPT = {
    "applied": (Words("已申请", "Applied for"), "bool", None),
    "receives": (Words("正在领取", "Receives"), "bool", False),
    "paid": (Words("当月发放", "Paid in the month"), "int", 0),
}

UNNAMED = Words("文件未列名", "not named by the document")

# How many codes a type holds: one byte, 62 bits, 15 times four bits.
_CODES = {"code": (1, 120), "set": (1, 62), "parts": (1, 15)}
MAX_KEYS, MAX_COMBINATIONS, MAX_SUM = 7, 1_000_000, 10**15


def source(name: str, spec: SourceSpec) -> Source:
    return Source(name, spec.title, spec.number, spec.authority, spec.date, spec.date_note)


def list_kind(name: str, spec: ListSpec) -> ListKind:
    return ListKind(name, spec.title.words(), spec.sender, tuple(spec.gives), spec.events)


def slot(spec: SlotSpec, entry: Entry, lists: Mapping[str, ListKind]) -> Slot:
    """A slot is called what its list is called; one without either is not named by the document."""
    listed = lists.get(spec.named or "")
    title = spec.title.words() if spec.title else listed.title if listed else UNNAMED
    return Slot(
        id=entry.id,
        title=title,
        place=entry.place(),
        list=spec.named,
        sender=spec.sender or (listed.sender if listed else ""),
        every=spec.every,
        always=spec.always,
        named=title is not UNNAMED,
        duties=tuple(spec.duties),
    )


def fact(spec: FactSpec, entry: Entry, problems: list[Problem]) -> Fact:
    made = _fact(spec, entry)
    least, most = _CODES.get(spec.type, (0, 0))
    if not least <= len(made.codes) <= most:
        what = Message("{type} 类事实要有 {least} 到 {most} 个代码。", type=spec.type, least=least, most=most)
        problems.append(problem_at(entry.place("codes"), "fact-codes", what))
    elif spec.silence:
        try:
            encode(made, spec.silence.means)
        except Problem as error:
            problems.append(
                problem_at(entry.place("silence", "means"), "fact-silence", error.what, error.fix)
            )
    problems += records.faults(spec, entry)
    if spec.range and spec.type != "int":
        problems.append(
            problem_at(entry.place("range"), "fact-range", Message("只有 int 类事实能有 range。"))
        )
    return made


def _fact(spec: FactSpec, entry: Entry) -> Fact:
    silence = None
    if spec.silence:
        named = spec.silence.named
        lists = [named] if isinstance(named, str) else list(named or ())
        first, rest = (lists[0], tuple(lists[1:])) if lists else (None, ())
        silence = Silence(spec.silence.means, first, spec.silence.fresh_for, rest)
    return Fact(
        name=entry.id,
        type=spec.type,
        label=spec.label.words(),
        unit=spec.unit,
        codes=tuple(spec.codes),
        code_labels=tuple(words.words() for words in spec.codes.values()),
        source=spec.source,
        question=spec.question.words() if spec.question else None,
        silence=silence,
        derive=spec.derive,
        place=entry.place(),
        low=spec.range[0] if spec.range else None,
        high=spec.range[1] if spec.range else None,
        fresh_for_days=spec.fresh_for,
        of=spec.of,
        records=records.told_by(spec.records) if spec.records else None,
        counts=spec.counts,
    )


def group(spec: GroupSpec, entry: Entry, citing: Citing, applies: Mapping[str, Condition]) -> Group:
    """`applies` holds for groups on persons and households, less what the clause waives."""
    for at, name in enumerate(spec.waives):
        if name not in applies:
            near = difflib.get_close_matches(name, applies, 1)
            fix = Message("是否想写 {near}？", near=near[0]) if near else None
            what = Message("没有定义 {name}。", name=name)
            citing.problems.append(problem_at(entry.place("waives", at), "pack-reference", what, fix))
    laid = [condition for name, condition in applies.items() if name not in spec.waives]
    return Group(
        id=entry.id,
        title=spec.title.words(),
        unit=spec.unit,
        clause=citing.clause(spec.clause, entry.place("clause")),
        applies=tuple(laid) if row_of(spec.unit) == "person" else (),
        when=tuple(citing.condition(name, condition, entry, "when") for name, condition in spec.when.items()),
        place=entry.place(),
        within=spec.within,
        duty=spec.duty,
        same_as=spec.same_as,
        family=spec.family,
        waives=tuple(spec.waives),
    )


def benefit(spec: BenefitSpec, entry: Entry, citing: Citing) -> Benefit:
    excludes = tuple(
        Exclusion(citing.condition(name, exclusion, entry, "excludes"), exclusion.effect, exclusion.other)
        for name, exclusion in spec.excludes.items()
    )
    return Benefit(
        id=entry.id,
        title=spec.title.words(),
        group=spec.group,
        clause=citing.clause(spec.clause, entry.place("clause")),
        place=entry.place(),
        amount=spec.amount,
        per=spec.per,
        payee=spec.payee,
        receipts=spec.receipts,
        decides=spec.decides,
        need=spec.need,
        on_application=spec.on_application,
        optional=spec.optional,
        sample=spec.sample,
        excludes=excludes,
        starts=spec.starts,
        stops=spec.stops,
        routes=tuple(spec.routes),
        open_to_others=spec.open_to_others,
        outside=tuple(spec.outside),
    )


def unknown_needs(benefits: Mapping[str, Benefit]) -> Iterator[Problem]:
    for made in benefits.values():
        if made.need not in NEEDS:
            yield problem_at(made.place, "pack-reference", Message("没有定义 {name}。", name=made.need))


def ties(benefits: Mapping[str, Benefit], problems: list[Problem]) -> dict[str, tuple[str, bool]]:
    """Group → the benefit its status is compared with, and whether receiving it without the group is a leak."""
    tied: dict[str, tuple[str, bool]] = {}
    for made in benefits.values():
        for name in (made.group, *made.routes):
            if name in tied:
                what = Message("人群 {group} 已与待遇 {benefit} 相连。", group=name, benefit=tied[name][0])
                problems.append(
                    problem_at(made.place, "benefit-group", what, Message("请为它另写一个人群。"))
                )
            tied.setdefault(name, (made.id, name == made.group and not made.open_to_others))
    return tied


def receipt_facts(benefits: Mapping[str, Benefit], groups: Mapping[str, Group]) -> dict[str, Fact]:
    """`applied.`, `receives.` and `paid.` of every benefit; not on a whole list of receipts means not received."""
    facts = {}
    for made in benefits.values():
        for word, (label, kind, means) in _RECEIPT.items():
            name = f"{word}.{made.id}"
            from_list = made.receipts and word != "applied"
            facts[name] = Fact(
                name=name,
                type=kind,  # type: ignore[arg-type]
                label=Words(f"{label.zh}：{made.title.zh}", f"{label.en}: {made.title.en}"),
                unit="fen" if word == "paid" else "",
                source=f"list:{made.receipts}" if from_list else "person",
                silence=Silence(means, made.receipts) if from_list else None,
                place=made.place,
                of=groups[made.group].unit if made.group in groups else "person",
            )
    return facts


def table(rows: TableRows, citing: Citing) -> Table:
    """Columns: the keys, then `since` and `yuan` or `value`, and if wanted `source` and `note`."""
    unit = "fen" if "yuan" in rows.header else ""
    amount = "yuan" if unit else "value"
    keys = tuple(name for name in rows.header if name not in ("since", "yuan", "value", "source", "note"))
    if not {"since", amount} <= set(rows.header):
        what = Message("表 {name} 要有 since 列，和 yuan（元）或 value 列。", name=rows.name)
        citing.problems.append(problem_at(Place(rows.file, 1, 1), "table-header", what))
        return Table(rows.name, keys, unit, ())
    if (
        len(keys) > MAX_KEYS
        or prod(len({row.cells[key] for row in rows.rows}) for key in keys) > MAX_COMBINATIONS
    ):
        what = Message("表 {name} 的键太多：最多 {keys} 个，组合不超过 {most} 种。", name=rows.name, keys=MAX_KEYS,
                       most=MAX_COMBINATIONS)  # fmt: skip
        citing.problems.append(problem_at(Place(rows.file, 1, 1), "table-keys", what))
        return Table(rows.name, keys, unit, ())
    rates, seen, cited = [], set[tuple[tuple[str, ...], dt.date]](), dict[str, None]()
    for row in rows.rows:
        try:
            since = dt.date.fromisoformat(row.cells["since"])
            text = row.cells[amount]
            value = None if not text else parse_fen(text) if unit else int(text)
            if value is not None and (abs(value) > MAX_SUM or (unit and value < 0)):
                raise ValueError
        except (ValueError, Problem):
            what = Message("这一行的日期或数看不懂：日期如 2020-06-30，金额以元计，不能小于 0。")
            citing.problems.append(problem_at(row.place, "table-value", what))
            continue
        named = row.cells.get("source", "")
        cited_as = citing.clause(named, row.place) if named else ""
        rate = Rate(tuple(row.cells[key] for key in keys), since, value, cited_as)
        if (rate.keys, since) in seen:
            citing.problems.append(problem_at(row.place, "table-twice", Message("同一组键在同一天有两行。")))
        seen.add((rate.keys, since))
        rates.append(rate)
        if cited_as:
            cited[cited_as] = None
    return Table(rows.name, keys, unit, tuple(rates), "；".join(cited))


def check_references(plan: Plan, written: Written, problems: list[Problem]) -> None:
    """Every group, list, fact and benefit that is named exists."""

    def known(name: str | None, among: Iterable[str], entry: Entry, *path: str | int) -> None:
        if name is not None and name not in set(among):
            near = difflib.get_close_matches(name, list(among), 1)
            fix = Message("是否想写 {near}？", near=near[0]) if near else None
            what = Message("没有定义 {name}。", name=name)
            problems.append(problem_at(entry.place(*path), "pack-reference", what, fix))

    for made in plan.groups.values():
        entry = written.groups[made.id]
        known(made.within, plan.groups, entry, "within")
        known(made.same_as, plan.groups, entry, "same_as")
    for given in plan.benefits.values():
        entry = written.benefits[given.id]
        known(given.group, plan.groups, entry, "group")
        for at, name in enumerate(given.routes):
            known(name, plan.groups, entry, "routes", at)
        if given.group in plan.groups:
            applying = [condition.id for condition in plan.groups[given.group].applies]
            for at, name in enumerate(given.outside):
                known(name, applying, entry, "outside", at)
        known(given.receipts, plan.lists, entry, "receipts")
        for exclusion in given.excludes:
            known(exclusion.other, plan.benefits, entry, "excludes", exclusion.condition.id, "other")
    for told in plan.facts.values():
        if told.name in written.facts and told.silence:
            for name in filter(None, (told.silence.list, *told.silence.and_lists)):
                known(name, plan.lists, written.facts[told.name], "silence", "list")
    kinds = [
        code
        for name in ("facility_kind", "post_kind")
        if name in plan.facts
        for code in plan.facts[name].codes
    ]
    for told in plan.facts.values():
        if told.counts:
            known(told.counts, kinds, written.facts[told.name], "counts")
    for place in plan.slots.values():
        known(place.list, plan.lists, written.slots[place.id], "list")
    for kind in plan.lists.values():
        for at, name in enumerate(kind.gives):
            known(name, plan.facts, written.lists[kind.id], "gives", at)
