"""Rows of a delivery that need not be compared: what they say was compared before, with people who have not changed.

A receipt whose rows stand as the passes leave them is marked with their version (`stamp`). The next delivery of that
list takes over what was found for a row of the same digest; the same delivery, looked at again, keeps it. Compared
again is a row that is new or changed; one whose pair somebody decided, or may decide otherwise by what was said
elsewhere; one that waits because another row held the person; and one that a changed person is, or may be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from yice.accounts.services import is_demo
from yice.areas.models import Area
from yice.identifiers.names import folding
from yice.loop.identify.enums import LinkState, PairState
from yice.loop.identify.models import EntryVersion, ListEntry, ListLink, ListReceipt, Pair, Person
from yice.loop.identify.pairing import tables
from yice.loop.identify.pairing.standing import Standing, paid, standing_of
from yice.matching import normalise, published, rule_version
from yice.matching.both import Both
from yice.matching.compare import passes

# So many changed persons, or this share of an area's, and everything is compared: that costs less.
MANY, MOST = 50, 0.05
_REFUSED = (PairState.DIFFERENT, PairState.UNDONE)
Changed = Collection[int]  # persons whose matching values changed since the rows were last compared


@dataclass(frozen=True)
class Delivery:
    """What is asked about: the open rows by key with their digests; `opened` gives rows as entries."""

    kind: str
    area: str
    named: bool  # whether any of its rows gives a name
    rows: Mapping[int, bytes | None]
    opened: Callable[[Sequence[int]], list[ListEntry]]
    # Where rows of the delivery before stand in this one: those that do not, and those that do.
    ended: QuerySet[ListEntry] | None = None
    standing: QuerySet[ListEntry] | None = None


def stamp() -> str:
    """By what rows were compared: passes, weights, and the tables names are folded by."""
    return f"{rule_version(published())} {folding()}"


def before(kind: str, area: str, receipt: ListReceipt | None = None) -> ListReceipt | None:
    """The delivery that tells what was found: this very one, else the newest of its list."""
    now = stamp()
    if receipt is not None and receipt.compared_by == now:
        return receipt
    found = ListReceipt.objects.filter(kind=kind, area=area, compared_by=now)
    return (found.exclude(pk=receipt.pk) if receipt is not None else found).order_by("-pk").first()


def touching(code: str) -> QuerySet[ListReceipt]:
    """Receipts of an area, of what lies in it and of what it lies in."""
    area = Area.objects.get(code=code)
    ends = Area.objects.filter(code=OuterRef("area"), end__gt=code)
    return ListReceipt.objects.filter(Exists(ends), area__lt=area.end)


def many(area: str, changed: Changed) -> bool:
    end = Area.objects.get(code=area).end
    here = Person.objects.filter(hukou__gte=area, hukou__lt=end, removed_on=None)
    return len(changed) > MANY and len(changed) > MOST * here.count()


def carried(
    asked: Delivery, source: ListReceipt, standing: Standing, taken: set[int], changed: Changed
) -> dict[int, list[Pair]]:
    """By key of each row that need not be compared, the pairs found for its like: mostly none, else one."""
    before = source.entries if asked.ended is None else asked.ended
    twins = _twins(asked.rows, before)
    pairs, holds = _pairs(before, standing, taken, changed)
    named = _named_elsewhere(before)
    found = {
        key: pairs.get(twin, [])
        for key, twin in twins.items()
        if twin not in named and all(holds(pair) for pair in pairs.get(twin, ()))
    }
    for key in _touched(asked, list(found), changed):
        del found[key]
    return found


def restless(receipt: ListReceipt) -> set[int]:
    """Its rows that the next delivery must look at again though they say the same: whose pair may come out otherwise,
    who was somebody else on another row, whose number somebody bears with whom nothing was found, and who were corrected.
    """
    rows = receipt.entries
    pairs, holds = _pairs(rows, standing_of(receipt.kind, receipt.area), set(), ())
    decided = (PairState.CANNOT_TELL, PairState.SECOND)

    def stays(pair: Pair) -> bool:
        return pair.state in decided or (pair.state == PairState.SAME and not pair.automatic) or holds(pair)

    own = Pair.objects.filter(entry=OuterRef("entry"), person=OuterRef("person"))
    refused = Pair.objects.filter(person=OuterRef("person"), state__in=_REFUSED)
    links = ListLink.objects.filter(Exists(refused), ~Exists(own), receipt.holds("entry__"), by=None)
    corrected = EntryVersion.objects.filter(receipt.holds("entry__"))
    return {
        *(key for key, some in pairs.items() if not all(map(stays, some))),
        *links.values_list("entry_id", flat=True),
        *corrected.values_list("entry_id", flat=True),
        *_named_elsewhere(rows),
    }


def by_weight(rows: QuerySet[ListEntry]) -> dict[int, set[int]]:
    """Person → rows that were taken to be theirs by weight alone: another row may have the better claim."""
    found: dict[int, set[int]] = defaultdict(set)
    pairs = Pair.objects.filter(state=PairState.SAME, automatic=True, pass_number__gte=4)
    for person, entry in pairs.filter(entry__in=rows).values_list("person_id", "entry_id"):
        found[person].add(entry)
    return found


def _pairs(
    rows: QuerySet[ListEntry], standing: Standing, taken: set[int], changed: Changed
) -> tuple[dict[int, list[Pair]], Callable[[Pair], bool]]:
    """The pairs of rows by row, and which of them would be found again."""
    pairs: dict[int, list[Pair]] = defaultdict(list)
    decided = Pair.objects.filter(evidence=OuterRef("evidence")).filter(
        Q(state__in=_REFUSED) | Q(decided_by__isnull=False)
    )
    gone = Q(removed_on__isnull=False) | Q(merged_into__isnull=False)
    left = Person.objects.filter(Q(pk=OuterRef("person")) | Q(pk=OuterRef("runner_up"))).filter(gone)
    for pair in Pair.objects.filter(entry__in=rows).annotate(
        said=Exists(decided), left=Exists(left), moved=~Q(area=F("person__hukou"))
    ):
        pairs[pair.entry_id].append(pair)
    receiving = paid([one.person_id for some in pairs.values() for one in some], standing.payrolls)
    other = set(changed)

    def holds(pair: Pair) -> bool:
        ours = pair.state == PairState.PROPOSED or (pair.state == PairState.SAME and pair.automatic)
        elsewhere = pair.state == PairState.SAME and pair.pass_number >= 4 and pair.person_id in taken
        takes_away = standing.event or (not standing.payroll and pair.person_id in receiving)
        return (
            ours
            and not (pair.said or pair.left or pair.moved or elsewhere)  # type: ignore[attr-defined]
            and pair.reason != "taken"
            and pair.takes_away == takes_away
            and not {pair.person_id, pair.runner_up_id} & other
        )

    return pairs, holds


def _twins(rows: Mapping[int, bytes | None], before: QuerySet[ListEntry]) -> dict[int, int]:
    """A row that said the same in the delivery before, for each that has one; none stands for two."""
    held = ListLink.objects.filter(entry=OuterRef("pk"), state=LinkState.SAME)
    plain = Exists(held) & ~Exists(
        Pair.objects.filter(entry=OuterRef("pk"))
    )  # settled without being compared
    there: dict[bytes, list[int]] = defaultdict(list)
    old = before.filter(digest__isnull=False).exclude(plain)
    for key, digest in old.order_by("-pk").values_list("pk", "digest"):
        there[bytes(digest or b"")].append(key)
    found = {}
    for key, digest in rows.items():
        if digest is not None and (some := there.get(bytes(digest))):
            found[key] = some.pop()
    return found


def _named_elsewhere(before: QuerySet[ListEntry]) -> set[int]:
    """Rows whose number is somebody's with whom nothing was found: registered in another county since, perhaps."""
    holder = Person.objects.filter(id_index=OuterRef("id_index"))
    rows = before.filter(Exists(holder), id_index__isnull=False)
    found = rows.exclude(Exists(Pair.objects.filter(entry=OuterRef("pk"))))
    linked = ListLink.objects.filter(entry=OuterRef("pk"), state=LinkState.SAME)
    return set(found.exclude(Exists(linked)).values_list("pk", flat=True))


def _touched(asked: Delivery, keys: list[int], changed: Changed) -> list[int]:
    """Rows that one of the changed persons may be: whatever the passes would compare."""
    if not changed or not keys:
        return []
    people = Person.objects.only(*tables.PERSON).filter(pk__in=list(changed)).order_by("pk")
    rows = [tables.entry_row(one) for one in asked.opened(keys)]
    given = tables.given_by(rows)
    ours = normalise(
        tables.table(tables.person_row(one, given) for one in people), allow_test_range=is_demo()
    )
    theirs = normalise(tables.table(rows), allow_test_range=is_demo())
    found = passes(Both.of(ours, theirs, published()), np.arange(len(ours)), events=True)
    return [keys[at] for at in np.unique(found.list_row).tolist()]
