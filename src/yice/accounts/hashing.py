"""Password hashes that nobody can try guesses at who has the database alone: the site's index keys go into each.

What PBKDF2 gives is marked by the index keys (`identifiers.sealing`), which lie outside the database; the mark is kept
in its place. Keys laid over later are known by the mark; one made by too old a key is made anew at sign-in.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.crypto import constant_time_compare

from yice.identifiers import sealing

FIELD = "password"


def is_former(kept: str) -> bool:
    """Whether a hash is as the release before kept it, without the keys."""
    return kept.startswith(f"{PBKDF2PasswordHasher.algorithm}$")


def keyed(given: str) -> str:
    """What PBKDF2 gave, with the keys in it: of a hash of the release before the slow part is not done twice."""
    _algorithm, rounds, salt, slow = given.split("$", 3)
    return f"{KeyedHasher.algorithm}${rounds}${salt}${sealing.marks(FIELD, slow)[0].hex()}"


class KeyedHasher(PBKDF2PasswordHasher):
    """`keyed_pbkdf2_sha256$rounds$salt$mark`, the mark in hexadecimal figures."""

    algorithm = "keyed_pbkdf2_sha256"

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        return keyed(super().encode(password, salt, iterations))

    def verify(self, password: str, encoded: str) -> bool:
        kept: dict[str, Any] = self.decode(encoded)
        _head, slow = super().encode(password, kept["salt"], kept["iterations"]).rsplit("$", 1)
        return any(constant_time_compare(kept["hash"], mark.hex()) for mark in sealing.marks(FIELD, slow))

    def must_update(self, encoded: str) -> bool:
        kept = bytes.fromhex(self.decode(encoded)["hash"])
        return super().must_update(encoded) or sealing.version_of_mark(kept) < sealing.mark_version()
