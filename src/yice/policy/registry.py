"""Who gives the snapshot its columns, and who takes what a run found. Policy knows neither; they register here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yice.rules.model import Plan

if TYPE_CHECKING:
    from yice.policy.models import ScreeningRun
    from yice.policy.screening import Screened

KEY = "_person"  # int64: the row's person in the database; never leaves the data folder
ID = "person_id"  # the stable UUID, as text


@dataclass(frozen=True)
class Request:
    """Whose facts, as of when: an area as a half-open range of codes by hukou, or persons by key."""

    plan: Plan
    low: str
    high: str
    as_of: dt.date
    persons: Sequence[int] | None = None


@dataclass(frozen=True)
class Provided:
    """A stretch of rows: values and, in the same order, where they came from.

    values: KEY, ID, then one column a fact, null for unknown. sources: `<fact>@source`, `<fact>@date`,
    `<fact>@state` where they differ from the row's own `register@source`, `register@date`.
    """

    values: pa.Table
    sources: pa.Table
    lists: list[dict[str, Any]] = field(default_factory=list)  # the receipts that silence leaned on


People = Callable[[Request], Iterator[Provided]]
Columns = Callable[[Request, pa.Table], Provided]  # further columns for rows already read
Consumer = Callable[["ScreeningRun", "Screened"], dict[str, int]]

_people: list[People] = []
_columns: list[Columns] = []
_consumers: list[Consumer] = []


def register_people(people: People) -> None:
    """The one package that says who there is."""
    _people[:] = [people]


def register_columns(columns: Columns) -> None:
    """A package that adds columns about the people."""
    if columns not in _columns:
        _columns.append(columns)


def register_consumer(consumer: Consumer) -> None:
    """A package that makes work of a run; it is called inside the run's transaction."""
    if consumer not in _consumers:
        _consumers.append(consumer)


def consumers() -> tuple[Consumer, ...]:
    return tuple(_consumers)


def provide(request: Request) -> Iterator[Provided]:
    """All columns, stretch by stretch, in the order of the persons' keys."""
    for people in _people:
        for part in people(request):
            values, sources, lists = part.values, part.sources, list(part.lists)
            for columns in _columns:
                more = columns(request, values)
                values = _beside(values, more.values)
                sources = _beside(sources, more.sources)
                lists += more.lists
            yield Provided(values, sources, lists)


def _beside(table: pa.Table, more: pa.Table) -> pa.Table:
    for name in more.column_names:
        if name not in table.column_names:
            table = table.append_column(more.schema.field(name), more.column(name))
    return table
