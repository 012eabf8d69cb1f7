"""The list that a step shows to the public: what the pack names, and of a minor nothing but that there is one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from yice.accounts.models import User
from yice.identifiers.division import upper_bound
from yice.loop.deliver.models import Case, OpenStep
from yice.loop.deliver.selectors.scope import readable
from yice.loop.deliver.services.blocking import value_of
from yice.loop.deliver.services.standing import plan_of, service_of
from yice.rules.model import Plan
from yice.rules.services import Service
from yice.rules.words import Words
from yice.terms import clock
from yice.terms.periods import age_on

ADULT = 18


@dataclass(frozen=True)
class PublicRow:
    """One line. Of a minor `values` is empty: the line only counts."""

    values: dict[str, Any]
    minor: bool


@dataclass(frozen=True)
class PublicList:
    service: str
    step: str
    area: str
    columns: tuple[str, ...]
    until: dt.date | None  # the last day it is shown
    rows: list[PublicRow]
    minors: int
    title: Words | None = None  # of the service
    labels: dict[str, Words] = field(default_factory=dict)  # of the columns that stand for fields of forms


def public_list(actor: User, service: str, step: str, area: str) -> PublicList:
    """The cases of `service` that are being shown in `area` (a code and all below it), in the order of their numbers.

    A name is shown with its middle hidden; never an id, an address, a phone, a diagnosis; never a minor's details.
    A birth date that is not known counts as a minor's.
    """
    waiting = (
        OpenStep.objects.filter(
            step=step,
            case__service=service,
            case__area__gte=area,
            case__area__lt=upper_bound(area),
            case__in=readable(actor),
            case__restricted=False,
        )
        .select_related("case", "case__person", "case__pack")
        .defer("case__pack__files")
        .order_by("case__number")
    )
    columns: tuple[str, ...] = ()
    rows, until, title, labels = [], None, None, dict[str, Words]()
    for one in waiting:
        of = service_of(one.case)
        about, title = of.steps[step], of.title
        columns = about.publishes or ()
        labels |= _labels(plan_of(one.case), of, columns)
        last = one.wakes_on - dt.timedelta(days=1) if one.wakes_on else None
        until = max(filter(None, (until, last)), default=None)
        rows.append(_row(one.case, columns))
    return PublicList(
        service, step, area, columns, until, rows, sum(row.minor for row in rows), title, labels
    )


def _labels(plan: Plan, service: Service, columns: tuple[str, ...]) -> dict[str, Words]:
    forms = [plan.forms[one.form] for one in service.steps.values() if one.form]
    return {n: form.fields[n].label for form in forms for n in columns if n in form.fields}


def _row(case: Case, columns: tuple[str, ...]) -> PublicRow:
    person = case.person
    if person is not None and (person.birth_date is None or age_on(person.birth_date, clock.today()) < ADULT):
        return PublicRow({}, minor=True)
    return PublicRow({name: _value(case, name) for name in columns}, minor=False)


def _value(case: Case, name: str) -> Any:
    match name:
        case "name":
            return hidden(case.person.name) if case.person else case.subject
        case "area":
            return case.area
        case "amount":
            return case.amount_fen
    plan, service = plan_of(case), service_of(case)
    for step in service.steps.values():
        form = plan.forms.get(step.form or "")
        if form and name in form.fields and form.fields[name].publish:
            found = value_of(case, step.id, name)
            if found is not None:
                return found
    return None


def hidden(name: str) -> str:
    """A name as it is shown in public: the first and, of three or more, the last character."""
    if len(name) <= 2:
        return name[:1] + "＊"
    return name[0] + "＊" * (len(name) - 2) + name[-1]
