"""Synthetic people and sheets for the tests of columns and of the first look. Ids of the test range."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from yice.exchange.columns import Normalised, normalise, understand
from yice.exchange.files import Sheet
from yice.identifiers.citizen_id import check_digit

AS_OF = dt.date(2020, 6, 30)
AREA = "440704000000"


def id_of(birth: str, sequence: int = 1) -> str:
    """A valid number of the test range; an odd sequence is a man's."""
    body = f"440799{birth.replace('-', '')}{sequence:03d}"
    return body + check_digit(body)


XIAOHE = id_of("1990-05-02", 2)  # 林小禾, a woman
DASHAN = id_of("1956-11-30", 1)  # 周大山, a man
WUJING = id_of("2012-01-15", 4)  # 吴静, a girl
OUYANG = id_of("1980-07-07", 3)  # 欧阳明, a man


def sheet(
    columns: dict[str, list[str | None]], *, name: str = "Sheet1", titles: list[str] | None = None
) -> Sheet:
    """A sheet as it is read, its header in row 1."""
    count = len(next(iter(columns.values())))
    return Sheet(
        name,
        1,
        list(columns),
        [pa.array(values, type=pa.string()) for values in columns.values()],
        np.arange(2, count + 2, dtype=np.int32),
        titles=titles or [],
    )


def normal(columns: dict[str, list[str | None]], kind: str | None = None, **given: object) -> Normalised:
    """Understood and normalised, as for a county's own file."""
    read = sheet(columns)
    options = {"as_of": AS_OF, "area": AREA, "allow_test_range": True} | given
    return normalise(read, understand(read, kind=kind), **options)  # type: ignore[arg-type]


def codes(normalised: Normalised) -> dict[int, list[str]]:
    """Refusals by row."""
    return {row: [one.code for one in problems] for row, problems in normalised.refused_rows.items()}
