"""Cells to values, by the type of their field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from yice.exchange.columns import months
from yice.exchange.columns import sentences as say
from yice.exchange.columns.draft import Draft, any_match
from yice.exchange.vocabulary import UNREAD, Field, accepted, fold_heading, value_of
from yice.exchange.vocabulary.values import fold_value
from yice.identifiers.certificate import CATEGORIES, CATEGORY_NAMES, grade_of
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.money import parse_fen
from yice.terms.periods import LATEST, Month, parse_date

_FOREVER = {"长期", "永久", "终身", "长期有效", "无限期"}
_INT = re.compile(r"^(-?\d{1,9})(\.0+)?(人|口|岁|周岁|个|级)?$")
_SPLIT = re.compile(r"[;；,，、/+\s]+")
_PART = re.compile(
    "(" + "|".join(CATEGORY_NAMES) + r")(?:残疾)?[::(]?(?:([一二三四壹贰叁肆1-4]|I{1,3}|IV)级?\)?)?"
)
_PART_CODE = re.compile("(" + "|".join(CATEGORIES) + r")(?::([1-4])?)?")
_ANY_BLANK = r"[\t-\r\x1c-\x20\x{85}\p{Z}]"  # what Python takes for a blank, for Arrow
# A row of a list that cannot be read in one of these says nothing sure; elsewhere only the fact is unknown.
_REFUSES = {"amount_fen", "month", "pay_kind", "benefit", "died_on", "amount_living", "amount_nursing"}


def read(draft: Draft, names: set[str]) -> None:
    """Put every field of a plain type that the sheet has."""
    for name in sorted(names):
        field = draft.definition(name)
        if field.type in ("phone", "account"):
            draft.columns[name] = without_blanks(draft.text(name))
            continue
        reader, type_ = _reader(draft, field)
        if reader is None:
            draft.columns[name] = draft.text(name)
        else:
            refuses = name in _REFUSES and draft.kind != "registry"
            latest = (draft.as_of if field.past else LATEST) if field.type == "date" else None
            draft.by_value(name, reader, type_, refuses=refuses, plain_until=latest)


def _reader(draft: Draft, field: Field) -> tuple[Callable[[str], Any] | None, pa.DataType]:
    match field.type:
        case "bool":
            turned = fold_heading(draft.heading(field.name)) in {fold_heading(one) for one in field.reversed}
            return _bool(field, "bool", turned), pa.bool_()
        case "code":
            words = set(accepted_codes(field.values))
            if words <= {"true", "false"}:
                return _bool(field, field.values, False), pa.bool_()
            if field.name == "grade":
                return lambda text: _grade(text, field), pa.int32()
            return lambda text: _code(text, field), pa.string()
        case "set":
            return lambda text: _set(text, field), pa.string()
        case "parts":
            return _parts, pa.string()
        case "int":
            return _int, pa.int32()
        case "money":
            return parse_fen, pa.int64()
        case "date":
            return lambda text: _date(text, field, draft.as_of), pa.date32()
        case "month":
            return lambda text: _month(text, draft.as_of), pa.date32()
        case _:
            return None, pa.string()


def without_blanks(texts: pa.StringArray) -> pa.StringArray:
    """Without a blank of any kind, inside or around; a text of blanks alone is not met here."""
    return pc.replace_substring_regex(texts, _ANY_BLANK, "") if any_match(texts, _ANY_BLANK) else texts


def accepted_codes(table: str) -> list[str]:
    from yice.exchange.vocabulary.reading import load

    return [code for code in load("values.yaml")[table] if code != "unknown"]


def _code(text: str, field: Field) -> str | None:
    found = value_of(field.values, text)
    if found == UNREAD:
        raise say.word_unknown(field.name, accepted(field.values), field.label)
    return found


def _grade(text: str, field: Field) -> int | None:
    found = value_of("grade", text)
    if found == UNREAD:
        return grade_of(text) or _code(text, field)  # type: ignore[return-value]
    return int(found) if found else None


def _bool(field: Field, table: str, turned: bool) -> Callable[[str], bool | None]:
    def reader(text: str) -> bool | None:
        found = value_of(table, text)
        if found == UNREAD:
            raise say.word_unknown(field.name, accepted(table), field.label)
        return None if found is None else (found == "true") is not turned

    return reader


def _set(text: str, field: Field) -> str | None:
    folded = fold_value(text)
    if folded in ("无", "NONE", "没有"):
        return ""
    found = [value_of(field.values, word) for word in _SPLIT.split(text) if word]
    if UNREAD in found:
        raise say.word_unknown(field.name, accepted(field.values), field.label)
    return ";".join(dict.fromkeys(code for code in found if code))


def _parts(text: str) -> str | None:
    """What a multiple certificate is made of, a part without its grade where nobody wrote one.

    A word that names no category makes the whole unknown: a part left out would be a "no" nobody said.
    """
    found: dict[str, int | None] = {}
    for word in filter(None, _SPLIT.split(fold_value(text))):
        for category, grade in _PART.findall(word):
            found[CATEGORIES[CATEGORY_NAMES.index(category)]] = grade_of(grade) if grade else None
        rest = _PART.sub("", word)
        if rest and (code := _PART_CODE.fullmatch(rest.lower())):
            found[code[1]] = int(code[2]) if code[2] else None
        elif not set(rest) <= set("级残疾()"):
            return None
    return ";".join(f"{name}:{grade}" if grade else name for name, grade in found.items()) or None


def _int(text: str) -> int:
    match = _INT.match(fold_value(text))
    if match is None:
        raise Problem("number-unreadable", Message("看不懂这个数。"), fix=Message("请只写整数。"))
    return int(match[1])


def _date(text: str, field: Field, as_of: dt.date) -> dt.date | None:
    if text in _FOREVER:
        return None if field.past else dt.date(2099, 12, 31)
    if field.past:
        try:
            return parse_date(text, not_after=as_of)
        except Problem as problem:
            # A birth by month alone is nothing wrong: the id has the day.
            if problem.code == "date-unreadable" and field.name == "birth_date" and _is_month(text):
                return None
            raise
    if _is_month(text) and field.name in ("until", "certificate_until", "since"):
        month = Month.parse(text)
        return month.first if field.name == "since" else month.last
    if field.name == "certificate_until":
        text = re.split(r"至|到|~|—|--", text)[-1]  # "2012.3.1至2022.2.28"
    return parse_date(text)


def _is_month(text: str) -> bool:
    try:
        Month.parse(text)
    except Problem:
        return False
    return True


def _month(text: str, as_of: dt.date) -> dt.date:
    """A month, also where a day of it or a sentence is written."""
    try:
        month = Month.parse(text)
    except Problem:
        found = months.find(text)
        month = found or Month.of(parse_date(text))
    if month.first > as_of.replace(day=1) + dt.timedelta(days=400):
        raise Problem("month-future", Message("月份在很久以后。"), fix=Message("请核对年份。"))
    return month.first
