"""A case begins: for whom, which service, where it goes; what is open already is not opened again."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from yice.accounts import access
from yice.accounts.access import AreaFields
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.accounts.offices import fits
from yice.loop.deliver.enums import CaseState, RecordKind
from yice.loop.deliver.models import Case
from yice.loop.deliver.offices import held_posts
from yice.loop.deliver.selectors.scope import readable
from yice.loop.deliver.services.moving import enter, later, written
from yice.loop.identify.enums import Channel, NeedState
from yice.loop.identify.models import Finding, Household, Need, Person
from yice.loop.identify.services.needs import note_case
from yice.loop.identify.services.numbering import next_number
from yice.loop.identify.services.rows import locked
from yice.loop.identify.services.ties import refuse_kin
from yice.loop.plan.models import Measure
from yice.policy import selectors as policy
from yice.policy.models import InstalledPack
from yice.rules.services import GUESTS, OUTSIDE, Service
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.once import require_same
from yice.terms.workdays import add_working_days


@dataclass(frozen=True)
class Subject:
    """Whom or what a case is about. One of person, household, or a named organisation, area or post with its area."""

    person: Person | None = None
    household: Household | None = None
    name: str = ""
    uuid: uuid.UUID | None = None
    area: str = ""

    ACCESS = AreaFields(hukou="hukou", residence="residence")

    @property
    def hukou(self) -> str:
        return self.person.hukou if self.person else self.household.area if self.household else self.area

    @property
    def residence(self) -> str:
        return self.person.residence if self.person else self.hukou


def open_case(
    *,
    actor: User,
    service: str,
    subject: Subject,
    channel: Channel,
    key: str,
    applied_on: dt.date | None = None,
    need: Need | None = None,
    finding: Finding | None = None,
    measure: Measure | None = None,
) -> Case:
    """Take an application; its first step waits at once. `key` is the request's own: sent again, the same case.

    One open case a subject and service: Problem "case-open" names the one there is. It is taken for the open need it
    meets, unless nobody may know of the case.
    """
    area, pack, made = _service(service, subject)
    access.require(actor, Action.CASE_OPEN, None if made.anywhere else subject)
    require_beginning(actor, made, area)
    if subject.person is not None:
        refuse_kin(actor, subject.person)
    if need is not None:
        _require_meets(made, need, subject)
    elif not made.restricted:
        need = _asked(made, subject)
    applied = applied_on or clock.today()
    if applied > clock.today():
        raise Problem("date-future", Message("申请日期在今天之后。"), field="applied_on")
    with transaction.atomic():
        number = None if Case.objects.filter(key=key).exists() else next_number("B", area)
        # The series is locked from here on: two windows at once are told apart by who comes second.
        if number is None or Case.objects.filter(key=key).exists():
            before = Case.objects.get(key=key)
            about = Subject(before.person, before.household, before.subject, before.subject_uuid)
            sent = Subject(subject.person, subject.household, subject.name, subject.uuid)
            require_same((before.service, about, before.opened_by_id), (service, sent, actor.pk))
            return before
        if subject.person is not None:
            locked(subject.person)
        _refuse_again(actor, made, subject)
        case = Case(
            number=number,
            service=service,
            pack=pack,
            person=subject.person,
            household=subject.household,
            subject=subject.name,
            subject_uuid=subject.uuid,
            hukou=subject.hukou,
            residence=subject.residence,
            area=area,
            channel=channel,
            restricted=made.restricted,
            need=need,
            finding=finding,
            measure=measure,
            benefit=made.benefit or "",
            applied_on=applied,
            opened_by=actor,
            opened_at=clock.now(),
            due_on=add_working_days(clock.today(), made.within) if made.within else None,
            key=key,
        )
        written(case, actor, RecordKind.OPENED, went=[made.start])
        enter(case, made.steps[made.start])
        if need is not None and not case.restricted:
            note_case(need.pk, case.number)
    return case


def _needs(subject: Subject) -> QuerySet[Need]:
    """Those of the person, or of anybody in the household."""
    if subject.person is not None:
        return Need.objects.filter(person=subject.person)
    return Need.objects.filter(person__household=subject.household, person__household__isnull=False)


def _asked(service: Service, subject: Subject) -> Need | None:
    """What the subject asked for first of what this service meets, and has no answer to."""
    if not service.needs:
        return None
    return (
        _needs(subject).filter(kind__in=service.needs).exclude(state=NeedState.CLOSED).order_by("id").first()
    )


def _require_meets(service: Service, need: Need, subject: Subject) -> None:
    if need.kind not in service.needs:
        raise Problem("need-other", Message("这项服务不解决这一类需求。"), field="need")
    if not _needs(subject).filter(pk=need.pk).exists():
        raise Problem("need-of-other", Message("这项需求是另一个人的。"), field="need")


def require_beginning(actor: User, service: Service, area: str) -> None:
    """Forbidden unless the actor takes applications for the service there."""
    if not begins_with(actor, service, area):
        raise access.Forbidden(Message("这项服务不由您的岗位受理。"))


def begins_with(actor: User, service: Service, area: str = "") -> bool:
    """Whether the actor takes applications for a service (in `area`; without one, somewhere in their own).

    Who looks after an area takes any; a department, at whatever tier, only what begins at its own office there.
    """
    if access.grants(actor, Action.CASE_READ):
        return True
    start = service.steps[service.start]
    begins = [one for one in (*start.who, *start.recorded_by) if one.office not in (*OUTSIDE, *GUESTS)]
    own = service.anywhere or not area
    return any(
        fits(held.post, one, held.post.area.code if own else area)
        for held in held_posts(actor)
        for one in begins
    )


def _service(service: str, subject: Subject) -> tuple[str, InstalledPack, Service]:
    """Where it goes and by which pack: the service may say that it follows where somebody lives."""
    area, pack, made = subject.hukou, None, None
    for place in dict.fromkeys((subject.hukou, subject.residence)):
        found = policy.pack_for(place)
        offered = policy.plan(found).services.get(service) if found else None
        if found is None or offered is None:
            continue
        follows = subject.residence if offered.basis == "residence" else subject.hukou
        if follows == place:
            area, pack, made = place, found, offered
            break
    if pack is None or made is None:
        raise Problem("service-unknown", Message("这个地方的策略包里没有这项服务。"), field="service")
    if not policy.in_period(policy.plan(pack), clock.today()):
        raise Problem(
            "plan-ended",
            Message("这个方案不在期限内，不再受理新的申请。"),
            fix=Message("请安装接续的策略包。"),
        )
    unit = "person" if subject.person else "household" if subject.household else made.unit
    if unit != made.unit:
        raise Problem("service-unit", Message("这项服务不是以{unit}为单位办理的。", unit=_UNITS[unit]))
    return area, pack, made


_UNITS = {"person": Message("个人"), "household": Message("家庭")}


def _refuse_again(actor: User, service: Service, subject: Subject) -> None:
    """Nothing open already, and not so soon after it was met that the clause forbids it."""
    mine = Case.objects.filter(service=service.id).order_by("-id")
    if subject.household is not None:
        mine = mine.filter(household=subject.household)
    elif subject.person is not None:
        mine = mine.filter(person=subject.person)
    elif subject.uuid is not None:
        mine = mine.filter(subject_uuid=subject.uuid)
    else:
        mine = mine.filter(subject=subject.name, area=subject.area, person=None, household=None)
    held = mine.filter(state=CaseState.OPEN).first()
    if held is not None:
        if not readable(actor).filter(pk=held.pk).exists():
            raise Problem(
                "case-open",
                Message("这项申请现在不能受理。"),
                fix=Message("请联系办理这项服务的部门。"),
            )
        raise Problem(
            "case-open",
            Message("已经有一件在办（{number}），不再重复受理。", number=held.number),
            fix=Message("请打开那一件继续办理。"),
        )
    last = mine.filter(end_kind="met").order_by("-ended_on").first()
    if service.again_after and last is not None and last.ended_on is not None:
        free = later(last.ended_on, service.again_after)
        if clock.today() < free:
            raise Problem(
                "too-soon",
                Message("上次办结不久，{day} 以后才能再次申请。", day=free.isoformat()),
                why=Message("依据：{clause}", clause=service.clause),
            )
