"""The indexes by which a ledger counts plans."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0003_plans_summed_up")]

    operations = [
        migrations.AddIndex(
            "helpplan",
            models.Index(
                fields=["hukou"],
                include=("measures", "measures_done", "planned_fen"),
                name="plan_counted",
                condition=models.Q(state="in_force"),
            ),
        ),
        migrations.AddIndex(
            "helpplan",
            models.Index(fields=["id"], name="plan_not_summed", condition=models.Q(measures__isnull=True)),
        ),
    ]
