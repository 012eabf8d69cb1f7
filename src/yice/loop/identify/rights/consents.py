"""Consent by itself for each use beyond a duty: who, when, how, on which form, until when; withdrawn at any time.

A use asks `shown` or `refusal` before it shows anything. Benefits never ask: what is done as a duty needs no consent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.identify.models import Consent, Person
from yice.loop.identify.rights import guardians
from yice.loop.identify.rights.basis import asked
from yice.loop.identify.rights.enums import GivenBy, Ground, How
from yice.policy.words import text
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import day as in_words


def stands(day: dt.date) -> Q:
    """Given, not over, not withdrawn; withdrawn today it does not hold today."""
    return (
        Q(given_on__lte=day)
        & (Q(until=None) | Q(until__gte=day))
        & (Q(withdrawn_on=None) | Q(withdrawn_on__gt=day))
    )


def _stands_on(one: Consent, day: dt.date) -> bool:
    """`stands` of a row already read."""
    begun = one.given_on <= day
    return (
        begun and not (one.until and one.until < day) and not (one.withdrawn_on and one.withdrawn_on <= day)
    )


def shown(people: QuerySet[Person], purpose: str) -> QuerySet[Person]:
    """Those of `people` who agreed to a use, for every list made for it."""
    held = Consent.objects.filter(stands(clock.today()), person=OuterRef("pk"), purpose=_known(purpose))
    return people.filter(Exists(held))


def agreed(people: Iterable[int], purpose: str) -> set[int]:
    """The same by primary keys."""
    rows = Consent.objects.filter(stands(clock.today()), person__in=list(people), purpose=_known(purpose))
    return set(rows.values_list("person_id", flat=True))


def refusal(person: Person, purpose: str) -> Message | None:
    """Why a use may not be made of somebody's data today; None where they agreed to it."""
    return why_not(purpose, list(person.consents.filter(purpose=_known(purpose)).order_by("given_on", "id")))


def why_not(purpose: str, given: list[Consent]) -> Message | None:
    """The same from all consents given to the use, the earliest first."""
    what, day = text(asked()[purpose].title), clock.today()
    if not given:
        return Message("没有本人或监护人对“{what}”的同意，不显示。", what=what)
    if any(_stands_on(one, day) for one in given):
        return None
    last = given[-1]
    if last.withdrawn_on is not None:
        return Message(
            "对“{what}”的同意已于 {day} 撤回，不显示。", what=what, day=in_words(last.withdrawn_on)
        )
    if last.until is not None and last.until < day:
        return Message("对“{what}”的同意到 {day} 为止，不显示。", what=what, day=in_words(last.until))
    return Message("对“{what}”的同意从 {day} 开始，现在不显示。", what=what, day=in_words(last.given_on))


def require_consent(person: Person, purpose: str) -> None:
    """Raise Problem "no-consent" with the reason unless somebody agreed to the use."""
    refused = refusal(person, purpose)
    if refused is not None:
        raise Problem("no-consent", refused, fix=Message("取得同意后，请在“权利”页登记。"))


def record_consent(
    *,
    actor: User,
    person: Person,
    purpose: str,
    given_by: GivenBy,
    how: How,
    guardian: str = "",
    form: str = "",
    given_on: dt.date | None = None,
    until: dt.date | None = None,
) -> Consent:
    """Somebody agreed to one use. While one stands it is that one; nobody under fourteen agrees alone."""
    access.require(actor, Action.CONSENT_RECORD, person)
    day = given_on or clock.today()
    _known(purpose)
    if day > clock.today():
        raise Problem("date-future", Message("同意的日期在今天之后。"), field="given_on")
    if until is not None and until < day:
        raise Problem("until-before", Message("结束日期不能早于同意的日期。"), field="until")
    if how == How.WRITTEN and not form.strip():
        raise Problem("form-missing", Message("书面同意要写明是哪一份、存放在哪里。"), field="form")
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        name, end = _signer(person, given_by, guardian, day)
        if end is not None:
            until = min(until, end) if until else end
        row = Consent.objects.filter(stands(clock.today()), person=person, purpose=purpose).first()
        if row is not None:
            return row
        return _write(
            actor, person, purpose, given_by, given_name=name, how=how, form=form.strip()[:100], given_on=day,
            until=until,
        )  # fmt: skip


def noted(*, actor: User, person: Person, purpose: str, form: str) -> None:
    """Whoever was there said yes at the door, and the form says so: a consent, unless one stands already.

    Called inside the transaction of the visit or the form.
    """
    day = clock.today()
    if agreed([person.pk], purpose):
        return
    alone = guardians.alone(person, day)
    near = guardians.standing(person, day)
    name = person.name if alone else near[0].name if near else ""
    by = GivenBy.PERSON if alone else GivenBy.GUARDIAN
    _write(actor, person, purpose, by, given_name=name, how=How.SPOKEN, form=form, given_on=day)


def withdraw_consent(
    *, actor: User, person: Person, purpose: str, withdrawn_by: GivenBy, how: How
) -> Consent | None:
    """They no longer agree: from now on nothing is shown. No form, no reason and no waiting is asked for."""
    access.require(actor, Action.CONSENT_RECORD, person)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        row = Consent.objects.filter(stands(clock.today()), person=person, purpose=_known(purpose)).first()
        if row is None:
            return None
        row.withdrawn_on, row.withdrawn_by, row.withdrawn_how = clock.today(), withdrawn_by, how
        row.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_how"])
        values = {"purpose": purpose, "given_by": str(withdrawn_by)}
        record(actor=actor, code="consent.withdrawn", subject=person, area=person.hukou, values=values)
    return row


def _write(actor: User, person: Person, purpose: str, by: GivenBy, **said: Any) -> Consent:
    made = Consent.objects.create(
        person=person, purpose=purpose, given_by=by, recorded_at=clock.now(), recorded_by=actor, **said
    )
    last = made.until.isoformat() if made.until else ""
    values = {"purpose": purpose, "given_by": str(by), "last": last}
    record(actor=actor, code="consent.given", subject=person, area=person.hukou, values=values)
    return made


def _signer(person: Person, by: GivenBy, guardian: str, day: dt.date) -> tuple[str, dt.date | None]:
    """Who agreed, and when it ends at the latest: what a guardian agreed to for a child ends with childhood."""
    if by == GivenBy.GUARDIAN:
        one = guardians.require_guardian(person, guardian, day)
        minor = one.ground in (Ground.MINOR, "")
        return one.name, guardians.acts_until(one) if minor else None
    if not guardians.alone(person, day):
        raise Problem(
            "guardian-needed",
            Message("未满十四周岁或者无民事行为能力的人，要由监护人同意。"),
            fix=Message("请选择“监护人”；还没有登记监护人的，先登记。"),
            field="given_by",
        )
    return person.name, None


def _known(purpose: str) -> str:
    if purpose not in asked():
        raise Problem("purpose-unknown", Message("没有这一项用途，或者它不需要同意。"), field="purpose")
    return purpose
