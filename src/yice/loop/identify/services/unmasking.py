"""Show one sealed value to somebody who needs it now, and write down that they saw it and why."""

from __future__ import annotations

from yice.accounts.models import User
from yice.loop.identify.models import Person

FIELDS = ("id_number", "phone", "address", "certificate", "birth_date")


def unmask(*, actor: User, person: Person, field: str, reason: str) -> str:
    """The whole value of one of FIELDS; `reason` is at least four characters and goes into the audit."""
    raise NotImplementedError
