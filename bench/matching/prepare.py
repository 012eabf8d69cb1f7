"""Tables made comparable for Splink: what `yice.matching` folds and reads, as plain columns, blanks as nulls.

The birth date is the written one where there is one, so that training sees how often it is written wrong; ours takes
a good number's first.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yice.identifiers.bulk import UNKNOWN, ids_or_certificates
from yice.identifiers.names import code_points, fold_many, sounds


def prepare(folder: Path) -> None:
    """Write `registry.prepared.parquet` and `list.prepared.parquet` beside the files themselves."""
    for name in ("registry", "list"):
        table = pq.read_table(folder / f"{name}.parquet")
        pq.write_table(comparable(table), folder / f"{name}.prepared.parquet")


def comparable(table: pa.Table) -> pa.Table:
    given = {name: table[name].combine_chunks() for name in table.column_names}
    ids = ids_or_certificates(given["id_number"], allow_test_range=True)
    name = fold_many(given["name"])
    written = pc.strptime(
        pc.if_else(pc.equal(given["birth_date"], ""), None, given["birth_date"]), "%Y-%m-%d", "s"
    )
    birth = pc.coalesce(
        written.cast(pa.date32()), pa.array(ids.birth.astype("datetime64[D]")).cast(pa.date32())
    )
    sex = np.select(
        [pc.equal(given["sex"], word).to_numpy(zero_copy_only=False) for word in ("男", "女")],
        [1, 2],
        ids.sex,
    )
    village = given["village"]
    address = pc.replace_substring_regex(given["address"], r"[\s号室第,，.。·、()（）#-]", "")
    return pa.table(
        {
            "unique_id": np.arange(table.num_rows),
            "name": _blank(name),
            "sound": _blank(_sounds(name)),
            "birth": birth,
            "sex": pa.array(sex, mask=sex == UNKNOWN),
            "village": _blank(village),
            "township": _blank(pc.utf8_slice_codeunits(village, 0, 9)),
            "address": _blank(address),
            "runs": _runs(address),
            "digits": _blank(pc.replace_substring_regex(address, r"[^0-9]+", " ")),
            "phone": _blank(given["phone"]),
            "id": pc.if_else(pc.equal(pc.utf8_length(ids.text), 18), ids.text, None),
            "usable": ids.usable,
        }
    )  # fmt: skip


def _blank(column: pa.StringArray) -> pa.StringArray:
    return pc.if_else(pc.equal(column, ""), None, column)


def _sounds(names: pa.StringArray) -> pa.StringArray:
    coded = pc.dictionary_encode(names)
    heard = np.ascontiguousarray(sounds(code_points(coded.dictionary.to_pylist())))
    texts = heard.view(f"<U{heard.shape[1]}").ravel()
    return pa.array(texts.tolist(), type=pa.string()).take(coded.indices)


def _runs(texts: pa.StringArray) -> pa.ListArray:
    """The runs of two characters of each text."""
    coded = pc.dictionary_encode(texts)
    runs = [
        sorted({text[at : at + 2] for at in range(len(text) - 1)}) for text in coded.dictionary.to_pylist()
    ]
    return pa.array(runs, type=pa.list_(pa.string())).take(coded.indices)
