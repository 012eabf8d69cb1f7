"""A second month of a list: rows that are as they were keep what was found, only the others are compared.

Compared again are rows that are new or changed; those whose pair touches a register row that changed, that people
have since refused, or whose person another row has now been found to be; and those that a changed register row, or a
person no other row holds any longer, may be.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.matching.both import Both
from yice.matching.compare import Refused, every_row, passes
from yice.matching.digests import of_evidence
from yice.matching.health import check, health
from yice.matching.keys import Bools, Ints, join, mix
from yice.matching.model import Model, published, rule_version
from yice.matching.normalise import Records, normalise
from yice.matching.pairs import Decision, Pairs, Reason
from yice.matching.passes.settle import once, settle
from yice.matching.register import Register, digests, hashed_by

_NO_PAIRS = Pairs.none()


@dataclass(frozen=True)
class Month:
    """What a comparison leaves for the next one. `pairs` hold positions in the register and the list of that month;
    `version` is that of rules, weights and digests."""

    register_ids: pa.StringArray
    register: Ints
    list_: Ints
    pairs: Pairs
    version: str

    def save(self, path: Path) -> None:
        """One file, without names or numbers of anybody: ids of register rows, digests, positions."""
        columns = {field.name: getattr(self.pairs, field.name) for field in fields(Pairs)}
        ids = np.array(self.register_ids.to_pylist(), dtype=np.str_)
        with path.open("wb") as file:
            np.savez_compressed(
                file, register_ids=ids, register=self.register, list_=self.list_, version=np.array(self.version), **columns
            )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> Month:
        with np.load(path, allow_pickle=False) as held:
            pairs = Pairs(*(held[field.name] for field in fields(Pairs)))
            ids = pa.array(held["register_ids"].tolist(), pa.string())
            return cls(ids, held["register"], held["list_"], pairs, str(held["version"]))


@dataclass(frozen=True)
class Increment:
    pairs: Pairs
    month: Month
    compared: int  # rows of the list


def match_incremental(
    register: Register,
    list_: pa.Table,
    before: Month | None,
    *,
    refused: Ints | None = None,
    model: Model | None = None,
    events: bool = False,
    allow_test_range: bool = False,
    checked: bool = True,
) -> Increment:
    """As `compare`, given what the last month left; nothing but what changed is read again.

    `refused` are the evidence digests (`of_evidence`) of pairs people refused. Without a month before, or under other
    rules or weights, everything is compared.
    """
    model = model or published()
    version = f"{rule_version(model)} {hashed_by()}"
    digest = digests(list_)
    work = _Work(register, list_, model, refused, events, allow_test_range)
    if before is None or before.version != version:
        kept, again = None, np.ones(list_.num_rows, dtype=np.bool_)
    else:
        kept, again = work.carried(before, digest)
    compared, pairs = work.compare(kept, again, checked)
    return Increment(pairs, Month(register.ids, register.digest, digest, pairs, version), compared)


@dataclass(frozen=True)
class _Work:
    register: Register
    list_: pa.Table
    model: Model
    refused: Ints | None
    events: bool
    allow_test_range: bool

    def read(self, at: Ints) -> Records:
        return normalise(self.list_.take(pa.array(at)), allow_test_range=self.allow_test_range)

    def asked(self) -> Refused | None:
        return None if self.refused is None else Refused(self.register.ids, self.refused)

    def carried(self, before: Month, digest: Ints) -> tuple[Pairs, Bools]:
        """Last month's pairs at this month's positions, and which rows of the list to compare again."""
        old_row = _matching(before.list_, digest)  # by new row: the old one, -1 for none
        new_row = np.full(len(before.list_), -1, dtype=np.int64)
        new_row[old_row[old_row >= 0]] = np.flatnonzero(old_row >= 0)
        position, stays = self._positions(before)

        best = before.pairs.at(before.pairs.reason != Reason.OTHER_ROW)
        rival = best.runner_up
        sound = stays[best.registry_row] & ((rival < 0) | stays[rival])
        moved = replace(
            best,
            registry_row=position[best.registry_row],
            list_row=new_row[best.list_row],
            runner_up=np.where(rival < 0, -1, position[rival]),
        )
        here = moved.list_row >= 0
        sound &= ~self._refused(moved, here & sound)
        again = old_row < 0
        again[moved.list_row[here & ~sound]] = True
        kept = moved.at(here & sound)

        changed = np.ones(len(self.register.ids), dtype=np.bool_)
        changed[position[stays]] = False
        again |= self._touched(changed, ~again)
        left = position[best.registry_row[~here & (best.decision == Decision.SAME)]]
        freed = np.isin(self.register.person, self.register.person[left[left >= 0]])
        unsettled = ~again
        unsettled[kept.list_row[_sure(kept)]] = False
        again |= self._touched(freed, unsettled)
        return kept.at(~again[kept.list_row]), again

    def _positions(self, before: Month) -> tuple[Ints, Bools]:
        """By last month's register row: where it stands now, and whether it still says the same."""
        ids, digest = self.register.ids, self.register.digest
        if before.register_ids.equals(ids):
            position = np.arange(len(ids))
        else:
            found = pc.fill_null(pc.index_in(before.register_ids, value_set=ids), -1)
            position = found.to_numpy(zero_copy_only=False).astype(np.int64)
        return position, (position >= 0) & (digest[position] == before.register)

    def _refused(self, moved: Pairs, which: Bools) -> Bools:
        """Which of these pairs people have refused since."""
        found = np.zeros(len(moved), dtype=np.bool_)
        asked, at = self.asked(), np.flatnonzero(which)
        if asked is not None and len(asked.evidence) and len(at):
            rows, back = np.unique(moved.list_row[at], return_inverse=True)
            pairs = replace(moved.at(at), list_row=back)
            found[at] = np.isin(of_evidence(pairs, asked.registry_ids, self.read(rows)), asked.evidence)
        return found

    def _touched(self, some: Bools, quiet: Bools) -> Bools:
        """Quiet rows of the list that one of these register rows is proposed for."""
        touched = np.zeros(self.list_.num_rows, dtype=np.bool_)
        at, rows = np.flatnonzero(some), np.flatnonzero(quiet)
        if len(at) and len(rows):
            part = Both.of(self.register.records.take(at), self.read(rows), self.model)
            found = passes(part, np.arange(len(at)), events=True)
            touched[rows[found.list_row[found.decision != Decision.NONE]]] = True
        return touched

    def compare(self, kept: Pairs | None, again: Bools, checked: bool) -> tuple[int, Pairs]:
        """Compare these rows and put them beside the pairs kept: how many, and every pair of the list."""
        who = self.register.person
        several = np.bincount(who, minlength=len(who))[who] > 1
        kept = kept if kept is not None else _NO_PAIRS
        while True:
            needed = again.copy()
            needed[kept.list_row[several[kept.registry_row]]] = (
                True  # for the other register rows of their people
            )
            at = np.flatnonzero(needed)
            here = np.full(len(needed), -1, dtype=np.int64)
            here[at] = np.arange(len(at))
            mostly = checked and 2 * len(at) > len(needed)  # a few changed rows say nothing of a list
            both = self._both(at, mostly)
            best = self._settled(both.rows(here[again]), kept, mostly)
            best = replace(best, list_row=np.flatnonzero(again)[best.list_row])
            late = np.isin(who[kept.registry_row], who[best.registry_row[_sure(best)]]) & (kept.pass_ >= 4)
            if self.events or not late.any():
                break
            again = again.copy()
            again[kept.list_row[late]] = True
            kept = kept.at(~late)
        together = Pairs.joined([kept, best])
        if not self.events:
            once(together, who[together.registry_row])
        return int(again.sum()), every_row(both, together, who, here)

    def _both(self, at: Ints, checked: bool) -> Both:
        table = self.list_.take(pa.array(at))
        theirs = normalise(table, allow_test_range=self.allow_test_range)
        if checked:
            check(health(table, theirs), self.register.records, theirs)
        return Both.of(self.register.records, theirs, self.model)

    def _settled(self, both: Both, kept: Pairs, checked: bool) -> Pairs:
        who = self.register.person
        taken = np.zeros(len(who), dtype=np.bool_)
        taken[who[kept.registry_row[_sure(kept)]]] = True
        found = passes(both, who, refused=self.asked(), events=self.events, checked=checked, taken=taken)
        return settle(found, who, self.model, events=self.events)


def _sure(pairs: Pairs) -> Bools:
    return np.asarray((pairs.decision == Decision.SAME) & (pairs.pass_ <= 2))


def _matching(old: Ints, new: Ints) -> Ints:
    """For each new row an old one of the same digest, none used twice; -1 for none."""
    found = np.full(len(new), -1, dtype=np.int64)
    there, here = join(mix(old, _turns(old)), mix(new, _turns(new)))
    found[here] = there
    return found


def _turns(digests: Ints) -> Ints:
    """1, 2, 3 … for the rows of one digest."""
    order = np.argsort(digests, kind="stable")
    ordered = digests[order]
    start = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    turns = np.empty(len(digests), dtype=np.int64)
    turns[order] = np.arange(1, len(digests) + 1) - np.repeat(start, np.diff(np.r_[start, len(ordered)]))
    return turns
