"""From hand to hand: a step handed over keeps its deadline; a deputy covers a post while its holder is away."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action, Role
from yice.accounts.models import Post, User
from yice.accounts.offices import GUEST_ROLES, fits, party, role_of
from yice.audit.services import record as tell
from yice.loop.deliver.enums import RecordKind
from yice.loop.deliver.models import Case, Cover, OpenStep
from yice.loop.deliver.offices import held_posts, may_cover
from yice.loop.deliver.services.moving import written
from yice.loop.deliver.services.standing import (
    as_whom,
    done_before,
    lock,
    open_step,
    people_of,
    require_reading,
    service_of,
)
from yice.loop.identify.services.ties import refuse_giving_to_kin
from yice.network import providers
from yice.network.models import Provider
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

MOST = 200


@dataclass
class HandedOver:
    """What became of each step. Those that were refused wait where they were, with why in words."""

    done: int = 0
    refused: list[tuple[Case, Problem | Problems]] = field(default_factory=list)


def hand_over_together(
    *, actor: User, steps: Sequence[tuple[Case, str, int]], to: User, note: str = "", key: str = ""
) -> HandedOver:
    """`hand_over` for many: case, step and the version it was seen at; each with all checks of its own."""
    if not steps:
        raise Problem("bulk-empty", Message("还没有选择办件。"), field="steps")
    if len(steps) > MOST:
        raise Problem("bulk-most", Message("一次最多办 {most} 件。", most=MOST), field="steps")
    made, moved = HandedOver(), dict[int, int]()
    for case, step, version in steps:
        own = hashlib.sha256(f"{key}:{case.uuid.hex}:{step}".encode()).hexdigest() if key else ""
        try:  # a second step of the same case was seen before the first was handed over
            after = hand_over(
                actor=actor, case=case, step=step, version=version + moved.get(case.pk, 0), to=to, note=note,
                key=own,
            )  # fmt: skip
        except (Problem, Problems, access.Forbidden) as problem:
            made.refused.append((case, problem))
        else:
            made.done += 1
            moved[case.pk] = after.version - version
    return made


def hand_over(
    *, actor: User, case: Case, step: str, version: int, to: User, note: str = "", key: str = ""
) -> Case:
    """Give a waiting step to `to`, who must hold an office it waits at, or be the guest it is meant for.

    Whoever may take the step may hand it over, and so may those who assign work in the area. The deadline stays.
    """
    with transaction.atomic():
        row = lock(case)
        if done_before(row, key, actor):
            return row
        waiting = open_step(row, step, version)
        if access.may(actor, Action.CASE_ASSIGN, row).allowed:
            require_reading(actor, row)
        else:
            held = as_whom(actor, row, waiting)
            if role_of(party(held.office)) in GUEST_ROLES:
                raise access.Forbidden(Message("请联系安排您的单位转交。"))
        if not _may_hold(to, waiting):
            raise Problem("not-their-step", Message("这一步不归{who}的岗位办理。", who=to.name), field="to")
        _refuse_provider(row, step, to)
        refuse_giving_to_kin(to, people_of(row), "to")
        waiting.holder = to
        waiting.save(update_fields=["holder"])
        written(
            row, actor, RecordKind.HANDED, step=step, key=key, note=note, reasons=[to.name],
            due_on=waiting.due_on,
        )  # fmt: skip
    return row


def _refuse_provider(case: Case, step: str, to: User) -> None:
    """A provider's people are given an order only while it is admitted for the service and has room."""
    service = service_of(case)
    if not service.steps[step].by_provider or all(post.role != Role.PROVIDER for post in to.posts_on()):
        return
    found = providers.of(to)
    if found is None:
        if service.providers is not None:
            what = Message("{who}所在的机构没有准入，不能派单。", who=to.name)
            raise Problem("provider-not-admitted", what, field="to")
        return
    for why in providers.why_not(found, service.id if service.providers is not None else None):
        raise Problem("provider-not-admitted", why, field="to")
    Provider.objects.select_for_update().get(pk=found.pk)  # two orders at once do not share the last place
    if found.capacity is not None and live_orders(found) >= found.capacity:
        what = Message("{name}能服务 {n} 人，已经满了。", name=found.name, n=found.capacity)
        raise Problem("provider-full", what, field="to")


def live_orders(provider: Provider) -> int:
    """How many cases the provider's people have in hand."""
    rows = OpenStep.objects.filter(holder__in=provider.people.all())
    return rows.values("case").distinct().count()


def _may_hold(user: User, waiting: OpenStep) -> bool:
    offices = list(waiting.offices.order_by("id"))
    return any(fits(held.post, party(one.office), one.area) for held in held_posts(user) for one in offices)


def cover_post(*, actor: User, post: Post, deputy: User, since: dt.date, until: dt.date) -> Cover:
    """Let `deputy` do the work of `post` from `since` to `until`, both in force.

    The holder arranges it, or somebody who assigns work there. What the deputy does says for whom.
    """
    if actor.pk != post.user_id:
        access.require(actor, Action.CASE_ASSIGN, Place(post.area.code))
    if deputy.pk == post.user_id or not deputy.is_active:
        raise Problem("deputy", Message("代班人要是另一位在职的同事。"), field="deputy")
    if not any(may_cover(one, post) for one in deputy.posts_on()):
        raise Problem(
            "deputy",
            Message("{who}的岗位不能代这个班。", who=deputy.name),
            why=Message("同一县（区）同样岗位的同事，或者管着这个地方的本系统上级，才能代班。"),
            field="deputy",
        )
    if since > until or until < clock.today():
        raise Problem("cover-days", Message("代班的起止日期不对。"), field="until")
    with transaction.atomic():
        cover = Cover.objects.create(
            post=post, deputy=deputy, since=since, until=until, by=actor, at=clock.now()
        )
        values = {"since": since.isoformat(), "until": until.isoformat(), "deputy": deputy.name}
        tell(actor=actor, code="case.covered", subject=cover, area=post.area.code, values=values)
    return cover


def end_cover(*, actor: User, cover: Cover) -> None:
    """The holder is back before the last day."""
    if actor.pk not in (cover.post.user_id, cover.deputy_id):
        access.require(actor, Action.CASE_ASSIGN, Place(cover.post.area.code))
    with transaction.atomic():
        row = Cover.objects.select_for_update().get(pk=cover.pk)
        row.until = clock.today() - dt.timedelta(days=1)
        row.since = min(row.since, row.until)  # one that began today, or never did
        row.save(update_fields=["since", "until"])
        tell(actor=actor, code="case.cover_ended", subject=row, area=cover.post.area.code)
