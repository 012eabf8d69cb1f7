"""What may be done with a case. Each service authorises, locks, changes, records and commits; the actor is always named."""

from yice.loop.deliver.services.assessing import assess_in_case
from yice.loop.deliver.services.bulk import BulkDone, PayAs, mark_opened, sample_needed, take_steps_in_bulk
from yice.loop.deliver.services.climbing import climb
from yice.loop.deliver.services.files import add_file
from yice.loop.deliver.services.giving import DeliveryLine, PaymentLine
from yice.loop.deliver.services.handing import (
    HandedOver,
    cover_post,
    end_cover,
    hand_over,
    hand_over_together,
)
from yice.loop.deliver.services.money import due_months, overpaid_months
from yice.loop.deliver.services.naming import subject_named
from yice.loop.deliver.services.notices import notice, tell_person
from yice.loop.deliver.services.opening import Subject, begins_with, open_case
from yice.loop.deliver.services.reaching import may_reach, reach
from yice.loop.deliver.services.stepping import take_step
from yice.loop.deliver.services.tallying import count_ledger
from yice.loop.deliver.services.turning import (
    lacking,
    note_change,
    refuse,
    reopen,
    return_for_correction,
    withdraw,
)

__all__ = [
    "BulkDone",
    "DeliveryLine",
    "HandedOver",
    "PayAs",
    "PaymentLine",
    "Subject",
    "add_file",
    "assess_in_case",
    "begins_with",
    "climb",
    "count_ledger",
    "cover_post",
    "due_months",
    "end_cover",
    "hand_over",
    "hand_over_together",
    "lacking",
    "mark_opened",
    "may_reach",
    "note_change",
    "notice",
    "open_case",
    "overpaid_months",
    "reach",
    "refuse",
    "reopen",
    "return_for_correction",
    "sample_needed",
    "subject_named",
    "take_step",
    "take_steps_in_bulk",
    "tell_person",
    "withdraw",
]
