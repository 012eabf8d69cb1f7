"""Who am I, and why may I."""

from __future__ import annotations

import datetime as dt

from ninja import Router
from pydantic import Field

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.tokens import FOR_SYSTEMS
from yice.api.door import EVERYBODY, ApiRequest, operation
from yice.api.shapes import Answer, Out

router = Router(tags=["me"])


class PostOut(Out):
    role: str
    role_name: str
    area: str
    area_name: str
    until: dt.date | None = Field(description="last day; null: open")


class MayOut(Out):
    action: str
    name: str
    allowed: bool
    why: str
    lines: list[str] = Field(description="lines of work")
    areas: list[str] = Field(description="codes of the places it reaches")


class TokenOut(Out):
    system: str
    until: dt.datetime


class Me(Answer):
    username: str
    name: str
    token: TokenOut
    posts: list[PostOut]
    actions: list[MayOut]


@operation(router, "GET", "/me", *EVERYBODY, answers=Me)
def me(request: ApiRequest) -> dict[str, object]:
    """Whose token this is, and what may be done with it, each with its reason."""
    user, token = request.user, request.token
    return {
        "username": user.username,
        "name": user.name,
        "token": {"system": token.name, "until": token.until},
        "posts": [
            {
                "role": post.role,
                "role_name": post.get_role_display(),
                "area": post.area.code,
                "area_name": post.area.name,
                "until": post.until,
            }
            for post in user.posts_on()
        ],
        "actions": [_may(request, action) for action in FOR_SYSTEMS],
    }


def _may(request: ApiRequest, action: Action) -> dict[str, object]:
    decision = access.may(request.user, action)
    return {
        "action": action.value,
        "name": str(action.label),
        "allowed": decision.allowed,
        "why": str(decision.why),
        "lines": sorted(access.lines(request.user, action)) if decision.allowed else [],
        "areas": [low for low, _high in access.ranges(request.user, action)],
    }
