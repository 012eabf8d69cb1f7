"""Targets, norms and quotas as a document sets them: definitions that hold together, or a sentence why not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yice.identifiers.division import normalise
from yice.rules.model import Measured, Plan, Requirement, Row, Target, row_of
from yice.rules.pack.citing import Citing
from yice.rules.pack.entry import Entry
from yice.rules.pack.schema import PeriodSpec
from yice.rules.pack.target_schema import MeasuredSpec, TargetSpec
from yice.rules.pack.written import Written
from yice.rules.pack.yaml import problem_at
from yice.rules.targets.forms import ROW_OF, row_of_measured
from yice.rules.targets.sheet import KINDS
from yice.terms.errors import Problem
from yice.terms.messages import Message

_COUNTED = ("areas", "facilities", "organisations")


def target(spec: TargetSpec, entry: Entry, citing: Citing, period: PeriodSpec) -> Target:
    """The target as written; thresholds and years that stand in a setting are taken from it."""
    for path, what in _faults(spec, period):
        citing.problems.append(problem_at(entry.place(*path), "target", what))
    threshold = _setting(spec.threshold_setting, entry, "threshold_setting", citing)
    number = spec.threshold if threshold is None else threshold
    year = _setting(spec.year_setting, entry, "year_setting", citing)
    return Target(
        id=entry.id,
        title=spec.title.words(),
        clause=citing.clause(spec.clause, entry.place("clause")),
        place=entry.place(),
        unit=spec.unit,
        tiers=tuple(spec.tier),
        basis=spec.basis,
        numerator=_measured(spec.numerator),
        denominator=_measured(spec.denominator),
        scale=spec.scale,
        compare=spec.compare,
        threshold=None if number is None else Decimal(number),
        inclusive=spec.inclusive is not False,
        step=None if spec.step is None else Decimal(spec.step),
        by=spec.by,
        by_implied=spec.by_implied,
        every=spec.every,
        year=spec.year if year is None else year,
        requires=tuple(
            Requirement(
                one.what.words(), one.at_least, one.size_at_least, tuple(one.kinds), one.where, one.of
            )
            for one in spec.requires
        ),
        enough=spec.enough or len(spec.requires),
        kinds=tuple(spec.kinds),
        allocates=spec.allocates,
        check=spec.check,
        soft=spec.soft,
        optional=spec.optional,
        among=_places(spec.among, entry, citing),
    )


def check_references(plan: Plan, written: Written, problems: list[Problem]) -> None:
    """What is shared out is a target of the plan; kinds and sums are those of its facts."""
    for made in plan.targets.values():
        for path, what in _strangers(plan, made):
            problems.append(problem_at(written.targets[made.id].place(*path), "pack-reference", what))
        if made.allocates is not None and made.allocates not in plan.targets:
            place = written.targets[made.id].place("allocates")
            problems.append(
                problem_at(place, "pack-reference", Message("没有定义 {name}。", name=made.allocates))
            )


def _strangers(plan: Plan, made: Target) -> Iterator[tuple[tuple[str | int, ...], Message]]:
    """Kinds, sums and sizes that no fact of the rows knows."""
    sides = (("numerator", made.numerator), ("denominator", made.denominator))
    named: list[tuple[tuple[str | int, ...], Row | None, tuple[str, ...]]] = [
        ((side, "kinds"), row_of_measured(made, one), one.kinds) for side, one in sides if one and one.kinds
    ]
    named += [(("requires", at), one.of, one.kinds) for at, one in enumerate(made.requires) if one.kinds]
    named += [(("kinds",), "organisation", made.kinds)] if made.kinds else []
    for path, row, kinds in named:
        fact = plan.facts.get(KINDS.get(row, "")) if row else None
        for kind in kinds:
            if fact is None or kind not in fact.codes:
                yield path, Message("没有定义 {name}。", name=kind)
    for side, one in sides:
        if one is not None and one.sum is not None:
            fact = plan.facts.get(one.sum)
            if fact is None or fact.type != "int" or row_of(fact.of) != row_of_measured(made, one):
                yield (side, "sum"), Message("{name} 应是所数对象的整数事实。", name=one.sum)
    if any(one.size_at_least for one in made.requires) and "beds" not in plan.facts:
        yield ("requires",), Message("没有定义 {name}。", name="beds")


def _faults(spec: TargetSpec, period: PeriodSpec) -> Iterator[tuple[tuple[str, ...], Message]]:
    """What does not hold together, each with where."""
    named = spec.threshold is not None or spec.threshold_setting is not None
    if spec.unit == "milestone":
        if spec.numerator or spec.denominator or spec.requires or named:
            yield ("unit",), Message("阶段目标（milestone）没有分子、分母和数。")
        if spec.by is None:
            yield ("unit",), Message("阶段目标（milestone）要有日期 by。")
        return
    if spec.numerator is None and not spec.requires:
        yield (), Message("要有分子 numerator，或所要求的 requires。")
    if spec.scale != "number" and spec.denominator is None:
        yield ("scale",), Message("比例要有分母 denominator。")
    if spec.scale == "number" and spec.denominator is not None:
        yield ("denominator",), Message("有分母的要写 scale（percent、per_hundred、per_thousand、each）。")
    if spec.threshold is not None and spec.threshold < 0:
        yield ("threshold",), Message("数不能小于 0。")
    if spec.scale == "percent" and spec.threshold is not None and spec.threshold > 100:
        yield ("threshold",), Message("百分比不能大于 100。")
    if spec.threshold is not None and spec.threshold_setting is not None:
        yield ("threshold_setting",), Message("数写在这里或写在设置里，只写一处。")
    if spec.year is not None and spec.year_setting is not None:
        yield ("year_setting",), Message("年份写在这里或写在设置里，只写一处。")
    if spec.compare in ("rising", "falling") and named:
        yield ("compare",), Message("逐年上升或下降的目标不写数；每年的幅度写 step。")
    if spec.step is not None and (spec.compare != "rising" or spec.step <= 0):
        yield ("step",), Message("step 是逐年上升的幅度，要大于 0，并写 compare: rising。")
    moving = spec.compare in ("rising", "falling")
    if spec.inclusive is not None and ((not named and not moving) or spec.compare == "exactly"):
        yield ("inclusive",), Message("没有界限的目标不写 inclusive。")
    if spec.basis != "hukou" and ROW_OF.get(spec.unit) != "person":
        yield ("basis",), Message("basis 只用于按人或按户计的目标。")
    if _may_be_empty(spec):
        what = Message("数要为 0 的，要写分母 denominator：没有对象的地方不算达到。")
        yield ("numerator",), what
    if spec.requires and spec.unit not in _COUNTED:
        yield ("requires",), Message("requires 只用于地区、机构和设施。")
    if spec.enough is not None and spec.enough > len(spec.requires):
        yield ("enough",), Message("enough 不能多于 requires 的项数。")
    for side, measured in (("numerator", spec.numerator), ("denominator", spec.denominator)):
        counted = measured is not None and (measured.where or measured.kinds or measured.sum)
        if measured and counted and measured.of is None and spec.unit not in ROW_OF:
            yield (side,), Message("{unit} 由记录计数，要写 of 说明数哪一类对象。", unit=spec.unit)
    yield from _outside(spec, period)


def _may_be_empty(spec: TargetSpec) -> bool:
    """A number of persons that should be nought: without a denominator it would hold where nobody lives."""
    counted = ROW_OF.get(spec.unit) == "person" and spec.denominator is None
    return counted and spec.threshold == 0 and bool(spec.numerator and spec.numerator.where)


def _outside(spec: TargetSpec, period: PeriodSpec) -> Iterator[tuple[tuple[str, ...], Message]]:
    """Dates outside the plan's period."""
    first, last = period.since, period.until
    if spec.by and ((first and spec.by < first) or (last and spec.by > last)):
        yield ("by",), Message("日期 {day} 不在方案的期限内。", day=spec.by.isoformat())
    if spec.by_implied and spec.by is None:
        yield ("by_implied",), Message("按期限推定的也要写日期 by。")
    if spec.year and ((first and spec.year < first.year) or (last and spec.year > last.year)):
        yield ("year",), Message("{year} 年不在方案的期限内。", year=spec.year)


def _measured(spec: MeasuredSpec | None) -> Measured | None:
    if spec is None:
        return None
    return Measured(spec.says.words(), spec.where, spec.of, tuple(spec.kinds), spec.sum)


def _places(name: str | None, entry: Entry, citing: Citing) -> tuple[str, ...]:
    """The codes that a setting lists."""
    if name is None:
        return ()
    found = citing.settings.get(name)
    try:
        if found is None or not isinstance(found.value, tuple | list) or not found.value:
            raise ValueError
        return tuple(normalise(str(code)) for code in found.value)
    except (ValueError, Problem):
        what = Message("{name} 应是 settings.yaml 里值为区划代码的设置。", name=name)
        citing.problems.append(problem_at(entry.place("among"), "pack-setting", what))
        return ()


def _setting(name: str | None, entry: Entry, key: str, citing: Citing) -> int | None:
    """The number that a setting gives."""
    if name is None:
        return None
    found = citing.settings.get(name)
    if found is None or isinstance(found.value, bool) or not isinstance(found.value, int):
        what = Message("{name} 应是 settings.yaml 里值为整数的设置。", name=name)
        citing.problems.append(problem_at(entry.place(key), "pack-setting", what))
        return None
    return found.value
