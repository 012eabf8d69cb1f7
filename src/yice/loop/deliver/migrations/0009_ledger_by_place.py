"""The indexes by which a ledger counts cases and what was given."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliver", "0008_places_filled_in")]

    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["hukou", "state", "end_kind"],
                name="case_counted",
                condition=models.Q(
                    models.Q(person__isnull=False) | models.Q(household__isnull=False),
                    restricted=False,
                    moved_to__isnull=True,
                ),
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(fields=["moved_to"], name="case_moved", condition=models.Q(moved_to__isnull=False)),
        ),
        migrations.AddIndex(
            "payment",
            models.Index(fields=["hukou"], include=("amount_fen", "case"), name="payment_counted"),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(fields=["hukou"], include=("person_times", "fen", "case"), name="delivery_counted"),
        ),
    ]
