"""Who may sign for a child, or for an adult of limited or no capacity: with a document, until its end, and no longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q, QuerySet

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers import sealing
from yice.identifiers.names import fold
from yice.loop.identify import errands
from yice.loop.identify.errands import AT_MOST, Errand
from yice.loop.identify.models import Guardian, Person
from yice.loop.identify.rights.enums import Ground
from yice.loop.identify.services.ties import refuse_kin
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.periods import age_on
from yice.terms.periods import day as in_words

OF_AGE, ALONE = 18, 14  # Civil Code 17; Personal Information Protection Law 31
AHEAD = dt.timedelta(days=30)  # a paper is renewed before it ends


def acts_until(one: Guardian) -> dt.date | None:
    """The guardian's last day: of the paper, and of childhood; None where nothing ends it."""
    born = one.person.birth_date
    grown = _birthday(born, OF_AGE) - dt.timedelta(days=1) if born and _ground(one) == Ground.MINOR else None
    return min((day for day in (one.until, grown) if day), default=None)


def why_not(one: Guardian, day: dt.date) -> Message | None:
    """Why this guardian may not sign on `day`; None where they may."""
    last = acts_until(one)
    if last is not None and last < day:
        return Message("{name}的监护到 {last} 为止，不能再代为签字。", name=one.name, last=in_words(last))
    if one.since is not None and one.since > day:
        return Message("{name}的监护从 {since} 开始。", name=one.name, since=in_words(one.since))
    if _ground(one) != Ground.MINOR and not one.document:
        return Message("{name}还没有登记监护的文书，不能代为签字。", name=one.name)
    return None


def standing(person: Person, day: dt.date) -> list[Guardian]:
    """Those who may sign for the person on `day`."""
    return [one for one in _of(person) if why_not(one, day) is None]


def require_guardian(person: Person, name: str, day: dt.date) -> Guardian:
    """The guardian of that name who may sign on `day`, else a Problem that says what is missing."""
    named = [one for one in _of(person) if fold(one.name) == fold(name)]
    if not named:
        raise Problem(
            "guardian-unknown",
            Message("登记的监护人里没有这个名字。"),
            fix=Message("请先在“权利”页登记监护人和文书。"),
            field="signed_by",
        )
    for one in named:
        refused = why_not(one, day)
        if refused is None:
            return one
    raise Problem(
        "guardian-ended", refused or Message(""), fix=Message("请先续办监护文书。"), field="signed_by"
    )


def alone(person: Person, day: dt.date) -> bool:
    """Whether the person agrees for themself: fourteen or older, and nobody without capacity."""
    if person.birth_date is not None and age_on(person.birth_date, day) < ALONE:
        return False
    return all(one.ground != Ground.NONE for one in standing(person, day))


def record_guardian(
    *,
    actor: User,
    person: Person,
    name: str,
    relation: str,
    ground: Ground,
    document: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
    phone: str = "",
    instead_of: Guardian | None = None,
) -> Guardian:
    """Put a guardian on file, or renew one: the earlier one ends the day before. Sent twice it is the same one."""
    access.require(actor, Action.GUARDIAN_RECORD, person)
    since = since or clock.today()
    for wrong, what, field in _faults(person, name, ground, document, since, until):
        if wrong:
            raise Problem("guardian", what, field=field)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        refuse_kin(actor, person)
        said = {
            "name": name.strip(), "relation": relation, "ground": ground, "document": document.strip(),
            "since": since, "until": until,
        }  # fmt: skip
        made, new = Guardian.objects.get_or_create(
            person=person, **said, defaults={"phone_sealed": sealing.seal("phone", phone)}
        )
        if not new:
            return made
        if instead_of is not None and instead_of.person_id == person.pk:
            last = since - dt.timedelta(days=1)
            instead_of.until = min(last, instead_of.until) if instead_of.until else last
            instead_of.save(update_fields=["until"])
        values = {"ground": str(ground), "last": until.isoformat() if until else ""}
        record(actor=actor, code="guardian.recorded", subject=person, area=person.hukou, values=values)
    return made


def waiting(actor: User) -> list[tuple[Guardian, dt.date]]:
    """Of the people whose consents the actor records: guardians to renew within a month."""
    people = access.scope(actor, Action.CONSENT_RECORD, Person.objects.filter(removed_on=None))
    return to_renew(people, clock.today() + AHEAD)


def to_renew(people: QuerySet[Person], by: dt.date) -> list[tuple[Guardian, dt.date]]:
    """Guardians whose time is over by a day and whom nobody followed, each with their last day."""
    born = dt.date(by.year - OF_AGE, by.month, min(by.day, 28)) + dt.timedelta(days=3)
    ending = Q(until__lte=by) | (Q(ground=Ground.MINOR) | Q(ground="")) & Q(
        person__birth_date__lte=born, person__birth_date__gt=born - dt.timedelta(days=400)
    )
    rows = Guardian.objects.filter(ending, person__in=people).select_related("person").order_by("until", "id")
    found = list(rows[:AT_MOST])
    others: dict[int, list[Guardian]] = {}
    of = {one.person_id for one in found}
    for one in Guardian.objects.filter(person__in=of).select_related("person").order_by("id"):
        others.setdefault(one.person_id, []).append(one)
    return [
        (one, last)
        for one in found
        if (last := acts_until(one)) is not None
        and last <= by
        and not any(_follows(other, by) for other in others[one.person_id] if other.pk != one.pk)
        and (_ground(one) != Ground.MINOR or last >= by - dt.timedelta(days=365))
    ]


def _errands(actor: User, people: QuerySet[Person], until: dt.date) -> Iterator[Errand]:
    """Work: a paper that ends within thirty days is renewed; at eighteen somebody asks whether one is still needed."""
    for one, last in to_renew(people, until + AHEAD):
        what = (
            Message(
                "监护人{name}：本人 {day} 满十八周岁，要确认能否自己办理",
                name=one.name,
                day=in_words(last + dt.timedelta(days=1)),
            )
            if one.until is None or one.until > last
            else Message("监护人{name}的文书 {last} 到期，要续办", name=one.name, last=in_words(last))
        )
        yield Errand(one.person_id, "guardian", what, last)


def _follows(other: Guardian, by: dt.date) -> bool:
    last = acts_until(other)
    return last is None or last > by


def _ground(one: Guardian) -> str:
    """As recorded; a list that does not say why means a child where the person is one, or was until lately."""
    if one.ground:
        return one.ground
    born = one.person.birth_date
    return Ground.MINOR if born and age_on(born, one.since or clock.today()) < OF_AGE else ""


def _faults(
    person: Person, name: str, ground: Ground, document: str, since: dt.date, until: dt.date | None
) -> Iterator[tuple[bool, Message, str]]:
    minor = ground == Ground.MINOR
    yield not name.strip(), Message("请写明监护人姓名。"), "name"
    yield since > clock.today(), Message("监护开始的日期在今天之后。"), "since"
    yield (
        not minor and not document.strip(),
        Message("成年人的监护要有文书，例如法院判决或村（居）委会指定书。"),
        "document",
    )
    yield not minor and until is None, Message("成年人的监护要写明到哪一天为止，到期前续办。"), "until"
    yield until is not None and until < since, Message("结束日期不能早于开始日期。"), "until"
    grown = person.birth_date is not None and age_on(person.birth_date, since) >= OF_AGE
    yield minor and grown, Message("本人已满十八周岁，请按成年人登记监护的原因和文书。"), "ground"


def _of(person: Person) -> list[Guardian]:
    return list(person.guardians.select_related("person").order_by("id"))


def _birthday(born: dt.date, age: int) -> dt.date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # born on a leap day
        return dt.date(born.year + age, 2, 28)


errands.register(_errands)
