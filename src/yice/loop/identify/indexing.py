"""Marks brought to the newest index key: everywhere, in batches beside the work of the day, as often as one likes.

While a key is being laid over the older ones, a search asks for the marks of all versions. What joins marks in SQL
(imports, matching, doubts) first makes sure that there is only one version: `settle`. An import's commit and a batch
of this keep each other out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Length

from yice.identifiers import sealing

# Every column with a mark, as its field's name says or not.
COLUMNS = (
    ("identify.Person", "id_index"),
    ("identify.Person", "phone_index"),
    ("identify.Household", "key"),
    ("identify.HouseholdMember", "id_index"),
    ("identify.Certificate", "number_index"),
    ("identify.ListEntry", "id_index"),
    ("identify.ListEntry", "certificate_index"),
    ("identify.ListEntry", "account_index"),
    ("identify.ExternalId", "value_index"),
    ("exchange.Doubt", "evidence"),
)
BATCH = 1000
LOCK = 0x79696365  # PostgreSQL: one that joins or changes marks of the whole register at a time
_settled: tuple[bytes, ...] = ()  # the keys for which this process found nothing left to do


def settle() -> int:
    """Make sure that every mark is by the newest key; gives its version. Costs nothing where there was one key only."""
    global _settled
    newest, keys = sealing.mark_version(), sealing.keys_given()["index"]
    if newest > 1 and keys != _settled:
        mark_anew()
        _settled = keys
    return newest


def mark_anew(tell: Callable[[str, int], None] = lambda column, done: None) -> int:
    """Bring every mark to the newest version; may be stopped and begun again. Gives how many were changed."""
    return sum(_column(label, name, tell) for label, name in COLUMNS)


def by_version() -> Counter[int]:
    """How many marks each key made last."""
    found: Counter[int] = Counter()
    for label, name in COLUMNS:
        rows = apps.get_model(label)._default_manager.exclude(**{f"{name}__isnull": True}).order_by()
        for version in range(1, sealing.mark_version() + 1):
            found[version] += _of_versions(rows, name, version, version + 1).count()
    return found


def hold() -> int:
    """Within a transaction: no batch of `mark_anew` runs until it ends. Gives the version of the marks then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    return sealing.mark_version()


def _column(label: str, name: str, tell: Callable[[str, int], None]) -> int:
    newest = sealing.mark_version()
    rows = _of_versions(apps.get_model(label)._default_manager.order_by("pk"), name, 1, newest)
    changed, last = 0, 0
    while True:
        with transaction.atomic():
            hold()
            batch = list(rows.filter(pk__gt=last).select_for_update(of=("self",)).only("pk", name)[:BATCH])
            if not batch:
                return changed
            for row in batch:
                setattr(row, name, sealing.marked_anew(getattr(row, name)))
            type(batch[0])._default_manager.bulk_update(batch, [name], batch_size=200)
        last, changed = batch[-1].pk, changed + len(batch)
        tell(f"{label}.{name}", changed)


def _of_versions(rows: QuerySet[Model], name: str, low: int, high: int) -> QuerySet[Model]:
    """The rows whose mark is of a version from `low` until before `high`."""
    first = Q(mark_length=sealing.INDEX)
    later = Q(
        mark_length=sealing.INDEX + 1, **{f"{name}__gte": bytes([max(low, 2)]), f"{name}__lt": bytes([high])}
    )
    return rows.annotate(mark_length=Length(name)).filter((first | later) if low == 1 else later)
