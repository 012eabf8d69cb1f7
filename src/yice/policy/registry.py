"""Who gives the snapshot its columns, and who takes what a run found. Policy knows neither; they register here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa

from yice.policy.models import ScreeningRun
from yice.policy.provided import Provided, Request
from yice.policy.screening import Screened

People = Callable[[Request], Iterator[Provided]]
Columns = Callable[[Request, pa.Table], Provided]  # further columns for rows already read
Consumer = Callable[[ScreeningRun, Screened], dict[str, int]]

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
