"""PostgreSQL plans by what it last counted of a table, which may be nothing: it is told at once what an import brought.

Its own counting comes a minute or more later. Until then a list beside a new register was compared row by row: 100,000
with 50,000 took minutes instead of seconds.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Model

LARGE = 1000  # rows; after fewer the plans are as good as they were


def count_anew(model: type[Model], brought: int, *columns: str) -> None:
    """Have a table counted anew after so many rows came in: all its columns, or those that rows are found by."""
    if connection.vendor != "postgresql" or brought < LARGE:
        return
    quoted = map(connection.ops.quote_name, columns)
    chosen = f" ({', '.join(quoted)})" if columns else ""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}{chosen}")
