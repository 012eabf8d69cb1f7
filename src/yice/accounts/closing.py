"""Close an account and open it again; one's own password, one's other sign-ins. What was signed in ends at once, and
so do the tokens made with it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import SignIn, Token, User
from yice.accounts.services import require_good_password
from yice.audit import services as audit
from yice.terms.errors import Problem
from yice.terms.messages import Message

REASON_AT_LEAST = 2


@transaction.atomic
def close_account(*, actor: User, user: User, reason: str) -> User:
    """Nobody signs in with it any more and whoever is signed in is out; posts and what was done stay."""
    row = managed(actor, user)
    why = reason.strip()[:200]
    if actor.pk == row.pk:
        raise access.Forbidden(Message("不能停用自己的账号，请由另一位管理员办理。"))
    if len(why) < REASON_AT_LEAST:
        raise Problem("reason-missing", Message("请写明停用的原因。"), field="reason")
    if not row.is_active:
        return row
    row.is_active = False
    row.save(update_fields=["is_active"])
    end_sessions(row)
    end_tokens(row)
    audit.record(
        actor=actor, code="account.closed", values={"username": row.username, "reason": audit.words(why)}
    )
    return row


@transaction.atomic
def reopen_account(*, actor: User, user: User) -> User:
    """The account is as it was: its posts hold again where their time has not passed."""
    row = managed(actor, user)
    if not row.is_active:
        row.is_active = True
        row.save(update_fields=["is_active"])
        audit.record(actor=actor, code="account.reopened", values={"username": row.username})
    return row


@transaction.atomic
def change_password(*, actor: User, old: str, new: str) -> User:
    """One's own, with the old one; every other sign-in ends (their sessions carry the old password's hash), and so do
    the tokens: whoever had the password may have made one."""
    row = User.objects.select_for_update().get(pk=actor.pk)
    if not row.check_password(old):
        raise Problem("password-wrong", Message("现在的密码不对。"), field="old")
    if old == new:
        raise Problem("password-same", Message("新密码和现在的一样。"), field="new")
    require_good_password(new, row, field="new")
    row.set_password(new)
    row.save(update_fields=["password"])
    end_tokens(row)
    audit.record(actor=row, code="account.password_changed")
    return row


@transaction.atomic
def end_other_sessions(*, actor: User, here: str | None) -> int:
    """A telephone is lost: sign oneself out everywhere but here; gives how many sign-ins ended."""
    ended = end_sessions(actor, but=here)
    audit.record(actor=actor, code="account.signed_out_elsewhere", values={"count": ended})
    return ended


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign `user` out everywhere (`but` in one session); gives how many sign-ins ended."""
    rows = SignIn.objects.filter(user=user, expire_date__gt=timezone.now()).exclude(session_key=but or "")
    return rows.delete()[0]


def end_tokens(user: User) -> None:
    """No system comes in any more with what this account made; opening it again brings none back."""
    Token.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())


def managed(actor: User, user: User) -> User:
    """The row, locked; only where every post of it lies within the manager's area."""
    access.require(actor, Action.ACCOUNT_MANAGE)
    for post in user.posts.all():
        access.require(actor, Action.ACCOUNT_MANAGE, access.Place(post.area_id))
    return User.objects.select_for_update().get(pk=user.pk)
