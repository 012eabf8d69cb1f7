"""Two records of one person become one, and two again. Whatever moves is written down, so that it can move back."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import NullIf

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Line
from yice.accounts.models import User
from yice.audit.services import record
from yice.jobs.models import Job
from yice.jobs.services import enqueue
from yice.loop.identify import indexing
from yice.loop.identify.enums import PairState
from yice.loop.identify.models import Certificate, Duplicate, ListLink, ListReceipt, Person
from yice.loop.identify.services.runs import apply_screened
from yice.loop.identify.services.scope import Scope
from yice.loop.identify.services.taking import screened_now
from yice.loop.identify.services.ties import refuse_kin
from yice.loop.identify.services.verdicts import VERDICTS, reason_to_undo, take_verdict
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

JOB = "register.duplicates"
# What a record says and what became of it stays with it: facts as received, changes, what was asked of it.
STAYS = frozenset({"identify.facts", "identify.change", "identify.ask", "identify.duplicate"})
REMOVED = "removed_on"


def look_for_duplicates(*, actor: User, area: str) -> Job:
    """A job that compares the register of `area` with itself."""
    access.require(actor, Action.REVIEW_DECIDE, Place(area))
    return enqueue(actor=actor, kind=JOB, arguments={"area": area}, area=area)


def decide_duplicate(*, actor: User, pair: Duplicate, verdict: PairState, version: int) -> Duplicate:
    """Record `verdict`. "The same" merges; where one of them is paid, only once the paying department says so too."""
    assert verdict in VERDICTS  # noqa: S101 - the page offers no other
    with transaction.atomic():
        row = _locked(actor, pair, version)
        if row.state not in (PairState.PROPOSED, PairState.SECOND):
            raise Problem(
                "pair-decided",
                Message("这一对已经有了结论。"),
                fix=Message("认为结论不对时，请撤销并写明原因。"),
            )
        second = verdict == PairState.SAME and row.takes_away
        why = Message("正在享受待遇的，合并要两个人都看过。")
        take_verdict(row, actor=actor, verdict=verdict, second=second, why=why)
        if row.state == PairState.SECOND:
            row.line = Line.PAYMENT  # the second reader is who pays
        if row.state == PairState.SAME:
            _merge(row)
        row.save()
        _told(actor, row, "duplicate.decided", verdict=row.state, reason=row.reason)
    return row


def undo_duplicate(*, actor: User, pair: Duplicate, version: int, reason: str) -> Duplicate:
    """Take a verdict back: what a merge moved goes back to the record it came from, and both are judged again."""
    why = reason_to_undo(reason)
    with transaction.atomic():
        row = _locked(actor, pair, version)
        if row.state == PairState.PROPOSED:
            raise Problem("undo-nothing", Message("这一对还没有结论，没有可以撤销的。"))
        merged = row.state == PairState.SAME
        if merged:
            _split(row)
        row.state = PairState.UNDONE if merged else PairState.PROPOSED
        row.line, row.undone_why = Line.ENTITLEMENT, why
        row.decided_by, row.decided_at = (actor, clock.now()) if merged else (None, None)
        row.second_by = row.second_at = None
        row.save()
        _told(actor, row, "duplicate.undone", reason=why)
    return row


def _locked(actor: User, pair: Duplicate, version: int) -> Duplicate:
    access.require(actor, Action.REVIEW_DECIDE, pair)
    row = Duplicate.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    both = Person.objects.select_for_update().filter(pk__in=(row.kept_id, row.other_id)).order_by("pk")
    found = {one.pk: one for one in both}  # locked: nothing is added to either, or merged with it, meanwhile
    row.kept, row.other = found[row.kept_id], found[row.other_id]
    for person in (row.kept, row.other):
        refuse_kin(actor, person)
    if row.version != version:
        raise Problem(
            "stale",
            Message("您打开页面之后，这一对已经有了变化。"),
            fix=Message("请看过最新情况后再办理。"),
        )
    row.version += 1
    return row


def _merge(row: Duplicate) -> None:
    kept, other = row.kept, row.other
    if kept.merged_into_id or other.merged_into_id:
        raise Problem(
            "merged-already",
            Message("其中一条记录已经并入别的记录。"),
            fix=Message("请先处理或撤销那一次合并。"),
        )
    moved: dict[str, Any] = {REMOVED: other.removed_on.isoformat() if other.removed_on else None}
    for path, model in sorted(_referring().items()):
        name = path.rpartition(".")[2]
        rows = model._base_manager.filter(**{name: other}).order_by("pk")
        if keys := [key for key in list(rows.values_list("pk", flat=True)) if _moves(model, key, name, kept)]:
            moved[path] = keys
    row.moved = moved
    other.merged_into, other.removed_on = kept, other.removed_on or clock.today()
    other.save(update_fields=["merged_into", "removed_on"])
    _judge(kept, other)


def _split(row: Duplicate) -> None:
    kept, other = row.kept, row.other
    for path, model in sorted(_referring().items()):
        name = path.rpartition(".")[2]
        rows = model._base_manager.filter(pk__in=row.moved.get(path, []), **{name: kept})
        for key in list(rows.values_list("pk", flat=True)):
            _moves(model, key, name, other)
    _later_rows(kept, other)
    ListReceipt.objects.update(compared_by="")  # rows compared while they were one may be the other's
    removed = row.moved.get(REMOVED)
    other.merged_into, other.removed_on = None, removed
    other.save(update_fields=["merged_into", "removed_on"])
    other.refresh_from_db()
    row.moved = {}
    _judge(kept, other)


def _later_rows(kept: Person, other: Person) -> None:
    """Rows of lists that came while the two were one, and have the other's number."""
    indexing.settle()
    numbers = Certificate.objects.filter(person=other).values("number_index")
    theirs = Q(entry__certificate_index__in=numbers)
    if other.id_index is not None:
        theirs |= Q(entry__id_index=other.id_index)
    for link in ListLink.objects.filter(theirs, person=kept, by=None):
        if not ListLink.objects.filter(entry=link.entry_id, person=other).exists():
            ListLink.objects.filter(pk=link.pk).update(person=other)


def _referring() -> dict[str, Any]:
    """By "app.model.field" the model of every field that names a person and moves with them, whichever room it is in."""
    found: dict[str, Any] = {}
    for one in Person._meta.related_objects:
        model: Any = one.related_model
        if model._meta.label_lower not in STAYS:
            found[f"{model._meta.label_lower}.{one.field.name}"] = model
    return found


def _moves(model: Any, key: Any, name: str, to: Person) -> bool:
    """Whether a row could be moved; one that the other record has already stays where it is."""
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk=key).update(**{name: to, **_counted(model, to)}))
    except IntegrityError:
        return False


def _counted(model: Any, to: Person) -> dict[str, Any]:
    """Columns that say where the ledger counts a row (see `Need.moved_to`): the person's place, or to be asked anew."""
    columns = {one.name: one for one in model._meta.concrete_fields}
    if "moved_to" in columns:
        return {"moved_to": NullIf(Value(to.hukou), "hukou")}
    return {"hukou": None} if "hukou" in columns and columns["hukou"].null else {}


def _judge(kept: Person, other: Person) -> None:
    here = [one.pk for one in (kept, other) if one.removed_on is None]
    screened = screened_now(here, kept)
    if screened is not None:
        apply_screened(screened, Scope.persons([kept.pk, other.pk]))


def _told(actor: User, row: Duplicate, code: str, **values: Any) -> None:
    for person in (row.kept, row.other):
        record(
            actor=actor, code=code, subject=person, area=row.area, values={**values, "pair": str(row.uuid)}
        )
