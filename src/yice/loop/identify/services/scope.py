"""Whose rows a run may touch, and open work that follows a person who moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yice.identifiers import division
from yice.loop.identify.models import Ask, Person
from yice.loop.identify.services import staging


@dataclass(frozen=True)
class Scope:
    """Whose findings are looked at: everybody of an area by hukou, or some persons."""

    sql: str
    params: tuple[Any, ...]

    @classmethod
    def area(cls, code: str) -> Scope:
        return cls("{0}.hukou >= %s AND {0}.hukou < %s", (code, division.upper_bound(code)))

    @classmethod
    def persons(cls, keys: Sequence[int]) -> Scope:
        return cls(f"{{0}}.person_id IN ({', '.join(['%s'] * len(keys))})", tuple(keys))

    @property
    def by_person(self) -> bool:
        return "person_id" in self.sql

    def of(self, alias: str) -> str:
        return self.sql.format(alias)


def reroute(table: str, scope: Scope) -> None:
    """Bring the place of open rows up to date: of those in scope, and of those whose person came into it."""
    live = "f.open" if table == Ask._meta.db_table else "f.state <> 'closed'"
    moved = (
        f"UPDATE {table} AS f SET hukou = p.hukou, residence = p.residence, version = version + 1"  # noqa: S608
        f" FROM {Person._meta.db_table} p WHERE p.id = f.person_id AND {live}"
        " AND (f.hukou <> p.hukou OR f.residence <> p.residence)"
    )
    if scope.by_person:
        staging.run(f"{moved} AND {scope.of('f')}", list(scope.params))
    else:
        staging.run(f"{moved} AND (({scope.of('f')}) OR ({scope.of('p')}))", [*scope.params, *scope.params])
