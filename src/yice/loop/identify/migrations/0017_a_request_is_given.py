"""An answer more, to whoever asked for a copy; nothing in the table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identify", "0016_needs_counted_by_place")]

    operations = [
        migrations.AlterField(
            "objection",
            "answer",
            models.CharField(
                blank=True,
                choices=[
                    ("corrected", "已更正"),
                    ("stopped", "已停止这一用途"),
                    ("explained", "依法继续使用，已说明理由"),
                    ("given", "已交给本人"),
                    ("withdrawn", "本人撤回"),
                ],
                max_length=10,
            ),
        ),
    ]
