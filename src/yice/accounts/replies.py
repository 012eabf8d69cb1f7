"""A write is done once: its key is taken in the transaction of the work, and its answer is given again.

Of systems at the API each write; of the pages each form whose service keeps no key of its own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from yice.accounts.models import Reply, Token, User
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.once import require_same

KEEP = dt.timedelta(days=7)


class Done(Exception):
    """This very request was carried out already; `reply` is what it was answered."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("done before")
        self.reply = reply


def asked(*parts: bytes) -> bytes:
    """A keyed digest of what was sent; each part with its length, so that no two requests read alike."""
    whole = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return salted_hmac("yice.accounts.reply", whole, algorithm="sha256").digest()


def form_of(request: HttpRequest) -> bytes:
    """What a form said, read alike however it was cut into parts; the mark against forgery is none of it."""
    said = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    whole = hashlib.sha256(repr(said).encode())
    for name, file in sorted(request.FILES.items()):
        whole.update(f"{name} {file.name} {file.size} ".encode())
        for chunk in file.chunks():
            whole.update(chunk)
        file.seek(0)
    return whole.digest()


def take(of: Token | User, key: str, digest: bytes) -> Reply:
    """The key, taken within the caller's transaction; Done where it was used for this very request before."""
    said(of, key, digest)
    try:
        with transaction.atomic():
            return Reply.objects.create(**_whose(of), key=key, asked=digest, at=timezone.now())
    except IntegrityError:  # the same request came twice at once, and the other one was first
        said(of, key, digest)
        raise


def said(of: Token | User, key: str, digest: bytes) -> None:
    """Raise Done with the answer given before, or a Problem where the key stands for another request."""
    found = Reply.objects.filter(**_whose(of), key=key).first()
    if found is None:
        return
    same = constant_time_compare(bytes(found.asked), digest)
    if isinstance(of, User):
        require_same((True,), (same,))
    elif not same:
        raise Problem(
            "key-reused",
            Message("这个 Idempotency-Key 已经用于另一次提交。"),
            fix=Message("每次新的提交请换一个新的；重发同一次提交才用原来的。"),
            field="Idempotency-Key",
        )
    raise Done(found)


def _whose(of: Token | User) -> dict[str, Any]:
    return {"token": of} if isinstance(of, Token) else {"by": of}


def keep(reply: Reply, status: int, body: str) -> None:
    Reply.objects.filter(pk=reply.pk).update(status=status, body=body)


def forget(now: dt.datetime | None = None) -> int:
    """Answers are given again for seven days."""
    return Reply.objects.filter(at__lt=(now or timezone.now()) - KEEP).delete()[0]
