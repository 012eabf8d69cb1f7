"""Names are kept folded beside their writing. When a release folds otherwise, `migrate` folds those on file anew."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from yice.identifiers.names import fold_many, folding
from yice.loop.identify.models import HouseholdMember, ListEntry, NameFolding, Person

CHUNK = 5000


def refold(**_signal: Any) -> int:
    """Fold every name on file that other tables folded; gives how many changed. Nothing where the tables are the same."""
    if NameFolding._meta.db_table not in connection.introspection.table_names():
        return 0  # migrated back to before there was one
    known = NameFolding.objects.first()
    if known is not None and known.tables == folding():
        return 0
    with transaction.atomic():
        changed = sum(_refold(model) for model in (Person, HouseholdMember, ListEntry))
        NameFolding.objects.update_or_create(id=1, defaults={"tables": folding()})
    return changed


def _refold(model: Any) -> int:
    limit, changed, last = model._meta.get_field("name_folded").max_length, 0, 0
    while rows := list(
        model.objects.filter(pk__gt=last).only("id", "name", "name_folded").order_by("pk")[:CHUNK]
    ):
        folded = fold_many([row.name for row in rows]).to_pylist()
        other = []
        for row, name in zip(rows, folded, strict=True):
            if row.name_folded != name[:limit]:
                row.name_folded = name[:limit]
                other.append(row)
        model.objects.bulk_update(other, ["name_folded"], batch_size=500)
        changed, last = changed + len(other), rows[-1].pk
    return changed
