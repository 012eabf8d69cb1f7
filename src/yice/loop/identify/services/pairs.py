"""Say whether a row of a list is a person; take it back. What follows is judged again at once, for them alone."""

from __future__ import annotations

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas.models import Area
from yice.audit.services import record, words
from yice.loop.identify.enums import LinkState, PairState
from yice.loop.identify.models import ListEntry, ListLink, ListReceipt, Pair, Person
from yice.loop.identify.models.lists import standing_in
from yice.loop.identify.pairing.making import looked_at
from yice.loop.identify.services.rescreening import rescreen
from yice.loop.identify.services.ties import refuse_kin
from yice.loop.identify.services.verdicts import VERDICTS, reason_to_undo, take_verdict
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

_LINKS = {
    PairState.SAME: LinkState.SAME,
    PairState.DIFFERENT: LinkState.REFUSED,
    PairState.UNDONE: LinkState.REFUSED,
}


def decide(*, actor: User, pair: Pair, verdict: PairState, version: int) -> Pair:
    """Record `verdict`, one of `VERDICTS`. Where it may end a benefit, "the same" holds once a second person says so.

    A stale page is Problem "stale", a pair already decided "pair-decided", the same reader twice "second-reader".
    """
    assert verdict in VERDICTS  # noqa: S101 - the page offers no other
    with transaction.atomic():
        row = _locked(actor, pair, version)
        if row.state not in (PairState.PROPOSED, PairState.SECOND) and not _to_sample(row):
            raise Problem(
                "pair-decided",
                Message("这一行已经有了结论。"),
                fix=Message("认为结论不对时，请撤销并写明原因。"),
            )
        second = verdict == PairState.SAME and row.takes_away and not _to_sample(row)
        why = Message("可能终止待遇的认定要两个人都看过。")
        take_verdict(row, actor=actor, verdict=verdict, second=second, why=why)
        _hold(actor, row)
        record(
            actor=actor,
            code="pair.decided",
            subject=row.person,
            area=row.area,
            values={"verdict": row.state, "kind": row.kind, "pair": str(row.uuid), "reason": row.reason},
        )
    return row


def undo(*, actor: User, pair: Pair, version: int, reason: str) -> Pair:
    """Take back what holds of a pair, by whomever: a link ends, a refusal is open again; the facts follow."""
    why = reason_to_undo(reason)
    with transaction.atomic():
        row = _locked(actor, pair, version)
        if row.state == PairState.PROPOSED:
            raise Problem("undo-nothing", Message("这一行还没有结论，没有可以撤销的。"))
        ended = row.state == PairState.SAME
        row.state = PairState.UNDONE if ended else PairState.PROPOSED
        row.undone_why, row.automatic = why, False
        if ended:
            row.decided_by, row.decided_at = actor, clock.now()
        else:
            row.decided_by = row.decided_at = None
        row.second_by = row.second_at = None
        _hold(actor, row)
        code = "pair.undone" if ended else "pair.reopened"
        values = {"reason": words(why), "kind": row.kind, "pair": str(row.uuid)}
        record(actor=actor, code=code, subject=row.person, area=row.area, values=values)
    return row


def open_pair(*, actor: User, link: ListLink) -> Pair:
    """The pair of a link that has none, so that somebody can look at it: a name alone waits, what held still holds."""
    made = looked_at(link.entry, link.person)
    access.require(actor, Action.REVIEW_DECIDE, made)
    made.automatic = link.state == LinkState.SAME
    made.state = PairState.SAME if made.automatic else PairState.PROPOSED
    with transaction.atomic():
        found, new = Pair.objects.get_or_create(
            entry=link.entry,
            person=link.person,
            evidence=made.evidence,
            defaults={
                field.attname: getattr(made, field.attname)
                for field in Pair._meta.concrete_fields
                if field.name not in ("id", "entry", "person", "evidence")
            },
        )
        if new:
            values = {"kind": found.kind, "pair": str(found.uuid)}
            record(actor=actor, code="pair.opened", subject=found.person, area=found.area, values=values)
    return found


def _locked(actor: User, pair: Pair, version: int) -> Pair:
    access.require(actor, Action.REVIEW_DECIDE, pair)
    row = Pair.objects.select_for_update(of=("self",)).select_related("person", "entry").get(pk=pair.pk)
    refuse_kin(actor, row.person)
    if row.version != version:
        raise Problem(
            "stale",
            Message("您打开页面之后，这一行已经有了变化。"),
            fix=Message("请看过最新情况后再办理。"),
        )
    row.version += 1
    return row


def _to_sample(row: Pair) -> bool:
    return row.sampled and row.state == PairState.SAME and row.decided_by_id is None


def _hold(actor: User, row: Pair) -> None:
    """Save the pair, bring its link in line, and judge again whoever is touched."""
    row.save()
    state = _LINKS.get(PairState(row.state), LinkState.POSSIBLE)
    settled = state != LinkState.POSSIBLE
    ListLink.objects.update_or_create(
        entry=row.entry,
        person=row.person,
        defaults={
            "state": state,
            "how": "person" if settled else row.reason,
            "by": actor if settled else None,
        },
    )
    touched = {row.person_id} | (_names_alone(row) if state == LinkState.REFUSED else set())
    if state == LinkState.SAME:
        touched |= _let_go(row)
    _count(row.entry)
    rescreen(row.person, sorted(touched))


def _let_go(row: Pair) -> set[int]:
    """A row that has its person may be nobody else any more."""
    others = ListLink.objects.filter(entry=row.entry, state=LinkState.POSSIBLE, by=None)
    freed = set(others.values_list("person_id", flat=True))
    others.delete()
    Pair.objects.filter(entry=row.entry, state=PairState.PROPOSED).exclude(pk=row.pk).delete()
    return freed


def _names_alone(row: Pair) -> set[int]:
    """A row that has lost its person may be anybody of its name again, where it gives no number."""
    entry = row.entry
    held = ListLink.objects.filter(entry=entry).exclude(state=LinkState.REFUSED)
    if entry.id_index is not None or not entry.name_folded or held.exists():
        return set()
    area = ListReceipt.objects.filter(batch=entry.batch_id).values_list("area", flat=True).first()
    if area is None:
        return set()
    end = Area.objects.get(code=area).end
    people = Person.objects.filter(
        name_folded=entry.name_folded, removed_on=None, hukou__gte=area, hukou__lt=end
    )
    keys = list(people.exclude(list_links__entry=entry).order_by("id").values_list("id", flat=True))
    ListLink.objects.bulk_create(
        ListLink(entry=entry, person_id=key, state=LinkState.POSSIBLE, how="name_only") for key in keys
    )
    return set(keys)


def _count(entry: ListEntry) -> None:
    """The figures of the deliveries it stands in, as their pages show them."""
    for receipt in standing_in(ListEntry.objects.filter(pk=entry.pk)):
        receipt.matched = receipt.entries.filter(links__state=LinkState.SAME).distinct().count()
        some = receipt.entries.filter(links__state__in=[LinkState.SAME, LinkState.POSSIBLE])
        receipt.unmatched = max(0, receipt.rows - some.distinct().count())
        receipt.save(update_fields=["matched", "unmatched"])
