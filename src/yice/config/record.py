"""The record's daily keeping: access logs that are old enough are emptied, then the day's anchor is set and noted; what
was noted outside the database, and how a record that is another than was noted is taken for whole."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from yice.audit import heads
from yice.audit.heads import Noted
from yice.audit.keeping import expire
from yice.audit.models import Event
from yice.audit.sentences import register
from yice.audit.services import record
from yice.audit.verifying import anchor
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

ACCEPTED = "audit.accepted"
REASON_AT_LEAST = 10
register(
    {
        ACCEPTED: "接受了到第 {event} 号为止的记录：数据库外记到第 {noted} 号，有 {count} 处不在记录里。理由：{reason}"
    }
)


def keep_record(day: dt.date) -> None:
    """Run twice a day it does nothing more: an anchor is noted once."""
    expire(before=clock.now() - dt.timedelta(days=settings.YICE_KEEP_ACCESS_LOGS))
    heads.tidy()
    made = anchor(day)
    if made is None:
        return
    line = json.dumps({"day": day.isoformat(), "event": made.event_id, "hash": bytes(made.hash).hex()})
    path = Path(settings.YICE_ANCHORS)
    if path.exists() and line in path.read_text("ascii").splitlines():
        return
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "a") as stream:
        stream.write(line + "\n")


def noted_outside() -> list[Noted]:
    """The anchors and heads noted outside the database, as far as they can be read."""
    return [*heads.read(Path(settings.YICE_ANCHORS)), *heads.noted()]


def accept(*, actor: AbstractBaseUser | None, reason: str) -> int:
    """Take the record as it stands for whole, as after a restore: what was noted of events that are not in it is put
    aside, beside its file, and that is said in the record. Who may ask for it is asked by whoever calls. Gives how many.
    """
    if len(reason.strip()) < REASON_AT_LEAST:
        raise Problem("accept-reason", Message("请写明为什么接受现在的记录，至少十个字。"), field="reason")
    gone = heads.missing(noted_outside())
    if not gone:
        raise Problem("accept-nothing", Message("数据库外记下的都在记录里，没有要接受的。"))
    last = Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    latest = max(one.event_id for one in gone)
    values = {"event": last, "noted": latest, "count": len(gone), "reason": reason.strip()[:200]}
    record(actor=actor, code=ACCEPTED, values=values)
    anchors = Path(settings.YICE_ANCHORS)
    for path in (anchors, *heads.folder().glob("*.txt")):
        if path.exists():
            heads.put_aside(path, gone)
    return len(gone)
