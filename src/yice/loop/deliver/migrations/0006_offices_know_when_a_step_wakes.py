"""An office that a step waits at knows the day before which it sleeps: a worklist does not read the sleeping ones."""

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy_days(apps: Any, schema_editor: Any) -> None:
    step, office = apps.get_model("deliver", "OpenStep"), apps.get_model("deliver", "StepOffice")
    asleep = step.objects.filter(wakes_on__isnull=False)
    day = asleep.filter(pk=OuterRef("open_step_id")).values("wakes_on")[:1]
    office.objects.filter(open_step__in=asleep.values("pk")).update(wakes_on=Subquery(day))


class Migration(migrations.Migration):
    dependencies = [("deliver", "0005_ledger_by_index")]

    operations = [
        migrations.AddField("stepoffice", "wakes_on", models.DateField(null=True)),
        migrations.RunPython(copy_days, migrations.RunPython.noop),
    ]
