"""A write by token is done once: its key is taken in the transaction of the work, and its answer is given again."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from yice.accounts.models import Reply, Token
from yice.terms.errors import Problem
from yice.terms.messages import Message

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


def take(token: Token, key: str, digest: bytes) -> Reply:
    """The key, taken within the caller's transaction; Done where it was used for this very request before."""
    said(token, key, digest)
    try:
        with transaction.atomic():
            return Reply.objects.create(token=token, key=key, asked=digest, at=timezone.now())
    except IntegrityError:  # the same request came twice at once, and the other one was first
        said(token, key, digest)
        raise


def said(token: Token, key: str, digest: bytes) -> None:
    """Raise Done with the answer given before, or a Problem where the key stands for another request."""
    found = Reply.objects.filter(token=token, key=key).first()
    if found is None:
        return
    if not constant_time_compare(bytes(found.asked), digest):
        raise Problem(
            "key-reused",
            Message("这个 Idempotency-Key 已经用于另一次提交。"),
            fix=Message("每次新的提交请换一个新的；重发同一次提交才用原来的。"),
            field="Idempotency-Key",
        )
    raise Done(found)


def keep(reply: Reply, status: int, body: str) -> None:
    Reply.objects.filter(pk=reply.pk).update(status=status, body=body)


def forget(now: dt.datetime | None = None) -> int:
    """Answers are given again for seven days."""
    return Reply.objects.filter(at__lt=(now or timezone.now()) - KEEP).delete()[0]
