"""A plan knows what its last version comes to. Null until worked out: the ledger then adds its measures up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial")]

    operations = [
        migrations.AddField("helpplan", "measures", models.PositiveIntegerField(null=True)),
        migrations.AddField("helpplan", "measures_done", models.PositiveIntegerField(null=True)),
        migrations.AddField("helpplan", "planned_fen", models.BigIntegerField(null=True)),
    ]
