"""The words that spreadsheets of the field use: headings, cell values, kinds of sheet. Data in the YAML beside.

fields() -> dict[str, Field]      what a column can mean
kinds() -> dict[str, SheetKind]   what a sheet can be; the list kinds carry the ids of the packs
fold_heading(text) -> str         a heading as it is compared
field_of(heading, kind) -> Field | None
value_of(table, cell) -> str | None | UNREAD
"""

from yice.exchange.vocabulary.headings import Field, field_of, fields, fold_heading, is_heading
from yice.exchange.vocabulary.kinds import SheetKind, kinds, list_kinds
from yice.exchange.vocabulary.values import UNREAD, accepted, fold_value, value_of

__all__ = [
    "UNREAD",
    "Field",
    "SheetKind",
    "accepted",
    "field_of",
    "fields",
    "fold_heading",
    "fold_value",
    "is_heading",
    "kinds",
    "list_kinds",
    "value_of",
]
