"""A second month of a list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching.people_on_lists import (
    CHEN,
    DA,
    REGISTRY,
    WANG,
    XIAO,
    Row,
    match,
    number,
    table,
    told,
    without,
)

from yice.matching import Decision, normalise, prepare
from yice.matching.digests import of_evidence
from yice.matching.incremental import Increment, Month, match_incremental
from yice.matching.keys import Ints

IDS = pa.array(["wang", "chen", "da"])
NAMELESS = without(WANG, "id_number", "phone")
FIRST = table(NAMELESS, CHEN, without(XIAO, "id_number"))


def month(list_: pa.Table, before: Month | None, registry: pa.Table = REGISTRY, **options: Any) -> Increment:
    ids = pa.array([*IDS.to_pylist(), *(f"new{n}" for n in range(registry.num_rows - 3))])
    register = prepare(registry, ids, allow_test_range=True)
    return match_incremental(register, list_, before, allow_test_range=True, **options)


def test_the_same_list_again_compares_nothing_and_finds_the_same() -> None:
    first = month(FIRST, None)
    second = month(FIRST.take(pa.array([2, 0, 1])), first.month)
    assert (first.compared, second.compared) == (3, 0)
    assert sorted((ours, *rest) for ours, _, *rest in told(second.pairs)) == sorted(
        (ours, *rest) for ours, _, *rest in told(first.pairs)
    )


def test_only_a_changed_row_is_compared() -> None:
    first = month(FIRST, None)
    second = month(table(NAMELESS, CHEN | {"name": "陈贵英"}, without(XIAO, "id_number")), first.month)
    assert second.compared == 1
    assert (1, 1, "same", "id-and-sound") in told(second.pairs)


def test_a_row_is_compared_again_when_its_person_is_newly_registered() -> None:
    first = month(FIRST, None)
    more = table(WANG, CHEN, DA, XIAO)
    second = month(FIRST, first.month, more)
    assert second.compared == 1
    assert (3, 2, "same", "weight") in told(second.pairs)


LI = {"name": "李明", "id_number": WANG["id_number"]}  # her guardian, perhaps


def refusal() -> tuple[Increment, Ints]:
    first = month(table(LI, CHEN), None)
    asked = first.pairs.of(Decision.QUEUE)
    assert told(asked) == [(0, 0, "queue", "id-other-name")]
    return first, of_evidence(asked, IDS, normalise(table(LI, CHEN), allow_test_range=True))


def test_a_refused_pair_is_not_proposed_again() -> None:
    first, refused = refusal()
    for before in (first.month, None):
        second = month(table(LI | {"phone": "11100000009"}, CHEN), before, refused=refused)
        assert told(second.pairs) == [(1, 1, "same", "id-and-name")]


def test_with_new_evidence_it_is() -> None:
    first, refused = refusal()
    second = month(table(LI | {"birth_date": WANG["birth_date"]}, CHEN), first.month, refused=refused)
    assert told(second.pairs)[0] == (0, 0, "queue", "id-other-name")


def test_a_month_can_be_kept_in_a_file(tmp_path: Path) -> None:
    first = month(FIRST, None)
    first.month.save(tmp_path / "month.npz")
    second = month(FIRST, Month.load(tmp_path / "month.npz"))
    assert second.compared == 0
    assert told(second.pairs) == told(first.pairs)


rows = st.lists(
    st.sampled_from(
        [WANG, NAMELESS, CHEN, without(CHEN, "id_number"), DA, XIAO, without(XIAO, "id_number"), without(DA, "id_number")]
    ),
    min_size=1,
    max_size=7,
)  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(rows, rows, st.permutations([WANG, CHEN, DA]), st.sampled_from([[], [XIAO], [NAMELESS]]))
def test_two_months_find_what_one_comparison_finds(
    first: list[Row], second: list[Row], registry: list[Row], more: list[Row]
) -> None:
    everybody = table(*registry, *more, without(WANG, "name") | {"name": "钱多多", "id_number": ""})
    before = month(table(*first), None)
    after = month(table(*second), before.month, everybody)
    whole = match(everybody, *second, checked=False)
    assert told(after.pairs) == told(whole)
    assert np.allclose(after.pairs.weight, whole.weight, atol=0.01)


def test_a_few_changed_names_do_not_stop_a_list() -> None:
    people = [
        {"name": "王秀英", "id_number": number(f"4407991962{month:02}{day:02}124")}
        for month in range(1, 10)
        for day in range(1, 8)
    ]
    register = prepare(table(*people), pa.array([str(n) for n in range(len(people))]), allow_test_range=True)
    first = match_incremental(register, table(*people), None, allow_test_range=True)
    renamed = [row | {"name": "李明"} for row in people[:25]] + people[25:]
    second = match_incremental(register, table(*renamed), first.month, allow_test_range=True)
    assert second.compared == 25
    assert (second.pairs.decision == Decision.QUEUE).sum() == 25
