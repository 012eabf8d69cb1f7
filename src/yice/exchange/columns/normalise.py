"""A sheet that is understood becomes typed columns; rows that cannot stand are refused with a reason."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns import area as areas
from yice.exchange.columns import family, identity, payments, repeats, states, values
from yice.exchange.columns import sentences as say
from yice.exchange.columns.draft import Draft, given
from yice.exchange.columns.places import Places
from yice.exchange.columns.results import Normalised, Understanding
from yice.exchange.files.workbook import Sheet
from yice.exchange.vocabulary import fields, kinds
from yice.terms.errors import Problems

_LATER = {"id", "certificate", "area_code", "area_name"}
_ASIDE = {
    "serial",
    "remark",
    "age",
    "ethnicity",
    "education_level",
    "marital",
    "bank",
    "cause",
    "class_name",
    "school",
}


def normalise(
    sheet: Sheet,
    understanding: Understanding,
    *,
    as_of: dt.date,
    area: str | None = None,
    places: Places | None = None,
    allow_test_range: bool = False,
) -> Normalised:
    """See the package. `as_of`: births, deaths and issue dates after it are impossible."""
    if understanding.problems:
        raise Problems(understanding.problems)
    draft = Draft(
        understanding.sheet or sheet,
        understanding,
        as_of=as_of,
        area=area,
        places=places,
        allow_test_range=allow_test_range,
    )
    family.heads_first(draft)
    plain = {
        name for name in understanding.fields if fields()[name].type not in _LATER and name not in _ASIDE
    }
    values.read(draft, plain)
    identity.read(draft)
    draft.refuse(~given(draft.text("name")), "name", say.NAME_MISSING)
    draft.columns["name"] = draft.text("name")
    areas.read(draft)
    if kinds()[draft.kind].is_list:
        payments.read(draft)
        states.read(draft)
    family.read(draft)
    if draft.kind == "registry":
        states.certificates(draft)
        repeats.of_persons(draft)
    return _result(draft)


def _result(draft: Draft) -> Normalised:
    draft.columns = {
        name: values for name, values in draft.columns.items() if not name.startswith("_") and name != "row"
    }
    table = pa.table({"row": pa.array(draft.sheet.rows), **draft.columns})
    kept = np.flatnonzero(~draft.refused)
    if len(kept) < draft.count:
        table = table.take(pa.array(kept))
    stopped = payments.left_out(draft, table)
    by_household = family.by_household(draft, table)
    draft.refusals.sort(key=lambda one: one.row)
    draft.warnings.sort(key=lambda one: one.row)
    return Normalised(
        draft.kind,
        stopped,
        draft.count,
        draft.refusals,
        draft.warnings,
        draft.notes,
        draft.understanding.month or _only_month(stopped),
        by_household,
    )


def _only_month(table: pa.Table):  # type: ignore[no-untyped-def]
    from yice.terms.periods import Month

    if "month" not in table.column_names:
        return None
    found = pc.value_counts(table["month"].drop_null()).to_pylist()
    if not found:
        return None
    return Month.of(max(found, key=lambda one: one["counts"])["values"])
