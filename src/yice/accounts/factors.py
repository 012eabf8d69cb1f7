"""Second factors: authenticator codes (TOTP, RFC 6238), recovery codes, and taking them away when a device is lost."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
import time
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.db import transaction
from django.utils import timezone

from yice.accounts import access
from yice.accounts.closing import end_sessions
from yice.accounts.enums import Action, Proof
from yice.accounts.models import Factor, RecoveryCode, User
from yice.audit import services as audit
from yice.identifiers import sealing
from yice.terms.errors import Problem
from yice.terms.messages import Message

STEP = 30  # seconds
DRIFT = 1  # steps before and after that are taken too: telephones' clocks are not all right
MISSES, REST = 10, dt.timedelta(minutes=15)
CODES = 10
LETTERS, CODE_LENGTH = "abcdefghijklmnopqrstuvwxyz234567", 28  # 5 bits each, in groups of four for typing
NAME_LENGTH = 40


def new_secret() -> str:
    """160 bits in the letters that authenticators take, in groups of four for typing."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(user: User, secret: str, site: str) -> str:
    """What the square code holds."""
    label = quote(f"{site}:{user.username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': site}, quote_via=quote)}"


def code_at(secret: str, step: int) -> str:
    """The code of a time step (seconds since 1970 // 30)."""
    key = base64.b32decode(secret)
    # RFC 6238 with SHA-1 is what every authenticator speaks; a keyed hash of 20 secret bytes.
    return HOTP(key, 6, SHA1(), enforce_key_length=False).generate(step).decode()  # noqa: S303  # nosec B303


@transaction.atomic
def add_totp(*, actor: User, secret: str, code: str, name: str = "") -> list[str]:
    """Take an authenticator that showed its code; gives recovery codes with the first factor, else nothing."""
    step = _step_of(secret, code, after=-1)
    if step is None:
        raise Problem(
            "code-wrong",
            Message("动态码不对。"),
            fix=Message("请看验证器里现在显示的六位数字；手机的时间要准。"),
            field="code",
        )
    sealed = sealing.seal("totp", secret) or b""
    return _added(actor, Factor(kind=Proof.TOTP, name=name, secret=sealed, counter=step))


@transaction.atomic
def add_passkey(*, actor: User, credential: bytes, public: bytes, counter: int, name: str = "") -> list[str]:
    """Keep a passkey that the browser made; what it sent has been verified by `passkeys`."""
    made = Factor(kind=Proof.PASSKEY, name=name, secret=public, credential=credential, counter=counter)
    return _added(actor, made)


@transaction.atomic
def take_code(*, user: User, code: str) -> bool:
    """Whether `code` is one of the account's authenticators' now, or a recovery code; neither works twice.

    After ten wrong codes the authenticators rest a quarter of an hour; recovery codes and passkeys, which nobody
    guesses, still open. So whoever has the password alone can neither guess nor shut the owner out.
    """
    given = "".join(code.split()).replace("-", "").lower()
    if len(given) != 6:
        return _take_recovery(user, given)
    now = timezone.now()
    held = Factor.objects.select_for_update().filter(user=user, kind=Proof.TOTP).order_by("pk")
    awake = [one for one in held if one.misses < MISSES or not one.missed_at or now - one.missed_at >= REST]
    for factor in awake:
        step = _step_of(sealing.open_sealed("totp", factor.secret), given, after=factor.counter)
        if step is not None:
            factor.counter, factor.misses, factor.used_at = step, 0, now
            factor.save(update_fields=["counter", "misses", "used_at"])
            return True
    if any(_step_of(sealing.open_sealed("totp", one.secret), given, after=-1) is not None for one in awake):
        audit.record(
            actor=user, code="account.code_again"
        )  # read over a shoulder, or sent twice: its owner is told
    for factor in awake:  # no authenticator's; one that is another's is no miss
        factor.misses = 1 if factor.misses >= MISSES else factor.misses + 1
        factor.missed_at = now
        factor.save(update_fields=["misses", "missed_at"])
        if factor.misses == MISSES:
            audit.record(actor=user, code="account.codes_rest")
    return False


@transaction.atomic
def new_recovery_codes(*, actor: User) -> list[str]:
    """Ten new ones; the old no longer work."""
    codes = _recovery_codes(actor)
    audit.record(actor=actor, code="account.recovery_renewed")
    return codes


@transaction.atomic
def remove_factor(*, actor: User, key: int) -> None:
    """Take away one of one's own; with the last one the recovery codes go too."""
    factor = Factor.objects.select_for_update().filter(user=actor, pk=key).first()
    if factor is None:
        raise Problem("factor-not-found", Message("没有这一项，可能已经移除。"))
    kind = factor.kind
    factor.delete()
    if not Factor.objects.filter(user=actor).exists():
        RecoveryCode.objects.filter(user=actor).delete()
    audit.record(actor=actor, code="account.factor_removed", values={"proof": kind})


@transaction.atomic
def forget_factors(*, actor: User, user: User, reason: str) -> None:
    """A device is lost: every second factor and sign-in of `user` ends; they set up new ones with their password."""
    for post in user.posts.all():
        access.require(actor, Action.ACCOUNT_ENTITLE, access.Place(post.area_id))
    access.require(actor, Action.ACCOUNT_ENTITLE)
    if actor.pk == user.pk:
        raise access.Forbidden(Message("不能重置自己的二次验证，请由另一位管理员办理。"))
    Factor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user)
    audit.record(
        actor=actor,
        code="account.factors_forgotten",
        values={"username": user.username, "reason": audit.words(reason.strip()[:200])},
    )


def _added(actor: User, made: Factor) -> list[str]:
    first = not Factor.objects.filter(user=actor).exists()
    made.user, made.added_at = actor, timezone.now()
    made.name = made.name.strip()[:NAME_LENGTH] or str(Proof(made.kind).label)
    made.save()
    audit.record(actor=actor, code="account.factor_added", values={"proof": made.kind})
    return _recovery_codes(actor) if first else []


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The time step whose code this is, near now and later than `after`."""
    now = int(time.time()) // STEP
    given = "".join(code.split())
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), given.encode()):
            return step
    return None


def _recovery_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4)) for code in codes]


def _take_recovery(user: User, given: str) -> bool:
    """140 random bits need no slow hash and no salt. Those drawn before had 80: they hold until new ones are drawn."""
    taken = RecoveryCode.objects.filter(user=user, digest=_digest(given), used_at=None)
    if not taken.update(used_at=timezone.now()):
        return False
    audit.record(actor=user, code="account.recovery_used")
    return True


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
