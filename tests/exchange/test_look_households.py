"""Who lives together, counted: exactly where everybody is named, at least where not, never more than is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.exchange.columns_cast import DASHAN, OUYANG, WUJING, XIAOHE, id_of

from yice.exchange.look.households import Counted, Members, count
from yice.exchange.look.link import finder
from yice.rules.model import Plan
from yice.rules.pack.loader import load_pack

NAMES = {XIAOHE: "林小禾", DASHAN: "周大山", WUJING: "吴静", OUYANG: "欧阳明"}
CHILD, AUNT = id_of("2010-05-05"), id_of("1950-05-05")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_pack(Path(__file__).resolve().parents[2] / "packs" / "cn-440704-2016")


def register(*rows: tuple[str, str | None, int | None], **more: list[Any]) -> pa.Table:
    """(id, household number, people it says it has); everybody holds a certificate."""
    ids = [one[0] for one in rows]
    return pa.table(
        {
            "id_number": pa.array(ids, pa.string()),
            "name": pa.array([NAMES[one] for one in ids]),
            "birth_date": pa.array([None] * len(ids), pa.date32()),
            "household_number": pa.array([one[1] for one in rows], pa.string()),
            "household_size": pa.array([one[2] for one in rows], pa.int64()),
            **{name: pa.array(values, pa.int64()) for name, values in more.items()},
        }
    )


def named(table: pa.Table, *rows: tuple[str, str | None, str, bool | None], whole: bool = True) -> Members:
    """(household, id, name, whether said to hold a certificate)."""
    members = pa.table(
        {
            "household_number": pa.array([one[0] for one in rows]),
            "id_number": pa.array([one[1] for one in rows], pa.string()),
            "id_kind": pa.array(["valid" if one[1] else "none" for one in rows]),
            "name": pa.array([one[2] for one in rows]),
            "birth_date": pa.array([None] * len(rows), pa.date32()),
            "certified": pa.array([one[3] for one in rows], pa.bool_()),
        }
    )
    return Members(members, finder(table)(members), whole)


def counted(plan: Plan, table: pa.Table, *files: Members, **choices: Any) -> Counted:
    everybody = np.ones(table.num_rows, np.bool_)
    valid, known = choices.get("valid", everybody), choices.get("known", everybody)
    found = count(plan, table, valid, known, files, choices.get("lists", ()))
    assert found is not None
    return found


def test_a_household_of_which_everybody_is_in_the_register_is_counted(plan: Plan) -> None:
    table = register((XIAOHE, "a", 1), (DASHAN, "b", 2), (WUJING, "b", 2))
    assert counted(plan, table).disabled.to_pylist() == [1, 2, 2]


def test_without_its_other_members_one_certificate_says_nothing(plan: Plan) -> None:
    table = register((XIAOHE, "a", 3), (DASHAN, "b", None))
    found = counted(plan, table)
    assert found.disabled.to_pylist() == [None, None]
    assert found.size.to_pylist() == [3, None]
    assert found.at_least == 2


def test_two_certificates_are_several_whoever_else_lives_there(plan: Plan) -> None:
    table = register((XIAOHE, "a", 5), (DASHAN, "a", 5))
    assert counted(plan, table).disabled.to_pylist() == [2, 2]


def test_two_are_not_enough_where_the_plan_asks_for_three(plan: Plan) -> None:
    setting = plan.settings["several_disabled_from"]
    stricter = replace(plan, settings={**plan.settings, setting.name: replace(setting, value=3)})
    table = register((XIAOHE, "a", 5), (DASHAN, "a", 5))
    assert counted(stricter, table).disabled.to_pylist() == [None, None]


def test_a_file_of_members_names_who_holds_none(plan: Plan) -> None:
    table = register((XIAOHE, "a", None))
    file = named(table, ("1", XIAOHE, "林小禾", True), ("1", CHILD, "林小苗", False))
    found = counted(plan, table, file)
    assert (found.disabled.to_pylist(), found.size.to_pylist()) == ([1], [2])


@pytest.mark.parametrize("says", [None, True])
def test_a_member_of_whom_nobody_knows_leaves_it_open(plan: Plan, says: bool | None) -> None:
    table = register((XIAOHE, "a", None))
    file = named(table, ("1", XIAOHE, "林小禾", True), ("1", AUNT, "林姑姑", says))
    assert counted(plan, table, file).disabled.to_pylist() == [None]


def test_a_file_with_refused_rows_does_not_name_everybody(plan: Plan) -> None:
    table = register((XIAOHE, "a", None), (DASHAN, "b", 1))
    file = named(
        table, ("1", XIAOHE, "林小禾", True), ("1", CHILD, "林小苗", False), ("2", DASHAN, "周大山", True),
        whole=False,
    )  # fmt: skip
    found = counted(plan, table, file)
    assert found.disabled.to_pylist() == [None, 1]  # of the second the register itself says how many it is


def test_a_member_named_twice_is_one(plan: Plan) -> None:
    table = register((XIAOHE, "a", None))
    file = named(table, ("1", XIAOHE, "林小禾", True), ("1", XIAOHE, "林小禾", True))
    assert counted(plan, table, file).size.to_pylist() == [1]


def test_a_list_by_head_shows_who_belongs_together_and_never_who_is_missing(plan: Plan) -> None:
    table = register((XIAOHE, None, None), (DASHAN, None, None), (WUJING, None, None))
    subsistence = named(
        table, ("1", XIAOHE, "林小禾", None), ("1", DASHAN, "周大山", None), ("2", WUJING, "吴静", None)
    )
    found = counted(plan, table, lists=[subsistence])
    assert found.disabled.to_pylist() == [2, 2, None]
    assert found.size.to_pylist() == [None, None, None]
    keys = found.household.to_pylist()
    assert keys[0] == keys[1] != keys[2]


def test_who_died_or_may_have_died_is_not_counted(plan: Plan) -> None:
    table = register((XIAOHE, "a", 2), (DASHAN, "a", 2), (WUJING, "b", 2), (OUYANG, "b", 2))
    dead = np.array([True, False, True, True])
    maybe = np.array([True, True, True, False])
    found = counted(plan, table, valid=dead & maybe, known=maybe)
    assert found.disabled.to_pylist() == [1, 1, None, None]


def test_what_the_register_says_stands_and_a_difference_is_told(plan: Plan) -> None:
    table = register((XIAOHE, "a", 2), (DASHAN, "a", 2), household_disabled=[1, None])
    found = counted(plan, table)
    assert found.disabled.to_pylist() == [1, 2]
    assert found.differ["household_disabled"] == 1
