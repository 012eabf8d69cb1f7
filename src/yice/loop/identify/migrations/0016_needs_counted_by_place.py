"""Needs of those who moved, and the indexes by which a ledger counts."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery


def find_moved(apps: Any, schema_editor: Any) -> None:
    need, person = apps.get_model("identify", "Need"), apps.get_model("identify", "Person")
    now = person.objects.filter(pk=OuterRef("person")).values("hukou")[:1]
    away = need.objects.filter(moved_to=None).exclude(person__hukou=F("hukou"))
    need.objects.filter(pk__in=away.values("pk")).update(moved_to=Subquery(now))


class Migration(migrations.Migration):
    dependencies = [("identify", "0015_need_of_somebody_who_moved")]

    operations = [
        migrations.RunPython(find_moved, migrations.RunPython.noop),
        migrations.AddIndex(
            "need",
            models.Index(
                fields=["hukou", "state"], name="need_counted", condition=models.Q(moved_to__isnull=True)
            ),
        ),
        migrations.AddIndex(
            "need",
            models.Index(fields=["moved_to"], name="need_moved", condition=models.Q(moved_to__isnull=False)),
        ),
    ]
