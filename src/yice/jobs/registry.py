"""Which function does which kind of job. Packages register theirs in a module imported by AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Callable

from yice.jobs.work import Work
from yice.terms.errors import Problem
from yice.terms.messages import Message

__all__ = ["Handler", "Work", "handler", "handler_of"]

Handler = Callable[[Work], None]
_HANDLERS: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the one that does jobs of `kind` ("import.commit").

    It must be repeatable: after a kill it starts again from the beginning, with everything its last attempt
    committed, and nothing else, in the database. A Problem ends the job at once with its code; any other
    exception is tried again, three attempts in all.
    """

    def register(function: Handler) -> Handler:
        if _HANDLERS.setdefault(kind, function) is not function:
            raise ValueError(f"two handlers for {kind}")
        return function

    return register


def handler_of(kind: str) -> Handler:
    try:
        return _HANDLERS[kind]
    except KeyError:
        raise Problem(
            "job-kind-unknown",
            Message("这台服务器不认识“{kind}”这种任务。", kind=kind),
            fix=Message("请确认网站和任务进程是同一版本。"),
        ) from None
