"""疑义核验: rows in doubt go to the owner of the list in their own values, and the answers are taken.

A correction is a new version of the row with its source; what was sent stays beside it. Nothing is overwritten
without a trace, and whoever is touched is judged again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.accounts.services import is_demo
from yice.audit.services import record
from yice.exchange.agreements.doubts import OPEN, find
from yice.exchange.imports.commit_lists import match_entries, recount
from yice.exchange.models import Agreement, Doubt, DoubtState, Inquiry
from yice.identifiers import citizen_id, sealing
from yice.identifiers.names import fold
from yice.loop.identify.enums import EntrySource, LinkState, PairState
from yice.loop.identify.models import EntryVersion, ListEntry, ListLink, Pair, Person
from yice.loop.identify.models.lists import standing_in
from yice.loop.identify.services.rescreening import rescreen
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

MOST_PROBLEMS = 100


@dataclass(frozen=True)
class Answer:
    """What the owner says of a row: `verdict` corrected, confirmed or not_ours; `line` is the row of their file."""

    doubt: str  # its uuid
    verdict: DoubtState
    name: str = ""
    number: str = ""
    remark: str = ""
    line: int = 0


def look_for_doubts(*, actor: User, agreement: Agreement) -> int:
    """Look through the newest delivery; gives how many rows are newly in doubt."""
    access.require(actor, Action.IMPORT_LIST, agreement)
    with transaction.atomic():
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        found, gone = find(row)
        values = {"list": row.title, "found": found, "gone": gone}
        record(actor=actor, code="doubts.found", subject=row, area=row.area, values=values)
    return found


def put(*, actor: User, agreement: Agreement) -> Inquiry:
    """A round of every doubt that waits, asked before or not; its file is `sheet.written`."""
    access.require(actor, Action.IMPORT_LIST, agreement)
    with transaction.atomic():
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        waiting = Doubt.objects.filter(agreement=row, state__in=OPEN)
        count = waiting.count()
        if not count:
            raise Problem("doubts-none", Message("没有要提交的疑点。"), fix=Message("请先查找疑点。"))
        made = Inquiry.objects.create(agreement=row, rows=count, made_by=actor, made_at=clock.now())
        waiting.update(state=DoubtState.ASKED, inquiry=made)
        values = {"list": row.title, "sender": row.sender, "rows": count}
        record(actor=actor, code="doubts.put", subject=made, area=row.area, values=values)
    return made


def hand_out(*, actor: User, inquiry: Inquiry) -> Inquiry:
    """Put on record that the file of a round was taken away: it holds whole numbers."""
    access.require(actor, Action.IMPORT_LIST, inquiry.agreement)
    with transaction.atomic():
        values = {"list": inquiry.agreement.title, "rows": inquiry.rows}
        record(
            actor=actor, code="doubts.handed_out", subject=inquiry, area=inquiry.agreement.area, values=values
        )
    return inquiry


def take_answers(*, actor: User, agreement: Agreement, answers: Sequence[Answer]) -> Counter[str]:
    """Take what the owner answered, all or nothing; gives how many of each verdict.

    An answer to a doubt that is closed already is passed over: the same file may come twice.
    """
    access.require(actor, Action.IMPORT_LIST, agreement)
    with transaction.atomic():
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        asked = {str(one.uuid): one for one in row.doubts.select_for_update().select_related("entry__batch")}
        _refuse(answers, asked)
        counts: Counter[str] = Counter()
        corrected: list[ListEntry] = []
        for answer in answers:
            doubt = asked[answer.doubt]
            if doubt.state not in OPEN:
                continue
            doubt.state, doubt.remark = answer.verdict, answer.remark[:200]
            doubt.answered_by, doubt.answered_at = actor, clock.now()
            doubt.save(update_fields=["state", "remark", "answered_by", "answered_at"])
            counts[answer.verdict] += 1
            if answer.verdict == DoubtState.CORRECTED:
                _correct(actor, doubt.entry, answer)
                corrected.append(doubt.entry)
        _link_again(corrected)
        told = {
            one.value: counts[one]
            for one in (DoubtState.CORRECTED, DoubtState.CONFIRMED, DoubtState.NOT_OURS)
        }
        values = {"list": row.title, "sender": row.sender, **told}
        record(actor=actor, code="doubts.answered", subject=row, area=row.area, values=values)
    return counts


def _refuse(answers: Sequence[Answer], asked: dict[str, Doubt]) -> None:
    problems = []
    for answer in answers:
        what: Message | None = None
        if answer.doubt not in asked:
            what = Message("第 {row} 行的核验编号不是这份名单的。", row=answer.line)
        elif answer.verdict == DoubtState.CORRECTED:
            if not (answer.name or answer.number):
                what = Message("第 {row} 行写了更正，但没有更正后的姓名或证件号。", row=answer.line)
            elif answer.number and not citizen_id.read(answer.number, allow_test_range=is_demo()).usable:
                what = Message("第 {row} 行更正后的证件号通不过校验。", row=answer.line)
        if what is not None:
            problems.append(
                Problem("answer-unusable", what, fix=Message("请与来表单位核对后重新上传。"), field="file")
            )
    if problems:
        raise Problems(problems[:MOST_PROBLEMS])


def _correct(actor: User, entry: ListEntry, answer: Answer) -> None:
    """The row's next version. The first answer also keeps what was sent, as version 1."""
    last = entry.versions.order_by("-number").first()
    if last is None:
        last = EntryVersion.objects.create(
            entry=entry, number=1, source=EntrySource.SENT, name=entry.name, id_sealed=entry.id_sealed,
            at=entry.batch.recorded_at, by_id=entry.batch.recorded_by_id,
        )  # fmt: skip
    if answer.name:
        entry.name, entry.name_folded = answer.name[:100], fold(answer.name)[:100]
    if answer.number:
        number = citizen_id.read(answer.number, allow_test_range=is_demo()).text
        entry.id_sealed, entry.id_index = (
            sealing.seal("id_number", number),
            sealing.index("id_number", number),
        )
    entry.digest = None  # it says what no row was compared by
    entry.save(update_fields=["name", "name_folded", "id_sealed", "id_index", "digest"])
    made = EntryVersion.objects.create(
        entry=entry, number=last.number + 1, source=EntrySource.OWNER_ANSWER, name=entry.name,
        id_sealed=entry.id_sealed, at=clock.now(), by=actor,
    )  # fmt: skip
    record(
        actor=actor, code="row.corrected", subject=entry.batch, area=entry.batch.area,
        values={"version": made.number, "row": entry.row},
    )  # fmt: skip


def _link_again(entries: Sequence[ListEntry]) -> None:
    """What a machine had linked by the old values goes; the rows are matched anew and everybody touched judged."""
    if not entries:
        return
    keys = [one.pk for one in entries]
    links = ListLink.objects.filter(entry__in=keys)
    touched = set(links.values_list("person_id", flat=True))
    links.filter(by=None).delete()
    Pair.objects.filter(entry__in=keys, state=PairState.PROPOSED).delete()
    Pair.objects.filter(entry__in=keys, state=PairState.SAME, decided_by=None).delete()
    left = set(keys)  # a row may stand in several deliveries: the newest compares it, the others count it
    for receipt in standing_in(ListEntry.objects.filter(pk__in=keys)).reverse():
        here = set(receipt.entries.filter(pk__in=left).values_list("pk", flat=True))
        (match_entries if here else recount)(receipt)
        left -= here
    touched |= set(
        ListLink.objects.filter(entry__in=keys)
        .exclude(state=LinkState.REFUSED)
        .values_list("person_id", flat=True)
    )
    first = Person.objects.filter(pk__in=touched).order_by("pk").first()
    if first is not None:
        rescreen(first, sorted(touched))


def values_of(entry: ListEntry) -> dict[str, Any]:
    """What the sender wrote in this row: theirs to see in full."""
    return {
        "row": entry.row,
        "name": entry.name,
        "id_number": sealing.open_sealed("id_number", entry.id_sealed),
    }
