"""What may be done with a plan."""

from yice.loop.plan.services.groups import update_groups
from yice.loop.plan.services.keeping import close_plan, record_progress, review_plan
from yice.loop.plan.services.writing import MeasureLine, faults, sign_plan, write_plan

__all__ = [
    "MeasureLine",
    "close_plan",
    "faults",
    "record_progress",
    "review_plan",
    "sign_plan",
    "update_groups",
    "write_plan",
]
