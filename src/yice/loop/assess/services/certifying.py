"""Who is certified to assess, for what and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.assess.models import Assessor
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


def certify_assessor(
    *,
    actor: User,
    name: str,
    area: str,
    certificate: str,
    since: dt.date,
    until: dt.date | None = None,
    kinds: Sequence[str] = (),
    organisation: str = "",
    user: User | None = None,
) -> Assessor:
    """Put somebody's certificate on record. Without `kinds` it covers every assessment that asks for one."""
    access.require(actor, Action.ASSESSOR_MANAGE, Place(area))
    if until is not None and until < since:
        raise Problem("certificate-days", Message("资格的起止日期不对。"), field="until")
    if user is not None and user.pk == actor.pk:
        raise access.Forbidden(Message("不能登记自己的评估资格。"))
    with transaction.atomic():
        if Assessor.objects.filter(area=area, certificate=certificate).exists():
            raise Problem("certificate-twice", Message("这个证号已经登记过。"), field="certificate")
        made = Assessor.objects.create(
            name=name, organisation=organisation, user=user, area=area, certificate=certificate,
            kinds=list(kinds), since=since, until=until,
        )  # fmt: skip
        record(actor=actor, code="assessor.certified", subject=made, area=area, values={"kinds": list(kinds)})
    return made


def end_certificate(*, actor: User, assessor: Assessor, last_day: dt.date | None = None) -> Assessor:
    """The certificate ends; what was assessed while it held stands."""
    access.require(actor, Action.ASSESSOR_MANAGE, assessor)
    with transaction.atomic():
        row = Assessor.objects.select_for_update().get(pk=assessor.pk)
        row.until = last_day or clock.today() - dt.timedelta(days=1)
        row.save(update_fields=["until"])
        record(actor=actor, code="assessor.ended", subject=row, area=row.area)
    return row


def certified(assessor: Assessor, kind: str, day: dt.date) -> bool:
    """Whether the certificate covers this kind on this day."""
    in_time = assessor.since <= day and (assessor.until is None or day <= assessor.until)
    return in_time and (not assessor.kinds or kind in assessor.kinds)
