"""Somebody may be paid in error: only the deciding department settles it, after the person was told and heard."""

from __future__ import annotations

import datetime as dt

from yice.accounts.models import User
from yice.loop.identify.models import Finding


def handle_payment(
    *,
    actor: User,
    finding: Finding,
    version: int,
    code: str,
    month: dt.date | None = None,
    sum_fen: int | None = None,
    told_on: dt.date | None = None,
    heard_on: dt.date | None = None,
    note: str = "",
) -> Finding:
    """Take one step on a leak, amount or duplicate.

    told_and_heard (→ started; needs told_on, heard_on) · stopped, already_stopped (month → provisional) · kept
    (→ closed) · corrected_amount (month, sum_fen → provisional) · recover, waived, recovery_referred (sum_fen
    → closed once stopped). stopped, corrected_amount and recover need the person told and heard, on this step or
    an earlier one; a death excepted.
    """
    raise NotImplementedError
