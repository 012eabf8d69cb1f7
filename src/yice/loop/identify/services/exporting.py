"""Every export leaves an event: what, which filters, how many rows, the digest of the file."""

from __future__ import annotations

from collections.abc import Mapping

from yice.accounts.models import User


def exported(
    *, actor: User, what: str, filters: Mapping[str, object], rows: int, digest: str, format: str
) -> None:
    """Record an export that is about to be handed over."""
    raise NotImplementedError
