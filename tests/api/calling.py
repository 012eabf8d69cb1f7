"""A system that calls the API: with a token, nothing else."""

from __future__ import annotations

import itertools
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from yice.accounts.models import User
from yice.accounts.tokens import make_token, offered

V1 = "/api/v1"
_others = itertools.count(1)  # no two systems of one account share a name


def token_for(user: User, *actions: str, days: int = 90) -> str:
    """A token for these actions, or for all that the posts allow; "" where they allow none."""
    chosen = actions or tuple(action.value for action in offered(user))
    return (
        make_token(
            actor=User.objects.get(pk=user.pk), name=f"测试系统{next(_others)}", actions=chosen, days=days
        )[1]
        if chosen
        else ""
    )


@dataclass
class System:
    token: str
    language: str = "zh-CN"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(V1 + path, query, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str = "", **more: Any) -> Any:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex, **self._headers()}
        if body is None or "data" in more:
            return self.client.post(V1 + path, more.get("data"), headers=headers)
        return self.client.post(V1 + path, json.dumps(body), content_type="application/json", headers=headers)

    def _headers(self) -> dict[str, str]:
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Accept-Language": self.language, **shown}


def system(user: User, *actions: str) -> System:
    return System(token_for(user, *actions))
