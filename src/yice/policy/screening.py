"""A plan over a table of facts: the kernel's answer with the keys of the persons it is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yice.policy.models import InstalledPack
from yice.policy.provided import ID, KEY
from yice.rules.columns import Columns
from yice.rules.kernel.screening import Screening, screen
from yice.rules.model import Plan

UNITS = (
    "person",
    "household",
)  # a household's groups are judged on each of its persons, and followed up once


def columns_of(plan: Plan, table: pa.Table) -> Columns:
    """A table of facts as the kernel reads it; its row ids are the keys of the persons."""
    at = table.schema.get_field_index(ID)
    return Columns.from_table(plan, table.set_column(at, ID, table.column(KEY).cast(pa.string())))


@dataclass(frozen=True)
class Screened:
    """Facts of an area or of some persons, and what the plan makes of them on a day."""

    pack: InstalledPack
    plan: Plan
    as_of: dt.date
    table: pa.Table

    @cached_property
    def keys(self) -> NDArray[np.int64]:
        """The person's database key of each row, ascending."""
        found: NDArray[np.int64] = self.table.column(KEY).to_numpy()
        return found

    @cached_property
    def columns(self) -> Columns:
        """The facts as the kernel reads them."""
        return columns_of(self.plan, self.table)

    @cached_property
    def screening(self) -> Screening:
        groups = [name for name, group in self.plan.groups.items() if group.unit in UNITS]
        return screen(self.plan, self.columns, self.as_of, groups=groups)

    @property
    def ended(self) -> bool:
        """The plan's period was over on the day: no new work comes of it."""
        return self.screening.ended

    def rows(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        """The rows of these persons."""
        return np.searchsorted(self.keys, keys)

    def facts(self, row: int) -> dict[str, Any]:
        """One person's known facts, as they would be written."""
        known = {}
        for name, fact in self.columns.facts.items():
            if fact.derive is None and (value := self.columns.value(name, row)) is not None:
                known[name] = value
        return known

    def counts(self) -> dict[str, dict[str, int]]:
        """Group → status → persons."""
        return {
            group: {str(status): n for status, n in self.screening.counts(group).items()}
            for group in self.screening.groups
        }
