"""What papers say of persons: who they are, whole or masked, and their facts; a blank for what is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from yice.areas import selectors as areas
from yice.identifiers import masking
from yice.loop.identify.enums import Sex
from yice.loop.identify.facts import settled
from yice.loop.identify.models import Certificate, Guardian, Person
from yice.loop.identify.selectors import words
from yice.policy.provided import Request
from yice.policy.words import text
from yice.rules.model import Fact, Plan
from yice.rules.papers import IDENTITY
from yice.terms import clock
from yice.terms.money import format_fen
from yice.terms.periods import age_on

Values = dict[str, str]
Who = Mapping[str, tuple[str, ...]]
STRETCH = 2000


def people(
    plan: Plan, rows: Sequence[Person], names: Sequence[str], *, whole: bool, who: Who | None = None
) -> dict[int, Values]:
    """For each person the texts of `names`, in a bounded number of queries however many they are.

    `who` keeps those of whom one of its facts is known to have one of its values.
    """
    facts = {name: plan.facts[name] for name in names if name in plan.facts and name not in IDENTITY}
    raw = _facts(plan, [one.pk for one in rows], [*facts, *COMMON, *(who or ())])
    if who:
        raw = {key: values for key, values in raw.items() if _belongs(values, who)}
        rows = [one for one in rows if one.pk in raw]
    keys = [one.pk for one in rows]
    certificates: dict[int, Certificate] = {}
    for one in Certificate.objects.filter(person__in=keys, current=True).order_by("id"):
        certificates[one.person_id] = one
    guardians = {one.person_id: one.name for one in Guardian.objects.filter(person__in=keys).order_by("-id")}
    places = areas.names(words.place_codes([code for one in rows for code in (one.hukou, one.residence)]))
    found = {
        one.pk: _identity(one, certificates.get(one.pk), guardians.get(one.pk, ""), places, whole)
        for one in rows
    }
    for key, values in raw.items():
        told = {name: said(fact, values.get(name)) for name, fact in facts.items()}
        for name in COMMON:
            if not found[key][name] and name in plan.facts:
                found[key][name] = said(plan.facts[name], values.get(name))
        found[key] |= told
    return found


def _belongs(values: Mapping[str, Any], who: Who) -> bool:
    return any(_plain(values.get(name)) in allowed for name, allowed in who.items())


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


COMMON = (
    "category",
    "grade",
    "parts",
    "certificate_status",
    "certificate_until",
)  # where no certificate says them


def _facts(plan: Plan, keys: Sequence[int], names: Sequence[str]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    if not keys:
        return found
    for start in range(0, len(keys), STRETCH):
        some = list(keys[start : start + STRETCH])
        for held in settled(Request(plan, "", "", clock.today(), some)):
            columns = {name: held.columns[name].values for name in names if name in held.columns}
            for at, key in enumerate(held.stretch.keys):
                found[key] = {name: values[at] for name, values in columns.items()}
    return found


def said(fact: Fact, value: Any) -> str:
    """A fact on paper, as an import reads it again: a day as 2020-06-30, a sum in yuan, a code by its word."""
    if value is None or value == "":
        return ""
    if fact.type == "date":
        return value.isoformat() if isinstance(value, dt.date) else str(value)[:10]
    if fact.type == "int" and fact.unit == "fen":
        return format_fen(int(value))
    return words.value(fact, value)


def _identity(
    one: Person, certificate: Certificate | None, guardian: str, places: Mapping[str, str], whole: bool
) -> Values:
    number = certificate.number if certificate else ""
    born = one.birth_date
    return {
        "name": one.name,
        "sex": str(Sex(one.sex).label) if one.sex else "",
        "age": str(age_on(born, clock.today())) if born else "",
        "birth_date": (born.isoformat() if whole else str(born.year)) if born else "",
        "id_number": one.id_number if whole else masking.id_number(one.id_number),
        "certificate_number": number if whole else masking.id_number(number),
        "category": words.category(certificate.category) if certificate else "",
        "grade": words.grade(certificate.grade) if certificate else "",
        "parts": "",
        "certificate_status": "",
        "certificate_until": certificate.valid_until.isoformat()
        if certificate and certificate.valid_until
        else "",
        "phone": one.phone if whole else masking.phone(one.phone),
        "address": one.address if whole else masking.address(one.address),
        "hukou": words.place(one.hukou, dict(places), tiers=3),
        "hukou_code": one.hukou,
        "residence": words.place(one.residence, dict(places), tiers=3),
        "residence_code": one.residence,
        "guardian_name": guardian,
        "household_number": one.household.number if one.household else "",
        "relation": words.relation(one.relation),
    }


def label(name: str, plan: Plan, more: Mapping[str, Any]) -> str:
    """The heading of a field: of the person, of the subject, or the fact's own."""
    if name in IDENTITY:
        return text(IDENTITY[name])
    return text(more[name]) if name in more else text(plan.facts[name].label)
