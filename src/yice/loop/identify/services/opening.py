"""Opening somebody's record is a sensitive read: it stands in the record, once a day for each reader."""

from __future__ import annotations

import datetime as dt
import uuid

from yice.accounts.models import User
from yice.audit.models import Event
from yice.audit.services import record
from yice.loop.identify.models import Person
from yice.loop.identify.services import rows
from yice.terms import clock

CODE = "person.opened"


def opened(*, actor: User, person: uuid.UUID) -> Person:
    """The person, who the actor may read; that they did is written down before anything is shown."""
    found = rows.person(actor, person)
    now = clock.now().astimezone(clock.BEIJING)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    kept = Event.objects.filter(
        subject_type=Person._meta.label_lower,
        subject_id=found.uuid,
        at__gte=today,
        at__lt=today + dt.timedelta(days=1),
        code=CODE,
        actor=actor,
    )
    if not kept.exists():
        record(actor=actor, code=CODE, subject=found, area=found.hukou)
    return found
