"""Which two on the register may be one person: the same engine, the register against itself. It only proposes.

Two sound numbers are never one by themselves; they are asked about where name, birth date and place agree and
something doubts a number. Nothing is merged here: only people say so (`services.merging`).
"""

from __future__ import annotations

import numpy as np
from django.db.models import Exists, OuterRef

from yice.accounts.enums import Line
from yice.accounts.services import is_demo
from yice.areas.models import Area
from yice.loop.identify.enums import LinkState, PairState
from yice.loop.identify.models import Duplicate, ListLink, ListReceipt, Person
from yice.loop.identify.pairing import tables
from yice.loop.identify.pairing.making import word
from yice.loop.identify.pairing.propose import REFUSED
from yice.loop.identify.pairing.standing import paid, payrolls_of
from yice.matching import normalise, of_evidence, published, rule_version
from yice.matching.both import Both
from yice.matching.passes.joining import run
from yice.matching.passes.two_ids import BY_TWO_IDS
from yice.matching.persons import PASSES, first_said
from yice.terms import clock

COUNTY = 6  # digits: who is registered in two counties is put to neither


def propose_duplicates(area: str) -> int:
    """Bring the proposals of an area up to date; gives how many wait. What people said stays said."""
    end = Area.objects.get(code=area).end
    rows = Person.objects.only(*tables.PERSON).filter(hukou__gte=area, hukou__lt=end, removed_on=None)
    persons = list(rows.order_by("id"))
    made = _found(area, persons) if len(persons) > 1 else []
    waiting = Duplicate.objects.filter(area__gte=area, area__lt=end, state=PairState.PROPOSED)
    keys = {(one.kept_id, one.other_id, one.evidence) for one in made}
    stale = [one.pk for one in waiting.all() if (one.kept_id, one.other_id, one.evidence) not in keys]
    Duplicate.objects.filter(pk__in=stale).delete()
    Duplicate.objects.bulk_create(made, ignore_conflicts=True, batch_size=500)
    return waiting.count()


def _found(area: str, persons: list[Person]) -> list[Duplicate]:
    table = tables.table(tables.person_row(one) for one in persons)
    records = normalise(table, allow_test_range=is_demo())
    both = Both.of(records, records, published())
    every = np.ones(len(records), dtype=np.bool_)
    found = first_said([run(one, both, every, every) for one in (*PASSES, BY_TWO_IDS)])
    evidence = of_evidence(found, table["row_id"].combine_chunks(), records)
    refused = set(Duplicate.objects.filter(state__in=REFUSED).order_by().values_list("evidence", flat=True))
    receiving = paid(
        [persons[at].pk for at in {*found.registry_row.tolist(), *found.list_row.tolist()}], payrolls_of(area)
    )
    made = []
    for at in range(len(found)):
        one, other = persons[int(found.registry_row[at])], persons[int(found.list_row[at])]
        if one.hukou[:COUNTY] != other.hukou[:COUNTY] or int(evidence[at]) in refused:
            continue
        sound = records.usable[int(found.registry_row[at])] or not records.usable[int(found.list_row[at])]
        kept, gone = (one, other) if sound else (other, one)
        made.append(
            Duplicate(
                kept=kept,
                other=gone,
                area=kept.hukou,
                line=Line.ENTITLEMENT,
                pass_number=int(found.pass_[at]),
                reason=word(int(found.reason[at])),
                weight=float(found.weight[at]),
                levels="".join(str(code) for code in found.levels[at].tolist()),
                frequency=float(found.frequency[at]),
                evidence=int(evidence[at]),
                rules=rule_version(published()),
                takes_away=bool(receiving & {one.pk, other.pk}),
                proposed_at=clock.now(),
            )
        )
    return made


def to_kept(receipt: ListReceipt) -> None:
    """Rows of a delivery that name a record merged into another are rows of the one that was kept."""
    here = ListLink.objects.filter(receipt.holds("entry__"), person__merged_into__isnull=False)
    there = ListLink.objects.filter(entry=OuterRef("entry"), person=OuterRef("person__merged_into"))
    here.filter(Exists(there)).delete()
    for link in here.exclude(state=LinkState.REFUSED).select_related("person"):
        ListLink.objects.filter(pk=link.pk).update(person=link.person.merged_into_id)


def stay_merged() -> None:
    """A register that still has both rows does not bring a merged record back."""
    Person.objects.filter(merged_into__isnull=False, removed_on=None).update(removed_on=clock.today())
