"""What follows for each person from who else is in the household: how many live in it, how many hold a certificate.

Households are read from the register, from files of members, and from lists by head. Only the first two can be known to
name everybody: as many persons as the household says it has, or a file of members of which no row was refused. What is
counted in a household not known whole is "at least": it says something where it is enough already, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.look.link import NONE, SAME, Links
from yice.rules.model import Plan

SIZE, DISABLED = "household_size", "household_disabled"
_KEYS = ("household_number", "head_id")
Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Members:
    """A file that names the members of households, its rows found in the register. `whole`: no row was refused."""

    table: pa.Table
    links: Links
    whole: bool


@dataclass
class Counted:
    """For each person of the register, nulls where nobody can tell; and what is to be said of it."""

    size: pa.Array
    disabled: pa.Array
    household: pa.Array
    differ: dict[str, int] = field(default_factory=dict)  # fact → persons of whom register and count disagree
    at_least: int = 0  # persons whose household is not known whole


@dataclass
class _View:
    """One source's households, seen from each person: -1 where it has none for them."""

    code: Counts
    people: Counts  # by code
    valid: Counts  # by code: surely with a valid certificate
    open: Counts  # by code: members of whom that cannot be told

    def of(self, values: Counts) -> Counts:
        return np.where(self.code >= 0, values[np.maximum(self.code, 0)], 0)


def count(
    plan: Plan,
    register: pa.Table,
    valid: Mask,
    known: Mask,
    files: Sequence[Members],
    lists: Iterable[Members],
) -> Counted | None:
    """None where nothing tells who belongs together. `valid`: alive with a valid certificate, where that is `known`."""
    rows = register.num_rows
    stated = _stated(register, SIZE)
    own = _register(register, valid, known)
    named = [_file(one, valid, known) for one in files]
    by_head = [_file(one, valid, known) for one in lists]
    views = [*([own] if own else []), *named, *by_head]
    if not views:
        return None
    least = np.maximum.reduce([view.of(view.valid) for view in views])
    whole = np.zeros(rows, np.bool_)
    size = np.zeros(rows, np.int64)
    for view, everybody in [
        (own, False),
        *((one, file.whole) for one, file in zip(named, files, strict=True)),
    ]:
        if view is None:
            continue
        people = view.of(view.people)
        here = (view.code >= 0) & ((stated == people) | ((stated == 0) & everybody))
        size = np.where(here & (size == 0), people, size)
        whole |= here & (view.of(view.open) == 0)
    enough = whole | (least >= _enough(plan))
    found = Counted(
        pa.array(size, mask=size == 0), pa.array(least, mask=~enough), _household(register, views)
    )
    found.at_least = int(((least > 0) & ~whole).sum())
    for name in (SIZE, DISABLED):
        given = _stated(register, name)
        counted = size if name == SIZE else least
        wrong = (given > 0) & (size > 0) & (given != counted)
        if name == DISABLED:
            wrong = (given > 0) & ((whole & (given != least)) | (given < least))
        found.differ[name] = int(wrong.sum())
        if (given > 0).any():  # what the register says of a household stands
            before = found.size if name == SIZE else found.disabled
            merged = pc.coalesce(pa.array(given, mask=given == 0), before)
            found.size, found.disabled = (merged, found.disabled) if name == SIZE else (found.size, merged)
    return found


def _enough(plan: Plan) -> int:
    """From how many certificates on a further one changes nothing in this plan (一户多残)."""
    values = [one.value for name, one in plan.settings.items() if name.endswith("several_disabled_from")]
    return max([2, *(int(value) for value in values if isinstance(value, int))])


def _register(register: pa.Table, valid: Mask, known: Mask) -> _View | None:
    keys = _key(register)
    if keys is None:
        return None
    code, size = _codes(keys)
    here = code >= 0

    def tally(who: Mask) -> Counts:
        return np.bincount(code[here & who], minlength=size).astype(np.int64)

    return _View(code, tally(here), tally(valid), tally(~known))


def _file(one: Members, valid: Mask, known: Mask) -> _View:
    """A member found in the register is that person; one who is not there and "holds none" is none; else open."""
    rows = len(valid)
    keys = _key(one.table)
    if keys is None:
        return _View(np.full(rows, -1, np.int64), *(np.zeros(1, np.int64) for _ in range(3)))
    code, size = _codes(keys)
    here = (code >= 0) & _once(one.table, code)
    found = one.links.level == SAME
    person = np.where(found, one.links.person, 0)
    none = (one.links.level == NONE) & _none_certified(one.table)
    sure = found & known[person]

    def tally(which: Mask) -> Counts:
        return np.bincount(code[here & which], minlength=size).astype(np.int64)

    of_person = np.full(rows, -1, np.int64)
    of_person[person[found & here]] = code[found & here]
    return _View(of_person, tally(here), tally(sure & valid[person]), tally(~sure & ~none))


def _once(table: pa.Table, code: Counts) -> Mask:
    """The first row of each member: the same number, or where there is none the same name, twice in a household."""
    who = pc.coalesce(table["id_number"].combine_chunks(), table["name"].combine_chunks())
    key = pc.binary_join_element_wise(pa.array(code).cast(pa.string()), pc.fill_null(who, ""), "|")
    return np.asarray(pc.index_in(key, key).to_numpy() == np.arange(len(code)))


def _none_certified(table: pa.Table) -> Mask:
    if "certified" not in table.column_names:
        return np.zeros(table.num_rows, np.bool_)
    return _mask(pc.equal(table["certified"].combine_chunks(), False))


def _household(register: pa.Table, views: Sequence[_View]) -> pa.Array:
    """A key for "one finding a household": the register's number, else the first source that knows one."""
    made = pa.nulls(register.num_rows, pa.string())
    for number, view in enumerate(views):
        codes = pa.array(view.code, mask=view.code < 0).cast(pa.string())
        made = pc.coalesce(made, pc.binary_join_element_wise(f"{number}", codes, "-"))
    if "household_number" in register.column_names:
        return pc.coalesce(register["household_number"].combine_chunks(), made)
    return made


def _key(table: pa.Table) -> pa.Array | None:
    for name in _KEYS:
        if name in table.column_names and table[name].null_count < table.num_rows:
            return table[name].combine_chunks()
    return None


def _codes(keys: pa.Array) -> tuple[Counts, int]:
    encoded = keys.dictionary_encode()
    codes = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return codes, max(len(encoded.dictionary), 1)


def _stated(register: pa.Table, name: str) -> Counts:
    """As the register gives it; 0 where it does not."""
    if name not in register.column_names:
        return np.zeros(register.num_rows, np.int64)
    values = pc.fill_null(register[name].combine_chunks().cast(pa.int64()), 0)
    return np.asarray(values.to_numpy(zero_copy_only=False))


def _mask(values: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=np.bool_)
