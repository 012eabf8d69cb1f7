"""`name_folded__begins=…`: the beginning of a text by its index, behind the wall of rows as well.

PostgreSQL runs LIKE only on rows that its policies let through, so it would read a whole area for a name; comparisons
tell nothing by an error, and may be made before. They are those of the index (varchar_pattern_ops).
"""

from __future__ import annotations

from typing import Any

from django.db.models import CharField
from django.db.models.lookups import StartsWith


@CharField.register_lookup
class Begins(StartsWith):  # type: ignore[type-arg]
    lookup_name = "begins"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        return str(connection.operators["startswith"] % rhs)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, values = self.process_lhs(compiler, connection)
        return f"({lhs} ~>=~ %s AND {lhs} ~<~ %s)", [*values, self.rhs, *values, after(str(self.rhs))]


def after(text: str) -> str:
    """The first text, by code points, after all that begin with `text`."""
    last = ord(text[-1]) + 1
    if last > 0x10FFFF:
        return after(text[:-1])
    return text[:-1] + chr(0xE000 if last == 0xD800 else last)
