"""A list goes in: its receipt, its entries, and the links of pass 1; an earlier delivery no longer counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import connection
from django.db.models import Q

from yice.areas.models import Area
from yice.exchange.agreements.doubts import note
from yice.exchange.imports import counting, standing
from yice.exchange.imports.matching import sure, unsure
from yice.exchange.imports.staging.store import Store, run
from yice.exchange.imports.statistics import count_anew
from yice.loop.identify import indexing
from yice.loop.identify.enums import LinkState
from yice.loop.identify.models import Batch, ListEntry, ListLink, ListReceipt
from yice.loop.identify.models.lists import STANDS
from yice.loop.identify.pairing.carrying import Changed, many, touching
from yice.loop.identify.pairing.duplicates import stay_merged, to_kept
from yice.loop.identify.pairing.propose import propose
from yice.loop.identify.pairing.sampling import draw


def commit_list(store: Store, batch: Batch, tell: Callable[[str], None]) -> None:
    """Everything a staged list brings. The very same file again only looks for persons who came since."""
    kind = batch.source.removeprefix("list:")
    assert batch.month is not None  # noqa: S101 - staging settled it
    if (held := counting.same_file(batch)) is not None:
        tell("重新比对")
        match_entries(held)
        batch.counts |= counting.counts_of(batch, counting.kept(held), held, held.rows)
        return
    earlier, replaced = counting.earlier_of(batch), counting.same_month(batch)
    if replaced is not None:
        ListReceipt.objects.filter(pk=replaced.pk).update(current=False)
    tell("写入名单")
    came = run(
        store,
        """INSERT INTO identify_listentry (batch_id, kind, month, row, name, name_folded, id_sealed, id_index,
            certificate_index, area, pay_kind, amount_fen, account_sealed, account_index, "values",
            beside_sealed, digest, dated, until)
        SELECT %s, %s, e.month, e.line, e.name, e.name_folded, e.id_sealed, e.id_index, e.certificate_index, e.area,
            e.pay_kind, e.amount_fen, e.account_sealed, e.account_index, e.rest, e.beside_sealed, e.digest,
            e.dated, %s
        FROM {s}.entry e ORDER BY e.row""",
        [batch.pk, kind, STANDS],
    )
    count_anew(ListEntry, came)
    source, stands = standing.kept(store)
    receipt = ListReceipt.objects.create(
        batch=batch,
        kind=kind,
        area=batch.area,
        month=batch.month,
        whole=counting.spoken(batch),
        rows=batch.counts["entries"],
        matched=0,
        unmatched=0,
        begins=(source.begins or source.pk) if source else None,
    )
    if source is not None:
        run(
            store,
            "UPDATE identify_listentry SET until = %s WHERE id IN (SELECT entry_id FROM {s}.ended)",
            [receipt.pk],
        )
    standing.know(receipt, store, stands)
    tell("与在册人员比对")
    match_entries(receipt, came=True)
    count_anew(ListLink, came)
    draw(receipt)
    note(receipt)
    found = counting.counts_of(batch, counting.kept(receipt), earlier, replaced.rows if replaced else 0)
    batch.counts = {**batch.counts, **found}


def match_entries(receipt: ListReceipt, changed: Changed | None = (), *, came: bool = False) -> None:
    """Link the receipt's entries that have no settled link yet; what a person decided stays.

    Number and name first, in SQL; the rest goes through `yice.matching`, but for rows that were compared before with
    people who have not changed since (`changed`: who has; None: anybody may have); a name that still stands alone
    makes the fact unknown for whoever bears it. `came`: only the rows this delivery brought, the others stand.
    """
    indexing.settle()
    rows = Q(entry__batch=receipt.batch_id) if came else receipt.holds("entry__")
    ListLink.objects.filter(rows, by=None, state=LinkState.POSSIBLE).delete()
    end = Area.objects.get(code=receipt.area).end
    these = f"e.batch_id = {int(receipt.batch_id)}" if came else counting.held(receipt)
    # A pair somebody refused is not made again; an entry that has its person needs no other.
    free = f"""{these} AND NOT EXISTS (SELECT 1 FROM identify_listlink k
        WHERE k.entry_id = e.id AND (k.person_id = p.id OR k.state <> '{LinkState.REFUSED.value}'))"""
    run_passes(sure("identify_listentry e", "e.id", free))
    propose(receipt, changed, came=came)
    run_passes(unsure("identify_listentry e", "e.id", free, (receipt.area, end)))
    to_kept(receipt)
    recount(receipt)


def recount(receipt: ListReceipt) -> None:
    counted = counting.tally(counting.kept(receipt))
    receipt.matched, receipt.unmatched = counted["matched"], counted["unmatched"]
    receipt.save(update_fields=["matched", "unmatched"])


def run_passes(selects: Iterable[tuple[str, list[str]]]) -> None:
    with connection.cursor() as cursor:
        for select, params in selects:
            cursor.execute(
                f"INSERT INTO identify_listlink (entry_id, person_id, state, how) {select}", params
            )


def match_again(area: Area, changed: Changed | None = None) -> int:
    """After persons came or changed: look again at every list that still counts in their area. Gives how many."""
    stay_merged()
    if changed is not None and many(area.code, changed):
        changed = None
    touched = touching(area.code)
    touched.filter(current=False).update(compared_by="")
    found = list(touched.filter(current=True).select_related("batch").order_by("pk"))
    for receipt in found:
        match_entries(receipt, changed)
    for receipt in found:  # a row may stand in several
        recount(receipt)
    return len(found)
