"""Columns that lie sealed: free text about a person, and records of what was said at a door.

A service reads and writes them as plain values; in the database stands `sealed:` and base64, or {"sealed": base64}.
What an older release wrote in plain is read as it is, and sealed by `yice keys rotate`. Nothing may be looked for by
content: a query asks only whether something stands there (`exclude(note="")`).
"""

from __future__ import annotations

import base64
import json
from typing import Any, ClassVar

from django.core.exceptions import FieldError
from django.db import models

from yice.identifiers import sealing


class _Sealed:
    """What both kinds share. `name` is what the value is authenticated with: it cannot be moved to another column."""

    HEAD: ClassVar[str]  # what a sealed value begins with, as the database writes it out
    EMPTY: ClassVar[tuple[str, ...]]  # what stands for nothing, never sealed
    LOOKUPS: ClassVar[frozenset[str]] = frozenset({"exact", "isnull"})

    def __init__(self, name: str, *args: Any, **more: Any) -> None:
        self.sealed_as = name
        super().__init__(*args, **more)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, more = super().deconstruct()  # type: ignore[misc]
        return name, path, [self.sealed_as, *args], more

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in self.LOOKUPS:
            raise FieldError(f"{self} is sealed: nothing is looked for in it.")
        return super().get_lookup(lookup_name)  # type: ignore[misc]

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self} is sealed: nothing is looked for in it.")

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        plain = value is None or hasattr(value, "as_sql") or value in ("", {}, [])
        kept = value if plain else self.seal(value)
        return super().get_db_prep_save(kept, connection)  # type: ignore[misc]

    def seal(self, value: Any) -> Any:
        raise NotImplementedError

    @classmethod
    def version(cls, raw: str) -> int | None:
        """Which key sealed a value as it stands in the database; None for one that stands in plain."""
        return base64.b64decode(raw[len(cls.HEAD) :][:4])[0] if raw.startswith(cls.HEAD) else None


class SealedText(_Sealed, models.TextField):  # type: ignore[type-arg]
    """`SealedText("visit_note", max_length=500, blank=True)`: the length is checked by forms and services."""

    HEAD = "sealed:"
    EMPTY = ("",)

    def get_prep_value(self, value: Any) -> Any:
        found = super().get_prep_value(value)
        if found and not found.startswith(self.HEAD):  # what is saved was sealed before it came here
            raise FieldError(f"{self} is sealed: nothing is looked for by what it says.")
        return found

    def seal(self, value: Any) -> str:
        return self.HEAD + base64.b64encode(sealing.seal_bytes(self.sealed_as, str(value).encode())).decode()

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        if not value or not value.startswith(self.HEAD):
            return value
        return sealing.open_sealed(self.sealed_as, base64.b64decode(value[len(self.HEAD) :]))


class SealedJSON(_Sealed, models.JSONField):
    """A JSON value sealed whole. It must hold nothing that is sealed by itself: a change of keys would not reach it."""

    HEAD = f'{{"{sealing.SEALED}": "'
    EMPTY = ("{}", "[]", "null")

    def seal(self, value: Any) -> dict[str, str]:
        return sealing.seal_json(self.sealed_as, json.dumps(value, ensure_ascii=False, cls=self.encoder))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)  # type: ignore[misc]
        if isinstance(found, dict) and found.keys() == {sealing.SEALED}:
            return json.loads(sealing.open_json(self.sealed_as, found))
        return found
