"""The township checks, the county locks; what is locked changes only after it was opened again, which is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.selectors import within
from yice.audit.services import record, words
from yice.loop.identify.models import Reply, Round, RoundShare
from yice.loop.identify.rounds.enums import ReplyState
from yice.loop.identify.rounds.opened import Standing, standing_of
from yice.loop.identify.rounds.reading import lacking
from yice.loop.identify.rounds.saving import KEYS, lock
from yice.loop.identify.rounds.standing import before, form
from yice.policy.words import text
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

MOST = 200  # forms checked at once


def faults(at: Standing, reply: Reply) -> list[Problem]:
    """Everything that a check would find in one form, at once."""
    found = lacking(at, form(at, reply, before(reply)), reply.content(), reply.said)
    items = reply.disputes.filter(decided="").order_by("id").values_list("item", flat=True)
    for name in dict.fromkeys(items):
        label = text(at.of.items[name].label) if name in at.of.items else name
        found.append(
            Problem("disputed", Message("“{item}”两人登记不一致，还没有选定。", item=label), field=name)
        )
    return found


def return_reply(*, actor: User, reply: Reply, version: int, note: str, key: str) -> Reply:
    """Send a form back for correction. What the check finds is added, so that everything is said at once."""
    access.require(actor, Action.ROUND_CHECK, reply)
    with transaction.atomic():
        reply = lock(reply)
        if key in reply.keys:
            return reply
        _fresh(reply, version, (ReplyState.FILLED, ReplyState.CHECKED))
        found = [str(problem.what) for problem in faults(standing_of(reply), reply)]
        if not note.strip() and not found:
            raise Problem("return-note", Message("请写明要补正什么。"), field="note")
        reply.returned = {"note": note.strip()[:500], "found": found, "by": actor.name}
        reply.state, reply.checked_by, reply.checked_at = ReplyState.RETURNED, None, None
        _moved(actor, reply, key, "round.returned")
    return reply


def check_replies(*, actor: User, of: Round, chosen: Sequence[tuple[Any, int]], key: str) -> int:
    """Pass forms (uuid, version as shown): all or none, with everything that stands against any of them."""
    access.require(actor, Action.ROUND_CHECK)
    if not 0 < len(chosen) <= MOST:
        raise Problem("check-none", Message("请先勾选，一次最多 {most} 份。", most=MOST), field="chosen")
    versions = {str(uuid): version for uuid, version in chosen}
    with transaction.atomic():
        rows = (
            Reply.objects.select_for_update(of=("self",))
            .select_related("round__pack", "person")
            .defer("round__pack__files")
        )
        replies = list(rows.filter(round=of, uuid__in=list(versions)).order_by("pk"))
        if any(not access.may(actor, Action.ROUND_CHECK, one).allowed for one in replies):
            raise access.Forbidden(Message("有不在您负责区域内的，不能审核。"))
        if replies and all(key in one.keys for one in replies):
            return len(replies)
        problems = list[Problem]()
        for one in replies:
            try:
                _fresh(one, versions[str(one.uuid)], (ReplyState.FILLED,))
                problems += [_of(one, problem) for problem in faults(standing_of(one), one)]
            except Problem as problem:
                problems.append(_of(one, problem))
            if one.filled_by_id == actor.pk:
                problems.append(_of(one, Problem("check-own", Message("自己登记的要由同事审核。"))))
        if problems:
            raise Problems(problems)
        for one in replies:
            one.state, one.checked_by, one.checked_at = ReplyState.CHECKED, actor, clock.now()
            _moved(actor, one, key)
        record(
            actor=actor, code="round.checked", subject=of, area=of.area,
            values={"round": of.title, "size": len(replies)},
        )  # fmt: skip
    return len(replies)


def lock_round(*, actor: User, of: Round, area: str) -> int:
    """Lock a township, or the whole county: only what is checked to the last form. Gives how many were locked."""
    access.require(actor, Action.ROUND_MANAGE, Place(area))
    with transaction.atomic():
        shares = list(
            RoundShare.objects.select_for_update()
            .filter(within("area", area), round=of, township=True)
            .order_by("pk")
        )
        replies = Reply.objects.filter(within("village", area), round=of)
        left = replies.exclude(state__in=(ReplyState.CHECKED, ReplyState.LOCKED)).order_by()
        by_village = Counter(left.values_list("village", flat=True))
        if by_village:
            names = areas.names(by_village)
            raise Problems(
                [
                    Problem(
                        "lock-left",
                        Message("{place}还有 {n} 份没有审核。", place=names.get(code, code), n=n),
                        field="area",
                    )
                    for code, n in sorted(by_village.items())
                ]
            )
        size = replies.filter(state=ReplyState.CHECKED).update(state=ReplyState.LOCKED)
        for share in shares:
            if share.locked_at is None:
                share.locked_at, share.locked_by = clock.now(), actor
                share.save(update_fields=["locked_at", "locked_by"])
        if size:
            values = {"round": of.title, "size": size}
            record(actor=actor, code="round.locked", subject=of, area=area, values=values)
    return size


def reopen(*, actor: User, of: Round, area: str, why: str, reply: Reply | None = None) -> int:
    """Open a locked township again, or one form of it: back to "checked". The reason goes into the record."""
    access.require(actor, Action.ROUND_MANAGE, Place(area))
    if len(why.strip()) < 4:
        raise Problem("reopen-why", Message("请写明为什么重新打开。"), field="why")
    with transaction.atomic():
        shares = RoundShare.objects.select_for_update().filter(within("area", area), round=of, township=True)
        list(shares.order_by("pk"))
        replies = Reply.objects.filter(within("village", area), round=of, state=ReplyState.LOCKED)
        if reply is not None:
            replies = replies.filter(pk=reply.pk)
        size = replies.update(state=ReplyState.CHECKED)
        if size:
            shares.update(locked_at=None, locked_by=None)
            values = {"round": of.title, "size": size, "why_open": words(why.strip()[:200])}
            record(actor=actor, code="round.reopened", subject=of, area=area, values=values)
    return size


def _fresh(reply: Reply, version: int, states: Sequence[ReplyState]) -> None:
    if reply.state not in states:
        state = ReplyState(reply.state).label
        raise Problem("reply-state", Message("这一份现在是“{state}”。", state=state))
    if reply.version != version:
        raise Problem(
            "stale",
            Message("您打开页面之后，这一份又有改动。"),
            fix=Message("请看过改动再审核。"),
        )


def _of(reply: Reply, problem: Problem) -> Problem:
    what = Message("{name}：{what}", name=reply.name, what=problem.what)
    return Problem(problem.code, what, fix=problem.fix, field=f"r-{reply.uuid.hex}")


def _moved(actor: User, reply: Reply, key: str, code: str = "") -> None:
    reply.version += 1
    reply.keys = [*reply.keys, key][-KEYS:]
    reply.save()
    if code:
        values = {"round": reply.round.title}
        record(actor=actor, code=code, subject=reply.subject, area=reply.village, values=values)
