"""Which prepared rows are persons, which are members without a certificate, which cannot be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yice.exchange.imports.staging.tables import MEMBER_ROW, PERSON_ROW

if TYPE_CHECKING:
    from yice.exchange.imports.prepare import Identities, Prepared, Setting


def split_people(columns: Mapping[str, Sequence[Any]], who: Identities, setting: Setting) -> Prepared:
    """In a households file every row is a member; in the register, one without certificate and category is."""
    from yice.exchange.imports.prepare import Prepared

    lines, names, indexes = columns["line"], columns["name"], columns["id_index"]
    keys, hukou = columns["household_key"], columns["hukou"]
    # An id alone in the certificate field is somebody suspected of a disability: a person of the register.
    holds = [
        bool(number or category or flag)
        for number, category, flag in zip(
            who.certificate.to_pylist(), columns["category"], columns["certified"], strict=True
        )
    ]
    whole = setting.kind == "households"
    may_be_member = bool({"certificate_number", "category"} & set(setting.fields))
    bad: list[tuple[int, str, bytes | None]] = []
    members: list[int] = []
    people: list[int] = []
    for at, index in enumerate(indexes):
        if not names[at]:
            bad.append((lines[at], "no-name", index))
        elif hukou[at] not in setting.villages:
            bad.append((lines[at], _misplaced(hukou[at], setting), index))
        elif whole or (may_be_member and keys[at] and not holds[at]):
            if keys[at]:
                members.append(at)
            else:
                bad.append((lines[at], "no-household", index))
        elif not index:
            bad.append((lines[at], "no-number", None))
        elif not who.usable[at] and who.kind[at] != "other":
            bad.append((lines[at], f"id-{who.kind[at]}", index))
        else:
            people.append(at)
    return Prepared(
        {"person": _rows(columns, PERSON_ROW, people), "member": _rows(columns, MEMBER_ROW, members)},
        bad,
        len(lines),
    )


def _rows(columns: Mapping[str, Sequence[Any]], names: Iterable[str], at: list[int]) -> list[tuple[Any, ...]]:
    rows = list(zip(*(columns[name] for name in names), strict=True)) if at else []
    return rows if len(at) == len(rows) else [rows[n] for n in at]


def _misplaced(code: str, setting: Setting) -> str:
    """A code within the area's own digits that nobody knows, or a place outside it."""
    own = setting.area.rstrip("0")
    return "unknown-place" if code.startswith(own) else "other-place"
