"""The forty groups of bench_plan as an OpenFisca user writes them. Runs in an environment of its own (.venv-bench).

    .venv-bench/bin/python bench/openfisca_rules.py PEOPLE.parquet OUT.npz bare|answers own|arrays|shared

One variable a fact, one a notion, one a group with its formula, an enumeration for each code, thresholds and rates
as parameters. OpenFisca has no "unknown". `bare` needs every fact known and says who is eligible. `answers` says
what the kernel says: beside each fact stands a variable whether it is known, beside each notion and group one where
it has failed (neither: cannot be told), for each group and fact one where the answer hangs on that fact, for each
benefit what is due, whether that is known, and what there is to follow up.

`own`: as country packages are written: each group states its conditions itself, rates are looked up in the
parameters by an enumeration, as OpenFisca's manual says; what the plan calls by a name (severe, hardship) is a
variable. `arrays`: the same, but rates are taken from a small array of NumPy by position. `shared`: tuned by hand
for this plan: besides, a condition of several groups is one variable for all.
Prints the processor seconds of the formulas; the inputs are set before the clock starts.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

DAY = "2020-06-30"
Person = Entity("person", "persons", "A person", "")
Rule = Callable[[Any, Any, Any], Any]  # a population, a period and the parameters to one value a person
ROUNDS = 5
FINDINGS = ("", "ok", "gap", "leak", "amount", "duplicate", "ask")
RATES = {f"grade_{grade}": 10_000 for grade in (1, 2, 3, 4)}
LIMITS = {
    "child": 6,
    "school_from": 7,
    "school_to": 17,
    "adult": 16,
    "old": 60,
    "work_to": 59,
    "income": 150_000,
}
NAMED = ("here", "severe", "hardship", "mental", "third", "several")
FLAT = {"poor_not_severe": 10_000, "half": 5_000}


def enumeration(name: str, codes: list[str]) -> type[Enum]:
    return Enum(name, {code: code for code in codes})  # type: ignore[call-overload,no-any-return]


def fact(name: str, kind: type, codes: type[Enum] | None = None) -> type[Variable]:
    body: dict[str, Any] = {"value_type": kind, "entity": Person, "definition_period": DateUnit.DAY}
    if codes is not None:
        body |= {"possible_values": codes, "default_value": next(iter(codes))}
    return type(name, (Variable,), body)


def derived(name: str, rule: Rule, kind: type = bool, codes: type[Enum] | None = None) -> type[Variable]:
    def worked_out(person: Any, period: Any, parameters: Any) -> Any:
        return rule(person, period, parameters)

    body = {"value_type": kind, "entity": Person, "definition_period": DateUnit.DAY, "formula": worked_out}
    if codes is not None:
        body |= {"possible_values": codes, "default_value": next(iter(codes))}
    return type(name, (Variable,), body)


def age(person: Any, period: Any, _: Any) -> Any:
    """As in OpenFisca's country template."""
    birth = person("birth_date", period)
    years = birth.astype("datetime64[Y]").astype(int) + 1970
    month = birth.astype("datetime64[M]").astype(int) % 12 + 1
    day = (birth - birth.astype("datetime64[M]") + 1).astype(int)
    start = period.start
    past = (month < start.month) + (month == start.month) * (day <= start.day)
    return (start.year - years) - np.where(past, 0, 1)


class Rules:
    """The forty groups. A notion is met (where it is known) by the variable of its name."""

    def __init__(self, flags: list[str], enums: dict[str, Any], *, known: bool, style: str) -> None:
        self.flags, self.enums, self.known = flags, enums, known
        self.shared, self.arrays = style == "shared", style != "own"
        self.variables: list[type[Variable]] = []
        self.notions: dict[str, tuple[tuple[str, ...], Rule, Rule | None]] = {}
        self.like: dict[str, str] = {}  # of a group's own condition, the notion it states
        self.facts_of: dict[str, tuple[str, ...]] = {}  # of each notion, the facts that it may hang on
        self.lines: dict[str, dict[str, str]] = {}  # of each group, its conditions by key: the notion
        self._notions()
        for number in range(40):
            self._group(number)

    def add(self, name: str, rule: Rule, kind: type = bool) -> None:
        self.variables.append(derived(name, rule, kind))

    def notion(self, name: str, facts: tuple[str, ...], value: Rule, failed: Rule | None = None) -> None:
        """A yes or no about a person; a variable at once where it has a name of its own or is shared."""
        self.notions[name] = facts, value, failed
        if self.shared or name in NAMED:
            self.declare(name, name)

    def declare(self, name: str, notion: str) -> None:
        """The notion as a variable. With `known`: where it is met and, as another variable, where it failed.

        It is known where its one fact is; with several facts its rules say so themselves.
        """
        facts, value, failed = self.notions[notion]
        self.facts_of[name] = facts
        if not self.known:
            self.add(name, value)
        elif failed is not None:
            self.add(name, value)
            self.add(f"{name}_failed", failed)
        else:
            (one,) = facts
            self.add(name, lambda p, t, P: value(p, t, P) * p(f"{one}_known", t))
            self.add(f"{name}_failed", lambda p, t, P: np.logical_not(p(name, t)) * p(f"{one}_known", t))

    def _notions(self) -> None:
        category, income, stage = (self.enums[name] for name in ("category", "income_class", "school_stage"))
        self.add("age", age, int)
        names = self.enums["grade_name"]
        self.variables.append(
            derived("grade_name", lambda p, t, P: np.maximum(p("grade", t), 1) - 1, Enum, names)
        )
        self.facts_of["alive"] = ()  # who is on no list of deaths is alive
        self.add("alive", lambda p, t, P: np.logical_not(p("deceased", t)))
        if self.known:
            self.add("alive_failed", lambda p, t, P: p("deceased", t))
        self.notion("here", ("hukou",), lambda p, t, P: p("hukou", t) == 440704)
        born, grade, kind, money = ("birth_date",), ("grade",), ("category",), ("income_class",)
        self.notion("age_0", born, lambda p, t, P: p("age", t) <= P(t).limits.child)
        self.notion(
            "age_1",
            born,
            lambda p, t, P: (p("age", t) >= P(t).limits.school_from) * (p("age", t) <= P(t).limits.school_to),
        )
        self.notion("age_2", born, lambda p, t, P: p("age", t) >= P(t).limits.adult)
        self.notion("age_3", born, lambda p, t, P: p("age", t) >= P(t).limits.old)
        self.notion(
            "age_4",
            born,
            lambda p, t, P: (p("age", t) >= P(t).limits.adult) * (p("age", t) <= P(t).limits.work_to),
        )
        self.notion("severe", grade, lambda p, t, P: p("grade", t) <= 2)
        self.notion("third", grade, lambda p, t, P: p("grade", t) == 3)
        self.notion("care_1", grade, lambda p, t, P: p("grade", t) <= 3)
        self.notion(
            "mental",
            kind,
            lambda p, t, P: (
                (p("category", t) == category["intellectual"]) + (p("category", t) == category["psychiatric"])
            ),
        )
        self.notion(
            "care_3",
            kind,
            lambda p, t, P: (
                (p("category", t) == category["visual"]) + (p("category", t) == category["multiple"])
            ),
        )
        self.notion(
            "care_4",
            ("grade", "category"),
            lambda p, t, P: p("severe", t) + p("mental", t) * p("third", t),
            lambda p, t, P: p("severe_failed", t) * (p("mental_failed", t) + p("third_failed", t)),
        )
        self.notion(
            "hardship",
            money,
            lambda p, t, P: (
                (p("income_class", t) == income["subsistence"])
                + (p("income_class", t) == income["low_income"])
            ),
        )
        self.notion("money_1", money, lambda p, t, P: p("income_class", t) == income["subsistence"])
        self.notion(
            "money_2", ("income_pc_month",), lambda p, t, P: p("income_pc_month", t) < P(t).limits.income
        )
        self.notion("several", ("household_disabled",), lambda p, t, P: p("household_disabled", t) >= 2)
        self.notion(
            "money_3",
            ("household_disabled", "income_class"),
            lambda p, t, P: p("several", t) + p("hardship", t),
            lambda p, t, P: p("several_failed", t) * p("hardship_failed", t),
        )
        self.notion("money_4", money, lambda p, t, P: p("income_class", t) != income["extreme_hardship"])
        self.notion(
            "money_5",
            ("school_stage",),
            lambda p, t, P: (
                (p("school_stage", t) == stage["senior"])
                + (p("school_stage", t) == stage["vocational"])
                + (p("school_stage", t) == stage["college"])
            ),
        )
        for flag in self.flags:
            self.notion(f"has_{flag}", (flag,), lambda p, t, P, flag=flag: p(flag, t))
            self.notion(f"lacks_{flag}", (flag,), lambda p, t, P, flag=flag: np.logical_not(p(flag, t)))

    def _group(self, i: int) -> None:
        name, flags = f"G{i}", self.flags
        care = ("severe", "care_1", "mental", "care_3", "care_4")[i // 2 % 5]
        money = ("hardship", "money_1", "money_2", "money_3", "money_4", "money_5")[i % 6]
        own = [f"age_{i % 5}", care, money, f"has_{flags[i % len(flags)]}"]
        if i % 3 == 0:
            own.append(f"lacks_{flags[(i * 7 + 3) % len(flags)]}")
        if self.known and not self.shared:
            for number, notion in enumerate(own):
                self.declare(f"{name}_c{number}", notion)
            self.like |= {f"{name}_c{number}": notion for number, notion in enumerate(own)}
            own = [f"{name}_c{number}" for number in range(len(own))]
        lines = {"alive": "alive", "here": "here"}
        within = f"G{i - 1}" if i % 8 == 5 else None
        if within:
            lines |= {f"{within}/{key}": one for key, one in self.lines[within].items() if key[0] == "c"}
        lines |= {f"c{number}": one for number, one in enumerate(own)}
        self.lines[name] = lines
        parts = ["alive", "here", *([within] if within else [])]
        if self.shared or self.known:
            parts += own
            self.add(name, lambda p, t, P: _every([p(part, t) for part in parts]))
        else:
            rules = [self.notions[one][1] for one in own]
            self.add(
                name,
                lambda p, t, P: _every([*(p(part, t) for part in parts), *(rule(p, t, P) for rule in rules)]),
            )
        if self.known:
            self.add(f"{name}_failed", lambda p, t, P: _some([p(f"{part}_failed", t) for part in parts]))
            self._missing(name, sorted(set(lines.values())))
            if i % 2 == 0:
                self._benefit(name, f"b{i}", by_rate=i % 4 == 0)

    def _missing(self, name: str, notions: list[str]) -> None:
        """For each fact: the group cannot be told, a notion of it cannot be told, and the fact is not known."""
        self.add(f"{name}_open", lambda p, t, P: np.logical_not(p(name, t) + p(f"{name}_failed", t)))
        for needed in sorted({one for notion in notions for one in self.facts_of[notion]}):
            users = [notion for notion in notions if needed in self.facts_of[notion]]

            def hangs(p: Any, t: Any, P: Any, needed: str = needed, users: list[str] = users) -> Any:
                unknown = np.logical_not(p(f"{needed}_known", t)) * p(f"{name}_open", t)
                if all(len(self.facts_of[user]) == 1 for user in users):
                    return unknown  # then each of them is unknown with the fact
                return unknown * _some([self._hangs(p, t, user, needed) for user in users])

            self.add(f"{name}_missing_{needed}", hangs)

    def _hangs(self, p: Any, t: Any, notion: str, needed: str) -> Any:
        open_ = np.logical_not(p(notion, t) + p(f"{notion}_failed", t))
        if (
            self.like.get(notion, notion) == "care_4" and needed == "category"
        ):  # only where the category still matters
            both = p("mental_failed", t) + p("third_failed", t)
            return open_ * np.logical_not(both)
        return open_

    def _benefit(self, group: str, name: str, *, by_rate: bool) -> None:
        def due(p: Any, t: Any, P: Any) -> Any:
            if by_rate:
                rates = P(t).rates
                if not self.arrays:
                    return np.where(p(group, t), rates[p("grade_name", t)], 0)
                table = np.array([0, rates.grade_1, rates.grade_2, rates.grade_3, rates.grade_4], np.int32)
                return np.where(p(group, t), table[p("grade", t)], 0)
            flat = P(t).flat
            poor = p("hardship", t) * p("severe_failed", t)
            return np.where(p(group, t), np.where(poor, flat.poor_not_severe, flat.half + flat.half), 0)

        def due_known(p: Any, t: Any, P: Any) -> Any:
            if by_rate:
                return p(group, t) * p("grade_known", t) * p("hukou_known", t)
            poor = p("hardship", t) * p("severe_failed", t)
            return p(group, t) * (poor + p("hardship_failed", t) + p("severe", t))

        def finding(p: Any, t: Any, P: Any) -> Any:
            told = p(f"receives_{name}_known", t)
            yes = p(f"receives_{name}", t) * told
            no = told * np.logical_not(yes)
            eligible, failed = p(group, t), p(f"{group}_failed", t)
            wrong = (
                eligible
                * yes
                * p(f"paid_{name}_known", t)
                * p(f"{name}_due_known", t)
                * (p(f"paid_{name}", t) != p(f"{name}_due", t))
            )
            cases = [
                wrong,
                eligible * yes + failed * no,
                eligible * no,
                failed * yes,
                p(f"{group}_open", t) + eligible,
            ]
            return np.select(
                cases, [FINDINGS.index(one) for one in ("amount", "ok", "gap", "leak", "ask")], 0
            )

        self.add(f"{name}_due", due, int)
        self.add(f"{name}_due_known", due_known)
        self.add(f"{group}_finding", finding, int)


def _every(parts: list[Any]) -> Any:
    out = parts[0]
    for part in parts[1:]:
        out = out * part
    return out


def _some(parts: list[Any]) -> Any:
    out = parts[0]
    for part in parts[1:]:
        out = out + part
    return out


def main() -> None:
    table, known, style = pq.read_table(sys.argv[1]), sys.argv[3] == "answers", sys.argv[4]
    flags = json.loads(table.schema.metadata[b"flags"])
    enums = {
        field.name: enumeration(
            field.name.title().replace("_", ""), field.metadata[b"codes"].decode().split(";")
        )
        for field in table.schema
        if field.metadata and b"codes" in field.metadata
    }
    system = TaxBenefitSystem([Person])
    system.parameters = ParameterNode("", data={
        part: {name: {"values": {"2018-01-01": {"value": value}}} for name, value in values.items()}
        for part, values in (("rates", RATES), ("limits", LIMITS), ("flat", FLAT))
    })  # fmt: skip
    for field in table.schema:
        kind = {"bool": bool, "date32[day]": dt.date}.get(str(field.type), int)
        name = field.name.replace(".", "_")
        system.add_variable(fact(name, Enum if name in enums else kind, enums.get(name)))
        if known:
            system.add_variable(fact(f"{name}_known", bool))
    enums_too = enums | {"grade_name": enumeration("GradeName", list(RATES))}
    rules = Rules(flags, enums_too, known=known, style=style)
    for variable in rules.variables:
        system.add_variable(variable)
    wanted = _wanted(rules, [variable.__name__ for variable in rules.variables])
    cpu = float("inf")
    for _ in range(ROUNDS):
        simulation = _filled(system, table, enums, known=known)
        began = time.process_time()
        found = {name: simulation.calculate(name, DAY) for name in wanted}
        cpu = min(cpu, time.process_time() - began)
    arrays = {
        name: np.packbits(values, bitorder="little") if values.dtype == np.bool_ else values
        for name, values in found.items()
    }
    np.savez(sys.argv[2], **arrays)
    told = {"cpu": cpu, "version": version("openfisca-core"), "variables": len(wanted), "lines": rules.lines}
    print(json.dumps(told))


def _wanted(rules: Rules, names: list[str]) -> list[str]:
    """What is asked of each person: bare, the groups; else every answer."""
    if not rules.known:
        return list(rules.lines)
    failed = {f"{notion}_failed" for lines in rules.lines.values() for notion in lines.values()}
    return [name for name in names if (name.startswith(("G", "b")) and name[1].isdigit()) or name in failed]


def _filled(system: Any, table: pa.Table, enums: dict[str, Any], *, known: bool) -> Any:
    """A simulation with everybody's facts; a blank holds what OpenFisca puts where nothing is said."""
    simulation = SimulationBuilder().build_default_simulation(system, table.num_rows)
    for field, column in zip(table.schema, table.columns, strict=True):
        name = field.name.replace(".", "_")
        there = column.is_valid().to_numpy(zero_copy_only=False)
        zero = pa.scalar(0, pa.int32()).cast(field.type) if not pa.types.is_boolean(field.type) else False
        values = column.fill_null(zero).to_numpy()
        if name in enums:
            values = enums[name].encode(np.array([one.name for one in enums[name]])[values])
        elif pa.types.is_date(field.type):
            values = values.astype("datetime64[D]")
        elif name == "hukou":
            values = values // 1_000_000  # its whole numbers have 32 bits: the county will do
        simulation.set_input(name, DAY, values)
        if known:
            simulation.set_input(f"{name}_known", DAY, there)
    return simulation


if __name__ == "__main__":
    main()
