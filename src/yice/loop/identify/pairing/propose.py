"""The rows of a list that number and name have not settled: compared, linked where sure, else put to somebody.

What may end something rests on the number beside a name (`Pairs.certain`) or on a person. A row found by weight is
taken by itself only where it can take nothing away: no death, no payment, nobody who is paid. A pair that people
refused or undid comes again only with new evidence; one that they decided holds for the next month's row too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import Exists, OuterRef, Q, QuerySet

from yice.accounts.services import is_demo
from yice.loop.identify.enums import LinkState, PairState
from yice.loop.identify.models import ListEntry, ListLink, ListReceipt, Pair, Person
from yice.loop.identify.pairing import tables
from yice.loop.identify.pairing.carrying import Changed, Delivery, before, by_weight, carried, stamp
from yice.loop.identify.pairing.making import made, word
from yice.loop.identify.pairing.register import register
from yice.loop.identify.pairing.standing import Standing, paid, standing_of
from yice.matching import Decision, Pairs, Reason, Refused, normalise, of_evidence, published
from yice.matching.both import Both
from yice.matching.compare import passes
from yice.matching.passes.settle import settle
from yice.terms import clock

REFUSED = (PairState.DIFFERENT, PairState.UNDONE)
HELD = (
    PairState.SAME,
    PairState.CANNOT_TELL,
    PairState.SECOND,
)  # a row with such a pair is not compared again


@dataclass(frozen=True)
class Sides:
    """Both sides in the order of their rows, with what the engine found between them."""

    entries: list[ListEntry]
    persons: list[Person]
    found: Pairs
    evidence: npt.NDArray[np.int64]  # by pair


@dataclass
class Written:
    pairs: list[Pair] = field(default_factory=list)
    links: list[ListLink] = field(default_factory=list)
    kept: list[tuple[int, Pair]] = field(default_factory=list)  # row and the pair found for its like


class ClaimedError(Exception):
    """Rows that stand from the delivery before were taken by weight to be somebody whom a new row claims."""

    def __init__(self, entries: set[int]) -> None:
        super().__init__()
        self.entries = entries


def propose(receipt: ListReceipt, changed: Changed | None = None, *, came: bool = False) -> None:
    """Compare what is open of a delivery and write pairs and links; what a person decided stays.

    `changed`: the persons who changed since the list was last compared, and nobody else; None: nobody can tell.
    `came`: only the rows that this delivery brought.
    """
    settled = ListLink.objects.filter(entry=OuterRef("pk"), state=LinkState.SAME)
    held = Pair.objects.filter(entry=OuterRef("pk"), state__in=HELD)
    entries = receipt.entries
    new = Q(batch=receipt.batch_id) if came else Q()
    rows = entries.filter(new, ~Exists(settled), ~Exists(held)).order_by("id")

    def opened(keys: Sequence[int]) -> list[ListEntry]:
        return _in_order(entries.only(*tables.ENTRY), keys)

    asked = Delivery(
        receipt.kind,
        receipt.area,
        entries.exclude(name="").exists(),
        {key: bytes(digest) if digest else None for key, digest in rows.values_list("pk", "digest")},
        opened,
        *_before(receipt, came=came),
    )
    standing = standing_of(receipt.kind, receipt.area)
    weights = {} if asked.standing is None or standing.many_rows else by_weight(asked.standing)
    taken = _taken(receipt) - weights.keys()
    source = before(receipt.kind, receipt.area, receipt) if changed is not None else None
    quiet = carried(asked, source, standing, taken, changed or ()) if source is not None else {}
    _write(receipt, _judged(asked, quiet, standing, taken, weights), came=came)
    _keep_waiting(receipt)
    receipt.compared_by = stamp()
    receipt.save(update_fields=["compared_by"])


def _before(receipt: ListReceipt, *, came: bool) -> tuple[QuerySet[ListEntry] | None, ...]:
    """Of the delivery before, the rows that ended with this one, and those that stand in it."""
    if not came or receipt.begins is None:
        return ()
    same = ListEntry.objects.filter(batch__in=receipt.batches())
    return same.filter(until=receipt.pk), receipt.entries.exclude(batch=receipt.batch_id)


def _in_order(entries: QuerySet[ListEntry], keys: Sequence[int]) -> list[ListEntry]:
    asked = list(keys)
    found = [one for at in range(0, len(asked), 500) for one in entries.filter(pk__in=asked[at : at + 500])]
    return sorted(found, key=lambda one: one.pk)


def foreseen(asked: Delivery, taken: set[int]) -> list[ListLink]:
    """The links `propose` would write of rows not kept yet; `taken`: persons already found."""
    standing = standing_of(asked.kind, asked.area)
    source = before(asked.kind, asked.area)
    weights: dict[int, set[int]] = {}
    if asked.standing is not None:
        weights = {} if standing.many_rows else by_weight(asked.standing)
        _unclaimed(weights, taken)
        here = ListLink.objects.filter(entry__in=asked.standing, state=LinkState.SAME)
        taken = taken | (set(here.values_list("person_id", flat=True)) - weights.keys())
    quiet = carried(asked, source, standing, taken, ()) if source is not None else {}
    return _judged(asked, quiet, standing, taken, weights).links


def _unclaimed(weights: Mapping[int, set[int]], persons: set[int]) -> None:
    """Of those persons none is, by weight, another row that stands."""
    if claimed := persons & weights.keys():
        raise ClaimedError({entry for person in claimed for entry in weights[person]})


def _judged(
    asked: Delivery,
    quiet: dict[int, list[Pair]],
    standing: Standing,
    taken: set[int],
    weights: Mapping[int, set[int]],
) -> Written:
    """What holds of every open row: of the quiet ones as before, of the others as compared now."""
    while True:
        again = [key for key in asked.rows if key not in quiet]
        found = _weighed(_compared(asked, again, standing), standing, taken)
        # One person has one row: who claims a person of a quiet row is compared beside it.
        claimed = set() if standing.many_rows else {one.person_id for one in found.pairs}
        late = [key for key, pairs in quiet.items() if any(one.person_id in claimed for one in pairs)]
        if not late:
            break
        for key in late:
            del quiet[key]
    _unclaimed(weights, {one.person_id for one in found.pairs if one.state == PairState.SAME})
    for key, pairs in quiet.items():
        for pair in pairs:
            found.kept.append((key, pair))
            found.links.append(
                ListLink(
                    entry_id=key,
                    person_id=pair.person_id,
                    state=LinkState.SAME if pair.state == PairState.SAME else LinkState.POSSIBLE,
                    how=pair.reason,
                )
            )
    return found


def _compared(asked: Delivery, keys: list[int], standing: Standing) -> Sides | None:
    """The rows beside whom they may be. Each is weighed as if it stood alone, so that another's leaving or coming
    changes nothing but who has the better claim."""
    entries = asked.opened(keys)
    theirs = [tables.entry_row(one) for one in entries]
    if not any(row["name"] or row["id_number"] for row in theirs):
        return None
    given = tables.given_by(theirs)
    them = normalise(tables.table(theirs), allow_test_range=is_demo())
    persons, shares = register(asked.area, entries, them)
    if not persons:
        return None
    ours = tables.table(tables.person_row(one, given) for one in persons)
    ids = ours["row_id"].combine_chunks()
    refused = Pair.objects.filter(state__in=REFUSED).order_by().values_list("evidence", flat=True)
    both = Both.of(normalise(ours, allow_test_range=is_demo()), them, published(), shares)
    both = replace(both, nameless=not asked.named)
    who = np.arange(len(persons))
    said = Refused(ids, np.array(list(refused), dtype=np.int64))
    found = settle(passes(both, who, refused=said, events=True), who, both.model, events=standing.many_rows)
    return Sides(entries, persons, found, of_evidence(found, ids, them))


def _write(receipt: ListReceipt, written: Written, *, came: bool) -> None:
    """Pairs and links of what holds; of the pairs that waited, those found again stay as they are."""
    stay = {pair.pk for key, pair in written.kept if pair.entry_id == key}
    rows = Q(entry__batch=receipt.batch_id) if came else receipt.holds("entry__")
    waiting = Pair.objects.filter(rows, state=PairState.PROPOSED, sampled=False)
    before = {(one.entry_id, one.person_id, one.evidence): one for one in waiting if one.pk not in stay}
    written.pairs += [_anew(key, pair) for key, pair in written.kept if pair.entry_id != key]
    again = [before.pop(key) for one in written.pairs if (key := _key(one)) in before and _waits(one)]
    there = {_key(one) for one in again}
    Pair.objects.filter(pk__in=[one.pk for one in before.values()]).delete()
    Pair.objects.bulk_create(
        [one for one in written.pairs if _key(one) not in there], ignore_conflicts=True, batch_size=500
    )
    ListLink.objects.bulk_create(
        written.links,
        update_conflicts=True,
        unique_fields=["entry", "person"],
        update_fields=["state", "how", "by"],
        batch_size=500,
    )


def _anew(entry: int, pair: Pair) -> Pair:
    """The pair of a row that says what it said last month, under this month's row."""
    kept = {
        field.attname: getattr(pair, field.attname)
        for field in Pair._meta.concrete_fields
        if field.name not in ("id", "uuid", "version", "entry", "sampled", "proposed_at")
    }
    return Pair(entry_id=entry, proposed_at=clock.now(), **kept)


def _key(pair: Pair) -> tuple[int, int, int]:
    return pair.entry_id, pair.person_id, pair.evidence


def _waits(pair: Pair) -> bool:
    return pair.state == PairState.PROPOSED


def _weighed(sides: Sides | None, standing: Standing, taken: set[int]) -> Written:
    """What follows from the pairs of rows compared now."""
    written = Written()
    if sides is None:
        return written
    found = sides.found
    persons = [sides.persons[at] for at in found.registry_row.tolist()]
    receiving = paid([one.pk for one in persons], standing.payrolls)
    known = _decided_before(sides.evidence)
    certain = found.certain
    for at, person in enumerate(persons):
        entry = sides.entries[int(found.list_row[at])]
        rival = int(found.runner_up[at])
        pair = made(found, at, entry, person, sides.persons[rival] if rival >= 0 else None)
        pair.evidence = int(sides.evidence[at])
        pair.line = standing.line
        pair.takes_away = standing.event or (not standing.payroll and person.pk in receiving)
        same = int(found.decision[at]) == Decision.SAME
        if same and not certain[at] and not standing.many_rows and person.pk in taken:
            pair.reason, same = word(Reason.TAKEN), False
        alone = certain[at] or not (standing.many_rows or pair.takes_away)
        state, how = LinkState.POSSIBLE, pair.reason
        if (said := known.get((person.pk, pair.evidence))) is not None:
            for name in ("state", "decided_by_id", "decided_at", "second_by_id", "second_at"):
                setattr(pair, name, getattr(said, name))
            if said.state == PairState.SAME:
                state, how = LinkState.SAME, "person"
        elif same and alone:
            pair.state, pair.automatic, state = PairState.SAME, True, LinkState.SAME
        written.pairs.append(pair)
        written.links.append(ListLink(entry=entry, person=person, state=state, how=how, by=pair.decided_by))
    return written


def _taken(receipt: ListReceipt) -> set[int]:
    rows = ListLink.objects.filter(receipt.holds("entry__"), state=LinkState.SAME)
    return set(rows.values_list("person_id", flat=True))


def _decided_before(evidence: npt.NDArray[np.int64]) -> Mapping[tuple[int, int], Pair]:
    """What people said of the same evidence on an earlier row: the same, or nobody can tell; the newest counts."""
    known: dict[tuple[int, int], Pair] = {}
    wanted: list[Any] = evidence.tolist()
    for at in range(0, len(wanted), 500):
        rows = Pair.objects.filter(
            evidence__in=wanted[at : at + 500],
            state__in=(PairState.SAME, PairState.CANNOT_TELL),
            decided_by__isnull=False,
        )
        known |= {
            (one.person_id, one.evidence): one for one in rows.select_related("decided_by").order_by("id")
        }
    return known


def _keep_waiting(receipt: ListReceipt) -> None:
    """A pair that nobody could tell, or that waits for a second reader, keeps its link open."""
    rows = Pair.objects.filter(receipt.holds("entry__"), state__in=(PairState.CANNOT_TELL, PairState.SECOND))
    links = [
        ListLink(entry_id=one.entry_id, person_id=one.person_id, state=LinkState.POSSIBLE, how=one.reason)
        for one in rows
    ]
    ListLink.objects.bulk_create(links, ignore_conflicts=True)
