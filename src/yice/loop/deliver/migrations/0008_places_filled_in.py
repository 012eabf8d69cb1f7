"""The places, twenty thousand rows at a time: killed, it goes on where it was, and nobody who reads waits."""

from typing import Any

from django.db import migrations
from django.db.models import Case, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

BATCH = 20_000


def fill_in(apps: Any, schema_editor: Any) -> None:
    case, person = apps.get_model("deliver", "Case"), apps.get_model("identify", "Person")
    now = person.objects.filter(pk=OuterRef("person")).values("hukou")[:1]
    away = case.objects.filter(person__isnull=False, moved_to=None).exclude(person__hukou=F("hukou"))
    case.objects.filter(pk__in=away.values("pk")).update(moved_to=Subquery(now))
    nobodys = Q(person=None, household=None)
    place = case.objects.filter(pk=OuterRef("case")).values(
        at=Case(When(nobodys, then=Value("")), default=Coalesce("moved_to", "hukou"))
    )[:1]
    for name in ("Payment", "Delivery"):
        model = apps.get_model("deliver", name)
        for at in range(0, (model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1, BATCH):
            model.objects.filter(pk__gte=at, pk__lt=at + BATCH, hukou=None).update(hukou=Subquery(place))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("deliver", "0007_places_of_what_was_given"),
        ("identify", "0015_need_of_somebody_who_moved"),
    ]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
