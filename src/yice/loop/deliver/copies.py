"""What a copy of somebody's record says of cases: theirs in full, a household's by name, as far as the officer reads them.

Payments, help and notices of theirs go with the case. A restricted case is in no copy, whoever makes it: the guardian who
takes the copy home may be the one it is about.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from yice.accounts.models import User
from yice.loop.deliver.enums import CaseState, PaymentKind
from yice.loop.deliver.models import Case
from yice.loop.deliver.selectors.answers import answers, in_words
from yice.loop.deliver.selectors.case import cases_of, view
from yice.loop.deliver.services.standing import plan_of, service_of
from yice.loop.identify.models import Person
from yice.loop.identify.rights import copying
from yice.loop.identify.rights.copying import Row
from yice.policy.words import text
from yice.terms.money import format_fen


def rows(actor: User, person: Person) -> Iterator[Row]:
    for case in cases_of(actor, person):
        if case.restricted:
            continue
        said = f"{case.number} {CaseState(case.state).label}"
        yield gettext("办件"), text(service_of(case).title), said, "", case.applied_on.isoformat()
        if case.person_id == person.pk:
            yield from _own(actor, case)


def _own(actor: User, case: Case) -> Iterator[Row]:
    shown, plan = view(actor, case.uuid), plan_of(case)
    for one in reversed(shown.timeline):
        day, what = one.at.date().isoformat(), f"{case.number} {one.text}"
        yield gettext("办件"), what, "；".join(one.details), one.by, day
        for field, value in answers(plan, shown.service, one.record):
            yield gettext("办件"), text(field.label), in_words(field, value, whole=True), what, day
    for paid in shown.payments:
        said = f"{PaymentKind(paid.kind).label} {format_fen(paid.amount_fen)} {paid.payee}".strip()
        yield gettext("付款"), gettext("金额（元）"), said, case.number, paid.paid_on.isoformat()
    for given in shown.deliveries:
        yield gettext("服务提供"), given.what, given.provider, case.number, given.day.isoformat()
    for notice in shown.notices:
        told = notice.told_on.isoformat() if notice.told_on else ""
        yield gettext("告知书"), notice.number, text_of(notice.content.get("decision")), case.number, told


def text_of(both: dict[str, str] | None) -> str:
    return (both or {}).get("zh", "")


copying.parts.append(rows)
