"""The record's daily keeping: access logs that are old enough are emptied, then the day's anchor is set and noted."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

from django.conf import settings

from yice.audit.keeping import expire
from yice.audit.verifying import Noted, anchor
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


def keep_record(day: dt.date) -> None:
    """Run twice a day it does nothing more: an anchor is noted once."""
    expire(before=clock.now() - dt.timedelta(days=settings.YICE_KEEP_ACCESS_LOGS))
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


def noted_anchors() -> list[Noted]:
    """The anchors noted outside the database, as far as they can be read."""
    try:
        lines = [json.loads(line) for line in Path(settings.YICE_ANCHORS).read_text("ascii").splitlines()]
        return [Noted(int(one["event"]), bytes.fromhex(one["hash"])) for one in lines]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        what = Message("记下锚的文件读不出来，或被改坏了。")
        raise Problem(
            "anchors", what, fix=Message("请用安全处保存的那一份，以 YICE_ANCHORS 指明。")
        ) from None
