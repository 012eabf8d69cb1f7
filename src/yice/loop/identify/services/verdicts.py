"""What people say of two records, and how it is taken back: the same for a row of a list and for two on the register."""

from __future__ import annotations

from yice.accounts.models import User
from yice.loop.identify.enums import PairState
from yice.loop.identify.models import Duplicate, Pair
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

VERDICTS = (PairState.SAME, PairState.DIFFERENT, PairState.CANNOT_TELL)
REASON_AT_LEAST = 4


def take_verdict(
    row: Pair | Duplicate, *, actor: User, verdict: PairState, second: bool, why: Message
) -> None:
    """Put `verdict` on the locked row. Where a `second` person must say so too, it waits for them; `why` says why.

    The same reader twice is Problem "second-reader".
    """
    if row.state == PairState.SECOND:
        if row.decided_by_id == actor.pk:
            what = Message("第一次核对就是您做的，第二次要由另一个人来做。")
            raise Problem("second-reader", what, why=why)
        row.state, row.second_by, row.second_at = verdict, actor, clock.now()
    else:
        row.state = PairState.SECOND if second else verdict
        row.decided_by, row.decided_at = actor, clock.now()


def reason_to_undo(reason: str) -> str:
    """The reason as it is kept; one too short is Problem "reason-missing"."""
    why = reason.strip()[:200]
    if len(why) < REASON_AT_LEAST:
        raise Problem("reason-missing", Message("请写明撤销的原因，至少四个字。"), field="reason")
    return why
