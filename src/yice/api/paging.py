"""Lists by cursor: where the last row stood, sealed, so that it says nothing and cannot be made up."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from cryptography.exceptions import InvalidTag
from django.db.models import F, Model, Q, QuerySet

from yice.accounts.models import User
from yice.api.shapes import Paged
from yice.identifiers import sealing
from yice.terms.errors import Problem
from yice.terms.messages import Message

M = TypeVar("M", bound=Model)
SEALED_AS = "api_cursor"


def page(
    actor: User, name: str, found: QuerySet[M], asked: Paged, order: Sequence[str]
) -> tuple[list[M], str | None]:
    """A page of `found` in `order` ("due_on", "id", or "-id" alone), and the cursor of the next; None at the end.

    The last of `order` is unique. A first field may be null: such rows come last.
    """
    rows = found.order_by(*_ordering(order))
    if asked.cursor:
        nullable = found.model._meta.get_field(order[0].lstrip("-")).null
        rows = rows.filter(_after(order, _opened(actor, name, asked.cursor, len(order)), nullable))
    some = list(rows[: asked.limit + 1])
    if len(some) <= asked.limit:
        return some, None
    last = some[asked.limit - 1]
    return some[: asked.limit], _sealed(actor, name, [_value(last, one) for one in order])


def _ordering(order: Sequence[str]) -> list[Any]:
    return [one if one.startswith("-") else F(one).asc(nulls_last=True) for one in order]


def _after(order: Sequence[str], values: list[Any], nullable: bool) -> Q:
    if len(order) == 1:
        name, way = order[0].lstrip("-"), "lt" if order[0].startswith("-") else "gt"
        return Q(**{f"{name}__{way}": values[0]})
    (first, last), (at, key) = order, values
    if at is None:
        return Q(**{f"{first}__isnull": True, f"{last}__gt": key})
    later = Q(**{f"{first}__gt": at}) | Q(**{first: at, f"{last}__gt": key})
    return later | Q(**{f"{first}__isnull": True}) if nullable else later


def _value(row: Model, name: str) -> Any:
    value = getattr(row, name.lstrip("-"))
    return value.isoformat() if isinstance(value, dt.date) else value


def _sealed(actor: User, name: str, values: list[Any]) -> str:
    text = json.dumps([name, actor.pk, *values])
    return base64.urlsafe_b64encode(sealing.seal(SEALED_AS, text) or b"").decode().rstrip("=")


def _opened(actor: User, name: str, cursor: str, count: int) -> list[Any]:
    """Where the page before ended; a cursor of another list or another reader is none."""
    try:
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        said = json.loads(sealing.open_sealed(SEALED_AS, sealed))
    except (ValueError, KeyError, IndexError, InvalidTag):
        said = []
    if said[:2] != [name, actor.pk] or len(said) != count + 2:
        what = Message("这个 cursor 不是这份列表给出的。")
        raise Problem("cursor-wrong", what, fix=Message("请从第一页重新开始。"), field="cursor")
    return list(said[2:])
