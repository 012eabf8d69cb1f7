"""What every answer must say of itself, whoever gives it: asked by the walks of pages and API."""

from __future__ import annotations

import re
from typing import Any

TEXT = re.compile(r"(text/.*|.*[/+]xml)(;.*)?")


def unsaid(response: Any) -> list[str]:
    """Kind and characters; a name for what is data; nothing of who serves it or in which version."""
    kind = response.headers.get("Content-Type", "")
    wrong = [] if kind or response.status_code == 304 else ["no kind"]
    if TEXT.fullmatch(kind) and "charset=utf-8" not in kind.lower().replace('"', ""):
        wrong.append(f"no characters: {kind}")
    if kind.startswith("application/json") and "attachment" not in response.headers.get(
        "Content-Disposition", ""
    ):
        wrong.append("data without a name")
    return wrong + [f"tells {name}" for name in ("Server", "X-Powered-By", "Via") if name in response.headers]
