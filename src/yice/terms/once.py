"""A request carries its own key, and sent again does nothing twice. The same key with something else is no repetition.

Whoever goes back in the browser, changes the form and sends it again sends the old key: they must not read that it
was taken.
"""

from __future__ import annotations

from typing import Any

from yice.terms.errors import Problem
from yice.terms.messages import Message


def require_same(taken: tuple[Any, ...], sent: tuple[Any, ...]) -> None:
    """A Problem when what was taken by this key is not what is sent now: whose, what, by whom."""
    if taken != sent:
        raise Problem(
            "key-reused",
            Message("这张表已经提交过一次，那一次的内容不同；这一次没有保存。"),
            fix=Message("请先看上一次提交的在不在，再重新打开页面填写。"),
        )
