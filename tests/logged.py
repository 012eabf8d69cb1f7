"""What a site would have written to its log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from yice.config.watch import logs


@contextmanager
def as_logged() -> Iterator[io.StringIO]:
    """Everything that is logged from INFO on, in the lines of a site."""
    written = io.StringIO()
    console = logging.StreamHandler(written)
    console.setFormatter(logs.formatter("json"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(console)
    root.setLevel(logging.INFO)
    try:
        yield written
    finally:
        root.removeHandler(console)
        root.setLevel(before)


def told(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]
