"""Identity and certificate numbers of a column: the one told from the other, checked, and set against each other."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns import sentences as say
from yice.exchange.columns.draft import Draft, Mask, blank_where, given, mask
from yice.identifiers import bulk, citizen_id
from yice.identifiers.certificate import CATEGORIES
from yice.identifiers.citizen_id import Kind
from yice.terms.errors import Problem

CERTIFICATE = r"^\d{17}[\dX][1-7][1-4](B\d{0,2})?$"
ID_ONLY = r"^(\d{17}[\dX]|\d{15})$"
KIND_NAMES = pa.array([kind.name.lower() for kind in Kind])
AFTER_BIRTH = ("died_on", "cremated_on", "cancelled_on", "issued_on")
_REFUSED = {
    Kind.BAD_CHECK: say.ID_BAD_CHECK,
    Kind.BAD_DATE: say.ID_BAD_DATE,
    Kind.BAD_AREA: say.ID_BAD_AREA,
    Kind.DAMAGED: say.ID_DAMAGED,
    Kind.TEST: say.ID_TEST,
    Kind.OTHER: say.ID_OTHER,
}


def clean(values: pa.StringArray) -> pa.StringArray:
    """Half-width and upper-case without blanks; only what is not plain goes one by one."""
    odd = mask(pc.match_substring_regex(values, "[^0-9A-Z]"))
    if not odd.any():
        return values
    tidy = [citizen_id.clean(text) or None for text in values.filter(pa.array(odd)).to_pylist()]
    return pc.replace_with_mask(values, pa.array(odd), pa.array(tidy, type=pa.string()))


def read(draft: Draft) -> None:
    """Put id_number, id_kind, certificate_number, birth_date, sex, and category and grade of the certificate."""
    ids, certificates = _sorted(draft)
    certificate_ok = mask(pc.match_substring_regex(certificates, CERTIFICATE))
    inside = pc.if_else(
        pa.array(certificate_ok), pc.utf8_slice_codeunits(certificates, 0, 18), pa.scalar(None, pa.string())
    )
    had_id = given(ids)
    found = bulk.citizen_ids(pc.coalesce(ids, inside), allow_test_range=draft.allow_test_range)
    usable = found.usable
    if draft.has("certificate_number") or certificate_ok.any():
        found, usable, certificate_ok = _against(draft, found, usable, inside, had_id, certificate_ok)
    _refuse(draft, found, usable)
    text = blank_where(found.text, ~usable & (found.kind != Kind.OTHER))
    draft.columns["id_number"] = blank_where(text, found.kind == Kind.NONE)
    draft.columns["id_number"] = blank_where(draft.columns["id_number"], ~usable)
    if draft.kind != "registry":
        draft.columns["id_written"] = blank_where(found.text, usable | (found.kind == Kind.NONE))
    draft.columns["id_kind"] = KIND_NAMES.take(pa.array(found.kind))
    _life(draft, found, usable)
    _certificate(draft, certificates, certificate_ok)


def _sorted(draft: Draft) -> tuple[pa.StringArray, pa.StringArray]:
    """Ids and certificates, each from whichever column it stands in."""
    ids, certificates = clean(draft.text("id_number")), clean(draft.text("certificate_number"))
    swapped = mask(pc.match_substring_regex(ids, CERTIFICATE))
    if swapped.any():
        draft.notes.append(say.certificates_among_ids(int(swapped.sum()), draft.heading("id_number")))
        moved = blank_where(ids, ~swapped)
        certificates = pc.coalesce(certificates, moved)
        ids = pc.if_else(pa.array(swapped), pc.utf8_slice_codeunits(ids, 0, 18), ids)
    plain = mask(pc.match_substring_regex(certificates, ID_ONLY))
    if plain.any():
        draft.notes.append(say.ids_among_certificates(int(plain.sum()), draft.heading("certificate_number")))
        ids = pc.coalesce(ids, blank_where(certificates, ~plain))
        certificates = blank_where(certificates, plain)
        draft.columns["_uncertified"] = pa.array(plain)
    # A plain B is the first replacement.
    return ids, pc.replace_substring_regex(certificates, r"B$", "B1")


def _against(
    draft: Draft,
    found: bulk.CitizenIds,
    usable: Mask,
    inside: pa.StringArray,
    had_id: Mask,
    certificate_ok: Mask,
) -> tuple[bulk.CitizenIds, Mask, Mask]:
    """Where id and certificate name two numbers: one of them may be wrong, or they are two people's."""
    differ = certificate_ok & had_id & mask(pc.not_equal(found.text, inside))
    at = np.flatnonzero(differ)
    if not len(at):
        return found, usable, certificate_ok
    other = bulk.citizen_ids(inside.take(pa.array(at)), allow_test_range=draft.allow_test_range)
    rescue = np.zeros_like(differ)
    rescue[at] = other.usable & ~usable[at]
    slip = np.zeros_like(differ)
    slip[at] = ~other.usable & usable[at]
    two = np.zeros_like(differ)
    two[at] = other.usable & usable[at]
    draft.warn(rescue, "id_number", say.ID_FROM_CERTIFICATE)
    draft.warn(slip, "certificate_number", say.CERTIFICATE_BAD_ID)
    if draft.kind == "registry":
        draft.refuse(two, "certificate_number", say.CERTIFICATE_OTHER_ID)
    else:
        draft.warn(two, "certificate_number", say.CERTIFICATE_OTHER_ID)
    if rescue.any():
        merged = pc.if_else(pa.array(rescue), inside, found.text)
        found = bulk.citizen_ids(merged, allow_test_range=draft.allow_test_range)
        usable = found.usable
    return found, usable, certificate_ok & ~slip


def _refuse(draft: Draft, found: bulk.CitizenIds, usable: Mask) -> None:
    """A register needs a sound number; a list keeps the row, for the name may still find its person."""
    say_so = draft.refuse if draft.kind == "registry" else draft.warn
    field = "id_number" if draft.has("id_number") else "certificate_number"
    for kind, problem in _REFUSED.items():
        rows = found.kind == kind
        if rows.any():
            say_so(rows, field, problem)
    missing = found.kind == Kind.NONE
    if draft.kind == "registry":
        draft.refuse(missing, field, say.ID_MISSING)
    if (found.kind == Kind.FROM_15).any():
        draft.warn(found.kind == Kind.FROM_15, field, say.ID_FROM_15)


def _life(draft: Draft, found: bulk.CitizenIds, usable: Mask) -> None:
    """Birth date and sex: of the id where it is sound, else as written. A list's writing is kept beside them: it
    tells whether the number is the person's own."""
    if draft.kind not in ("registry", "households"):
        for name in ("birth_date", "sex"):
            if name in draft.columns:
                draft.columns[f"{name}_written"] = draft.columns[name]
    written = draft.columns.get("birth_date")
    born = pa.array(found.birth.astype("datetime64[D]"), type=pa.date32())
    if written is not None:
        differ = usable & mask(pc.not_equal(written, born))
        draft.warn(differ, "birth_date", say.BIRTH_DIFFERS)
        born = pc.coalesce(born, written)
    draft.columns["birth_date"] = born
    for field in (name for name in AFTER_BIRTH if name in draft.columns):
        early = usable & mask(pc.less(draft.columns[field], born))
        if field == "issued_on":  # the row still says who holds what; only this day is nobody's
            draft.warn(early, field, say.BEFORE_BIRTH)
            draft.columns[field] = blank_where(draft.columns[field], early)
        else:
            draft.refuse(early, field, say.BEFORE_BIRTH)
    sexes = pa.array([None, "male", "female"]).take(pa.array(found.sex.astype(np.int8)))
    written = draft.columns.get("sex")
    if written is not None:
        draft.warn(usable & mask(pc.not_equal(written, sexes)), "sex", say.SEX_DIFFERS)
        sexes = pc.coalesce(sexes, written)
    draft.columns["sex"] = sexes


def _certificate(draft: Draft, certificates: pa.StringArray, ok: Mask) -> None:
    """Category and grade: of number and column alike; where the two disagree, unknown until looked up."""
    wrong = given(certificates) & ~ok
    if "_uncertified" in draft.columns:
        wrong &= ~mask(draft.columns["_uncertified"])
    bad_shape = wrong & ~mask(pc.match_substring_regex(certificates, CERTIFICATE))
    draft.warn(bad_shape, "certificate_number", say.CERTIFICATE_SHAPE)
    draft.columns["certificate_number"] = blank_where(certificates, ~ok)
    digits = pc.if_else(
        pa.array(ok), pc.utf8_slice_codeunits(certificates, 18, 20), pa.scalar(None, pa.string())
    )
    coded = digits.dictionary_encode()
    pairs = coded.dictionary.to_pylist()
    categories = pa.array([CATEGORIES[int(pair[0]) - 1] for pair in pairs], type=pa.string())
    grades = pa.array([int(pair[1]) for pair in pairs], type=pa.int32())
    for field, values, problem in (
        ("category", categories.take(coded.indices), say.CATEGORY_DIFFERS),
        ("grade", grades.take(coded.indices), say.GRADE_DIFFERS),
    ):
        _settle(draft, field, values, problem)


def _settle(draft: Draft, field: str, values: pa.Array, problem: Problem) -> None:
    written = draft.columns.get(field)
    if written is None:
        if values.null_count < len(values):
            draft.columns[field] = values
        return
    differ = mask(pc.not_equal(written, values))
    draft.warn(differ, field, problem)
    draft.columns[field] = blank_where(pc.coalesce(written, values), differ)
