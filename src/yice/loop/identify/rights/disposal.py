"""What is past its time goes: one officer asks, another agrees, the rows are deleted and the audit chain stays whole.

Nothing goes that a law wants kept: a person with cases, payments or deliveries on file stays until those have gone to
the archive, and the page says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import PROTECT, Exists, OuterRef, Q, QuerySet

from yice.accounts import access, glass
from yice.accounts.access import AreaFields, Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit import keeping
from yice.audit.services import record, words
from yice.loop.identify.models import (
    Consent,
    Disposal,
    Finding,
    Need,
    Outcome,
    Person,
    Reply,
    ReplyPhoto,
    VisitImage,
)
from yice.loop.identify.rights import consents
from yice.loop.identify.rights.basis import Kept, kinds
from yice.loop.identify.rights.enums import DisposalState
from yice.policy.words import text
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

_PERSON = AreaFields(hukou="hukou", residence="residence")
EMPTIED = "（已销毁）"


@dataclass(frozen=True)
class Due:
    """One kind of data: how much of it is past its time here, and how much of that has to stay."""

    kept: Kept
    before: dt.date | None
    rows: int = 0
    held: int = 0
    waiting: Disposal | None = None


def due(actor: User) -> list[Due]:
    """Every kind with its rule, counted within the actor's reach; those of a person are asked for on their page."""
    access.require(actor, Action.RETENTION_MANAGE)
    open_ones = {one.kind: one for one in waiting(actor).filter(person=None)}
    found = []
    for one in kinds().values():
        if one.how != "eyes":
            found.append(Due(one, None))
            continue
        before = cutoff(one)
        past = _PAST[one.id](actor, before, None)
        held = past.filter(kept_by_law()).count() if one.id == "persons" else 0
        found.append(Due(one, before, _count(past) - held, held, open_ones.get(one.id)))
    return found


def waiting(actor: User) -> QuerySet[Disposal]:
    """What somebody asked for and nobody decided yet."""
    rows = Disposal.objects.filter(state=DisposalState.ASKED).select_related("asked_by")
    return access.scope(actor, Action.RETENTION_MANAGE, rows).order_by("asked_at")


def cutoff(one: Kept) -> dt.date:
    today = clock.today()
    return today.replace(year=today.year - (one.years or 0), day=min(today.day, 28))


def ask_disposal(*, actor: User, kind: str, basis: str, person: Person | None = None) -> Disposal:
    """Ask for what is past its time to go, or for one person's photographs once they do not agree to them."""
    access.require(actor, Action.RETENTION_MANAGE, person)
    one = kinds().get(kind)
    if one is None or one.how != "eyes":
        raise Problem("kind-unknown", Message("这一类资料不在这里销毁。"), field="kind")
    if len(basis.strip()) < 4:
        raise Problem("basis-missing", Message("请写明依据，至少四个字。"), field="basis")
    if person is not None:
        _refuse(person, one)
    area = access.grants(actor, Action.RETENTION_MANAGE)[0][0].area_id
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)
        of = person.uuid if person else None
        open_one = Disposal.objects.filter(area=area, kind=kind, person=of, state=DisposalState.ASKED).first()
        if open_one is not None:
            return open_one
        made = Disposal.objects.create(
            area=area, kind=kind, person=of, before=None if person else cutoff(one), basis=basis.strip()[:200],
            asked_at=clock.now(), asked_by=actor,
        )  # fmt: skip
        values = {"kept": kind, "basis": words(made.basis), "disposal": str(made.uuid)}
        record(actor=actor, code="disposal.asked", subject=person, area=area, values=values)
    return made


def decide_disposal(*, actor: User, key: Any, agree: bool) -> Disposal:
    """A second officer agrees, and it is gone; or does not. Nobody agrees to what they asked for."""
    access.require(actor, Action.RETENTION_MANAGE)
    with transaction.atomic():
        row = waiting(actor).select_for_update(of=("self",)).filter(uuid=key).first()
        if row is None:
            raise Problem("disposal-not-found", Message("没有这一项，或者已经决定。"))
        if row.asked_by_id == actor.pk:
            raise access.Forbidden(Message("自己提出的销毁要由另一个人审核。"))
        access.require(actor, Action.RETENTION_MANAGE, Place(row.area))
        if agree:
            row.gone = _dispose(actor, row)
        row.state = DisposalState.DONE if agree else DisposalState.REFUSED
        row.decided_at, row.decided_by = clock.now(), actor
        row.save()
        code = "disposal.done" if agree else "disposal.refused"
        values = {"kept": row.kind, "gone": row.gone, "disposal": str(row.uuid)}
        record(actor=actor, code=code, area=row.area, values=values)
    return row


def kept_by_law() -> Q:
    """Persons with records that have to be kept: whatever elsewhere in the house protects its person."""
    held = Q(Exists(Need.objects.filter(person=OuterRef("pk"), cases__isnull=False)))
    for field in Person._meta.get_fields(include_hidden=True):
        model = field.related_model
        if not (field.auto_created and field.one_to_many) or field.on_delete is not PROTECT:  # type: ignore[union-attr]
            continue
        if isinstance(model, type) and model not in (Person, Reply) and "deliver" in model.__module__:
            held |= Q(Exists(model.objects.filter(**{field.field.attname: OuterRef("pk")})))  # type: ignore[attr-defined,union-attr]
    return held


def why_kept(person: Person) -> list[Message]:
    """What of somebody's record cannot be erased on their asking, with the reason."""
    told = [
        Message("登记册和残疾人证的副本：由登记机关管理，在册期间依法保存；有错的可以请求更正。"),
        Message(
            "补贴资格的判断和处理结果：依法履行职责所必需，保存到“{kind}”的期限。", kind=_title("persons")
        ),
    ]
    if Person.objects.filter(kept_by_law(), pk=person.pk).exists():
        told.append(
            Message(
                "办件、发放和服务记录：保存 {years} 年，期满移交档案部门。", years=kinds()["decisions"].years
            )
        )
    return told


def _refuse(person: Person, one: Kept) -> None:
    """Of one person only photographs go on their asking, and only once nobody agrees to them any more."""
    if one.id != "photos":
        raise Problem("kept-by-law", why_kept(person)[0])
    if consents.refusal(person, "photo") is None:
        raise Problem(
            "consent-stands",
            Message("本人对照片的同意还有效。"),
            fix=Message("本人要求删除照片的，先登记撤回同意。"),
        )


def _title(kind: str) -> str:
    return text(kinds()[kind].title)


def _reached(actor: User, path: str) -> Q:
    fields = AreaFields(hukou=f"{path}{_PERSON.hukou}", residence=f"{path}{_PERSON.residence}")
    return access.condition(actor, Action.RETENTION_MANAGE, fields)


def _photos(actor: User, before: dt.date | None, person: Any) -> list[QuerySet[Any]]:
    of = Q(record__visit__person__uuid=person) if person else Q(record__at__date__lt=before)
    form = Q(reply__person__uuid=person) if person else Q(at__date__lt=before)
    return [
        VisitImage.objects.filter(of, _reached(actor, "record__visit__person__"), kind="photo"),
        ReplyPhoto.objects.filter(form, _reached(actor, "reply__person__")),
    ]


def _consents(actor: User, before: dt.date | None, _person: Any) -> QuerySet[Consent]:
    over = Q(withdrawn_on__lt=before) | Q(withdrawn_on=None, until__lt=before)
    return Consent.objects.filter(over, _reached(actor, "person__"))


def _persons(actor: User, before: dt.date | None, _person: Any) -> QuerySet[Person]:
    rows = Person.objects.filter(removed_on__lt=before, merged_into=None).exclude(name=EMPTIED)
    return rows.filter(_reached(actor, ""))


_PAST: dict[str, Callable[[User, dt.date | None, Any], Any]] = {
    "photos": _photos,
    "consents": _consents,
    "persons": _persons,
}


def _count(rows: Any) -> int:
    return sum(one.count() for one in rows) if isinstance(rows, list) else rows.count()


def _dispose(actor: User, row: Disposal) -> int:
    """Delete what the kind names; gives how many rows, or persons."""
    past = _PAST[row.kind](actor, row.before, row.person)
    if row.kind == "persons":
        people = list(past.exclude(kept_by_law()).select_for_update(of=("self",)).order_by("id"))
        for person in people:
            _empty(actor, person, row.basis)
        return len(people)
    gone = _count(past)
    for rows in past if isinstance(past, list) else [past]:
        rows.delete()
    return gone


def _empty(actor: User, person: Person, basis: str) -> None:
    """Nothing is left but that somebody was counted: the row with its place, and findings without words."""
    Outcome.objects.filter(finding__person=person).update(note="", refer_to="", corrected={})
    Finding.objects.filter(person=person).update(reason={})
    Reply.objects.filter(person=person).delete()
    for field in Person._meta.get_fields(include_hidden=True):
        model = field.related_model
        if not (field.auto_created and (field.one_to_many or field.one_to_one)) or model in (Person, Finding):
            continue
        if field.on_delete is not PROTECT and isinstance(model, type):  # type: ignore[union-attr]
            model.objects.filter(**{field.field.attname: person.pk}).delete()  # type: ignore[attr-defined,union-attr]
    blank = dict.fromkeys(("id_sealed", "id_index", "phone_sealed", "phone_index", "address_sealed", "birth_date", "household", "digest"))  # fmt: skip
    Person.objects.filter(pk=person.pk).update(
        name=EMPTIED, name_folded="", id_kind="", sex="", relation="", **blank
    )
    glass.forget(person.uuid)
    keeping.shred(actor=actor, subject=person.uuid, basis=basis)
