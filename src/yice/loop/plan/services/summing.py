"""What a plan comes to, kept with it: a county's ledger reads its plans, not their measures and how each stands."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from yice.loop.plan.enums import MeasureState
from yice.loop.plan.models import HelpPlan
from yice.loop.plan.selectors import measures_in_hand


def sum_up(plans: QuerySet[HelpPlan]) -> int:
    """Work out anew what the last version of each comes to. The caller holds their rows."""
    return plans.update(
        measures=_of_plan(Count("*"), 0),
        measures_done=_of_plan(Count("pk", filter=Q(said=MeasureState.DONE)), 0),
        planned_fen=_of_plan(Sum("fen"), 0),
    )


def _of_plan(count: Count | Sum, nothing: int) -> Coalesce:
    rows = measures_in_hand().filter(version__plan=OuterRef("pk")).order_by()
    return Coalesce(Subquery(rows.values("version__plan").annotate(n=count).values("n")), nothing)
