"""What was read: sheets as columns of text."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yice.terms.errors import Problem


@dataclass
class Sheet:
    """One sheet below its header. Blank cells are null; blank rows, totals and notes are left out."""

    name: str
    header_row: int | None  # the (last) header row in the file, from 1; None where none was found
    headers: list[str]  # as written; the two lines of a double header joined with "/"
    columns: list[pa.StringArray]
    rows: npt.NDArray[np.int32]  # the row numbers in the file of the data rows
    titles: list[str] = field(default_factory=list)  # texts above the header
    totals: list[int] = field(default_factory=list)  # file rows left out as totals
    notes: list[int] = field(default_factory=list)  # file rows left out as footnotes or repeated headers
    hidden: bool = False
    warnings: list[Problem] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def as_table(self) -> pa.Table:
        """The columns under their positions c0, c1… (headings may repeat)."""
        return pa.table({f"c{at}": column for at, column in enumerate(self.columns)})


@dataclass
class Workbook:
    """A file as read: its sheets that hold data, and what was left aside."""

    path: Path
    format: str  # xlsx | xls | csv | parquet
    sheets: list[Sheet]
    warnings: list[Problem] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""

    @property
    def name(self) -> str:
        return self.path.name
