"""What may be done. Each service authorises, locks, changes, records and commits; the actor is always named."""

from yice.loop.identify.services.answering import Given, answer
from yice.loop.identify.services.contacting import show_contacts
from yice.loop.identify.services.correcting import correct_fact, request_correction
from yice.loop.identify.services.exporting import exported
from yice.loop.identify.services.gaps import handle_gap
from yice.loop.identify.services.payments import handle_payment
from yice.loop.identify.services.rescreening import Rescreened, rescreen
from yice.loop.identify.services.rows import finding, people, person, visit_list
from yice.loop.identify.services.runs import apply_run
from yice.loop.identify.services.searching import searched
from yice.loop.identify.services.undoing import undo_outcome
from yice.loop.identify.services.unmasking import unmask
from yice.loop.identify.services.visits import TypedLine, make_visit_list, type_back
from yice.loop.identify.services.visits_record import Said, decide_conflict, record_household, record_visit

__all__ = [
    "Given",
    "Rescreened",
    "Said",
    "TypedLine",
    "answer",
    "apply_run",
    "correct_fact",
    "decide_conflict",
    "exported",
    "finding",
    "handle_gap",
    "handle_payment",
    "make_visit_list",
    "people",
    "person",
    "record_household",
    "record_visit",
    "request_correction",
    "rescreen",
    "searched",
    "show_contacts",
    "type_back",
    "undo_outcome",
    "unmask",
    "visit_list",
]
