"""What was given knows the place it is counted in, a case where its person is registered now if no longer at its own.

Null until told: of a payment or delivery, that the case is asked; of a case, that nobody moved.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliver", "0006_offices_know_when_a_step_wakes")]

    operations = [
        migrations.AddField("case", "moved_to", models.CharField(max_length=12, null=True)),
        migrations.AddField("payment", "hukou", models.CharField(max_length=12, null=True)),
        migrations.AddField("delivery", "hukou", models.CharField(max_length=12, null=True)),
    ]
