"""The rows that services work on, fetched within the actor's scope: out of scope and not there read the same."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.loop.identify.models import Finding, Person, Visit, VisitList
from yice.terms.errors import Problem
from yice.terms.messages import Message


def person(actor: User, person_uuid: uuid.UUID) -> Person:
    """A person the actor may read, else Problem "person-not-found". The key of a record that was merged is the key of
    the one it went into, for who may read that one as well: nothing is read or written at what is no record now."""
    readable = access.scope(actor, Action.PERSON_READ, Person.objects.select_related("household"))
    found = readable.filter(uuid=person_uuid).first()
    while found is not None and found.merged_into_id is not None:
        found = readable.filter(pk=found.merged_into_id).first()
    if found is None:
        raise Problem("person-not-found", Message("没有这个人，或不在您负责的区域内。"))
    return found


def locked(row: Person) -> Person:
    """The person locked for what is about to be added to them: a merge waits for it, or has been and is told."""
    found = Person.objects.select_for_update().get(pk=row.pk)
    if found.merged_into_id is not None:
        raise Problem(
            "person-merged",
            Message("这条记录已经并入另一条记录。"),
            fix=Message("请打开合并后的那一条再办理。"),
        )
    return found


def people(actor: User, uuids: Sequence[uuid.UUID]) -> list[Person]:
    """Those of several persons that the actor may read."""
    rows = Person.objects.filter(uuid__in=list(uuids)).order_by("id")
    return list(access.scope(actor, Action.PERSON_READ, rows))


def finding(actor: User, finding_uuid: uuid.UUID) -> Finding:
    """A finding the actor may read, else Problem "finding-not-found"."""
    rows = Finding.objects.select_related("person", "pack").defer("pack__files")
    found = access.scope(actor, Action.FINDING_READ, rows).filter(uuid=finding_uuid).first()
    if found is None:
        raise Problem("finding-not-found", Message("没有这条线索，或不在您的工作范围内。"))
    return found


def visit_list(actor: User, list_uuid: uuid.UUID) -> VisitList:
    """A day's list in the actor's area, else Problem "visit-list-not-found"."""
    rows = VisitList.objects.select_related("made_by")
    found = access.scope(actor, Action.VISIT_PLAN, rows).filter(uuid=list_uuid).first()
    if found is None:
        raise no_visit_list()
    return found


def no_visit_list() -> Problem:
    return Problem("visit-list-not-found", Message("没有这份走访单，或不在您负责的区域内。"))


def visit(actor: User, list_uuid: uuid.UUID, position: int) -> Visit:
    """One line of such a list."""
    found = Visit.objects.select_related("list", "person").filter(
        list=visit_list(actor, list_uuid), position=position
    )
    row = found.first()
    if row is None:
        raise no_visit_list()
    return row
