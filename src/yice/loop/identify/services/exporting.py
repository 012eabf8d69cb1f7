"""Every export leaves an event: what, which filters, how many rows, the digest of the file."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record


def exported(
    *, actor: User, what: str, filters: Mapping[str, object], rows: int, digest: str, format: str
) -> None:
    """Record an export that is about to be handed over. `filters` must not hold a search text."""
    access.require(actor, Action.EXPORT)
    with transaction.atomic():
        record(
            actor=actor,
            code="export.made",
            values={
                "what": what,
                "filters": {key: value for key, value in filters.items() if key != "text"},
                "rows": rows,
                "digest": digest,
                "format": format,
            },
        )
