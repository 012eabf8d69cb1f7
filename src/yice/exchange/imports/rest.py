"""The facts without a column of their own, as one JSON text a row; a blank is left out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from yice.exchange.imports.prepare import Chunk


def rest_texts(chunk: Chunk, facts: list[str]) -> list[str]:
    """One JSON object a row: true/false, whole numbers, ISO dates, sets as `;`-joined text, as in CSV."""
    columns = [fragments(name, chunk.array(name)) for name in facts if name in chunk.delivered]
    if not columns:
        return ["{}"] * chunk.size
    known: dict[tuple[str | None, ...], str] = {}  # rows say the same few things over and over
    out = []
    for parts in zip(*columns, strict=True):
        text = known.get(parts)
        if text is None:
            text = "{" + ",".join(part for part in parts if part) + "}"
            if len(known) < 100_000:
                known[parts] = text
        out.append(text)
    return out


def fragments(name: str, column: pa.Array) -> list[str | None]:
    """`"name":value` for each row, made once for each distinct value."""
    coded = column.dictionary_encode()
    words: list[str | None] = [fragment(name, value) for value in coded.dictionary.to_pylist()]
    words.append(None)
    return [words[-1 if code is None else code] for code in coded.indices.to_pylist()]


def fragment(name: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if hasattr(value, "isoformat"):
        value = value.isoformat()
    return f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(value, ensure_ascii=False)}"
