"""Tables of cases and of what was given."""

from yice.loop.deliver.models.cases import Case, Cover, Opened, OpenStep, StepOffice, StepRecord
from yice.loop.deliver.models.files import CaseFile
from yice.loop.deliver.models.given import Delivery, LedgerTally, Notice, Payment

__all__ = [
    "Case",
    "CaseFile",
    "Cover",
    "Delivery",
    "LedgerTally",
    "Notice",
    "OpenStep",
    "Opened",
    "Payment",
    "StepOffice",
    "StepRecord",
]
