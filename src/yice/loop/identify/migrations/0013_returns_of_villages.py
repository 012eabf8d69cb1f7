"""A village's own return is a form of the round like a person's: one that names no person."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identify", "0012_rows_that_stand")]

    operations = [
        migrations.AddField(
            "round", "villages", models.CharField(max_length=60, blank=True, default=""), False
        ),
        migrations.AlterField(
            "reply",
            "person",
            models.ForeignKey(
                "identify.person", django.db.models.deletion.PROTECT, null=True, related_name="replies"
            ),
        ),
        migrations.AddConstraint(
            "reply",
            models.UniqueConstraint(
                fields=("round", "village"),
                condition=models.Q(("person", None)),
                name="one_return_a_village",
            ),
        ),
    ]
