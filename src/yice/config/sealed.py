"""What is sealed in the database, and by which key: tried with the keys in force, and sealed anew by the newest."""

from __future__ import annotations

import base64
import enum
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast

from yice.identifiers import sealing
from yice.loop.identify.rounds import texts as rounds
from yice.shelf.fields import SealedJSON, SealedText

# Model, its sealed column, and the name its values were sealed under.
KINDS = (
    ("identify.Person", "id_sealed", "id_number"),
    ("identify.Person", "phone_sealed", "phone"),
    ("identify.Person", "address_sealed", "address"),
    ("identify.HouseholdMember", "id_sealed", "id_number"),
    ("identify.Certificate", "number_sealed", "certificate"),
    ("identify.Guardian", "phone_sealed", "phone"),
    ("identify.ListEntry", "id_sealed", "id_number"),
    ("identify.ListEntry", "account_sealed", "account"),
    ("identify.ListEntry", "beside_sealed", "beside"),
    ("identify.EntryVersion", "id_sealed", "id_number"),
    ("identify.VisitImage", "sealed", "visit_image"),
    ("identify.ReplyPhoto", "sealed", "round_photo"),
    ("deliver.CaseFile", "sealed", "case_file"),
    ("accounts.Factor", "secret", "totp"),
)
# Model, a JSON column where a sealed value stands among others, and the name.
WITHIN = (
    ("deliver.StepRecord", "values", "form"),
    ("identify.Reply", "answers", "round"),
    *(("identify.ReplyChange", column, "round") for column in ("before", "after")),
    *(("identify.ReplyDispute", column, "round") for column in ("now", "mine")),
)
BATCH = 500


class Sample(enum.Enum):
    """What came of it. NOTHING: no value is sealed yet."""

    OPEN = "open"
    SHUT = "shut"
    NOTHING = "nothing"


def open_sample() -> Sample:
    """Open the first and the last value of each kind, and find the first person by number; nothing is kept or told."""
    found = Sample.NOTHING
    try:
        for model, column, name in KINDS:
            values = _rows(model, column).values_list(column, flat=True)
            for sealed in filter(None, (values.first(), values.last())):
                sealing.open_bytes(name, sealed)
                found = Sample.OPEN
        people = _rows("identify.Person", "id_index").exclude(id_sealed=None)
        for sealed, mark in people.values_list("id_sealed", "id_index")[:1]:
            if bytes(mark) not in sealing.marks("id_number", sealing.open_sealed("id_number", sealed)):
                return Sample.SHUT
    except (InvalidTag, KeyError):
        return Sample.SHUT
    return found


def by_version() -> Counter[int]:
    """How many values each key has sealed."""
    found: Counter[int] = Counter()
    for model, column, _name in KINDS:
        for sealed in _rows(model, column).values_list(column, flat=True).iterator(chunk_size=5000):
            found[sealing.version_of(sealed)] += bool(sealed)
    for model, column, _name in WITHIN:
        for value in _rows(model, column).values_list(column, flat=True).iterator(chunk_size=5000):
            found.update(sealing.version_of(base64.b64decode(one)) for one in _inner(value))
    for field in texts():
        for raw in _as_kept(field).values_list("raw", flat=True).iterator(chunk_size=5000):
            if (version := field.version(raw)) is not None:
                found[version] += 1
    return found


def texts() -> list[SealedText | SealedJSON]:
    """The columns of free text, of every model."""
    fields = (field for model in apps.get_models() for field in model._meta.local_fields)
    return [one for one in fields if isinstance(one, SealedText | SealedJSON)]


def plain_texts() -> int:
    """How many texts stand in plain still, as the release before wrote them."""
    columns = sum(_as_kept(field).exclude(raw__startswith=field.HEAD).count() for field in texts())
    return columns + rounds.plain()


def _as_kept(field: SealedText | SealedJSON) -> QuerySet[Model]:
    """The rows where something stands in this column, `raw` as it stands in the database."""
    rows = field.model._default_manager.annotate(raw=Cast(field.attname, TextField()))
    return rows.exclude(raw=None).exclude(raw__in=field.EMPTY).order_by("pk")


def seal_anew(tell: Callable[[str, int, int], None]) -> int:
    """Seal by the newest key whatever an older one sealed, a batch at a time beside the work of the day.

    May be stopped and begun again; `tell(model, done, total)` after each batch. Gives how many values were sealed anew.
    """
    found = sum(_column(*kind, tell) for kind in KINDS + WITHIN) + sum(_text(one, tell) for one in texts())
    return found + rounds.seal_plain(tell)


def _text(field: SealedText | SealedJSON, tell: Callable[[str, int, int], None]) -> int:
    """What stands in plain is sealed, what an older key sealed is sealed anew: a row is read, and written as it was."""
    rows, column, changed, done, last = _as_kept(field), field.attname, 0, 0, 0
    total = rows.count()
    while True:
        with transaction.atomic():
            batch = list(rows.filter(pk__gt=last).select_for_update(of=("self",)).only("pk", column)[:BATCH])
            if not batch:
                return changed
            stale = [row for row in batch if field.version(row.raw) != sealing.current_version()]  # type: ignore[attr-defined]
            field.model._default_manager.bulk_update(stale, [column], batch_size=100)
        last, done, changed = batch[-1].pk, done + len(batch), changed + len(stale)
        tell(f"{field.model._meta.label}.{column}", done, total)


def _column(model: str, column: str, name: str, tell: Callable[[str, int, int], None]) -> int:
    rows, changed, done, last = _rows(model, column), 0, 0, 0
    total = rows.count()
    while True:
        with transaction.atomic():
            batch = list(rows.filter(pk__gt=last).select_for_update(of=("self",)).only("pk", column)[:BATCH])
            if not batch:
                return changed
            stale = []
            for row in batch:
                before = getattr(row, column)
                after = _anew(name, before)
                if after is not before:
                    setattr(row, column, after)
                    stale.append(row)
            type(batch[0])._default_manager.bulk_update(stale, [column], batch_size=100)
        last, done, changed = batch[-1].pk, done + len(batch), changed + len(stale)
        tell(f"{model}.{column}", done, total)


def _anew(name: str, value: Any) -> Any:
    """The value sealed by the newest key; itself where there is nothing to do."""
    if isinstance(value, dict):
        made = {key: _anew(name, one) if isinstance(one, dict | list) else one for key, one in value.items()}
        if isinstance(text := value.get(sealing.SEALED), str):
            fresh = _anew(name, base64.b64decode(text))
            made[sealing.SEALED] = base64.b64encode(fresh).decode()
        return made if made != value else value
    if isinstance(value, list):
        listed = [_anew(name, one) if isinstance(one, dict | list) else one for one in value]
        return listed if listed != value else value
    if not value or isinstance(value, str | int | float):  # an answer that is not sealed, by itself
        return value
    if sealing.version_of(value) == sealing.current_version():
        return value
    return sealing.sealed_anew(name, value)


def _inner(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get(sealing.SEALED), str):
            yield value[sealing.SEALED]
        for one in value.values():
            yield from _inner(one)
    elif isinstance(value, list):
        for one in value:
            yield from _inner(one)


def _rows(model: str, column: str) -> QuerySet[Model]:
    found = apps.get_model(model)._default_manager.exclude(**{f"{column}__isnull": True}).order_by("pk")
    return found.filter(kind="totp") if model == "accounts.Factor" else found
