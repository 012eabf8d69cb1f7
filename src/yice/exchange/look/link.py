"""Rows of a list to persons of the register: by id, else by what is left of a broken one, with the name.

Levels: SAME (id or certificate agrees, and the name), LIKELY (name, and a broken id or a birth date that fits one
person alone), MAYBE (id with another name; name with nothing against it). MAYBE makes the fact unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.identifiers.names import fold_many

NONE, MAYBE, LIKELY, SAME = 0, 1, 2, 3
SOUND = ("valid", "from_15", "residence_permit", "foreign_resident")
_NEAR = 2  # characters by which two writings of one id may differ


@dataclass
class Links:
    """For each row of a list: the person's position in the register (-1 for none) and how sure that is."""

    person: npt.NDArray[np.int32]
    level: npt.NDArray[np.int8]
    how: list[str]  # id_and_name | id_other_name | broken_id_and_name | birth_and_name | name_only | ""

    def sure(self, at_least: int) -> npt.NDArray[np.bool_]:
        return self.level >= at_least


class Find(Protocol):
    """Rows of a list to persons of the register. `holders_only`: everybody on the list should be of the register."""

    def __call__(self, rows: pa.Table, *, holders_only: bool = False) -> Links: ...


def finder(register: pa.Table) -> Find:
    """The one door to finding persons: a first look knows nothing else of how it is done.

    Columns read of both sides: id_number, name, birth_date; of the rows id_kind and, if there, id_written.
    """
    return _Register(register).link


class _Register:
    """The persons to be found, indexed once for all lists."""

    def __init__(self, table: pa.Table) -> None:
        self.ids = table["id_number"].combine_chunks()
        self.names = fold_many(table["name"])
        self.births = table["birth_date"].combine_chunks()
        self.by_name: dict[str, list[int]] = defaultdict(list)
        self.by_part: dict[str, list[int]] = defaultdict(list)
        for at, (name, number) in enumerate(zip(self.names.to_pylist(), self.ids.to_pylist(), strict=True)):
            if name:
                self.by_name[name].append(at)
                for key in _parts(name, number or ""):
                    self.by_part[key].append(at)

    def link(self, rows: pa.Table, *, holders_only: bool = False) -> Links:
        """Find each row's person. `holders_only`: everybody on the list should be of the register, so a namesake
        with somebody else's number (a relative's, often) may be the person."""
        count = rows.num_rows
        person = pc.fill_null(pc.index_in(rows["id_number"].combine_chunks(), self.ids), -1).to_numpy().copy()
        level = np.zeros(count, dtype=np.int8)
        how = [""] * count
        names = fold_many(rows["name"])
        hit = np.flatnonzero(person >= 0)
        if len(hit):
            same = pc.equal(names.take(pa.array(hit)), self.names.take(pa.array(person[hit])))
            agrees = pc.fill_null(same, False).to_numpy(zero_copy_only=False)
            level[hit] = np.where(agrees, SAME, MAYBE)
            for at, one in zip(hit.tolist(), agrees.tolist(), strict=True):
                how[at] = "id_and_name" if one else "id_other_name"
        missed = (person < 0) & pc.is_in(names, pa.array(list(self.by_name), pa.string())).to_numpy(
            zero_copy_only=False
        )
        if missed.any():
            self._by_name(rows, names, np.flatnonzero(missed), person, level, how, holders_only)
        return Links(person.astype(np.int32), level, how)

    def _by_name(
        self,
        rows: pa.Table,
        names: pa.StringArray,
        missed: npt.NDArray[np.intp],
        person: npt.NDArray[np.int64],
        level: npt.NDArray[np.int8],
        how: list[str],
        holders_only: bool,
    ) -> None:
        """Each row that no id finds, against the persons of its name."""
        at = pa.array(missed)
        kinds = rows["id_kind"].take(at).to_pylist()
        sound = rows["id_number"].take(at).to_pylist()
        written = rows["id_written"].take(at).to_pylist() if "id_written" in rows.column_names else sound
        births = rows["birth_date"].take(at).to_pylist()
        shared = _shared(rows["id_number"].combine_chunks(), names)[missed]
        for row, name, kind, number, text, birth, not_own in zip(
            missed.tolist(), names.take(at).to_pylist(), kinds, sound, written, births, shared, strict=True
        ):
            if not_own:  # one number beside two names is the other one's: of this row only the name is left
                kind, number, text, birth = "none", None, None, None
            found = []
            for candidate in self._candidates(name, kind, number or text, holders_only):
                one = self._compare(candidate, kind, number or text, birth)
                if not one[0] and holders_only:
                    one = (MAYBE, "name_only")
                if one[0]:
                    found.append((one, candidate))
            if not found:
                continue
            (best, reason), candidate = max(found, key=lambda pair: pair[0][0])
            alone = sum(one[0] == best for one, _ in found) == 1
            person[row] = candidate
            level[row] = best if alone else MAYBE
            how[row] = reason if alone else "name_only"

    def _candidates(self, name: str, kind: str, written: str | None, holders_only: bool) -> Iterable[int]:
        """Persons of the name; for a sound number only those whose number shares its birth date or its end."""
        if kind not in SOUND or holders_only:
            return self.by_name[name]
        return {at for key in _parts(name, written or "") if key in self.by_part for at in self.by_part[key]}

    def _compare(self, at: int, kind: str, written: str | None, birth: object) -> tuple[int, str]:
        """How well a row that shares the name of a person fits them otherwise."""
        number = self.ids[at].as_py() or ""
        if kind == "none" or not written:
            if birth is None:
                return MAYBE, "name_only"
            return (LIKELY, "birth_and_name") if birth == self.births[at].as_py() else (NONE, "")
        if kind == "damaged":
            kept = written.partition("E")[0].replace(".", "")[:15]  # the figures a spreadsheet kept
            if not number.startswith(kept):
                return NONE, ""
            return (LIKELY, "broken_id_and_name") if len(kept) == 15 else (MAYBE, "name_only")
        if len(written) != len(number):
            close = written in number or number[:6] == written[:6]
            return (MAYBE, "name_only") if close else (NONE, "")
        apart = sum(a != b for a, b in zip(written, number, strict=True))
        swapped = sorted(written) == sorted(number) and apart == 2
        if kind in SOUND:
            # Two sound numbers a slip apart and one name: twins, or one of them mistyped. Nobody can tell.
            return (MAYBE, "name_only") if apart <= _NEAR else (NONE, "")
        if apart <= 1 or swapped:
            return LIKELY, "broken_id_and_name"
        return (MAYBE, "name_only") if apart <= _NEAR + 2 else (NONE, "")


def _shared(ids: pa.StringArray, names: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Rows whose number stands beside another name as well: a relative's number put down for somebody."""
    table = pa.table({"id": ids, "name": names})
    counted = table.group_by("id").aggregate([("name", "count_distinct")])
    several = counted.filter(pc.greater(counted["name_count_distinct"], 1))["id"].combine_chunks().drop_null()
    return np.asarray(pc.is_in(ids, several).to_numpy(zero_copy_only=False))


def _parts(name: str, number: str) -> tuple[str, str]:
    """Keys under which two writings of one number are found: name with birth date, name with sequence and check."""
    return f"{name}b{number[6:14]}", f"{name}t{number[14:]}"
