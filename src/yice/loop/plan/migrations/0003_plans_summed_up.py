"""Every plan's sums, ten thousand at a time: killed, it goes on where it was, and nobody who reads waits."""

from typing import Any

from django.db import migrations
from django.db.models import Count, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

BATCH = 10_000


def sum_up(apps: Any, schema_editor: Any) -> None:
    plan, measure, progress = (apps.get_model("plan", one) for one in ("HelpPlan", "Measure", "Progress"))
    said = progress.objects.filter(plan=OuterRef("version__plan"), measure=OuterRef("uuid")).order_by("-id")
    rows = measure.objects.filter(
        version__plan=OuterRef("pk"), version__number=F("version__plan__version")
    ).annotate(said=Subquery(said.values("state")[:1]))

    def of_plan(count: Any) -> Coalesce:
        grouped = rows.order_by().values("version__plan").annotate(n=count)
        return Coalesce(Subquery(grouped.values("n")), 0)

    for at in range(0, (plan.objects.aggregate(last=Max("pk"))["last"] or 0) + 1, BATCH):
        plan.objects.filter(pk__gte=at, pk__lt=at + BATCH, measures=None).update(
            measures=of_plan(Count("*")),
            measures_done=of_plan(Count("pk", filter=Q(said="done"))),
            planned_fen=of_plan(Sum("fen")),
        )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("plan", "0002_sums_of_a_plan")]

    operations = [migrations.RunPython(sum_up, migrations.RunPython.noop)]
