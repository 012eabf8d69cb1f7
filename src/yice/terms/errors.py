"""One shape for everything that can be wrong, the same on screen, in the API and on the command line.

Clear, gentle, exact: what is wrong, where, why it matters, what to do. Never a value that identifies a person.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from yice.terms.messages import Message


class Problem(Exception):
    """One thing that is wrong.

    code: stable and greppable ("id-check-digit"); what/where/why/fix: sentences. `field` names the form field
    or fact it stands beside, when there is one.
    """

    def __init__(
        self,
        code: str,
        what: Message,
        *,
        where: Message | None = None,
        why: Message | None = None,
        fix: Message | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.what, self.where, self.why, self.fix, self.field = code, what, where, why, fix, field

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        parts = (self.where, self.what, self.why, self.fix)
        return " ".join(str(part) for part in parts if part is not None)

    def as_dict(self) -> dict[str, str | None]:
        """The shape the API and the command line (`--json`) give."""
        return {
            "code": self.code,
            "what": str(self.what),
            "where": str(self.where) if self.where else None,
            "why": str(self.why) if self.why else None,
            "fix": str(self.fix) if self.fix else None,
            "field": self.field,
        }


def stale(what: Message, why: Message | None) -> Problem:
    """A page that is out of date; `why`: what changed since. Whoever has read it may go on with what they typed."""
    return Problem("stale", what, why=why, fix=Message("请看过最新情况，再决定要不要接着办。"))


class Problems(Exception):
    """Several problems found at once: a form or a file says everything that is wrong in one go."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(", ".join(problem.code for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class AwayError(Exception):
    """What lasting files stand on cannot be reached: nothing was done, the same may be asked again later."""


def _again(kind: type[Exception], said: tuple[Any, ...]) -> Exception:
    """One that came from another process, before its attributes are laid in."""
    return kind.__new__(kind, *said)


def places(error: BaseException) -> str:
    """Where an error came through, innermost last: what a log may say of it, for its text may hold a row's values."""
    found = []
    trace = error.__traceback__
    while trace is not None:
        found.append(f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(found)
