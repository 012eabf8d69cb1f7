"""A row of a list stands in the next month's delivery too where that says the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identify", "0011_peoples_rights")]

    operations = [
        migrations.AddField("listentry", "dated", models.BooleanField(default=True)),
        migrations.AddField("listentry", "until", models.BigIntegerField(default=2**62)),
        migrations.AddField("listreceipt", "begins", models.BigIntegerField(null=True)),
        migrations.AddField("listreceipt", "known", models.BinaryField(null=True)),
    ]
