"""Whose record the pages of a case show. A restricted one is told under the case: that somebody of its office looked
at the person would tell of it."""

from __future__ import annotations

from uuid import UUID

from yice.loop.deliver.models import Case
from yice.loop.deliver.services.standing import people_of
from yice.loop.identify.looking import Subject, register


def _of(case: UUID) -> list[Subject]:
    row = Case.objects.select_related("person").filter(uuid=case).first()
    if row is None:
        return []
    return [row] if row.restricted else list(people_of(row))


register("case", lambda case, **_: _of(case))
