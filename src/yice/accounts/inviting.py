"""Invitations: a code, told in person, with which somebody chooses their own password within three days."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from yice.accounts.closing import end_sessions, end_tokens, managed
from yice.accounts.models import Invitation, User
from yice.accounts.services import require_good_password
from yice.audit import services as audit
from yice.terms.errors import Problem
from yice.terms.messages import Message

HOLDS = dt.timedelta(days=3)


@transaction.atomic
def invite(*, actor: User, user: User) -> str:
    """A code for a new password. The old one ends at once, and so does every sign-in with it."""
    row = managed(actor, user)
    row.set_unusable_password()
    row.save(update_fields=["password"])
    end_sessions(row)
    end_tokens(row)
    code = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    Invitation.objects.update_or_create(
        user=row, defaults={"digest": _digest(code), "until": timezone.now() + HOLDS}
    )
    audit.record(actor=actor, code="account.invited", values={"username": row.username})
    return "-".join(code[at : at + 4] for at in range(0, 16, 4))


@transaction.atomic
def accept(*, username: str, code: str, password: str) -> User:
    """Choose a password with the code; wrong name, wrong code and expired code read the same."""
    given = _plain(code)
    found = (
        Invitation.objects.select_for_update()
        .select_related("user")
        .filter(user__username=username.strip(), user__is_active=True, until__gt=timezone.now())
        .first()
    )
    if found is None or not secrets.compare_digest(bytes(found.digest), _digest(given)):
        raise Problem(
            "invitation-wrong",
            Message("登录名或邀请码不对，或者邀请码已过期。"),
            fix=Message("邀请码三天内有效、只能用一次；需要新的，请找本单位的系统管理员。"),
            field="code",
        )
    user = found.user
    if _plain(password) == given:
        raise Problem(
            "password-is-code",
            Message("邀请码不能当密码用。"),
            fix=Message("请另定一个只有自己知道的。"),
            field="password",
        )
    require_good_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    found.delete()
    audit.record(actor=user, code="account.invitation_taken")
    return user


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _digest(code: str) -> bytes:
    """80 random bits need no slow hash."""
    return hashlib.sha256(code.encode()).digest()
