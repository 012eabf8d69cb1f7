"""Where people are registered and live, as twelve-digit codes."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns import sentences as say
from yice.exchange.columns.draft import Draft, given, mask
from yice.identifiers import division
from yice.terms.errors import Problem


def read(draft: Draft) -> None:
    """Put hukou and residence where anything is said of them; a code of another county is refused."""
    for name in ("hukou", "residence"):
        code = draft.by_value(name, _code, pa.string()) if draft.has(name) else None
        named = _named(draft, name)
        if code is None and named is None:
            continue
        draft.columns[name] = pc.coalesce(*[one for one in (code, named) if one is not None])
    if "hukou" in draft.columns and draft.area:
        outside = given(draft.columns["hukou"]) & ~mask(
            pc.starts_with(draft.columns["hukou"], division.prefix(draft.area))
        )
        if draft.kind in ("registry", "households"):
            draft.refuse(outside, "hukou" if draft.has("hukou") else "hukou_village", say.AREA_OUTSIDE)


def _code(text: str) -> str | None:
    try:
        return division.normalise(text)
    except Problem as problem:
        raise Problem(
            problem.code, problem.what, why=problem.why, fix=problem.fix, field="hukou"
        ) from problem


def _named(draft: Draft, name: str) -> pa.StringArray | None:
    """By the names of county, township and village, else by what the address names."""
    if draft.places is None:
        return None
    fields = [
        field for field in (f"{name}_county", f"{name}_township", f"{name}_village") if draft.has(field)
    ]
    if not fields and name == "hukou" and draft.has("address") and not draft.has("hukou"):
        coded = draft.text("address").dictionary_encode()
        found = [draft.places.in_text(text) for text in coded.dictionary.to_pylist()]
        return pa.array(found, type=pa.string()).take(coded.indices)
    if not fields:
        return None
    parts = [pc.fill_null(draft.text(f"{name}_{tier}"), "") for tier in ("county", "township", "village")]
    joined = pc.binary_join_element_wise(*parts, "\t").dictionary_encode()
    found = [
        draft.places.find(*(part or None for part in one.split("\t")))
        for one in joined.dictionary.to_pylist()
    ]
    codes = pa.array(found, type=pa.string()).take(joined.indices)
    if name == "hukou" and not draft.has("hukou"):
        said = given(draft.text(fields[-1]))
        draft.warn(said & ~given(codes), fields[-1], say.AREA_UNKNOWN)
    return codes
