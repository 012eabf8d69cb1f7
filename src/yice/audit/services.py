"""Record what happened, in the transaction of the change itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from yice.audit.heads import note_once_committed
from yice.audit.models import ChainHead, Event
from yice.identifiers import sealing
from yice.terms import clock

START = bytes(32)
WORDS = "event"  # the name that sentences in an event are sealed by


def record(
    *,
    actor: AbstractBaseUser | None,
    code: str,
    subject: Any = None,
    area: str = "",
    values: dict[str, Any] | None = None,
) -> Event:
    """Add an event to the chain. Call last in a service: writers queue on the chain's head until commit.

    `subject` is a model with a `uuid`; `values` must be JSON and name no person's identifiers.
    """
    with transaction.atomic():
        ChainHead.objects.get_or_create(id=1, defaults={"hash": START})
        head = ChainHead.objects.select_for_update().get(id=1)
        event = Event(
            at=clock.now(),
            code=code,
            actor=actor,  # type: ignore[misc] # accounts lies above: its User is not known here
            subject_type=subject._meta.label_lower if subject is not None else "",
            subject_id=subject.uuid if subject is not None else None,
            area=area,
            values=values or {},
            before=bytes(head.hash),
        )
        event.hash = digest(event)
        event.save(force_insert=True)
        head.hash = event.hash
        head.save(update_fields=["hash"])
        note_once_committed(event)
    return event


def words(said: str) -> dict[str, str] | str:
    """A sentence that somebody typed about a person, as it stands in an event's values: sealed before the event has its
    hash, so it stays under the key that sealed it. `yice.audit.sentences` opens it."""
    return sealing.seal_json(WORDS, said) if said else ""


def digest(event: Event) -> bytes:
    """SHA-256 over the event's content and the hash before it."""
    content = json.dumps(
        [
            event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
            event.code,
            event.actor_id,
            event.subject_type,
            uuid.UUID(str(event.subject_id)).hex if event.subject_id else None,
            event.area,
            event.values,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(bytes(event.before) + content.encode()).digest()
