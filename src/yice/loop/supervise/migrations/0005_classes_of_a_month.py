from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("supervise", "0004_told_for_a_month"),
    ]

    operations = [
        migrations.AddField("monthfigures", "classes", models.JSONField(null=True)),
    ]
