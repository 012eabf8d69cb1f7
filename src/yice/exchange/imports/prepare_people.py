"""Rows of the register, or of a households file, as staging tuples."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.imports.chunks import (
    Chunk,
    Prepared,
    Setting,
    filled,
    finished,
    indexed,
    placed,
    row_digests,
    sealed,
)
from yice.exchange.imports.delivery import TYPED, rest_facts
from yice.exchange.imports.identities import Identities, identities
from yice.exchange.imports.packing import Column, hexed
from yice.exchange.imports.rest import rest_texts
from yice.exchange.imports.split import split_people
from yice.identifiers import names, sealing
from yice.terms import clock

_CATEGORY_OF = dict(
    zip(
        "1234567",
        ("visual", "hearing", "speech", "physical", "intellectual", "psychiatric", "multiple"),
        strict=True,
    )
)


def ordered_uuids(count: int) -> pa.Array:
    """Version 7 UUIDs as 32 hex characters, each above the one before: half the work for the index over them.

    What can be told from one is when it was made; the other 74 bits are random.
    """
    made = np.frombuffer(os.urandom(16 * count), dtype=np.uint8).reshape(count, 16).copy()
    moment = int(clock.now().timestamp() * 1000)
    made[:, :6] = np.frombuffer(moment.to_bytes(6, "big"), dtype=np.uint8)
    made[:, 6] = made[:, 6] & 0x0F | 0x70
    made[:, 8] = made[:, 8] & 0x3F | 0x80
    made = np.sort(made.view("S16").ravel()) if count else made
    return fixed_texts(hexed(made.view(np.uint8)), 32)


def fixed_texts(characters: npt.NDArray[np.uint8], length: int) -> pa.Array:
    """Texts of one length each, from all their characters."""
    ends = np.arange(0, len(characters) + 1, length, dtype=np.int32)
    return pa.StringArray.from_buffers(len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(characters))


def household_keys(chunk: Chunk, county: str) -> list[bytes | None]:
    """Index of county and household number, else of the head's id: equal for all who keep house together."""
    numbers = chunk.values("household_number")
    heads = chunk.values("head_id")
    keys = [
        f"{county}:{number}" if number else f"head:{head}" if head else None
        for number, head in zip(numbers, heads, strict=True)
    ]
    return sealing.index_all("household", keys)


def prepare_people(chunk: Chunk, setting: Setting) -> Prepared:
    """Rows of the register, or of a households file; those who hold no certificate become household members.

    A row whose digest is on file is what it was: it goes aside at once, about 8 µs a row.
    """
    who = identities(chunk, demo=setting.demo)
    hukou = pc.fill_null(placed(chunk, "hukou"), setting.area)
    residence = placed(chunk, "residence")
    sound = pc.fill_null(pc.match_substring_regex(residence, r"^\d{12}$"), False)
    residence = pc.if_else(sound, residence, hukou)
    digest_of = {
        name: chunk.array(name) for name in setting.fields if name in chunk.delivered and name != "row"
    }
    digest_of |= {"id_number": who.number, "hukou": hukou, "residence": residence}
    digests = row_digests(digest_of)
    known = [digest in setting.known_digests for digest in digests] if setting.known else []
    if any(known):
        return _around(chunk, setting, known, digests, who)
    return _people(chunk, setting, who, hukou, residence, digests)


def _around(
    chunk: Chunk, setting: Setting, known: list[bool], digests: list[bytes], who: Identities
) -> Prepared:
    """The rows already known, by number and digest only; the rest in full. Numbers of staged rows stay in order."""
    at = [place for place, one in enumerate(known) if one]
    lines = chunk.array("row").to_pylist()
    indexes = sealing.index_all("id_number", who.number.take(pa.array(at)).to_pylist())
    same = finished(
        setting,
        "same",
        {
            "row": [chunk.first + place for place in at],
            "line": [lines[place] for place in at],
            "id_index": indexes,
            "digest": [digests[place] for place in at],
        },
    )
    others = [place for place, one in enumerate(known) if not one]
    if not others:
        return replace(same, size=chunk.size)
    rest = Chunk(chunk.table.take(pa.array(others)), chunk.first, [chunk.first + place for place in others])
    prepared = prepare_people(rest, replace(setting, known=b""))
    return replace(
        prepared,
        size=chunk.size,
        packed=same.packed | prepared.packed,
        counts=same.counts | prepared.counts,
        keys=same.keys | prepared.keys,
    )


def _people(
    chunk: Chunk,
    setting: Setting,
    who: Identities,
    hukou: pa.Array,
    residence: pa.Array,
    digests: list[bytes],
) -> Prepared:
    names_written = chunk.text("name")
    certificates = certificate_columns(who)
    phone = chunk.text("phone")
    household = chunk.text("household_number")
    columns: dict[str, Column] = {
        "row": chunk.numbers,
        "line": chunk.array("row"),
        "uuid": ordered_uuids(chunk.size),
        "name": pc.fill_null(names_written, ""),
        "name_folded": names.fold_many(pc.fill_null(names_written, "")),
        "id_kind": who.kind,
        "id_sealed": sealed("id_number", who.number),
        "id_index": indexed("id_number", who.number),
        "sex": pc.fill_null(who.sex, ""),
        "birth_date": who.birth,
        "hukou": hukou,
        "residence": residence,
        "phone_sealed": sealed("phone", phone),
        "phone_index": indexed("phone", phone),
        "address_sealed": sealed("address", chunk.text("address")),
        "household_key": household_keys(chunk, setting.county),
        "household_number": pc.fill_null(household, ""),
        "relation": pc.fill_null(chunk.text("relation"), ""),
        "digest": digests,
        "certificate_sealed": sealed("certificate", certificates["number"]),
        "certificate_index": indexed("certificate", certificates["number"]),
        "replacement": certificates["replacement"],
        "issued_on": chunk.text("issued_on"),
        **typed_columns(chunk, who, certificates),
        "rest": rest_texts(chunk, rest_facts(setting.fields)),
        "guardian_name": chunk.text("guardian_name"),
        "guardian_relation": chunk.text("guardian_relation"),
        "guardian_phone": sealed("phone", chunk.text("guardian_phone")),
    }
    return split_people(columns, who, setting)


def certificate_columns(who: Identities) -> dict[str, pa.Array]:
    """What a certificate number of full length says: number, category, grade, replacement, and whether it is one."""
    long = pc.fill_null(pc.greater_equal(pc.utf8_length(who.certificate), 20), False)
    whole = pc.if_else(long, who.certificate, pa.scalar(None, pa.string()))
    tail = pc.utf8_slice_codeunits(whole, 21, 23)
    digits = pc.fill_null(pc.match_substring_regex(tail, r"^\d+$"), False)
    return {
        "number": whole,
        "category": by_word(pc.utf8_slice_codeunits(whole, 18, 19), _CATEGORY_OF),
        "grade": _ints(pc.utf8_slice_codeunits(whole, 19, 20)),
        "replacement": pc.fill_null(_ints(pc.if_else(digits, tail, pa.scalar(None, pa.string()))), 0),
        "certified": pc.if_else(pc.is_valid(who.certificate), long, pa.scalar(None, pa.bool_())),
    }


def by_word(words: pa.Array, meaning: Mapping[str, str]) -> pa.Array:
    """Each word's meaning; null where it has none."""
    at = pc.index_in(words, pa.array(list(meaning)))
    return pa.array(list(meaning.values()), pa.string()).take(at)


def typed_columns(chunk: Chunk, who: Identities, certificates: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The facts with a column of their own; what the certificate number says fills what was left blank."""
    found = {
        "category": filled(chunk.text("category"), certificates["category"]),
        "grade": filled(_ints(chunk.array("grade")), certificates["grade"]),
        "certified": _flags(filled(_bools(chunk.array("certified")), certificates["certified"])),
        "rural": _flags(_bools(chunk.array("rural"))),
        "employed": _flags(_bools(chunk.array("employed"))),
    }
    return {name: found[name] if name in found else chunk.text(name) for name in TYPED}


def _ints(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return pc.cast(column, pa.int64())


def _bools(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type):
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return pc.cast(column, pa.bool_())


def _flags(column: pa.Array) -> pa.Array:
    """0 and 1: both databases take them for a boolean on the way into staging."""
    return pc.cast(column, pa.int8())
