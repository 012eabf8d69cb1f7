"""What a check says: well, a warning, or a fault, each with its sentence and what to do."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One line. `check` names what was looked at, the same in every language."""

    check: str
    level: Level
    says: Message
    fix: Message | None = None

    def as_dict(self) -> dict[str, str | None]:
        fix = str(self.fix) if self.fix else None
        return {"check": self.check, "level": self.level, "says": str(self.says), "fix": fix}


Check = Callable[[], Iterator[Finding]]


def ok(check: str, says: Message) -> Finding:
    return Finding(check, "ok", says)


def warn(check: str, says: Message, fix: Message | None = None) -> Finding:
    return Finding(check, "warn", says, fix)


def fail(check: str, says: Message, fix: Message | None = None) -> Finding:
    return Finding(check, "fail", says, fix)


def run(checks: Iterable[Check]) -> Iterator[Finding]:
    """All findings of all checks, whatever happens in one of them."""
    for check in checks:
        name = check.__name__
        try:
            yield from check()
        except (Problem, Problems) as error:
            for one in error.problems if isinstance(error, Problems) else [error]:
                yield fail(name, Message("{problem}", problem=one))
        except Exception as error:  # the text may hold values: only its kind is told
            if os.environ.get("YICE_DEBUG"):
                traceback.print_exc()
            kind = type(error).__name__
            yield fail(
                name,
                Message("检查时出错（{kind}）。", kind=kind),
                Message("设 YICE_DEBUG=1 再运行可看到详情。"),
            )
