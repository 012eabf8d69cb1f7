"""Passkeys (WebAuthn): what the browser is asked, and whether its answer holds. The library is Yubico's fido2."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from yice.accounts import factors
from yice.accounts.enums import Proof
from yice.accounts.models import Factor, User
from yice.terms.errors import Problem
from yice.terms.messages import Message

STATE = "passkey"
VERIFIED = (
    UserVerificationRequirement.REQUIRED
)  # finger, face or PIN: with it a passkey is two factors in one


def ask_new(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey; the challenge waits in the session."""
    entity = PublicKeyCredentialUserEntity(
        id=f"yice-{user.pk}".encode(), name=user.username, display_name=user.name
    )
    options, state = _server(request).register_begin(
        entity,
        _known(user),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=VERIFIED,
    )
    request.session[STATE] = state
    return dict(options)


def add(request: HttpRequest, user: User, answer: str, name: str) -> list[str]:
    """Keep the passkey that the browser made; gives recovery codes with the first factor."""
    try:
        data = _server(request).register_complete(request.session.pop(STATE), json.loads(answer))
        made = data.credential_data
    except (ValueError, KeyError, TypeError):
        raise _unfit() from None
    offered = {one.alg for one in _server(request).allowed_algorithms}
    if made is None or made.public_key.get(3) not in offered:  # 3: "alg" of a COSE key
        raise _unfit()
    return factors.add_passkey(
        actor=user, credential=made.credential_id, public=bytes(made), counter=data.counter, name=name
    )


def ask(request: HttpRequest, user: User | None) -> dict[str, Any]:
    """What the browser needs to show a passkey: one of `user`'s, or, at the door, whichever it has for this site."""
    known = _known(user) if user is not None else None
    options, state = _server(request).authenticate_begin(known, user_verification=VERIFIED)
    request.session[STATE] = state
    return dict(options)


@transaction.atomic
def shown(request: HttpRequest, answer: str) -> User:
    """Whose passkey was shown; a Problem where the answer does not hold."""
    try:
        said = json.loads(answer)
        state = request.session.pop(STATE)
        held = Factor.objects.select_for_update(of=("self",)).select_related("user")
        factor = held.get(kind=Proof.PASSKEY, credential=_bytes(said["rawId"]))
        _server(request).authenticate_complete(state, [AttestedCredentialData(bytes(factor.secret))], said)
        counter = AuthenticatorData(_bytes(said["response"]["authenticatorData"])).counter
    except (ValueError, KeyError, TypeError, Factor.DoesNotExist):
        raise _unfit() from None
    # Two devices with one key: a copy is behind, or counts no more. One that never counted says nought for ever.
    if (counter or factor.counter) and counter <= factor.counter:
        raise _unfit()
    factor.counter, factor.used_at = counter, timezone.now()
    factor.save(update_fields=["counter", "used_at"])
    return factor.user


def _known(user: User) -> list[AttestedCredentialData]:
    keys = Factor.objects.filter(user=user, kind=Proof.PASSKEY).values_list("secret", flat=True)
    return [AttestedCredentialData(bytes(key)) for key in keys]


def _server(request: HttpRequest) -> Fido2Server:
    """For the name this site is reached under, which Django has held against YICE_HOSTS."""
    return Fido2Server(PublicKeyCredentialRpEntity(name="Yice", id=request.get_host().partition(":")[0]))


def _bytes(text: str) -> bytes:
    from fido2.utils import websafe_decode

    return websafe_decode(text)


def _unfit() -> Problem:
    return Problem(
        "passkey-unfit",
        Message("没有认出这个通行密钥。"),
        fix=Message("请再试一次，或者改用密码和动态码。"),
        field="answer",
    )
