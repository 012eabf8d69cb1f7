"""A first look, from files to a report."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns import Normalised
from yice.exchange.look import facts, link, plans, sources, unmatched
from yice.exchange.look.findings import find
from yice.exchange.look.gazetteer import Gazetteer
from yice.exchange.look.households import Members
from yice.exchange.look.people import People
from yice.exchange.look.report import ColumnRead, FileRead, Report
from yice.exchange.look.sources import Source, Sources
from yice.exchange.look.wording import Wording, say, spoken
from yice.exchange.vocabulary import fields, kinds
from yice.identifiers import division
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.money import format_fen
from yice.terms.periods import Month


@dataclass(frozen=True)
class Choices:
    """What the officer may say; everything else is found out and told."""

    pack: Path | None = None
    as_of: dt.date | None = None
    month: Month | None = None
    area: str | None = None
    not_whole: frozenset[str] = field(default_factory=frozenset)


def look(
    paths: Sequence[str], choices: Choices, progress: Callable[[str], None] = lambda sentence: None
) -> Report:
    """Read the files, match, screen. Problems are raised all at once; nothing is written."""
    began = time.monotonic()
    files = sources.files(paths)
    progress(say("正在读取 {count} 个文件", count=len(files)))
    given = sources.gather(files, choices.month)
    gazetteer = Gazetteer()
    area, area_from = _area(given, choices, gazetteer)
    month, as_of, as_of_from = _day(given, choices)
    plan, plan_from = plans.choose(area, as_of, choices.pack)
    _require_here(plan, area, gazetteer)
    demo = sources.is_demo(given)
    with clock.on(max(as_of, clock.today())):
        named = any(one.understanding.fields & _PLACE_NAMES for one in given.of("registry"))
        coded = any("hukou" in one.understanding.fields for one in given.of("registry"))
        places = gazetteer.places(area, villages=True) if named and not coded else None
        sources.normalise_all(given, as_of=as_of, area=area, places=places, demo=demo)
    assumptions: list[str] = []
    registry = _registry(given, area, assumptions)
    progress(say("正在比对 {people} 人和 {count} 份名单", people=registry.num_rows, count=len(given.lists)))
    find_persons = link.finder(registry)
    lists = _link(given, find_persons, choices)
    members = _members(given, find_persons)
    known = facts.know(plan, registry, lists, members, area=area, as_of=as_of)
    progress(say("正在按“{plan}”筛查", plan=spoken(plan.title)))
    wording = Wording(plan)
    people = People(registry, gazetteer.names(area), wording, as_of)
    found = find(plan, known, as_of, people, wording)
    strangers, outsiders, deaths = unmatched.tell(lists, registry)
    if found.demoted:
        assumptions.append(
            say(
                "有 {count} 条应退线索的名单行只是“很可能”是本人（号码残缺或姓名有异），先列为待核实",
                count=found.demoted,
            )
        )
    if found.died_in_month:
        assumptions.append(say("有 {count} 人在当月去世，当月的补贴不算多发", count=found.died_in_month))
    for fact, differ in known.overruled.items():
        if differ:
            assumptions.append(
                say(
                    "{fact}：有 {count} 人登记册与部门名单不同，以名单为准",
                    fact=spoken(wording.facts[fact].label),
                    count=differ,
                )
            )
    for fact, old in known.outdated.items():
        assumptions.append(
            say(
                "{fact}：有 {count} 人的登记已过时（按更新日期），按未知处理",
                fact=spoken(wording.facts[fact].label),
                count=old,
            )
        )
    assumptions += _households(known, wording)
    report = Report(
        area=area,
        area_name=gazetteer.name_of(area),
        area_from=area_from,
        as_of=as_of,
        as_of_from=as_of_from,
        month=month,
        made=clock.today(),
        demo=demo,
        ended=found.ended,
        plan_title=spoken(plan.title),
        plan_authority=plan.authority,
        plan_id=plan.id,
        plan_version=plan.version,
        plan_hash=plan.hash[:12],
        plan_from=plan_from,
        plan_period=_period(plan),
        people=registry.num_rows,
        files=[_file(source, lists) for source in sorted(given.read, key=_register_first)],
        aside=given.aside,
        lines=found.lines,
        findings=found.findings,
        asks=found.asks,
        unmatched=strangers,
        unmatched_outsiders=outsiders,
        assumptions=assumptions,
        settings=_settings(plan),
        missing_lists=_missing_lists(plan, lists, wording),
        townships=_townships(registry, people, found.findings),
        deaths_to_check=deaths,
    )
    report.seconds = time.monotonic() - began
    return report


_PLACE_NAMES = {"hukou_county", "hukou_township", "hukou_village", "address"}


def _area(given: Sources, choices: Choices, gazetteer: Gazetteer) -> tuple[str, str]:
    if choices.area:
        given_code = division.normalise(choices.area)
        if gazetteer.unknown(given_code):
            raise Problem(
                "look-no-such-area",
                Message("没有区划代码为 {code} 的地方。", code=choices.area),
                why=Message("统计用区划代码表里查不到它。"),
                fix=Message("请核对 --area，例如江海区是 440704；不写 --area 时从登记册看出。"),
            )
        return given_code, say("由 --area 指定")
    code = sources.area_of(given)
    if code:
        return code, say("登记册里多数人的户籍区划代码")
    named = gazetteer.county_named(sources.titles(given))
    if named:
        return named, say("登记册的标题或文件名")
    raise Problem(
        "look-no-area",
        Message("看不出登记册是哪个县（市、区）的。"),
        why=Message("登记册没有户籍区划代码，标题和文件名里也没有县名。"),
        fix=Message("请加上 --area，例如 --area 440704。"),
    )


def _day(given: Sources, choices: Choices) -> tuple[Month, dt.date, str]:
    """The month looked at, and its last day; today within the present month."""
    if choices.as_of:
        return Month.of(choices.as_of), choices.as_of, say("由 --as-of 指定")
    month, whence = choices.month, say("由 --month 指定")
    if month is None:
        month, whence = sources.latest_month(given), say("名单里最近的月份")
    if month is None:
        return Month.of(clock.today()), clock.today(), say("名单没有写明月份，按今天")
    return month, month.last, whence


def _registry(given: Sources, area: str, assumptions: list[str]) -> pa.Table:
    """The register's persons, of one file or several; a person in two files once."""
    tables = [one.normalised.table for one in given.of("registry") if one.normalised is not None]
    table = pa.concat_tables(tables, promote_options="permissive") if len(tables) > 1 else tables[0]
    ids = table["id_number"].combine_chunks()
    if len(tables) > 1:
        first = pc.index_in(ids, ids).to_numpy() == np.arange(table.num_rows)
        if not first.all():
            assumptions.append(say("有 {count} 人在几份登记册里重复，只算一次", count=int((~first).sum())))
            table = table.filter(pa.array(first))
    if table.num_rows == 0:
        raise _nobody(given)
    if "hukou" not in table.column_names:
        table = table.append_column("hukou", pa.array([area] * table.num_rows))
        assumptions.append(say("登记册没有户籍地栏，全部按本县（市、区）户籍处理"))
    elif (blank := table["hukou"].null_count) and blank < table.num_rows:
        assumptions.append(say("有 {count} 人的户籍地看不出来，待核实", count=blank))
    if "certificate_status" not in table.column_names:
        table = table.append_column("certificate_status", pa.array(["valid"] * table.num_rows))
        assumptions.append(say("登记册没有残疾人证状态栏，全部按有效处理"))
    for needed in ("category", "grade", "certified", "birth_date", "sex"):
        if needed not in table.column_names:
            assumptions.append(
                say("登记册没有“{field}”栏，用到它的条件都无法判断", field=fields()[needed].label)
            )
    return table


def _nobody(given: Sources) -> Problem:
    """Why no row stands: the reason met most often, with what to do about it."""
    refused = [row for one in given.of("registry") if one.normalised for row in one.normalised.refusals]
    counted = Counter(row.problem.code for row in refused)
    code, rows = counted.most_common(1)[0]
    most = next(row for row in refused if row.problem.code == code)
    return Problem(
        "look-nobody",
        Message("登记册里没有一行可用。"),
        why=Message(
            "最多的原因（{rows} 行，例如第 {row} 行）：{what}",
            rows=rows,
            row=most.row,
            what=most.problem.what,
        ),
        fix=Message("如果地区不对，请用 --area 指明；否则请改正后再试。{fix}", fix=most.problem.fix or ""),
    )


def _link(given: Sources, find_persons: link.Find, choices: Choices) -> list[facts.Linked]:
    found: list[facts.Linked] = []
    for source in given.lists:
        if source.normalised is None:
            continue
        for kind, part in source.normalised.split().items():
            events = kind.startswith("deaths")
            whole = not events and kind not in choices.not_whole and not part.by_household
            found.append(
                facts.Linked(
                    kind,
                    source.title,
                    part.table,
                    find_persons(part.table, holders_only=kind in facts.HOLDERS),
                    part.month,
                    whole,
                )
            )
    _one_kind_in_parts(found)
    return found


def _members(given: Sources, find_persons: link.Find) -> list[Members]:
    """The files that name everybody of a household, with who of them is in the register."""
    return [
        Members(one.normalised.table, find_persons(one.normalised.table), not one.normalised.refusals)
        for one in given.of("households")
        if one.normalised is not None
    ]


def _households(known: facts.Known, wording: Wording) -> list[str]:
    """What was done where a household is not known whole, or the register counts it otherwise."""
    if known.counted is None:
        return []
    told = [
        say(
            "{fact}：有 {count} 人登记册写的与按成员点出来的不同，以登记册为准",
            fact=spoken(wording.facts[fact].label),
            count=differ,
        )
        for fact, differ in known.counted.differ.items()
        if differ and fact in wording.facts
    ]
    if known.counted.at_least:
        told.append(
            say(
                "有 {count} 人的家庭成员没有列全，或有成员是否持证不清楚：家中持证人数只算“至少”，够用才用，不够就按“不清楚”",
                count=known.counted.at_least,
            )
        )
    return told


def _one_kind_in_parts(found: list[facts.Linked]) -> None:
    """A list in several files is whole together; one part not taken as whole makes none of it so."""
    by_kind: dict[str, list[facts.Linked]] = {}
    for one in found:
        by_kind.setdefault(one.kind, []).append(one)
    for parts in by_kind.values():
        whole = all(one.whole for one in parts)
        for one in parts:
            one.whole = whole


def _register_first(source: Source) -> int:
    return {"registry": 0, "households": 1}.get(source.kind, 2)


def _file(source: Source, lists: list[facts.Linked]) -> FileRead:
    done, understood = source.normalised, source.understanding
    assert done is not None  # noqa: S101 - every source is normalised before it is told
    linked = [one for one in lists if one.title == source.title and one.kind in done.split()]
    levels = Counter(level for one in linked for level in one.links.level.tolist())
    is_list = kinds()[source.kind].is_list
    return FileRead(
        title=source.title,
        kind=source.kind,
        kind_label=kinds()[source.kind].label,
        confidence=understood.confidence,
        sheet=source.sheet.name,
        header_row=source.sheet.header_row,
        month=done.month,
        month_from=understood.month_from,
        rows=done.read,
        refused=len({one.row for one in done.refusals}),
        warned=len({one.row for one in done.warnings}),
        matched=levels[3] + levels[2] if is_list else None,
        likely=levels[2] if is_list else None,
        maybe=levels[1] if is_list else None,
        unmatched=levels[0] if is_list else None,
        whole=all(one.whole for one in linked) if is_list and not source.kind.startswith("deaths") else None,
        columns=_columns(source),
        notes=_notes(source, done),
        refusals=done.refusals,
        warnings=done.warnings,
        source=source.understanding.sheet or source.sheet,
    )


def _columns(source: Source) -> list[ColumnRead]:
    understood = source.understanding
    found = []
    for at, heading in enumerate(understood.headers):
        if at in understood.mapping:
            found.append(ColumnRead(heading, fields()[understood.mapping[at]].label))
        elif at in understood.unused:
            found.append(ColumnRead(heading, "", say("另一栏说的是同一件事，没有用这一栏")))
        elif at in understood.unknown:
            found.append(ColumnRead(heading or say("（没有栏名）"), "", say("没有读懂，没有使用")))
    return found


def _notes(source: Source, done: Normalised) -> list[Problem]:
    return [*source.warnings, *source.understanding.warnings, *_unfolded(source), *done.notes]


def _unfolded(source: Source) -> list[Problem]:
    sheet = source.understanding.sheet
    return [one for one in sheet.warnings if one not in source.sheet.warnings] if sheet else []


def _require_here(plan: Plan, area: str, gazetteer: Gazetteer) -> None:
    """Under another place's plan nobody here is eligible, and everybody paid would look paid in error."""
    bound = [code for code in plan.areas if code.strip("0")]
    if not bound or any(division.is_within(area, one) or division.is_within(one, area) for one in bound):
        return
    there = str(Message("、")).join(gazetteer.name_of(code) or code for code in bound)
    raise Problem(
        "look-plan-elsewhere",
        Message("“{plan}”不是这里的方案。", plan=spoken(plan.title)),
        why=Message(
            "它适用于{there}，登记册是{here}的：照它看，这里没有人符合条件，在领的都会被当成应退。",
            there=there,
            here=gazetteer.name_of(area) or area,
        ),
        fix=Message("请不写 --pack，由程序按地区选择，或换成本地的策略包。"),
    )


def _period(plan: Plan) -> str:
    if plan.since and plan.until:
        return say("{since} 至 {until}", since=plan.since, until=plan.until)
    return say("{since} 起", since=plan.since) if plan.since else ""


def _settings(plan: Plan) -> list[tuple[str, str]]:
    found = []
    for one in plan.settings.values():
        value = one.value
        if one.name.endswith("_fen") and isinstance(value, int):
            written = say("{sum} 元", sum=format_fen(value))
        elif isinstance(value, bool):
            written = say("是") if value else say("否")
        else:
            written = say("、").join(map(str, value)) if isinstance(value, tuple) else str(value)
        found.append((spoken(one.says), written))
    return found


def _missing_lists(plan: Plan, lists: list[facts.Linked], wording: Wording) -> list[tuple[str, str, str]]:
    """Lists the plan's conditions or receipts hang on that were not given."""
    have = {one.kind for one in lists}
    found: dict[str, set[str]] = {}
    for fact in wording.facts.values():
        if fact.silence and fact.silence.list:
            for name in (fact.silence.list, *fact.silence.and_lists):
                if name not in have and name in plan.lists:
                    label = (
                        say("谁在领取")
                        if fact.name.startswith(("receives.", "paid."))
                        else spoken(fact.label)
                    )
                    found.setdefault(name, set()).add(label)
    if not any(name.startswith("deaths") for name in have):
        for name in plan.lists:
            if name.startswith("deaths"):
                found.setdefault(name, set()).add(spoken(wording.facts["deceased"].label))
    return [
        (wording.list_title(name), wording.list_sender(name), say("、").join(sorted(what)))
        for name, what in found.items()
    ]


def _townships(registry: pa.Table, people: People, findings: list) -> list[tuple[str, int, dict[str, int]]]:  # type: ignore[type-arg]
    heads = pc.utf8_slice_codeunits(pc.fill_null(registry["hukou"], ""), 0, 9)
    counted = {one["values"]: one["counts"] for one in pc.value_counts(heads.combine_chunks()).to_pylist()}
    by_place: dict[str, Counter[str]] = {code: Counter() for code in counted}
    for one in findings:
        by_place.setdefault(one.person.area[:9], Counter())[one.kind] += 1
    return [
        (people.township(code) if code else say("户籍地不清"), counted.get(code, 0), dict(found))
        for code, found in sorted(by_place.items())
    ]
