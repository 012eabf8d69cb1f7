"""What must not be kept goes, and the chain holds: the content of events is taken out on legal grounds, or with age.

An emptied event keeps its place, its code and its two hashes, and names the later event that says why and seals what
is left of all that went with it. So whoever empties one more, or one without saying so, is found, and nothing has to
be rewritten.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from yice.audit.models import Event
from yice.audit.sentences import register
from yice.audit.services import record, words
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

# Who looked at somebody.
LOOKED = (
    "person.opened",
    "person.photo_seen",
    "person.unmasked",
    "person.contact_shown",
    "glass.looked",
    "case.reached",
    "case.reached_apart",
    "case.file_read",
)
# Who came and who looked; everything else is a decision, kept as long as its file.
ACCESS_LOG = (
    "account.signed_in",
    "account.signed_out",
    "account.sign_in_failed",
    "account.proved",
    *LOOKED,
    "person.searched",
    "list.opened",
    "export.made",
)
LEAST_DAYS = 183  # the law: at least six months
GROUNDS = ("audit.shredded", "audit.expired")
register(
    {
        "audit.shredded": "依法销毁了 {count} 条记录的内容（第 {first} 号至第 {last} 号之间），依据：{basis}",
        "audit.expired": "保存期满，清除了 {count} 条访问日志的内容（第 {first} 号至第 {last} 号之间）",
    }
)


@transaction.atomic
def shred(*, actor: AbstractBaseUser | None, subject: uuid.UUID, basis: str) -> int:
    """Take out what the record says about one subject; who may ask for it is asked by whoever calls."""
    if len(basis.strip()) < 4:
        raise Problem("shred-basis", Message("请写明销毁的法律依据。"), field="basis")
    rows = Event.objects.filter(subject_id=subject, emptied_by=None).exclude(code__in=GROUNDS)
    return _empty(rows, actor=actor, code="audit.shredded", values={"basis": words(basis.strip()[:200])})


@transaction.atomic
def expire(*, before: dt.datetime) -> int:
    """Take out the content of access logs from before a moment, and never sooner than the law lets; gives how many."""
    before = min(before, clock.now() - dt.timedelta(days=LEAST_DAYS))
    rows = Event.objects.filter(code__in=ACCESS_LOG, at__lt=before, emptied_by=None)
    return _empty(rows, actor=None, code="audit.expired", values={})


def _empty(
    rows: QuerySet[Event], *, actor: AbstractBaseUser | None, code: str, values: dict[str, Any]
) -> int:
    seal, keys = hashlib.sha256(), []
    for event in rows.order_by("-id").only("code", "at", "hash").iterator(chunk_size=2000):
        seal.update(sealed_line(event))
        keys.append(event.pk)
    if not keys:
        return 0
    told = {"first": keys[-1], "last": keys[0], "count": len(keys), "seal": seal.hexdigest()}
    said = record(actor=actor, code=code, values={**values, **told})
    for at in range(0, len(keys), 500):
        Event.objects.filter(pk__in=keys[at : at + 500]).update(
            values={}, actor=None, subject_id=None, subject_type="", area="", emptied_by=said.pk
        )
    return len(keys)


def sealed_line(event: Event) -> bytes:
    """What stays of an emptied event, for the seal over all that went for one reason, newest first."""
    at = event.at.astimezone(dt.UTC).isoformat(timespec="microseconds") if event.at else ""
    held = event.hash if isinstance(event.hash, str) else bytes(event.hash).hex()
    return f"{event.pk} {event.code} {at} {held}\n".encode()
