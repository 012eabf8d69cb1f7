"""A step that waits knows its place itself: what is overdue somewhere is found by one index."""

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy_areas(apps: Any, schema_editor: Any) -> None:
    case, step = apps.get_model("deliver", "Case"), apps.get_model("deliver", "OpenStep")
    of = case.objects.filter(pk=OuterRef("case_id")).values("area")[:1]
    step.objects.filter(area="").update(area=Subquery(of))


class Migration(migrations.Migration):
    dependencies = [("deliver", "0001_initial")]

    operations = [
        migrations.AddField(
            "openstep", "area", models.CharField(default="", max_length=12), preserve_default=False
        ),
        migrations.RunPython(copy_areas, migrations.RunPython.noop),
        migrations.AddIndex("openstep", models.Index(fields=["area", "due_on"], name="step_area")),
    ]
