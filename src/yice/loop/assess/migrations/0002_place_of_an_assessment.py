"""An assessment knows its place itself: what comes back as work somewhere is found by one index."""

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def copy_places(apps: Any, schema_editor: Any) -> None:
    person, assessment = apps.get_model("identify", "Person"), apps.get_model("assess", "Assessment")
    of = person.objects.filter(pk=OuterRef("person_id"))
    assessment.objects.filter(hukou="").update(
        hukou=Subquery(of.values("hukou")[:1]), residence=Subquery(of.values("residence")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("assess", "0001_initial"), ("identify", "0001_initial")]

    operations = [
        migrations.AddField(
            "assessment", name, models.CharField(default="", max_length=12), preserve_default=False
        )
        for name in ("hukou", "residence")
    ]
    operations += [
        migrations.RunPython(copy_places, migrations.RunPython.noop),
        migrations.AddIndex(
            "assessment", models.Index(fields=["hukou", "state", "valid_until"], name="assessment_hukou")
        ),
        migrations.AddIndex(
            "assessment",
            models.Index(fields=["residence", "state", "valid_until"], name="assessment_residence"),
        ),
    ]
