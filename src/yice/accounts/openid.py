"""The office's own sign-in service: OpenID Connect, authorization code with PKCE, nonce, and signatures verified.

Only the issuer that the settings name is ever asked, only over TLS (plain on the loopback, for trials), and every
answer is bounded. Keys are those the issuer publishes; a signature by a key not seen yet asks for them again.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yice.accounts.models import Identity, SignIn, User
from yice.audit import services as audit
from yice.terms.errors import Problem
from yice.terms.messages import Message

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
LARGEST = 256 * 1024  # bytes of an answer
TIMEOUT = 10  # seconds
SKEW = 60
KEPT = 3600  # seconds that what the issuer says of itself is believed
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
FRESH = 300  # seconds that a logout token is worth something
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_known: dict[str, tuple[float, dict[str, Any]]] = {}


@dataclass(frozen=True)
class Asked:
    """What waits in the session until the issuer sends the reader back."""

    state: str
    nonce: str
    verifier: str
    onward: str
    link: bool = False
    anew: bool = False


def ask(*, back: str, onward: str, link: bool = False, anew: bool = False) -> tuple[str, Asked]:
    """Where to send the reader, and what to remember. `anew`: the issuer must ask them again now."""
    asked = Asked(
        secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), onward, link, anew
    )
    challenge = base64.urlsafe_b64encode(hashlib.sha256(asked.verifier.encode()).digest()).rstrip(b"=")
    query = {
        "response_type": "code",
        "client_id": settings.YICE_OPENID["client"],
        "redirect_uri": back,
        "scope": "openid profile",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge.decode(),
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if anew else {}),
    }
    return f"{_about()['authorization_endpoint']}?{urlencode(query)}", asked


def claims(*, asked: Asked, state: str, code: str, back: str) -> dict[str, Any]:
    """What the issuer vouches for, after every check; a Problem "openid-refused" where one fails."""
    if not code or not secrets.compare_digest(state.encode(), asked.state.encode()):
        raise _refused("state")
    said = _fetch(
        _about()["token_endpoint"],
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": asked.verifier,
            "client_id": settings.YICE_OPENID["client"],
            "client_secret": settings.YICE_OPENID["secret"],
        },
    )
    return verified(said.get("id_token", ""), asked)


def verified(token: str, asked: Asked) -> dict[str, Any]:
    """The claims of an id token: signature, issuer, audience, times, nonce, and a fresh sign-in where one was asked."""
    found, client = _signed(token, "exp", "sub", "nonce"), settings.YICE_OPENID["client"]
    if not secrets.compare_digest(str(found["nonce"]).encode(), asked.nonce.encode()):
        raise _refused("nonce")
    if found.get("azp", client) != client:
        raise _refused("azp")
    if asked.anew and time.time() - float(found.get("auth_time", 0)) > SKEW * 2:
        raise _refused("auth_time")
    return found


def whose(found: dict[str, Any]) -> User:
    """Whose account it is: the one bound to it or, where the settings name a claim for it, the one so called."""
    issuer, subject = found["iss"], found["sub"]
    bound = Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
    if bound is not None and bound.user.is_active:
        return bound.user
    called = found.get(settings.YICE_OPENID["name_claim"]) if settings.YICE_OPENID["name_claim"] else None
    if bound is None and isinstance(called, str):
        user = User.objects.filter(username=called, is_active=True).exclude(identities__issuer=issuer).first()
        if user is not None:
            return bind(actor=user, found=found).user
    raise Problem(
        "openid-nobody",
        Message("统一身份认证已通过，但它还没有绑定本系统的账号。"),
        fix=Message("请先用登录名和密码登录，在“我的账号”里绑定；没有账号，请找本单位的系统管理员。"),
    )


@transaction.atomic
def bind(*, actor: User, found: dict[str, Any]) -> Identity:
    """Tie the account to who they are at the issuer; one there is one here."""
    taken = Identity.objects.filter(issuer=found["iss"], subject=found["sub"]).first()
    if taken is not None and taken.user_id != actor.pk:
        raise Problem("openid-taken", Message("这个统一身份已经绑定了另一个账号。"))
    made, new = Identity.objects.get_or_create(user=actor, issuer=found["iss"], subject=found["sub"])
    if new:
        audit.record(actor=actor, code="account.identity_linked")
    return made


@transaction.atomic
def unbind(*, actor: User) -> None:
    """The account is its own again: nobody comes in with it by way of the issuer."""
    if Identity.objects.filter(user=actor).delete()[0]:
        audit.record(actor=actor, code="account.identity_unlinked")


def signed_out_there(token: str) -> int:
    """The issuer says that somebody signed out (back-channel logout): what they began here through it ends.

    A logout token is signed like an id token, names the event and whom (`sub`, or the one sign-in, `sid`), and never
    carries a nonce, so that neither can stand for the other. Sent twice it ends nothing more.
    """
    found = _signed(token, "jti", "events")
    events = found["events"]
    if not isinstance(events, dict) or LOGOUT not in events:
        raise _refused("events")
    if (
        "nonce" in found
        or time.time() - float(found["iat"]) > FRESH
        or not (found.get("sub") or found.get("sid"))
    ):
        raise _refused("logout")
    return _end_there(found["iss"], found.get("sub"), found.get("sid"))


@transaction.atomic
def _end_there(issuer: str, subject: str | None, sid: str | None) -> int:
    user = (
        User.objects.filter(identities__issuer=issuer, identities__subject=subject).first()
        if subject
        else None
    )
    if subject and user is None:
        return 0
    ended: Counter[int] = Counter()
    rows = SignIn.objects.filter(expire_date__gt=timezone.now(), user__isnull=False)
    for session in (rows.filter(user=user) if user is not None else rows).iterator():
        held = session.get_decoded()
        if held.get("openid") and (not sid or held.get("openid_sid") == sid):
            session.delete()
            ended[session.user_id] += 1
    for key, count in ended.items():
        values = {"count": count}
        audit.record(actor=User.objects.get(pk=key), code="account.signed_out_by_office", values=values)
    return ended.total()


def _signed(token: str, *needed: str) -> dict[str, Any]:
    """What a token says, once signature, issuer, audience and times hold and it names all that is `needed`."""
    try:
        head = jwt.get_unverified_header(token)
        found: dict[str, Any] = jwt.decode(
            token,
            key=_key(head.get("kid"), str(head.get("alg"))),
            algorithms=list(ALGORITHMS),
            issuer=_about()["issuer"],
            audience=settings.YICE_OPENID["client"],
            leeway=SKEW,
            options={"require": ["iat", "iss", "aud", *needed]},
        )
    except jwt.PyJWTError as error:
        raise _refused(type(error).__name__) from None
    return found


def way_out(back: str) -> str:
    """Where signing out there, too, begins; empty where the issuer offers none."""
    to = _about().get("end_session_endpoint", "")
    query = urlencode({"client_id": settings.YICE_OPENID["client"], "post_logout_redirect_uri": back})
    return f"{to}?{query}" if to else ""


def _about() -> dict[str, Any]:
    """What the issuer says of itself, from where the standard puts it; it must call itself by the name we know."""
    issuer = settings.YICE_OPENID["issuer"]
    found = _kept(f"{issuer}/.well-known/openid-configuration")
    if found.get("issuer", "").rstrip("/") != issuer:
        raise _refused("issuer")
    return found


def _key(kid: str | None, algorithm: str) -> Any:
    """The issuer's key of this name; asked for once more when it is new, for keys change."""
    if algorithm not in ALGORITHMS:
        raise jwt.InvalidAlgorithmError
    address = _about()["jwks_uri"]
    for again in (False, True):
        for one in jwt.PyJWKSet.from_dict(_kept(address, again=again)).keys:
            if (kid is None or one.key_id == kid) and one.public_key_use in (None, "sig"):
                return one
    raise jwt.InvalidKeyError


def _kept(address: str, *, again: bool = False) -> dict[str, Any]:
    at, found = _known.get(address, (0.0, {}))
    if again or not found or time.monotonic() - at > KEPT:
        found = _fetch(address)
        _known[address] = (time.monotonic(), found)
    return found


def _fetch(address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """GET, or POST a form, and read JSON: no redirect is followed, nothing large is taken."""
    to = urlsplit(address)
    plain = to.scheme == "http" and to.hostname in LOOPBACK
    if not to.hostname or not (to.scheme == "https" or plain):
        raise _refused("address")
    kind = http.client.HTTPConnection if plain else http.client.HTTPSConnection
    line = kind(to.hostname, to.port, timeout=TIMEOUT)
    try:
        path = f"{to.path or '/'}{'?' + to.query if to.query else ''}"
        head = {"Accept": "application/json"}
        if form is None:
            line.request("GET", path, headers=head)
        else:
            head["Content-Type"] = "application/x-www-form-urlencoded"
            line.request("POST", path, urlencode(form), head)
        answer = line.getresponse()
        body = answer.read(LARGEST + 1)
        if answer.status != 200 or len(body) > LARGEST:
            raise _refused(str(answer.status))
        found = json.loads(body)
    except (OSError, http.client.HTTPException, ValueError):
        raise _refused("unreachable") from None
    finally:
        line.close()
    if not isinstance(found, dict):
        raise _refused("shape")
    return found


def _refused(why: str) -> Problem:
    """One sentence for all of them; the code word goes to whoever runs the site."""
    return Problem(
        "openid-refused",
        Message("统一身份认证没有通过（{why}）。", why=why),
        fix=Message("请再试一次，或者用登录名和密码登录。"),
    )
