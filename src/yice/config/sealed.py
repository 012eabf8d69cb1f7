"""Whether the keys in force open what is sealed in the database: tried on one value of each kind there is."""

from __future__ import annotations

import enum

from cryptography.exceptions import InvalidTag
from django.apps import apps

from yice.identifiers import sealing

# Model, its sealed column, and the name its values were sealed under.
KINDS = (
    ("identify.Person", "id_sealed", "id_number"),
    ("identify.Person", "phone_sealed", "phone"),
    ("identify.Person", "address_sealed", "address"),
    ("identify.Certificate", "number_sealed", "certificate"),
)


class Sample(enum.Enum):
    """What came of it. NOTHING: no value is sealed yet."""

    OPEN = "open"
    SHUT = "shut"
    NOTHING = "nothing"


def open_sample() -> Sample:
    """Open the first value of each kind; nothing of it is kept or told."""
    found = Sample.NOTHING
    for model, column, name in KINDS:
        values = apps.get_model(model).objects.exclude(**{f"{column}__isnull": True}).order_by("pk")
        sealed = values.values_list(column, flat=True).first()
        if not sealed:
            continue
        try:
            sealing.open_sealed(name, sealed)
        except (InvalidTag, KeyError, UnicodeDecodeError):
            return Sample.SHUT
        found = Sample.OPEN
    return found
