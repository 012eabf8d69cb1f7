"""Cases of targets: a small table of rows, the figure and the verdict that must follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from yice.identifiers.division import ancestors, normalise, tier, upper_bound
from yice.rules.columns import Columns
from yice.rules.model import Fact, Plan, Row, Target, row_of
from yice.rules.pack.entry import Entry
from yice.rules.pack.target_schema import FigureSpec, RowsSpec, TargetCaseSpec
from yice.rules.pack.yaml import problem_at
from yice.rules.targets.count import count
from yice.rules.targets.forms import ROW_OF, figure
from yice.rules.targets.sheet import KINDS, TIERS, Range, Sheet, Tree
from yice.rules.targets.verdict import Figure
from yice.rules.values import encode
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

Fill = Callable[[Mapping[str, Any]], dict[str, Any]]  # a row's facts with what the file gives, and silence
SEAT = "hukou"


def differences(
    plan: Plan, case: TargetCaseSpec, fill: Fill, on: dt.date | None
) -> Iterator[tuple[Message, str, str]]:
    """What came out otherwise: of what, what was expected, what came."""
    expected = case.expect if isinstance(case.expect, FigureSpec) else FigureSpec(verdict=case.expect)
    found = came_to(plan, case, fill, on)
    if expected.verdict != found.verdict:
        yield Message("结论"), expected.verdict, found.verdict
    if "figure" in expected.model_fields_set:
        wanted = expected.figure if isinstance(expected.figure, list) else [expected.figure] * 2
        want = [None if one is None else Fraction(one) for one in wanted]
        if want != [found.low, found.high]:
            yield Message("数值"), _bounds(*want), _bounds(found.low, found.high)
    under = found.denominator
    for what, wanted_of, got in (
        (Message("已知没有的"), expected.short, found.short),
        (Message("分母里的"), expected.counted, under and under.yes),
        (Message("不知道在不在分母里的"), expected.doubtful, under and under.unknown),
    ):
        if wanted_of is not None and wanted_of != got:
            yield what, str(wanted_of), str(got)


def came_to(plan: Plan, case: TargetCaseSpec, fill: Fill, on: dt.date | None) -> Figure:
    """The figure of the case's area."""
    target, day = plan.targets[case.target], case.on or on or clock.today()
    seat = normalise(case.area) if case.area else (plan.areas[0] if plan.areas else "")
    sheets = _sheets(plan, target, case, fill, seat)
    tree = _tree(plan, case, sheets, seat)
    counted = count(plan, sheets, tree, day, [target.id])
    at = tree.at(seat)
    before = None
    if case.before is not None:
        before = Figure("met", Fraction(case.before), Fraction(case.before))
    whole = counted.of(target.id, plan.areas[0]) if plan.areas else None
    return figure(
        target,
        counted.of(target.id, seat),
        day,
        before=before,
        tiers=() if at is None else tree.tiers_of(at),
        whole=whole,
    )


def readable(plan: Plan, case: TargetCaseSpec, entry: Entry, at: int, problems: list[Problem]) -> bool:
    """Whether everything a case names is there."""
    before = len(problems)
    path = ("targets", at)
    if case.target not in plan.targets:
        what = Message("没有定义 {name}。", name=case.target)
        problems.append(problem_at(entry.place(*path, "target"), "case-name", what))
    for number, row in enumerate(case.rows):
        for name, value in row.given.items():
            place = entry.place(*path, "rows", number, "given", name)
            fact = plan.facts.get(name)
            if fact is None and name.partition(".")[2] not in plan.benefits:
                problems.append(problem_at(place, "case-name", Message("没有定义 {name}。", name=name)))
            elif fact is not None and fact.derive is not None:
                what = Message("{name} 是推导出来的，请给出它所依据的事实。", name=name)
                problems.append(problem_at(place, "case-derived", what))
            elif fact is not None:
                _told(fact, value, place, problems)
    for name in ("area", "areas", "rows"):
        codes = {"area": [case.area], "areas": case.areas, "rows": [row.place for row in case.rows]}[name]
        for code in filter(None, codes):
            try:
                normalise(code)
            except Problem as error:
                problems.append(problem_at(entry.place(*path, name), error.code, error.what, error.fix))
    return len(problems) == before


def _told(fact: Fact, value: Any, place: Any, problems: list[Problem]) -> None:
    try:
        encode(fact, value)
    except Problem as error:
        problems.append(problem_at(place, error.code, error.what, error.fix))


def _sheets(plan: Plan, target: Target, case: TargetCaseSpec, fill: Fill, seat: str) -> dict[Row, Sheet]:
    """One sheet for each kind of row in the table; the target's own kind always, so that nobody means nobody."""
    rows: dict[Row, list[tuple[RowsSpec, dict[str, Any]]]] = {}
    if (own := ROW_OF.get(target.unit)) == "person":
        rows[own] = []
    for spec in case.rows:
        of: Row = next((row_of(plan.facts[name].of) for name in spec.given if name in plan.facts), "person")
        facts = fill(spec.given) if of == "person" else {k: v for k, v in spec.given.items() if v is not None}
        if of == "person":
            facts.setdefault(SEAT, spec.place or seat)
        rows.setdefault(of, []).append((spec, facts))
    if case.whole:
        rows.setdefault("post" if any(one.of == "post" for one in target.requires) else "organisation", [])
    region: list[Range] = [(10**11, 10**12)]
    return {
        of: Sheet(
            Columns.from_records(plan, [facts for spec, facts in some for _ in range(spec.count)]),
            np.array(
                [int(normalise(facts.get(SEAT) or spec.place or seat)) for spec, facts in some for _ in range(spec.count)],
                np.int64,
            ),
            np.array([-1 if spec.home is None else spec.home for spec, _ in some for _ in range(spec.count)], np.int64),
            dict.fromkeys(case.whole, region) if of in KINDS else {},
        )
        for of, some in rows.items()
    }  # fmt: skip


def _tree(plan: Plan, case: TargetCaseSpec, sheets: Mapping[Row, Sheet], seat: str) -> Tree:
    """The places of the rows, those said to stand, and all above them."""
    codes = {seat, *plan.areas, *(normalise(code) for code in case.areas)}
    codes |= {str(code) for sheet in sheets.values() for code in sheet.places.tolist() if code}
    codes |= {above for code in set(codes) for above in ancestors(code)}
    return Tree((code, upper_bound(code), depth := TIERS.index(tier(code)) + 1, depth) for code in codes)


def _bounds(low: Fraction | None, high: Fraction | None) -> str:
    if low == high:
        return _number(low)
    return f"{_number(low)} – {_number(high)}"


def _number(value: Fraction | None) -> str:
    if value is None:
        return "?"
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact.normalize():f}" if value.denominator == 1 else f"{exact:.4f} ({value})"
