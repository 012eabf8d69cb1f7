"""The facts that the rows of a list state, and what a register's certificate columns come to."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns.draft import Draft, blank_where, given, mask
from yice.exchange.vocabulary import kinds
from yice.terms.errors import Problem
from yice.terms.messages import Message

_INSURED = {"medical_insurance": "medical_kind", "pension_insurance": "pension_kind"}
_DEATHS = ("died_on", "cremated_on", "cancelled_on", "registered_on")


def read(draft: Draft) -> None:
    """Put what being on this list says of a person."""
    for fact, value in kinds()[draft.kind].states.items():
        draft.columns[fact] = pa.array([value] * draft.count)
    if draft.kind in _INSURED:
        _insured(draft, _INSURED[draft.kind])
    elif draft.kind == "school_roll":
        _school(draft)
    elif draft.kind.startswith("deaths"):
        registered = [draft.columns.pop(name) for name in _DEATHS[1:] if name in draft.columns]
        if registered:
            draft.columns["registered_on"] = pc.coalesce(*registered)


def _insured(draft: Draft, fact: str) -> None:
    """On the list with a kind is insured so; stopped is "none"; on it with nothing said is unknown which."""
    kind = draft.columns.pop("insurance_kind", None)
    written = draft.columns.get(fact)
    if kind is None:
        kind = written if written is not None else pa.nulls(draft.count, pa.string())
    state = draft.columns.pop("insured_state", None)
    if state is not None:
        kind = pc.if_else(pc.fill_null(pc.equal(state, "false"), False), "none", kind)
        if fact == "pension_kind":
            kind = pc.if_else(pc.fill_null(pc.equal(state, "in_payment"), False), "in_payment", kind)
    draft.columns[fact] = kind
    if not given(kind).all():
        draft.notes.append(
            Problem(
                "insurance-kind-missing",
                Message("有 {count} 行没有写明险种，只知道在名单上。", count=int((~given(kind)).sum())),
                why=Message("不知道是职工还是城乡居民，按“不清楚”处理。"),
                fix=Message("请索取带险种的名单。"),
            )
        )


def _school(draft: Draft) -> None:
    state = draft.columns.get("in_school_roll")
    everyone = pa.array(np.ones(draft.count, dtype=np.bool_))
    draft.columns["in_school_roll"] = pc.coalesce(state, everyone) if state is not None else everyone


def certificates(draft: Draft) -> None:
    """Whether certified, the certificate's status, and a single category as its own part."""
    numbers = draft.columns["certificate_number"]
    rated = given(draft.columns["category"]) & given(draft.columns["grade"]) if _rated(draft) else None
    certified = pc.if_else(numbers.is_valid(), True, pa.scalar(None, pa.bool_()))
    if not given(numbers).any() and rated is not None and rated.any():
        certified = pc.if_else(pa.array(rated), True, certified)
        draft.notes.append(
            Problem(
                "certificates-not-listed",
                Message("表中没有残疾人证号，有类别和等级的 {count} 人按持证处理。", count=int(rated.sum())),
                fix=Message("如果其中有未持证的，请加上“残疾人证号”或“是否持证”栏。"),
            )
        )
    plain = draft.columns.get("_uncertified")
    if plain is not None:
        unrated = np.ones(draft.count, dtype=np.bool_) if rated is None else ~rated
        certified = pc.if_else(pa.array(mask(plain) & unrated), False, certified)
    if "certificate_status" in draft.columns:
        status = draft.columns["certificate_status"]
        held = pc.is_in(status, pa.array(["valid", "frozen", "expired"]))
        certified = pc.coalesce(certified, pc.if_else(held, True, pa.scalar(None, pa.bool_())))
        certified = pc.if_else(pc.fill_null(pc.equal(status, "none"), False), False, certified)
    written = draft.columns.get("certified")
    draft.columns["certified"] = pc.coalesce(written, certified) if written is not None else certified
    _status(draft)
    if _rated(draft):
        category, grade = draft.columns["category"], draft.columns["grade"]
        own = pc.binary_join_element_wise(category, pc.cast(grade, pa.string()), ":")
        own = blank_where(own, mask(pc.equal(category, "multiple")))
        parts = draft.columns.get("parts")
        draft.columns["parts"] = own if parts is None else pc.coalesce(own, parts)


def _rated(draft: Draft) -> bool:
    return "category" in draft.columns and "grade" in draft.columns


def _status(draft: Draft) -> None:
    """A valid certificate whose last day has passed is expired."""
    if "certificate_until" not in draft.columns:
        return
    over = mask(pc.less(draft.columns["certificate_until"], pa.scalar(draft.as_of, pa.date32())))
    status = draft.columns.get("certificate_status")
    if status is None:
        ahead = given(draft.columns["certificate_until"]) & ~over
        status = pc.if_else(pa.array(ahead), "valid", pa.scalar(None, pa.string()))
    valid = mask(pc.equal(status, "valid")) | ~given(status)
    draft.columns["certificate_status"] = pc.if_else(pa.array(over & valid), "expired", status)
