"""The forty groups of bench_plan as an OpenFisca user writes them. Runs in an environment of its own (.venv-bench).

    .venv-bench/bin/python bench/openfisca_rules.py PEOPLE.parquet OUT.npz

One variable a fact, one a group with its formula, an enumeration for each code; every value is known, since there
is no "unknown" here. Prints the processor seconds of the formulas; the inputs are set before the clock starts.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import openfisca_core
import pyarrow.parquet as pq
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

DAY = "2020-06-30"
Person = Entity("person", "persons", "A person", "")
Rule = Callable[[Any, Any], Any]  # a population and a period to one bool a person


def enumeration(name: str, codes: list[str]) -> type[Enum]:
    return Enum(name, {code: code for code in codes})  # type: ignore[call-overload,no-any-return]


def fact(name: str, kind: type, codes: type[Enum] | None = None) -> type[Variable]:
    body: dict[str, Any] = {"value_type": kind, "entity": Person, "definition_period": DateUnit.DAY}
    if codes is not None:
        body |= {"possible_values": codes, "default_value": next(iter(codes))}
    return type(name, (Variable,), body)


def derived(name: str, kind: type, formula: Rule) -> type[Variable]:
    def worked_out(person: Any, period: Any) -> Any:
        return formula(person, period)

    body = {"value_type": kind, "entity": Person, "definition_period": DateUnit.DAY, "formula": worked_out}
    return type(name, (Variable,), body)


def age(person: Any, period: Any) -> Any:
    """As in OpenFisca's country template."""
    birth = person("birth_date", period)
    years = birth.astype("datetime64[Y]").astype(int) + 1970
    month = birth.astype("datetime64[M]").astype(int) % 12 + 1
    day = (birth - birth.astype("datetime64[M]") + 1).astype(int)
    start = period.start
    past = (month < start.month) + (month == start.month) * (day <= start.day)
    return (start.year - years) - np.where(past, 0, 1)


def main() -> None:
    table = pq.read_table(sys.argv[1])
    flags = json.loads(table.schema.metadata[b"flags"])
    enums = {
        field.name: enumeration(
            field.name.title().replace("_", ""), field.metadata[b"codes"].decode().split(";")
        )
        for field in table.schema
        if field.metadata and b"codes" in field.metadata
    }
    system = TaxBenefitSystem([Person])
    for field in table.schema:
        kind = {"bool": bool, "date32[day]": _date()}.get(str(field.type), int)
        system.add_variable(fact(field.name, Enum if field.name in enums else kind, enums.get(field.name)))
    groups = rules(flags, enums)
    system.add_variable(derived("age", int, age))
    system.add_variable(derived("severe", bool, lambda person, period: person("grade", period) <= 2))
    low = enums["income_class"]
    system.add_variable(
        derived(
            "hardship",
            bool,
            lambda person, period: (
                (person("income_class", period) == low["subsistence"])
                + (person("income_class", period) == low["low_income"])
            ),
        )
    )
    for name, rule in groups.items():
        system.add_variable(derived(name, bool, rule))
    simulation = SimulationBuilder().build_default_simulation(system, table.num_rows)
    for name in table.schema.names:
        column = table.column(name)
        values = column.to_numpy()
        if name in enums:
            values = enums[name].encode(np.array([one.name for one in enums[name]])[values])
        elif str(column.type) == "date32[day]":
            values = values.astype("datetime64[D]")
        elif name == "hukou":
            values = values // 1_000_000  # its whole numbers have 32 bits: the county will do
        simulation.set_input(name, DAY, values)
    wall, cpu = time.perf_counter(), time.process_time()
    found = {name: simulation.calculate(name, DAY) for name in groups}
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    np.savez(sys.argv[2], **{name: np.packbits(truth, bitorder="little") for name, truth in found.items()})
    print(json.dumps({"cpu": cpu, "wall": wall, "version": version()}))


def rules(flags: list[str], enums: dict[str, Any]) -> dict[str, Rule]:
    """Each group by name, as bench_plan builds them."""
    of, income, stage = enums["category"], enums["income_class"], enums["school_stage"]
    ages: list[Rule] = [
        lambda p, t: p("age", t) <= 6,
        lambda p, t: (p("age", t) >= 7) * (p("age", t) <= 17),
        lambda p, t: p("age", t) >= 16,
        lambda p, t: p("age", t) >= 60,
        lambda p, t: (p("age", t) >= 16) * (p("age", t) <= 59),
    ]

    def mental(p: Any, t: Any) -> Any:
        return (p("category", t) == of["intellectual"]) + (p("category", t) == of["psychiatric"])

    care: list[Rule] = [
        lambda p, t: p("severe", t),
        lambda p, t: p("grade", t) <= 3,
        mental,
        lambda p, t: (p("category", t) == of["visual"]) + (p("category", t) == of["multiple"]),
        lambda p, t: p("severe", t) + mental(p, t) * (p("grade", t) == 3),
    ]
    money: list[Rule] = [
        lambda p, t: p("hardship", t),
        lambda p, t: p("income_class", t) == income["subsistence"],
        lambda p, t: p("income_pc_month", t) < 150_000,
        lambda p, t: (p("household_disabled", t) >= 2) + p("hardship", t),
        lambda p, t: p("income_class", t) != income["extreme_hardship"],
        lambda p, t: (
            (p("school_stage", t) == stage["senior"])
            + (p("school_stage", t) == stage["vocational"])
            + (p("school_stage", t) == stage["college"])
        ),
    ]

    def group(i: int) -> Rule:
        flag, other = flags[i % len(flags)], flags[(i * 7 + 3) % len(flags)]

        def formula(p: Any, t: Any) -> Any:
            alive, here = np.logical_not(p("deceased", t)), p("hukou", t) == 440704
            found = (
                alive * here * ages[i % 5](p, t) * care[i // 2 % 5](p, t) * money[i % 6](p, t) * p(flag, t)
            )
            if i % 3 == 0:
                found = found * np.logical_not(p(other, t))
            return found * p(f"G{i - 1}", t) if i % 8 == 5 else found

        return formula

    return {f"G{i}": group(i) for i in range(40)}


def _date() -> type:
    import datetime as dt

    return dt.date


def version() -> str:
    from importlib.metadata import version as of

    return of(openfisca_core.__name__.replace("_", "-"))


if __name__ == "__main__":
    main()
