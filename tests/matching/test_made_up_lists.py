"""The made-up lists that `bench.matching` measures with: nobody's numbers, the same for a seed, true to their truth."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bench.matching.generate import generate
from bench.matching.people import draw

from yice.identifiers import bulk
from yice.identifiers.citizen_id import Kind


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    generate(folder, people=3000, rows=1500, seed=5)
    return folder


def rows(folder: Path, name: str) -> pa.Table:
    return pq.read_table(folder / f"{name}.parquet")


@pytest.mark.parametrize("name", ["registry", "list", "truth_registry", "truth_list"])
def test_a_seed_gives_the_same_rows_again(made: Path, name: str, tmp_path: Path) -> None:
    generate(tmp_path, people=3000, rows=1500, seed=5)

    assert rows(tmp_path, name).equals(rows(made, name))


def test_no_number_can_belong_to_anybody(made: Path) -> None:
    numbers = rows(made, "registry")["id_number"]

    assert not bulk.citizen_ids(numbers).usable.any()  # the test range is refused where it is not allowed
    assert bulk.citizen_ids(numbers, allow_test_range=True).usable.mean() > 0.97


def test_a_fifth_of_the_list_is_not_registered(made: Path) -> None:
    registered = set(rows(made, "truth_registry")["person"].to_pylist())
    listed = rows(made, "truth_list").to_pylist()

    assert sum(row["person"] not in registered for row in listed) == 300
    assert {row["kind"] for row in listed if row["person"] in registered} == {"known"}


def test_two_people_never_share_a_number_or_a_household_a_name() -> None:
    people = draw(seed=5, chunk=0, chunks=1, registered=3000, strangers=300)
    called = list(zip(people.household.tolist(), people.name.texts().to_pylist(), strict=True))

    assert len(set(people.id_number.to_pylist())) == len(people)
    assert len(set(called)) == len(called)


def test_spreadsheets_cut_some_numbers(made: Path) -> None:
    kinds = bulk.citizen_ids(rows(made, "list")["id_number"], allow_test_range=True).kind

    assert (kinds == Kind.DAMAGED).any()
    assert (kinds == Kind.NONE).any()
