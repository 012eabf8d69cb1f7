"""Somebody may be left out: what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yice.accounts.models import User
from yice.loop.identify.models import Finding


def handle_gap(
    *,
    actor: User,
    finding: Finding,
    version: int,
    code: str,
    left_out_reason: str = "",
    note: str = "",
    refer_to: str = "",
    corrected: Mapping[str, Any] | None = None,
) -> Finding:
    """Take one step on a gap.

    code: help_to_apply (→ started), included (→ provisional until the next list shows it; needs a
    left_out_reason), not_eligible (needs `corrected`: the facts found otherwise), declined (needs a
    left_out_reason), refer (needs refer_to). A stale version is Problem "stale", which says what changed; the
    same step sent twice does nothing twice.
    """
    raise NotImplementedError
