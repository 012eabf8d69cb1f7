"""Rows of another department's list, as staging tuples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.imports.delivery import TYPED, rest_facts
from yice.exchange.imports.prepare import (
    Chunk,
    Prepared,
    Setting,
    filled,
    indexed,
    placed,
    sealed,
)
from yice.exchange.imports.rest import rest_texts
from yice.exchange.imports.staging.tables import LIST_ROW
from yice.identifiers import bulk, names
from yice.identifiers.citizen_id import Kind


def prepare_list(chunk: Chunk, setting: Setting) -> Prepared:
    """A row whose number cannot be used stays, with its name: matching says what it is worth."""
    certificate = chunk.text("certificate_number")
    written = chunk.text("id_number")
    number = filled(_usable(written, setting), _usable(pc.utf8_slice_codeunits(certificate, 0, 18), setting))
    whole = pc.if_else(
        pc.fill_null(pc.greater_equal(pc.utf8_length(certificate), 20), False),
        certificate,
        pa.scalar(None, pa.string()),
    )
    accounts = chunk.values("account")
    columns: dict[str, Sequence[Any]] = {
        "row": range(chunk.first, chunk.first + chunk.size),
        "line": chunk.array("row").to_pylist(),
        "name": [name or "" for name in chunk.values("name")],
        "name_folded": names.fold_many(pc.fill_null(chunk.text("name"), "")).to_pylist(),
        "id_sealed": sealed("id_number", filled(number, written)),
        "id_index": indexed("id_number", number),
        "certificate_index": indexed("certificate", whole),
        "area": [code or setting.area for code in placed(chunk, "hukou")],
        "month": [month or setting.month for month in chunk.values("month")],
        "pay_kind": [kind or "" for kind in chunk.values("pay_kind")],
        "amount_fen": chunk.array("amount_fen").to_pylist(),
        "account_sealed": sealed("account", accounts),
        "account_index": indexed("account", accounts),
        "rest": rest_texts(chunk, stated(setting.fields)),
    }
    rows = list(zip(*(columns[name] for name in LIST_ROW), strict=True))
    return Prepared({"entry": rows}, [], chunk.size)


def stated(fields: Sequence[str]) -> list[str]:
    """What is kept of a row beside who and how much: the facts it states, and whose name is on the account."""
    return [*rest_facts(fields), *(name for name in (*TYPED, "payee_name") if name in fields)]


def _usable(texts: pa.Array, setting: Setting) -> pa.Array:
    """The numbers that can name somebody; all else is null."""
    read = bulk.citizen_ids(pc.fill_null(texts, ""), allow_test_range=setting.demo)
    keep = read.usable | (read.kind == Kind.OTHER)
    return pc.if_else(pa.array(keep), read.text, pa.scalar(None, pa.string()))
