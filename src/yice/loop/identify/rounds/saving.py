"""Take a form in: merged field by field with what others wrote since the page was shown, its answers made facts, the
person judged again. Sent again, nothing happens twice; what is wrong is told at once and nothing is kept of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.identifiers import sealing
from yice.loop.identify.enums import AnswerKind, BatchKind, BatchState
from yice.loop.identify.models import Answer, Batch, Person, Reply, ReplyChange, ReplyDispute, ReplyPhoto
from yice.loop.identify.rights import consents
from yice.loop.identify.rounds import villages
from yice.loop.identify.rounds.enums import OPEN, How, ReplyState
from yice.loop.identify.rounds.kept import laid, open_text, same
from yice.loop.identify.rounds.opened import Standing, standing_of
from yice.loop.identify.rounds.reading import Typed, lacking, read
from yice.loop.identify.rounds.standing import ROUND, Form, before, form, holding, meant
from yice.loop.identify.services import taking
from yice.loop.identify.services.asks import askable
from yice.loop.identify.services.rescreening import rescreen
from yice.loop.identify.services.visits_images import PHOTOS, Picture
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.merging import Both, merge
from yice.terms.messages import Message

KEYS = 20  # requests remembered on a form


@dataclass(frozen=True)
class Saved:
    """What became of a form. `disputes`: fields that somebody else wrote otherwise meanwhile; both are kept."""

    reply: Reply
    disputes: dict[str, Both] = field(default_factory=dict)
    facts: int = 0  # that changed or were confirmed


def save_reply(
    *,
    actor: User,
    reply: Reply,
    version: int,
    typed: Typed,
    key: str,
    hand_in: bool = True,
    pictures: Sequence[Picture] = (),
    how: How = How.TYPED,
) -> Saved:
    """Take what was typed on a page that showed `version`. `hand_in` asks for everything and confirms what was shown.

    Problems name every field at once; then nothing of this request is kept.
    """
    access.require(actor, Action.ROUND_FILL, reply)
    with transaction.atomic():
        reply = lock(reply)
        if key in reply.keys:
            return Saved(reply)
        at = standing_of(reply)
        values, problems = read(at.of, typed)
        problems += _refusal(reply, len(pictures), at)
        last, held = before(reply), holding(at, reply)
        found = merge(_as_shown(reply, version), _opened(reply.content()), _opened(values))
        taken = {name: values[name] for name in found.taken}
        _apply(reply, taken, typed.said)
        after = form(at, reply, last, held)
        hand_in = hand_in or reply.state == ReplyState.FILLED
        problems += _shut_out(at, after, typed)
        if hand_in:
            problems += lacking(at, after, reply.content(), reply.said)
        if problems:
            raise Problems(_once(problems))
        reply.version += 1
        reply.keys = [*reply.keys, key][-KEYS:]
        _dispute(actor, reply, found.conflicts, values, how)
        changes = _changes(actor, reply, taken, how)
        if hand_in and not found.conflicts:
            changes += _hand_in(actor, reply, at, after, last)
        elif reply.state == ReplyState.WAITING:
            reply.state = ReplyState.STARTED
        ReplyChange.objects.bulk_create(changes)
        reply.save()
        _keep(actor, reply, pictures)
        facts = learn(actor, at, {reply: _news(at, changes, typed)})
        _share(actor, reply, at, taken, how)
        _tell(actor, reply)
    return Saved(reply, found.conflicts, facts)


def lock(reply: Reply) -> Reply:
    """The form under lock, with those of its household: they are always locked in one order."""
    home = Q(pk=reply.pk)
    if reply.household_id is not None:
        home |= Q(round=reply.round_id, household=reply.household_id)
    rows = (
        Reply.objects.select_for_update(of=("self",))
        .select_related("round__pack", "person")
        .defer("round__pack__files")
        .order_by("pk")
    )
    return next(one for one in rows.filter(home) if one.pk == reply.pk)


def _refusal(reply: Reply, pictures: int, at: Standing) -> list[Problem]:
    if reply.state not in OPEN:
        what = (
            Message("这一份已经锁定。") if reply.state == ReplyState.LOCKED else Message("这一份已经审核。")
        )
        fix = Message("确需修改的，请县残联重新打开或由乡镇退回。")
        raise Problem("reply-closed", what, fix=fix)
    held = reply.photos.count() if pictures else 0
    if held + pictures > min(PHOTOS, at.of.photos):
        what = Message("照片最多 {most} 张，已有 {held} 张。", most=at.of.photos, held=held)
        return [Problem("photos-many", what, field="photos")]
    return []


def _as_shown(reply: Reply, version: int) -> dict[str, Any]:
    """The form as a page of `version` showed it: today's, taken back change by change."""
    content = reply.content()
    if version < reply.version:
        later = reply.changes.filter(version__gt=version).order_by("-version", "-id")
        for name, value in later.values_list("item", "before"):
            content[name] = value
    return _opened(content)


def _opened(values: Mapping[str, Any]) -> dict[str, Any]:
    """Sealed texts opened, nothing said as "": what is compared."""
    return {name: open_text(value) if value is not None else "" for name, value in values.items()}


def _apply(reply: Reply, taken: Mapping[str, Any], said: Mapping[str, str]) -> None:
    reply.answers, reply.said = dict(reply.answers), {**reply.said, **said}
    for name, value in taken.items():
        if name in Reply.FIELDS:
            setattr(reply, name, open_text(value))
        else:
            reply.answers[name] = value
            reply.said.pop(name, None)
    for name in said:
        reply.answers.pop(name, None)


def _shut_out(at: Standing, after: Form, typed: Typed) -> list[Problem]:
    """Typed although earlier answers say that it is not asked."""
    return [
        Problem("item-not-asked", Message("按前面的回答，这一项不用填。请留空，或改前面的回答。"), field=name)
        for name in typed.values
        if name in at.of.items and after.asked.applies[name] is False
    ]


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """One sentence a field: a value that cannot be read is not also missing."""
    found: dict[str, Problem] = {}
    for problem in problems:
        found.setdefault(problem.field or problem.code, problem)
    return list(found.values())


def _dispute(
    actor: User, reply: Reply, conflicts: Mapping[str, Both], values: Mapping[str, Any], how: How
) -> None:
    held = reply.content()
    ReplyDispute.objects.bulk_create(
        ReplyDispute(
            reply=reply,
            item=name,
            now=laid(name, held.get(name)),
            mine=laid(name, values[name]),
            how=how,
            at=clock.now(),
            by=actor,
        )
        for name in conflicts
    )
    reply.disputed += len(conflicts)


def _changes(actor: User, reply: Reply, taken: Mapping[str, Any], how: How) -> list[ReplyChange]:
    """A row a field. Before a first answer stood what the page filled in, which is no answer: None."""
    old = Reply.objects.get(pk=reply.pk).content() if taken else {}
    return [
        ReplyChange(
            reply=reply,
            item=name,
            before=laid(name, old.get(name)),
            after=laid(name, value),
            version=reply.version,
            how=how,
            at=clock.now(),
            by=actor,
        )
        for name, value in taken.items()
    ]


def _hand_in(actor: User, reply: Reply, at: Standing, after: Form, last: Reply | None) -> list[ReplyChange]:
    """What was shown and left standing is confirmed: it becomes this round's answer."""
    opens = at.of.statuses[reply.status].opens
    confirmed = {
        name: known
        for name, known in after.known.items()
        if opens and known.source != "answer" and name not in reply.said
    }
    reply.answers = {
        name: value
        for name, value in reply.answers.items()
        if opens and after.asked.applies.get(name) is not False
    } | {name: known.value for name, known in confirmed.items()}
    reply.changed = differences(reply, last)
    reply.state, reply.returned = ReplyState.FILLED, {}
    reply.filled_by, reply.filled_at = actor, clock.now()
    return [
        ReplyChange(
            reply=reply, item=name, before=None, after=known.value, version=reply.version,
            how=How.CONFIRMED, at=clock.now(), by=actor,
        )
        for name, known in confirmed.items()
    ]  # fmt: skip


def differences(reply: Reply, last: Reply | None) -> list[str]:
    """Items that say something else than in the round before."""
    if last is None:
        return []
    names = [name for name in reply.answers if name in last.answers]
    return sorted(name for name in names if not same(reply.answers[name], last.answers[name]))


def _keep(actor: User, reply: Reply, pictures: Sequence[Picture]) -> None:
    """The page says that whoever sends photographs has asked for consent; so it is noted as one."""
    if pictures and reply.person is not None:
        consents.noted(actor=actor, person=reply.person, purpose="photo", form=reply.round.title)
    ReplyPhoto.objects.bulk_create(
        ReplyPhoto(
            reply=reply, media=one.media, sealed=sealing.seal_bytes("round_photo", one.data),
            at=clock.now(), by=actor,
        )
        for one in pictures
    )  # fmt: skip


def _news(
    at: Standing, changes: Iterable[ReplyChange], typed: Typed
) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts that typed and confirmed answers state, and those that somebody could or would not tell."""
    stated = states_of(at, changes)
    silent = {
        fact: kind
        for name, kind in typed.said.items()
        if (fact := at.of.items[name].fact) and fact not in stated and askable(at.plan.facts[fact])
    }
    return stated, silent


def states_of(at: Standing, changes: Iterable[ReplyChange]) -> dict[str, Any]:
    """The facts that these changes state. Of what was only confirmed, those that would go stale get a new day."""
    stated: dict[str, Any] = {}
    for change in changes:
        item = at.of.items.get(change.item)
        facts = meant(at, item, change.after) if item is not None else {}
        if change.how == How.CONFIRMED:
            facts = {
                name: value for name, value in facts.items() if at.plan.facts[name].fresh_for_days is not None
            }
        stated |= facts
    return stated


News = Mapping[Reply, tuple[Mapping[str, Any], Mapping[str, str]]]


def learn(actor: User, at: Standing, news: News, day: dt.date | None = None) -> int:
    """Answers become facts with the round as their source, through the way all answers go; whoever is touched is
    judged again at once. What a village tells becomes figures of the place."""
    touched: set[int] = set()
    count, first = 0, None
    for reply, (stated, silent) in news.items():
        if not stated and not silent:
            continue
        if reply.person is None:
            count += villages.learn(actor, at, reply, stated)
            continue
        of = _batch(actor, reply.person, day)
        first = first or reply.person
        Answer.objects.bulk_create(
            Answer(person=reply.person, fact=fact, kind=kind, value=value, at=clock.now(), by=actor, batch=of)
            for fact, kind, value in (
                *((fact, AnswerKind.VALUE, value) for fact, value in stated.items()),
                *((fact, kind, None) for fact, kind in silent.items()),
            )
        )
        if stated:
            touched |= set(taking.take(actor=actor, person=reply.person, values=stated, of=of, plan=at.plan))
            count += len(stated)
    if touched and first is not None:
        rescreen(first, sorted(touched))
    return count


def _batch(actor: User, person: Person, day: dt.date | None) -> Batch:
    return Batch.objects.create(
        kind=BatchKind.ANSWER, source=ROUND, area=person.hukou, as_of=day or clock.today(),
        state=BatchState.COMMITTED, recorded_by=actor, recorded_at=clock.now(), decided_by=actor,
        committed_at=clock.now(),
    )  # fmt: skip


def _tell(actor: User, reply: Reply) -> None:
    code = "round.filled" if reply.state == ReplyState.FILLED else "round.kept"
    record(
        actor=actor, code=code, subject=reply.subject, area=reply.village, values={"round": reply.round.title}
    )


def _share(actor: User, reply: Reply, at: Standing, taken: Mapping[str, Any], how: How) -> None:
    """What is the household's is said once: the others' open forms take it, unless they say otherwise already."""
    homely = {
        name: value
        for name, value in taken.items()
        if (item := at.of.items.get(name)) is not None and item.of == "household"
    }
    if not homely or reply.household_id is None or how != How.TYPED:
        return
    others = Reply.objects.filter(round=reply.round_id, household=reply.household_id, state__in=OPEN).exclude(
        pk=reply.pk
    )
    for other in others.order_by("pk"):
        new = {name: value for name, value in homely.items() if name not in other.answers}
        if not new or not access.may(actor, Action.ROUND_FILL, other).allowed:
            continue
        other.answers, other.version = {**other.answers, **new}, other.version + 1
        ReplyChange.objects.bulk_create(
            ReplyChange(
                reply=other, item=name, after=value, version=other.version, how=How.HOUSEHOLD,
                at=clock.now(), by=actor,
            )
            for name, value in new.items()
        )  # fmt: skip
        other.save(update_fields=["answers", "version"])


def decide_dispute(*, actor: User, dispute: ReplyDispute, keep: str) -> Reply:
    """Of two values choose the one that stands (`now`) or the other (`mine`). Decided once."""
    access.require(actor, Action.ROUND_FILL, dispute.reply)
    if keep not in ("now", "mine"):
        raise Problem("dispute-choice", Message("请选一个：已登记的，或另一人登记的。"), field="keep")
    with transaction.atomic():
        reply = lock(dispute.reply)
        dispute = ReplyDispute.objects.select_for_update().get(pk=dispute.pk)
        if dispute.decided:
            return reply
        at = standing_of(reply)
        _refusal(reply, 0, at)
        changes: list[ReplyChange] = []
        if keep == "mine":
            _apply(reply, {dispute.item: dispute.mine}, {})
            reply.version += 1
            changes = _changes(actor, reply, {dispute.item: dispute.mine}, How.DECIDED)
            ReplyChange.objects.bulk_create(changes)
        dispute.decided, dispute.decided_at, dispute.decided_by = keep, clock.now(), actor
        dispute.save(update_fields=["decided", "decided_at", "decided_by"])
        reply.disputed -= 1
        reply.changed = differences(reply, before(reply))
        reply.save()
        learn(actor, at, {reply: _news(at, changes, Typed())})
        record(
            actor=actor, code="round.decided", subject=reply.subject, area=reply.village,
            values={"round": reply.round.title},
        )  # fmt: skip
    return reply


__all__ = ["Saved", "decide_dispute", "learn", "save_reply"]
