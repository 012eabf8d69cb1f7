"""Log lines, as JSON or for reading: when, how grave, which request, job or command, and what. Never about whom.

The text of an exception may carry a row's values, so a line has its kind and the places it came through. What looks
like a number of a person is struck out of every line, whoever wrote it: the last wall, not the first.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from yice.terms.errors import places

FORMS = ("json", "text")
LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z-])\d{11,18}[\dXx]?(?![0-9A-Za-z-])")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# What these say names the address that was asked for, or the host; the line of the request stands for them.
SILENT = ("django.request", "django.security", "django.server", "axes")
FIELDS = (
    "view",
    "method",
    "status",
    "ms",
    "account",
    "kind",
    "state",
    "attempt",
    "check",
    "came",
)  # what a line may carry besides
LOUD_FROM_WARNING = ("django.db.backends",)  # below it, statements with their values


def strike_numbers(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Digits as long as a telephone, an id or an account give way to a mark."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = LONG_NUMBER.sub("[…]", value)
    return line


def tell_places(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """An exception as its kind and the places it came through."""
    given = line.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        line["error"], line["at"] = type(error).__name__, places(error)
    line.pop("stack_info", None)
    return line


def keep_one_line(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """What breaks a line, or moves the cursor of whoever reads along, is told by its number: no line is forged."""
    for name, value in line.items():
        if isinstance(value, str):
            line[name] = CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", value)
    return line


def formatter(form: str, *, whole: bool = False) -> logging.Formatter:
    """Makes lines of `form`. `whole`: with the exception's text, for whoever looks for a fault on a machine of theirs."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(FIELDS),
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    shared += [structlog.processors.format_exc_info] if whole else [tell_places, strike_numbers]
    shared += [] if whole else [keep_one_line]
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False, default=_kind_of)
    if form == "text":
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )


def _kind_of(value: object) -> str:
    """What JSON has no word for is told by its kind: an object's text may be somebody's name."""
    return f"<{type(value).__name__}>"


def logging_settings(*, level: str, form: str, whole: bool) -> dict[str, Any]:
    """Django's LOGGING. `form`: json or text; empty: text where somebody reads along, else JSON."""
    chosen = form if form in FORMS else "text" if sys.stderr.isatty() else "json"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter, "form": chosen, "whole": whole}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "lines"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            **{name: {"handlers": ["nowhere"], "propagate": False} for name in SILENT},
            **{name: {"level": "WARNING"} for name in LOUD_FROM_WARNING},
        },
    }
