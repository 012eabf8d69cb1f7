"""Columns for exports: one row a finding or a person, in the order of the worklist, nothing outside the scope."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from yice.accounts.models import User
from yice.loop.identify.selectors.worklist import Filters


@dataclass(frozen=True)
class Export:
    """A table of text and numbers; `labels` gives the column heads. Identifiers are masked."""

    name: str
    table: pa.Table
    labels: dict[str, str]


def findings(actor: User, filters: Filters, sort: str = "oldest") -> Export:
    """All rows of the worklist. Requires EXPORT; the caller records the audit event through services.exported."""
    raise NotImplementedError
