"""What a sheet can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from yice.exchange.vocabulary.headings import fold_heading
from yice.exchange.vocabulary.reading import list_titles, load, spoken

NOT_LISTS = ("registry", "households")
SPLIT = {"two_subsidies": ("living_subsidy", "nursing_subsidy")}  # a sheet of both, told apart row by row


@dataclass(frozen=True)
class SheetKind:
    """A kind of sheet: how it is recognised, what it must have, what its rows state."""

    id: str
    zh: str
    en: str
    names: tuple[str, ...]  # words of file, sheet or title that speak for it
    marks: dict[str, int]  # fields that speak for it, with weights
    needs: tuple[tuple[str, ...], ...]  # of each line one field must be there
    headings: dict[str, str] = field(default_factory=dict)  # folded heading → field, in this kind only
    states: dict[str, str | bool] = field(default_factory=dict)
    against: dict[str, int] = field(default_factory=dict)  # fields that speak against it

    @property
    def label(self) -> str:
        return spoken(self.zh, self.en)

    @property
    def is_list(self) -> bool:
        return self.id not in NOT_LISTS


@cache
def kinds() -> dict[str, SheetKind]:
    """Every kind by id, in the order of the file; a list is called as the national pack calls it."""
    titles = list_titles()
    return {
        id_: SheetKind(
            id_,
            *_called(entry, titles.get(id_)),
            tuple(fold_heading(name) for name in entry["names"]),
            entry["marks"],
            tuple(tuple(line) for line in entry["needs"]),
            {fold_heading(key): value for key, value in entry.get("headings", {}).items()},
            entry.get("states", {}),
            entry.get("against", {}),
        )
        for id_, entry in load("kinds.yaml").items()
    }


def _called(entry: dict[str, Any], title: dict[str, str] | None) -> tuple[str, str]:
    said = title or entry
    name = entry["names"][0]
    return said.get("zh", name), said.get("en", name)


def list_kinds() -> list[str]:
    """The ids of the lists other departments send, a sheet of both subsidies counted as its two."""
    return [id_ for id_, kind in kinds().items() if kind.is_list and id_ not in SPLIT]
