"""Which prepared rows are persons, which are members without a certificate, which cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping

from yice.exchange.imports.chunks import Prepared, Setting, finished, listed
from yice.exchange.imports.identities import Identities
from yice.exchange.imports.packing import Column


def split_people(columns: Mapping[str, Column], who: Identities, setting: Setting) -> Prepared:
    """In a households file every row is a member; in the register, one without certificate and category is."""
    lines, names, hukou = listed(columns["line"]), listed(columns["name"]), listed(columns["hukou"])
    indexes, keys = listed(columns["id_index"]), listed(columns["household_key"])
    # An id alone in the certificate field is somebody suspected of a disability: a person of the register.
    holds = [
        bool(number or category or flag)
        for number, category, flag in zip(
            who.certificate.to_pylist(),
            listed(columns["category"]),
            listed(columns["certified"]),
            strict=True,
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
    persons = finished(setting, "person", columns, people)
    beside = finished(setting, "member", columns, members)
    return Prepared(
        len(lines), persons.packed | beside.packed, persons.counts | beside.counts, persons.keys, bad=bad
    )


def _misplaced(code: str, setting: Setting) -> str:
    """A code within the area's own digits that nobody knows, or a place outside it."""
    own = setting.area.rstrip("0")
    return "unknown-place" if code.startswith(own) else "other-place"
