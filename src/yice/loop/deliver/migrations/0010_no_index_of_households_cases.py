"""What found the cases of households as a whole: a ledger finds them among all others of their place."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("deliver", "0009_ledger_by_place")]

    operations = [migrations.RemoveIndex("case", "case_of_household")]
