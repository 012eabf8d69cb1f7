"""The true facts of a synthetic county, screened by that county's pack, give the findings that were planted."""

from __future__ import annotations

from pathlib import Path

import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest

from yice.config import cli
from yice.exchange.synth import Settings, make, write

PACK = Path(__file__).resolve().parents[2] / "packs/cn-440704-2016"
GROUPS = {
    "CN-2015-52-2.1a": "living_subsidy",
    "CN-2015-52-2.1b": "nursing_subsidy",
    "JH-3.2.2": "medical_insurance_funding",
}


@pytest.fixture(scope="module")
def screened(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[list[dict[str, str]], dict[tuple[str, str], dict[str, str]]]:
    folder = tmp_path_factory.mktemp("county")
    write(make(Settings(people=3000, seed=7)), folder, "parquet")
    options = [f"--pack={PACK}", f"--facts={folder / 'truth/people.parquet'}", "--as-of=2020-06-30"]
    assert cli.run(["screen", *options, f"--out={folder / 'out.csv'}"]) in (0, 1)
    truth = pq.read_table(folder / "truth/benefits.parquet").to_pylist()
    return pcsv.read_csv(folder / "out.csv").to_pylist(), {
        (row["person_id"], row["benefit"]): row for row in truth
    }


@pytest.mark.parametrize("group", GROUPS)
def test_what_was_planted_is_found_and_nothing_else(screened: tuple[list, dict], group: str) -> None:  # type: ignore[type-arg]
    rows, truth = screened
    told = [row for row in rows if row["group"] == group]
    assert len(told) == 3000
    for row in told:
        planted = truth[row["person_id"], GROUPS[group]]
        assert (row["status"] == "eligible") == planted["entitled"]
        # Twice the sum in one figure shows as a wrong amount; only the payroll's rows show that it was paid twice.
        expected = {"duplicate": "amount"}.get(planted["finding"], planted["finding"])
        assert (row["finding"] or "ok") == (expected or "ok"), planted["cause"]
