"""Whom a use may name: people who agreed to it, least facts only, and how many are not shown because nobody agreed."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from django.db.models import QuerySet
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.loop.identify.models import Person
from yice.loop.identify.rights.basis import Purpose, asked
from yice.loop.identify.rights.consents import shown
from yice.loop.identify.selectors import words
from yice.loop.identify.selectors.exports import Export
from yice.terms.errors import Problem
from yice.terms.messages import Message

PAGE_SIZE = 50


@dataclass(frozen=True)
class Consented:
    purpose: Purpose
    rows: list[tuple[Person, str]]  # with the village
    total: int
    left_out: int  # people of the area whom nobody agreed to name: not shown


def consented(actor: User, purpose: str, page: int = 1) -> Consented:
    use, people, everybody = _people(actor, purpose)
    start = (max(1, page) - 1) * PAGE_SIZE
    total = people.count()
    chosen = list(people.order_by("residence", "name_folded", "id")[start : start + PAGE_SIZE])
    return Consented(use, _placed(chosen), total, everybody.count() - total)


def export(actor: User, purpose: str) -> tuple[Export, Purpose]:
    """The same list as a file: the name and the village."""
    access.require(actor, Action.EXPORT)
    use, people, _everybody = _people(actor, purpose)
    rows = _placed(list(people.order_by("residence", "name_folded", "id")))
    table = pa.table(
        {
            "name": pa.array([one.name for one, _place in rows], pa.string()),
            "village": pa.array([place for _one, place in rows], pa.string()),
        }
    )
    return Export("consented", table, {"name": gettext("姓名"), "village": gettext("村（社区）")}), use


def _people(actor: User, purpose: str) -> tuple[Purpose, QuerySet[Person], QuerySet[Person]]:
    access.require(actor, Action.CONSENT_RECORD)
    use = asked().get(purpose)
    if use is None:
        raise Problem("not-found", Message("没有这一项用途，或者它不需要同意。"))
    everybody = access.scope(actor, Action.CONSENT_RECORD, Person.objects.filter(removed_on=None))
    return use, shown(everybody, purpose), everybody


def _placed(people: list[Person]) -> list[tuple[Person, str]]:
    names = areas.names(words.place_codes(one.residence for one in people))
    return [(one, words.place(one.residence, names)) for one in people]
