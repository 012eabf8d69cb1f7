"""A second month of a list: rows that are as they were keep what was found, only the others are compared.

Compared again are rows that are new or changed, those whose pair touches a registry row that changed or that people
have since refused, and those that a changed registry row, or a person no other row holds any longer, may be.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.matching.both import Both
from yice.matching.compare import Refused, every_row, passes, read
from yice.matching.digests import of_evidence, of_rows
from yice.matching.keys import Bools, Ints, join, mix
from yice.matching.model import Model, published, rule_version
from yice.matching.normalise import Records
from yice.matching.pairs import Decision, Pairs, Reason
from yice.matching.passes.settle import once, settle
from yice.matching.persons import persons


@dataclass(frozen=True)
class Month:
    """What a comparison leaves for the next one. Digests are `digests.of_rows`; `pairs` hold positions in both."""

    registry_ids: pa.StringArray
    registry: Ints
    person: Ints
    list_: Ints
    pairs: Pairs
    version: str

    def save(self, path: Path) -> None:
        """One file, without names or numbers of anybody: ids of registry rows, digests, positions."""
        columns = {field.name: getattr(self.pairs, field.name) for field in fields(Pairs)}
        ids = np.array(self.registry_ids.to_pylist(), dtype=np.str_)
        with path.open("wb") as file:
            np.savez_compressed(
                file, registry_ids=ids, registry=self.registry, person=self.person, list_=self.list_,
                version=np.array(self.version), **columns,
            )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> Month:
        with np.load(path, allow_pickle=False) as held:
            pairs = Pairs(*(held[field.name] for field in fields(Pairs)))
            ids = pa.array(held["registry_ids"].tolist(), pa.string())
            return cls(ids, held["registry"], held["person"], held["list_"], pairs, str(held["version"]))


@dataclass(frozen=True)
class Increment:
    pairs: Pairs
    month: Month
    compared: int  # rows of the list


def match_incremental(
    registry: pa.Table | Records,
    list_: pa.Table | Records,
    before: Month | None,
    *,
    registry_ids: pa.StringArray,
    refused: Ints | None = None,
    model: Model | None = None,
    events: bool = False,
    allow_test_range: bool = False,
) -> Increment:
    """As `compare`, given what the last month left. `refused` are the evidence digests of pairs people refused.

    Without a month before, or under another model, everything is compared.
    """
    model = model or published()
    ours, theirs = (read(one, allow_test_range) for one in (registry, list_))
    asked = Refused(registry_ids, refused) if refused is not None else None
    digest, list_digest = of_rows(ours), of_rows(theirs)
    same_registry = before is not None and _same(before, registry_ids, digest)
    who = before.person if before is not None and same_registry else persons(ours, model)
    both = Both.of(ours, theirs, model)
    if before is None or before.version != rule_version(model):
        kept, again = None, np.ones(len(theirs), dtype=np.bool_)
    else:
        kept, again = _carried(both, before, registry_ids, digest, list_digest, who, asked)
    found = _again(both, np.flatnonzero(again), kept, who, asked, events)
    pairs = every_row(both, found, who)
    month = Month(registry_ids, digest, who, list_digest, pairs, rule_version(model))
    return Increment(pairs, month, int(again.sum()))


def _same(before: Month, registry_ids: pa.StringArray, digest: Ints) -> bool:
    return bool(np.array_equal(before.registry, digest) and before.registry_ids.equals(registry_ids))


def _carried(
    both: Both, before: Month, registry_ids: pa.StringArray, digest: Ints, list_digest: Ints, who: Ints, asked: Refused | None
) -> tuple[Pairs, Bools]:  # fmt: skip
    """Last month's pairs at this month's positions, and which rows of the list to compare again."""
    old_row = _matching(before.list_, list_digest)  # by new row: the old one, -1 for none
    position = pc.index_in(before.registry_ids, value_set=registry_ids).to_numpy(zero_copy_only=False)
    position = np.where(np.isnan(position), -1, position).astype(np.int64)
    stays = (position >= 0) & (digest[position] == before.registry)
    new_row = np.full(len(before.list_), -1, dtype=np.int64)
    new_row[old_row[old_row >= 0]] = np.flatnonzero(old_row >= 0)

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
    if asked is not None:
        fine = here & sound
        evidence = of_evidence(moved.at(fine), asked.registry_ids, both.theirs)
        sound[np.flatnonzero(fine)[np.isin(evidence, asked.evidence)]] = False
    again = old_row < 0
    again[moved.list_row[here & ~sound]] = True

    changed = np.ones(len(both.ours), dtype=np.bool_)
    changed[position[stays]] = False
    left = best.at(~here & (best.decision == Decision.SAME)).registry_row
    changed |= np.isin(who, who[position[left][position[left] >= 0]])  # people whom nobody holds any longer
    again |= _touched(both, changed, ~again, who)
    return moved.at(here & sound & ~again[moved.list_row]), again


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


def _touched(both: Both, changed: Bools, quiet: Bools, who: Ints) -> Bools:
    """Quiet rows of the list that a changed registry row is proposed for."""
    touched = np.zeros(len(both.theirs), dtype=np.bool_)
    some, rows = np.flatnonzero(changed), np.flatnonzero(quiet)
    if len(some) and len(rows):
        part = Both.of(both.ours.take(some), both.theirs.take(rows), both.model)
        found = passes(part, np.arange(len(some)), events=True)
        touched[rows[found.list_row[found.decision != Decision.NONE]]] = True
    return touched


def _again(
    both: Both, rows: Ints, kept: Pairs | None, who: Ints, asked: Refused | None, events: bool
) -> Pairs:
    """Compare these rows and put them beside the pairs kept, one pair a row."""
    taken = np.zeros(len(both.ours), dtype=np.bool_)
    if kept is not None:
        sure = (kept.decision == Decision.SAME) & (kept.pass_ <= 2)
        taken[who[kept.registry_row[sure]]] = True
    part = Both.of(both.ours, both.theirs.take(rows), both.model)
    found = passes(part, who, refused=asked, events=events, taken=taken)
    best = settle(found, who, both.model, events=events)
    best = replace(best, list_row=rows[best.list_row])
    if kept is None:
        return best
    together = Pairs.joined([kept, best])
    if not events:
        once(together, who[together.registry_row])
    return together
