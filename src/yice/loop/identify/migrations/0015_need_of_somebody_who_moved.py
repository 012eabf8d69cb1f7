"""A need says where its person is registered now, if no longer where it was said: the ledger counts it there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identify", "0014_needs_that_climbed")]

    operations = [
        migrations.AddField("need", "moved_to", models.CharField(max_length=12, null=True)),
    ]
