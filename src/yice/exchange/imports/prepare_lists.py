"""Rows of another department's list, as staging tuples."""

from __future__ import annotations

from collections.abc import Sequence
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
from yice.exchange.imports.packing import Column
from yice.exchange.imports.rest import rest_texts
from yice.identifiers import bulk, names
from yice.identifiers.citizen_id import USABLE, Kind

KEEPS = "1"  # raise it where something else comes to be kept of the same row: the next delivery is then taken as new
NAMELESS = 128  # beside the `Kind` of a row's number, in one byte
BESIDE = ("birth_date_written", "sex_written", "phone", "address")


def prepare_list(chunk: Chunk, setting: Setting) -> Prepared:
    """A row whose number cannot be used stays, with its name: matching says what it is worth."""
    certificate = chunk.text("certificate_number")
    written = pc.coalesce(chunk.text("id_number"), chunk.text("id_written"))
    usable, kinds = _usable(written, setting)
    number = filled(usable, _usable(pc.utf8_slice_codeunits(certificate, 0, 18), setting)[0])
    whole = pc.if_else(
        pc.fill_null(pc.greater_equal(pc.utf8_length(certificate), 20), False),
        certificate,
        pa.scalar(None, pa.string()),
    )
    accounts = chunk.text("account")
    name = pc.fill_null(chunk.text("name"), "")
    nameless = pc.is_null(chunk.text("name")).to_numpy(zero_copy_only=False)
    health = kinds.astype(np.uint8) | np.where(nameless, NAMELESS, 0).astype(np.uint8)
    given = filled(number, written)
    area = pc.fill_null(placed(chunk, "hukou"), setting.area)
    beside = _beside(chunk)
    who = {
        "name": name,
        "id_number": given,
        "certificate_number": certificate,
        "area": area,
        "beside": beside,
    }
    columns: dict[str, Column] = {
        "row": chunk.numbers,
        "line": chunk.array("row"),
        "name": name,
        "name_folded": names.fold_many(name),
        "id_sealed": sealed("id_number", given),
        "id_index": indexed("id_number", number),
        "certificate_index": indexed("certificate", whole),
        "area": area,
        "month": pc.coalesce(chunk.text("month"), pa.scalar(setting.month, pa.string())),
        "pay_kind": pc.fill_null(chunk.text("pay_kind"), ""),
        "amount_fen": pc.cast(chunk.array("amount_fen"), pa.int64()),
        "account_sealed": sealed("account", accounts),
        "account_index": indexed("account", accounts),
        "rest": rest_texts(chunk, stated(setting.fields)),
        "beside_sealed": sealed("beside", beside),
        "digest": row_digests(who),
        "dated": pc.cast(pc.is_valid(of_its_own(chunk, setting.month or "")), pa.int8()),
        "health": pa.array(health, pa.int64()),
        "said": pc.cast(chunk.array("said"), pa.binary()),
    }
    return replace(finished(setting, "entry", columns), size=chunk.size, health=health_of(health))


def health_of(codes: npt.NDArray[np.uint8]) -> dict[str, int]:
    """How many rows have no name, and how many numbers there are of each unsound `Kind`."""
    met, nameless = np.bincount(codes % NAMELESS, minlength=len(Kind)), int((codes >= NAMELESS).sum())
    unsound = [one for one in Kind if met[one] and one not in (*USABLE, Kind.OTHER)]
    return {one.name.lower(): int(met[one]) for one in unsound} | ({"nameless": nameless} if nameless else {})


def of_its_own(chunk: Chunk, month: str) -> pa.Array:
    """The month of a row as text where it is another than the list's; null where it goes with the list."""
    given = chunk.text("month")
    return pc.if_else(pc.equal(given, month), pa.scalar(None, pa.string()), given)


def _beside(chunk: Chunk) -> pa.Array:
    """What a row says of who it is beside name and number, as JSON; null where it says nothing."""
    texts = rest_texts(chunk, [name for name in BESIDE if name in chunk.delivered])
    return pc.if_else(pc.equal(texts, "{}"), pa.scalar(None, pa.string()), texts)


def stated(fields: Sequence[str]) -> list[str]:
    """What is kept of a row beside who and how much: the facts it states, and whose name is on the account."""
    return [*rest_facts(fields), *(name for name in (*TYPED, "payee_name") if name in fields)]


def _usable(texts: pa.Array, setting: Setting) -> tuple[pa.Array, npt.NDArray[np.integer]]:
    """The numbers that can name somebody, all else null; and the `Kind` of each."""
    read = bulk.citizen_ids(pc.fill_null(texts, ""), allow_test_range=setting.demo)
    keep = read.usable | (read.kind == Kind.OTHER)
    return pc.if_else(pa.array(keep), read.text, pa.scalar(None, pa.string())), read.kind
