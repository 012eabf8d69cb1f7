import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policy", "0002_comparison"),
        ("supervise", "0003_figures_of_a_month"),
    ]

    operations = [
        migrations.RemoveConstraint("monthfigures", "figures_once_a_month"),
        migrations.AddField(
            "monthfigures", "of", models.CharField(db_default="before", default="before", max_length=60)
        ),
        migrations.AddField("monthfigures", "counted_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "monthfigures",
            "run",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="policy.screeningrun",
            ),
        ),
        migrations.AddConstraint(
            "monthfigures",
            models.UniqueConstraint(fields=("area", "of", "lines", "month"), name="once_a_month"),
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("area", models.CharField(max_length=13)),
                ("numbers", models.JSONField(default=dict)),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told",
                        to="supervise.monthfigures",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("month", "area"), name="told_once")],
            },
        ),
    ]
