"""What a plan that loads may still lack: cases, sources for amounts, ages or school stages between its groups."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from yice.rules.bits import unpack
from yice.rules.columns import Columns
from yice.rules.expression import Expr, parse
from yice.rules.expression.ast import Call, Literal, Name
from yice.rules.kernel.screening import screen
from yice.rules.model import Benefit, Group, Plan
from yice.rules.pack.cases import own_cases
from yice.rules.pack.written import Written
from yice.rules.pack.yaml import problem_at
from yice.rules.words import Place
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

MAX_AGE = 120
_NOWHERE = Place("", 1, 1)
# The kinds of element that cite a source.
_CITING = ("groups", "benefits", "settings", "targets", "services", "forms", "scales", "questionnaires")


@dataclass(frozen=True)
class Note:
    """Something to look at, not an error: `kind` is overlap, hole, sample or unused."""

    kind: str
    what: Message


def lacks(plan: Plan, written: Written) -> list[Problem]:
    """What keeps a plan that loads from being complete."""
    return [*_without_case(plan, written), *_without_source(plan, written)]


def notes(plan: Plan, written: Written) -> list[Note]:
    """Overlaps and holes within families, samples in force, sources that nothing cites."""
    return [*_families(plan), *_samples(plan), *_unused(plan, written)]


def _without_case(plan: Plan, written: Written) -> Iterator[Problem]:
    tried = {group for _, cases, _ in own_cases(written) for case in cases.cases for group in case.expect}
    for name, group in plan.groups.items():
        if written.groups[name].pack == plan.id and name not in tried and not group.same_as:
            what = Message("人群 {group} 没有案例。", group=name)
            fix = Message("请在 cases/ 里至少写一个，最好在每个边界各写一个。")
            yield problem_at(group.place, "check-case", what, fix)
    figured = {case.target for _, cases, _ in own_cases(written) for case in cases.targets}
    for name, target in plan.targets.items():
        if written.targets[name].pack == plan.id and name not in figured:
            what = Message("目标 {target} 没有案例。", target=name)
            fix = Message("请在 cases/ 的 targets 里写一个：几行数据，应得的数和结论。")
            yield problem_at(target.place, "check-case", what, fix)


def _without_source(plan: Plan, written: Written) -> Iterator[Problem]:
    for benefit in plan.benefits.values():
        if benefit.amount is None or benefit.sample:
            continue
        place = written.benefits[benefit.id].place("amount")
        for name in _sampled(plan, benefit):
            what = Message("待遇 {benefit} 的金额取自 {name}，它没有出处。", benefit=benefit.id, name=name)
            fix = Message("请在表里写 source，或给待遇加 sample: true（示例标准）。")
            yield problem_at(place, "check-source", what, fix)


def _sampled(plan: Plan, benefit: Benefit) -> Iterator[str]:
    """The tables and settings without a source that an amount is made of."""
    for name in _names(parse(benefit.amount or "0", _NOWHERE)):
        table, setting = plan.tables.get(name), plan.settings.get(name.removeprefix("setting."))
        if (table is not None and any(not rate.source for rate in table.rates)) or (
            name.startswith("setting.") and setting is not None and setting.sample
        ):
            yield name


def _names(expr: Expr) -> Iterator[str]:
    """The tables and settings that an expression names."""
    if isinstance(expr, Name):
        yield expr.name
        return
    if isinstance(expr, Call) and expr.function == "table" and isinstance(expr.args[0], Literal):
        yield str(expr.args[0].value)
    for part in dataclasses.fields(expr):
        value = getattr(expr, part.name)
        for child in value if isinstance(value, tuple) else (value,):
            if dataclasses.is_dataclass(child):
                yield from _names(child)  # type: ignore[arg-type]


def _families(plan: Plan) -> Iterator[Note]:
    families: dict[str, list[Group]] = {}
    for group in plan.groups.values():
        if group.family:
            families.setdefault(group.family, []).append(group)
    day = max(plan.since or dt.date.min, min(plan.until or dt.date.max, clock.today()))
    stages = plan.facts["school_stage"].codes if "school_stage" in plan.facts else ()
    for family, groups in families.items():
        birthdays: list[dict[str, object]] = [
            {"birth_date": dt.date(day.year - age, day.month, min(day.day, 28))} for age in range(MAX_AGE + 1)
        ]
        yield from _cover(
            plan, family, groups, birthdays, [str(age) for age in range(MAX_AGE + 1)], day, "周岁"
        )
        if stages:
            yield from _cover(
                plan, family, groups, [{"school_stage": s} for s in stages], stages, day, "就读阶段"
            )


def _cover(
    plan: Plan,
    family: str,
    groups: Sequence[Group],
    records: Sequence[dict[str, object]],
    labels: Sequence[str],
    day: dt.date,
    what: str,
) -> Iterator[Note]:
    """Which values of one fact the groups leave open to, all other facts unknown."""
    screening = screen(plan, Columns.from_records(plan, records), day, groups=[group.id for group in groups])
    open_to = {
        g.id: {i for i, bit in enumerate(unpack(screening.ineligible(g.id), len(records))) if not bit}
        for g in groups
    }
    if all(len(found) in (0, len(records)) for found in open_to.values()):
        return  # no group depends on this fact
    for a, b in combinations(open_to, 2):
        if both := open_to[a] & open_to[b]:
            text = Message("{family}：{a} 与 {b} 在{what} {ranges} 可能重叠。", family=family, a=a, b=b,
                           what=Message(what), ranges=_ranges(both, labels))  # fmt: skip
            yield Note("overlap", text)
    covered = set().union(*open_to.values())
    between = set(range(min(covered), max(covered) + 1)) - covered if covered else set()
    if between:
        text = Message("{family}：{what} {ranges} 没有任何人群。", family=family, what=Message(what),
                       ranges=_ranges(between, labels))  # fmt: skip
        yield Note("hole", text)
    yield Note("cover", Message("{family}：覆盖{what} {ranges}。", family=family, what=Message(what),
                                ranges=_ranges(covered, labels)))  # fmt: skip


def _ranges(found: Iterable[int], labels: Sequence[str]) -> str:
    """`0–6, 9` of the positions found."""
    runs: list[list[int]] = []
    for at in sorted(found):
        if runs and at == runs[-1][1] + 1:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    return ", ".join(labels[a] if a == b else f"{labels[a]}–{labels[b]}" for a, b in runs)


def _samples(plan: Plan) -> Iterator[Note]:
    for setting in plan.settings.values():
        if setting.sample:
            yield Note(
                "sample", Message("示例标准：设置 {name} = {value}。", name=setting.name, value=setting.value)
            )
    for table in plan.tables.values():
        if count := sum(not rate.source for rate in table.rates):
            yield Note(
                "sample", Message("示例标准：表 {name} 有 {count} 行没有出处。", name=table.name, count=count)
            )


def _unused(plan: Plan, written: Written) -> Iterator[Note]:
    """Sources of the pack itself that no element cites."""
    texts = [
        str(value)
        for kind in _CITING
        for entry in getattr(written, kind).values()
        for value in _texts(entry.value)
    ]
    texts += [clause for pack, _ in written.packs for c in pack.applies.values() for clause in (c.clause,)]
    texts += [row.cells.get("source", "") for table in written.tables.values() for row in table.rows]
    cited = {text.split(" ", 1)[0] for text in texts}
    for name, entry in written.sources.items():
        if entry.pack == plan.id and name not in cited:
            yield Note("unused", Message("文件 {name} 没有被引用。", name=name))


def _texts(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    else:
        yield value
