"""The facts without a column of their own, as one JSON text a row; a blank is left out."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.imports.chunks import Chunk


def rest_texts(chunk: Chunk, facts: list[str]) -> pa.Array:
    """One JSON object a row: true/false, whole numbers, ISO dates, sets as `;`-joined text, as in CSV."""
    columns = [fragments(name, chunk.array(name)) for name in facts if name in chunk.delivered]
    if not columns:
        return pa.array(["{}"] * chunk.size, pa.string())
    # A first part that is never null: Arrow loses the rows in which every part is.
    joined = pc.binary_join_element_wise("", *columns, ",", null_handling="skip")
    return pc.binary_join_element_wise("{", pc.utf8_ltrim(joined, ","), "}", "")


def fragments(name: str, column: pa.Array) -> pa.Array:
    """`"name":value` for each row, made once for each distinct value; null where nothing is said."""
    coded = column.dictionary_encode()
    return pa.array([fragment(name, value) for value in coded.dictionary.to_pylist()], pa.string()).take(
        coded.indices
    )


def fragment(name: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if hasattr(value, "isoformat"):
        value = value.isoformat()
    return f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(value, ensure_ascii=False)}"
