"""Take a register: what is new on it begins, what changed begins again, what a whole one lacks has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers.division import is_within, upper_bound
from yice.network.models import Entry, Of, Register
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """One line of a register: a kind, a name that is not a person's, a place, facts as packs write them."""

    kind: str
    name: str
    area: str
    facts: dict[str, Any] = field(default_factory=dict)


def receive(
    *, actor: User, of: Of, area: str, as_of: dt.date, rows: Sequence[Row], whole: Sequence[str] = ()
) -> Register:
    """Keep a register of `area`. `whole`: kinds of which it holds everything there is in the area."""
    access.require(actor, Action.IMPORT_LIST, Place(area))
    _check(area, as_of, rows)
    return _take(actor, of, area, as_of, rows, whole)


def tell(*, actor: User, area: str, as_of: dt.date, facts: Mapping[str, Any]) -> Register:
    """What a place told of itself on a form; what it did not speak of stands. Who may fill the form in may tell: the
    form has asked."""
    standing = Entry.objects.filter(of=Of.AREA, area=area, valid_to=None).order_by("id")
    name = standing.values_list("name", flat=True).first() or area  # a register may have called it otherwise
    return _take(actor, Of.AREA, area, as_of, [Row("", name, area, dict(facts))], ())


def _take(
    actor: User, of: Of, area: str, as_of: dt.date, rows: Sequence[Row], whole: Sequence[str]
) -> Register:
    with transaction.atomic():
        made = Register.objects.create(
            of=of, area=area, as_of=as_of, whole=sorted(set(whole)), rows=len(rows),
            received_at=clock.now(), received_by=actor,
        )  # fmt: skip
        inside = Entry.objects.select_for_update().filter(of=of, area__gte=area, area__lt=upper_bound(area))
        standing: dict[Key, Entry] = {(e.kind, e.name, e.area): e for e in inside.filter(valid_to=None)}
        told: dict[Key, Row] = {(row.kind, row.name, row.area): row for row in rows}
        if of == Of.AREA:  # figures of a place: what a file does not ask stays as it was told
            told = {
                key: replace(row, facts={**standing[key].facts, **row.facts}) if key in standing else row
                for key, row in told.items()
            }
        changed = [key for key, row in told.items() if key in standing and standing[key].facts != row.facts]
        gone = [key for key in standing if key[0] in set(whole) and key not in told]
        _end([standing[key] for key in (*changed, *gone)], as_of)
        new = [key for key in told if key not in standing]
        Entry.objects.bulk_create(
            (
                Entry(
                    register=made, of=of, kind=row.kind, name=row.name, area=row.area, facts=row.facts,
                    valid_from=as_of,
                )
                for row in (told[key] for key in (*new, *changed))
            ),
            batch_size=1000,
        )  # fmt: skip
        values = {
            "what": str(Of(of).label), "as_of": as_of.isoformat(), "rows": len(rows), "added": len(new),
            "changed": len(changed), "ended": len(gone),
        }  # fmt: skip
        record(actor=actor, code="network.received", subject=made, area=area, values=values)
    return made


def _check(area: str, as_of: dt.date, rows: Sequence[Row]) -> None:
    if as_of > clock.today():
        raise Problem("register-in-future", Message("截至日期不能晚于今天。"), field="as_of")
    if any(not is_within(row.area, area) for row in rows):
        raise Problem(
            "register-elsewhere",
            Message("名册里有不在这个区域的地方。"),
            fix=Message("请只报本区域的，或改选区域。"),
            field="file",
        )


def _end(entries: Sequence[Entry], as_of: dt.date) -> None:
    """The day before is the last; what began on the same day was never so and is taken out."""
    last = as_of - dt.timedelta(days=1)
    for entry in entries:
        if entry.valid_from > last:
            entry.delete()
        else:
            entry.valid_to = last
            entry.save(update_fields=["valid_to"])
