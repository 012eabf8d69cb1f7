"""Needs: taken by any channel, joined to the one already open, and closed only with an answer and an outcome."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas.models import Tier
from yice.audit.services import record
from yice.loop.identify.enums import AnsweredBy, Channel, NeedOutcome, NeedState
from yice.loop.identify.models import Finding, Need, NeedStep, NeedVoice, Person
from yice.loop.identify.selectors.needs import readable
from yice.loop.identify.services.numbering import next_number
from yice.loop.identify.services.rows import locked
from yice.loop.identify.services.ties import refuse_giving_to_kin, refuse_kin
from yice.policy import selectors as policy
from yice.rules.services import NEEDS, OFFICES
from yice.terms import clock
from yice.terms.errors import Problem, stale
from yice.terms.messages import Message
from yice.terms.once import require_same
from yice.terms.workdays import add_working_days

ANSWER_WITHIN = 15  # working days, where the plan has no setting of its own
CLIMB_EVERY = 5  # working days until what is still overdue climbs one tier more
ANSWER_SETTING, CLIMB_SETTING = "need_answer_days", "climb_every_days"


@dataclass(frozen=True)
class Taken:
    """A need that was said: its number is told at once. `joined`: it was open already and is not doubled."""

    need: Need
    joined: bool


def record_need(
    *,
    actor: User | None,
    person: Person,
    kind: str,
    channel: Channel,
    key: str,
    said: str = "",
    said_by: str = "",
    owner: User | None = None,
    finding: Finding | None = None,
) -> Taken:
    """Take what somebody asks for. `key` is the request's own: sent again it does nothing twice.

    `actor` is None where the site itself takes it; without an `owner` it is then nobody's, and shown as such.
    """
    if actor is not None:
        access.require(actor, Action.NEED_HANDLE, person)
    if kind not in NEEDS:
        raise Problem("need-kind", Message("没有这一类需求。"), field="kind")
    if channel not in Channel.values:
        raise Problem("channel", Message("请选择是怎样提出来的。"), field="channel")
    with transaction.atomic():
        locked(person)  # two channels at once make one need
        before = NeedVoice.objects.select_related("need").filter(key=key).first()
        if before is not None:
            by = actor.pk if actor is not None else None
            sent = (person.pk, kind, said, by)
            require_same((before.need.person_id, before.need.kind, before.said, before.by_id), sent)
            return Taken(before.need, before.need.times > 1)
        need = Need.objects.filter(person=person, kind=kind).exclude(state=NeedState.CLOSED).first()
        joined = need is not None
        if need is None:
            need = Need.objects.create(
                number=next_number("X", person.hukou),
                person=person,
                kind=kind,
                channel=channel,
                hukou=person.hukou,
                residence=person.residence,
                owner=owner or actor,
                tier=_tier(actor, person),
                opened_on=clock.today(),
                due_on=add_working_days(
                    clock.today(), number_of(person.hukou, ANSWER_SETTING, ANSWER_WITHIN)
                ),
                finding=finding,
            )
        else:
            need.times += 1
            need.version += 1
            need.save(update_fields=["times", "version"])
        NeedVoice.objects.create(
            need=need, channel=channel, said=said, said_by=said_by, key=key, at=clock.now(), by=actor
        )
        _step(need, actor, "joined" if joined else "opened", said, channel=channel)
    return Taken(need, joined)


def send_need(*, actor: User, need: Need, version: int, office: str, note: str = "", key: str = "") -> Need:
    """Send it to a department ("education@county") that answers; the deadline stays."""
    name, _, tier = office.partition("@")
    if tier not in OFFICES.get(name, ()):
        raise Problem("office-unknown", Message("没有这个部门。"), field="office")
    with transaction.atomic():
        row = _lock(actor, need, version, key)
        if row is None:
            return need
        row.office, row.state, row.tier = office, NeedState.IN_HAND, Tier[tier.upper()]
        return moved(row, actor, "sent", note, key, office=office)


def own_need(*, actor: User, need: Need, version: int, owner: User, key: str = "") -> Need:
    """Give it to somebody who may handle it there, and is neither the person nor kin."""
    with transaction.atomic():
        row = _lock(actor, need, version, key)
        if row is None:
            return need
        may = owner.is_active and access.may(owner, Action.NEED_HANDLE, row).allowed
        if not may or not readable(owner).filter(pk=row.pk).exists():
            raise Problem(
                "not-their-need", Message("{who}的岗位不办理这个地方的需求。", who=owner.name), field="owner"
            )
        refuse_giving_to_kin(owner, [row.person], "owner")
        row.owner, row.state = owner, NeedState.IN_HAND
        return moved(row, actor, "owned", "", key, owner=owner.name)


def answer_need(
    *,
    actor: User,
    need: Need,
    version: int,
    outcome: NeedOutcome,
    answer: str,
    answered_by: AnsweredBy,
    answered_on: dt.date | None = None,
    key: str = "",
) -> Need:
    """Close it: what came of it, and what the person was told, how and when."""
    if not answer.strip():
        raise Problem(
            "answer-missing",
            Message("请写明怎样答复了本人。"),
            why=Message("没有答复就不能办结。"),
            field="answer",
        )
    if outcome not in NeedOutcome.values or answered_by not in AnsweredBy.values:
        raise Problem("outcome-missing", Message("请选择办理结果，并写明怎样告诉了本人。"), field="outcome")
    day = answered_on or clock.today()
    if day > clock.today():
        raise Problem("date-future", Message("答复日期在今天之后。"), field="answered_on")
    with transaction.atomic():
        row = _lock(actor, need, version, key)
        if row is None:
            return need
        row.outcome, row.answer, row.answered_by, row.answered_on = outcome, answer, answered_by, day
        row.state, row.closed_on = NeedState.CLOSED, clock.today()
        return moved(row, actor, "answered", answer, key, outcome=outcome)


def note_case(need: int, case: str) -> None:
    """An application was taken for it, which is not yet an answer."""
    row = waiting_row(need)
    if row is not None:
        row.state = NeedState.IN_HAND
        moved(row, None, "applied", case=case)


def note_result(need: int, case: str, end_kind: str) -> None:
    """A case that the need led to has ended: the person is still to be told, and only that closes the need."""
    row = waiting_row(need)
    if row is not None:
        moved(row, None, "reported", case=case, end_kind=end_kind)


def rate_need(*, actor: User, need: Need, satisfied: int, note: str = "", key: str = "") -> Need:
    """How satisfied the person is, 1 to 5; asked once it is answered."""
    with transaction.atomic():
        row = _lock(actor, need, None, key)
        if row is None:
            return need
        if row.state != NeedState.CLOSED or not 1 <= satisfied <= 5:
            raise Problem("need-rating", Message("办结以后才能评价，1 到 5 分。"), field="satisfied")
        row.satisfied = satisfied
        return moved(row, actor, "rated", note, key, satisfied=satisfied)


def climb_needs(today: dt.date) -> int:
    """Everything unanswered past its deadline goes to the next tier up, and again each CLIMB_EVERY working days."""
    climbed = 0
    waiting = (
        Need.objects.exclude(state=NeedState.CLOSED)
        .filter(due_on__lt=today, tier__gt=Tier.PROVINCE)
        .order_by("id")
    )
    for pk in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            row = waiting_row(pk)
            if row is None:
                continue
            every = number_of(row.hukou, CLIMB_SETTING, CLIMB_EVERY)
            if row.climbed_on is not None and add_working_days(row.climbed_on, every) > today:
                continue
            row.tier, row.climbed_on = row.tier - 1, today
            moved(row, None, "climbed", tier=row.tier)
            climbed += 1
    return climbed


def number_of(area: str, setting: str, default: int) -> int:
    """A number that the place's plan sets, else the default."""
    pack = policy.pack_for(area)
    found = policy.plan(pack).settings.get(setting) if pack else None
    value = found.value if found else None
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def need_for(actor: User, number: uuid.UUID) -> Need:
    """A need the actor may read, else Problem "need-not-found"."""
    rows = Need.objects.select_related("person", "owner")
    found = rows.filter(uuid=number, pk__in=readable(actor).values("pk")).first()
    if found is None:
        raise Problem("need-not-found", Message("没有这项需求，或不在您负责的范围内。"))
    return found


def _lock(actor: User, need: Need, version: int | None, key: str) -> Need | None:
    """The row locked and open as the actor saw it (None: however it is); None where this very request was taken already."""
    access.require(actor, Action.NEED_HANDLE, need)
    if not readable(actor).filter(pk=need.pk).exists():
        raise access.Forbidden(Message("这项需求没有转给您的部门。"))
    row = Need.objects.select_for_update(of=("self",)).select_related("person").get(pk=need.pk)
    before = NeedStep.objects.filter(need=row, key=key).first() if key else None
    if before is not None:
        require_same((before.by_id,), (actor.pk,))
        need.refresh_from_db()
        return None
    refuse_kin(actor, row.person)
    if version is not None and (row.version != version or row.state == NeedState.CLOSED):
        raise stale(Message("您打开页面之后，这项需求已经有了变化。"), _changed(row, version))
    return row


def _changed(need: Need, version: int) -> Message | None:
    """What happened to the need since that version, by whom; to one that was closed before, how it ended."""
    rows = NeedStep.objects.filter(need=need).select_related("by").order_by("-id")
    said = [
        str(Message("{who}：{what}", who=one.by.name, what=STEPS[one.kind]) if one.by else STEPS[one.kind])
        for one in list(rows.filter(version__gt=version)[:5]) or rows[:1]
    ]
    return Message("{what}。", what="；".join(reversed(said))) if said else None


STEPS = {
    "opened": Message("登记了需求"),
    "joined": Message("又有人提出同一需求"),
    "sent": Message("已转交部门"),
    "owned": Message("已换承办人"),
    "moved": Message("本人迁移，需求随人转到现在的地方"),
    "applied": Message("已受理申请，办结后再答复本人"),
    "settled": Message("比对线索已结清，等待答复本人"),
    "reported": Message("相关办件已办结，等待答复本人"),
    "answered": Message("已答复本人并办结"),
    "climbed": Message("逾期未答复，已报上一级"),
    "rated": Message("本人作了评价"),
}


def waiting_row(pk: int) -> Need | None:
    """The row of an open need, locked; None where it was closed meanwhile."""
    rows = Need.objects.select_for_update(of=("self",)).select_related("person", "owner")
    return rows.exclude(state=NeedState.CLOSED).filter(pk=pk).first()


def moved(row: Need, actor: User | None, kind: str, note: str = "", key: str = "", **values: Any) -> Need:
    """Save a step on, and tell it. `row` is locked."""
    row.version += 1
    row.save()
    _step(row, actor, kind, note, key, **values)
    return row


def _step(need: Need, actor: User | None, kind: str, note: str, key: str = "", **values: Any) -> None:
    NeedStep.objects.create(
        need=need,
        kind=kind,
        note=note,
        values=values,
        version=need.version,
        key=key,
        at=clock.now(),
        by=actor,
    )
    told = {"number": need.number, "need": str(NEEDS[need.kind].zh), **values}
    record(actor=actor, code=f"need.{kind}", subject=need.person, area=need.hukou, values=told)


def _tier(actor: User | None, person: Person) -> int:
    """The tier of the post that took it; the township's where the site did."""
    posts = access.grants(actor, Action.NEED_HANDLE) if actor is not None else []
    held = [
        post.area.lowest_tier
        for post, _ in posts
        if post.area.covers(person.hukou) or post.area.covers(person.residence)
    ]
    return max(held, default=Tier.TOWNSHIP)
