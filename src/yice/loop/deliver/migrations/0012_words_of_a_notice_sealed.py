from django.db import migrations

import yice.shelf.fields


class Migration(migrations.Migration):
    dependencies = [
        ("deliver", "0011_free_text_sealed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="content",
            field=yice.shelf.fields.SealedJSON("notice_content"),
        ),
    ]
