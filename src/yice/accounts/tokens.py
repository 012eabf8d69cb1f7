"""Tokens: what a named system shows at the API instead of a person. Made by somebody, never more than they may do."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import Token, User
from yice.audit import services as audit
from yice.audit.models import Event
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

MARK = "yice_"  # so that a leaked one is known for what it is
DAYS, DAYS_AT_MOST, SOON = 90, 365, 14
AT_MOST = 20  # in force, of one account
# What may be done without a person sitting there: nothing that shows a number whole, exports, or governs accounts.
FOR_SYSTEMS = (
    Action.PERSON_READ, Action.CONSENT_RECORD, Action.RIGHTS_ANSWER, Action.FINDING_READ, Action.FINDING_HANDLE,
    Action.ASK_ANSWER, Action.NEED_READ, Action.NEED_HANDLE, Action.CASE_READ, Action.CASE_OPEN, Action.CASE_STEP, Action.IMPORT_READ, Action.IMPORT_REGISTRY,
    Action.IMPORT_LIST, Action.LIST_READ, Action.SCREENING_RUN, Action.REPORT_READ, Action.REPORT_NAMES,
    Action.PLAN_READ, Action.POLICY_READ, Action.AUDIT_READ,
)  # fmt: skip


@transaction.atomic
def make_token(*, actor: User, name: str, actions: Sequence[str], days: int = DAYS) -> tuple[Token, str]:
    """A token for a system, and what it shows: told here once and kept nowhere."""
    if problems := _wrong(actor, name.strip(), actions, days):
        raise Problems(problems)
    User.objects.select_for_update().get(pk=actor.pk)
    if tokens_of(actor).count() >= AT_MOST:
        raise Problem(
            "tokens-many",
            Message("一个账号最多同时有 {most} 个接口令牌。", most=AT_MOST),
            fix=Message("请先收回不再用的。"),
        )
    # Sent twice, the first would live on unseen; and of two alike nobody knows which one to take back.
    if tokens_of(actor).filter(name=name.strip()).exists():
        raise Problem(
            "token-there",
            Message("“{system}”已经有一个在用的接口令牌。", system=name.strip()),
            fix=Message("要换新的：请换个名称再办，对方换好以后收回旧的。没有记下的：请先收回，再重新办。"),
            field="name",
        )
    shown = MARK + secrets.token_urlsafe(32)
    now = timezone.now()
    made = Token.objects.create(
        user=actor,
        name=name.strip(),
        digest=_digest(shown),
        actions=sorted(set(actions)),
        made_at=now,
        until=now + dt.timedelta(days=days),
    )
    values = {"system": made.name, "until": made.until.date().isoformat(), "actions": made.actions}
    audit.record(actor=actor, code="account.token_made", values=values)
    return made, shown


@transaction.atomic
def revoke_token(*, actor: User, token: uuid.UUID) -> Token:
    """Take one of one's own back; from now on nobody comes in with it."""
    found = Token.objects.select_for_update().filter(user=actor, uuid=token).first()
    if found is None:
        raise Problem("token-not-found", Message("没有这个接口令牌，或者它不是您办的。"))
    if found.revoked_at is None:
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
        audit.record(actor=actor, code="account.token_revoked", values={"system": found.name})
    return found


def tokens_of(actor: User) -> QuerySet[Token]:
    """One's own that are in force."""
    return Token.objects.filter(user=actor, revoked_at=None, until__gt=timezone.now()).order_by("-id")


def ending(actor: User) -> list[str]:
    """The systems whose token ends within two weeks: told whoever made it, who alone can make the next."""
    soon = timezone.now() + dt.timedelta(days=SOON)
    return list(tokens_of(actor).filter(until__lt=soon).values_list("name", flat=True))


def bearer(shown: str) -> Token | None:
    """The token in force that shows this; its `user` may do what the token was made for and the posts of today allow."""
    if not shown.startswith(MARK):
        return None
    found = (
        Token.objects.select_related("user")
        .filter(digest=_digest(shown), revoked_at=None, until__gt=timezone.now(), user__is_active=True)
        .first()
    )
    if found is not None:
        found.user.only = frozenset(found.actions)
    return found


def note_use(token: Token) -> None:
    """Once a day it stands in the record that a system came in."""
    day = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    told = Event.objects.filter(
        code="account.token_used", actor=token.user, at__gte=day, values__token=str(token.uuid)
    )
    if not told.exists():
        values = {"system": token.name, "token": str(token.uuid)}
        audit.record(actor=token.user, code="account.token_used", values=values)


def offered(actor: User) -> list[Action]:
    """What a token of theirs could carry today."""
    return [action for action in FOR_SYSTEMS if access.grants(actor, action)]


def _wrong(actor: User, name: str, actions: Sequence[str], days: int) -> list[Problem]:
    found = []
    if not 2 <= len(name) <= 60:
        found.append(Problem("token-name", Message("请写明是哪个系统用的，2 至 60 个字。"), field="name"))
    if not 1 <= days <= DAYS_AT_MOST:
        what = Message("令牌用 1 至 {most} 天。", most=DAYS_AT_MOST)
        found.append(Problem("token-days", what, field="days"))
    may = {action.value for action in offered(actor)}
    if not actions or not set(actions) <= may:
        found.append(
            Problem(
                "token-actions",
                Message("请选择令牌可以办的事，不能超出您自己的岗位。"),
                why=Message("接口上的系统以您的名义办事。"),
                fix=Message("可以选的：{actions}。", actions=", ".join(sorted(may)) or "—"),
                field="actions",
            )
        )
    return found


def _digest(shown: str) -> bytes:
    """256 random bits need no slow hash; the key keeps a copied database from being searched."""
    return salted_hmac("yice.accounts.token", shown, algorithm="sha256").digest()
