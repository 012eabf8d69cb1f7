"""Rounds as pages show them: how far each place is, who is left, one household's forms, what a township checks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.areas.selectors import within
from yice.identifiers.division import upper_bound
from yice.loop.identify.models import Reply, ReplyDispute, ReplyPhoto, Round, RoundShare
from yice.loop.identify.rights.consents import refusal, require_consent
from yice.loop.identify.rounds.enums import DONE, OPEN, TO_DO, Declarant, ReplyState
from yice.loop.identify.rounds.kept import Known, masked, open_text, same
from yice.loop.identify.rounds.opened import Standing, standing, standing_of
from yice.loop.identify.rounds.opening import township_of
from yice.loop.identify.rounds.reading import words
from yice.loop.identify.rounds.standing import Form, before, form
from yice.loop.identify.selectors import words as said
from yice.loop.identify.selectors.questions import Question
from yice.policy.words import text
from yice.rules.questionnaires.model import Item
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message

PAGE_SIZE = 25
_OWN = ExpressionWrapper(Q(person=None), output_field=BooleanField())  # a village's own return


def rounds(actor: User) -> list[Round]:
    """Rounds of counties that the actor's posts touch, newest first."""
    touching = Q(pk__in=[])
    for low, high in access.ranges(actor, Action.ROUND_READ):
        county = low[:6].ljust(12, "0")
        touching |= Q(area__gte=low, area__lt=high) | Q(area=county)
    rows = Round.objects.filter(touching).select_related("opened_by", "before").defer("pack")
    return list(rows.order_by("-opens_on", "-id"))


def round_for(actor: User, uuid: UUID) -> Round:
    """A round that touches the actor's posts, else Problem "round-not-found"."""
    found = Round.objects.select_related("pack", "before").defer("pack__files").filter(uuid=uuid).first()
    ranges = access.ranges(actor, Action.ROUND_READ)
    if found is None or not any(low < upper_bound(found.area) and found.area < high for low, high in ranges):
        raise Problem("round-not-found", Message("没有这一轮，或不在您负责的区域内。"))
    return found


def reply_for(actor: User, uuid: UUID, action: Action = Action.ROUND_READ) -> Reply:
    """A form in the actor's area, else Problem "reply-not-found"."""
    rows = Reply.objects.select_related("round__pack", "round__before", "person", "filled_by", "checked_by")
    found = access.scope(actor, action, rows.defer("round__pack__files")).filter(uuid=uuid).first()
    if found is None:
        raise Problem("reply-not-found", Message("没有这一份，或不在您负责的区域内。"))
    return found


def photo_for(actor: User, uuid: UUID) -> ReplyPhoto:
    """A photograph on a form that the actor may read."""
    replies = access.scope(actor, Action.ROUND_READ, Reply.objects.all()).values("pk")
    rows = ReplyPhoto.objects.select_related("reply__person")
    found = rows.filter(uuid=uuid, reply__in=replies).first()
    if found is None:
        raise Problem("photo-not-found", Message("没有这张照片，或不在您负责的区域内。"))
    require_consent(found.reply.person, "photo")
    return found


@dataclass(frozen=True)
class Tally:
    """Forms of one kind by state."""

    states: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(self.states.values())

    @property
    def done(self) -> int:
        return sum(self.states.get(state, 0) for state in DONE)

    @property
    def returned(self) -> int:
        return self.states.get(ReplyState.RETURNED, 0)

    @property
    def filled(self) -> int:
        return self.states.get(ReplyState.FILLED, 0)

    @property
    def checked(self) -> int:
        return self.states.get(ReplyState.CHECKED, 0) + self.states.get(ReplyState.LOCKED, 0)

    @property
    def left(self) -> int:
        return self.size - self.done

    @property
    def share(self) -> int:
        return 100 * self.done // self.size if self.size else 0


@dataclass(frozen=True)
class Place:
    """How far one place is: the persons' forms, visits at home among those handed in, the villages' own returns."""

    code: str
    name: str
    persons: Tally
    returns: Tally
    at_home: int
    due_on: dt.date | None
    locked: bool

    @property
    def unchecked(self) -> int:
        return sum(one.size - one.checked for one in (self.persons, self.returns))


def coverage(actor: User, of: Round, area: str = "") -> list[Place]:
    """The townships of the round, or the villages of one of them, within the actor's posts: one grouped query."""
    rows = access.scope(actor, Action.ROUND_READ, Reply.objects.filter(round=of))
    if area:
        rows = rows.filter(within("village", area))
    home = _home(of)
    counted = (
        rows.annotate(own=_OWN)
        .values("village", "state", "own")
        .order_by("village", "state", "own")
        .annotate(n=Count("pk"), home=Count("pk", filter=Q(mode=home, state__in=DONE, own=False)))
    )
    states: dict[str, tuple[dict[str, int], dict[str, int]]] = {}  # persons' forms, villages' own
    at_home: dict[str, int] = {}
    for row in counted:
        code = row["village"] if area else township_of(row["village"])
        here = states.setdefault(code, ({}, {}))[row["own"]]
        here[row["state"]] = here.get(row["state"], 0) + row["n"]
        at_home[code] = at_home.get(code, 0) + row["home"]
    names = areas.names(states)
    shares = {one.area: one for one in RoundShare.objects.filter(round=of, area__in=list(states))}
    found = []
    for code in sorted(states):
        share = shares.get(code)
        found.append(
            Place(
                code, names.get(code, code), *map(Tally, states[code]), at_home[code], share.due_on if share else None,
                bool(share and share.locked_at),
            )
        )  # fmt: skip
    return found


def returns(actor: User, of: Round, villages: list[str]) -> dict[str, Reply]:
    """The own return of each of these villages, by its code."""
    rows = access.scope(actor, Action.ROUND_READ, Reply.objects.filter(round=of, person=None))
    return {one.village: one for one in rows.filter(village__in=villages)} if of.villages else {}


def _home(of: Round) -> str:
    found = standing(of).of
    return found.home or ""


def left(actor: User, of: Round, area: str, state: str = "") -> QuerySet[Reply]:
    """The forms of a place, those still to do unless a state is asked for: each village's own return, then households
    together; page it."""
    rows = access.scope(actor, Action.ROUND_READ, Reply.objects.filter(round=of))
    rows = rows.filter(within("village", area), state__in=[state] if state in ReplyState.values else TO_DO)
    return rows.select_related("person", "filled_by").order_by("village", _OWN.desc(), "household_id", "id")


@dataclass(frozen=True)
class ItemRow:
    """One item as shown: the value in words, where from, and whether it differs from the round before."""

    item: str
    label: str
    value: str
    source: str
    note: str
    last: str  # what the round before said, where it differs


@dataclass(frozen=True)
class Dispute:
    id: int
    label: str
    now: str
    mine: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Sheet:
    """One form ready for a page."""

    reply: Reply
    of: Any  # Questionnaire
    asked: list[tuple[str, list[Question]]]  # section title → questions to ask now
    others: list[tuple[str, list[Question]]]  # what is recorded and may have changed
    recorded: list[tuple[str, list[ItemRow]]]
    disputes: list[Dispute]
    photos: list[UUID]
    photos_hidden: Message | None  # why there are some that are not shown
    home: list[Reply]  # forms of the household, this one among them
    may_fill: bool
    missing: int = 0
    versions: dict[str, int] = field(default_factory=dict)  # of the household's open forms, as shown
    hanging: frozenset[str] = frozenset()  # items that are asked or not by what is answered before them
    last: dict[str, str] = field(
        default_factory=dict
    )  # of what is asked anew, the round before's answer in words


def sheet(actor: User, reply: Reply) -> Sheet:
    """What is recorded, what must be asked, what two people wrote differently."""
    at = standing_of(reply)
    last = before(reply)
    shown = form(at, reply, last)
    asked: dict[str, list[Question]] = {}
    others: dict[str, list[Question]] = {}
    recorded: dict[str, list[ItemRow]] = {}
    for name in shown.asked.shown():
        item = at.of.items[name]
        title = text(at.of.sections[item.section].title)
        known = shown.known.get(name)
        wanted = name not in reply.said and (
            known is None or (known.source != "answer" and known.state != "")
        )
        (asked if wanted else others).setdefault(title, []).append(_question(item))
        if known is not None or name in reply.said:
            recorded.setdefault(title, []).append(_row(at, reply, item, known, last))
    missing = sum(
        shown.asked.applies[name] is True and name not in shown.known and name not in reply.said
        for name, item in at.of.items.items()
        if item.required
    )
    home = _household(actor, reply)
    return Sheet(
        reply,
        at.of,
        list(asked.items()),
        list(others.items()),
        list(recorded.items()),
        _disputes(at, reply),
        *_photos(reply),
        home,
        access.may(actor, Action.ROUND_FILL, reply).allowed and reply.state in OPEN,
        missing,
        {str(one.uuid): one.version for one in home if one.state in TO_DO},
        frozenset(name for name, said in shown.asked.applies.items() if said is None),
        {
            name: _value(at.of.items[name], value)
            for name, value in shown.before.items()
            if name in at.of.items and name not in shown.known and name not in reply.said
        },
    )


def _photos(reply: Reply) -> tuple[list[UUID], Message | None]:
    found = list(reply.photos.order_by("id").values_list("uuid", flat=True))
    hidden = refusal(reply.person, "photo") if found and reply.person else None
    return ([], hidden) if hidden else (found, None)


def _question(item: Item) -> Question:
    choices = [(code, text(label)) for code, label in item.codes.items()]
    if item.type == "bool":
        choices = [("true", gettext("是")), ("false", gettext("否"))]
    label = text(item.label)
    return Question(item.id, label, label, item.type, choices, item.unit, item.low, item.high, [], "")


def _row(at: Standing, reply: Reply, item: Item, known: Known | None, last: Reply | None) -> ItemRow:
    label = text(item.label)
    if known is None:
        kind = reply.said[item.id]
        told = gettext("不清楚") if kind == "does_not_know" else gettext("不愿回答")
        return ItemRow(item.id, label, told, gettext("本轮"), "", "")
    notes = {
        "stale": gettext("已过期，请重新问"),
        "soon": gettext("快过期，请重新问"),
        "conflict": gettext("各来源说法不一，请问清"),
    }
    source = {"answer": gettext("本轮"), "before": gettext("上一轮")}.get(known.source) or said.source(
        at.plan, known.source
    )
    differs = last is not None and item.id in last.answers and not same(known.value, last.answers[item.id])
    earlier = _value(item, last.answers[item.id]) if differs and last is not None else ""
    return ItemRow(item.id, label, _value(item, known.value), source, notes.get(known.state, ""), earlier)


def _value(item: Item, value: Any) -> str:
    if item.sealed:
        return masked(item, value)
    if item.unit == "fen":
        return gettext("{yuan} 元").format(yuan=int(value) // 100)
    return words(item, value)


def _disputes(at: Standing, reply: Reply) -> list[Dispute]:
    if not reply.disputed:
        return []
    rows = ReplyDispute.objects.filter(reply=reply, decided="").select_related("by").order_by("id")
    return [
        Dispute(one.pk, *_field_words(at, one.item, one.now, one.mine), one.by.name, one.at) for one in rows
    ]


def _field_words(at: Standing, name: str, now: Any, mine: Any) -> tuple[str, str, str]:
    item = at.of.items.get(name)
    if item is not None:
        blank = gettext("没有登记")
        said = [blank if one in (None, "") else _value(item, one) for one in (now, mine)]
        return text(item.label), said[0], said[1]
    labels = {
        "status": gettext("人员状态"),
        "reason": gettext("没有调查到的原因"),
        "mode": gettext("调查方式"),
        "declarant": gettext("申报人"),
        "declarant_name": gettext("申报人姓名"),
        "note": gettext("备注"),
    }
    return labels[name], field_value(at, name, now), field_value(at, name, mine)


def field_value(at: Standing, name: str, value: Any) -> str:
    """A field of the form itself in words."""
    value = open_text(value)
    if not value:
        return gettext("没有登记")
    if name == "status" and value in at.of.statuses:
        return text(at.of.statuses[value].label)
    if name == "mode" and value in at.of.modes:
        return text(at.of.modes[value])
    if name == "declarant":
        return str(Declarant(value).label)
    reasons = {code: label for one in at.of.statuses.values() for code, label in one.reasons.items()}
    return text(reasons[value]) if name == "reason" and value in reasons else str(value)


def _household(actor: User, reply: Reply) -> list[Reply]:
    if reply.household_id is None:
        return []
    rows = access.scope(actor, Action.ROUND_READ, Reply.objects.filter(round=reply.round_id))
    return list(rows.filter(household=reply.household_id).select_related("person").order_by("id"))


@dataclass(frozen=True)
class ToCheck:
    """One form on the township's list: what differs from the round before stands out."""

    reply: Reply
    village: str
    status: str
    mode: str
    differs: list[tuple[str, str, str]]  # label, last year, now


def to_check(actor: User, of: Round, area: str, page: int) -> tuple[list[ToCheck], int]:
    """Forms handed in and waiting for the township, those that two people wrote differently first."""
    rows = access.scope(actor, Action.ROUND_CHECK, Reply.objects.filter(round=of, state=ReplyState.FILLED))
    if area:
        rows = rows.filter(within("village", area))
    total = rows.count()
    rows = rows.select_related("person", "filled_by")
    rows = rows.order_by("-disputed", "village", _OWN.desc(), "household_id", "id")
    some = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    both = {own: standing(of, villages=own) for own in {one.person_id is None for one in some}}
    earlier = _earlier(of, some)
    names = areas.names({one.village for one in some})
    return [
        ToCheck(
            one,
            names.get(one.village, one.village),
            field_value(at, "status", one.status),
            field_value(at, "mode", one.mode) if one.mode else "",
            _differs(at, one, earlier.get(one.person_id or one.village)),
        )
        for one in some
        if (at := both[one.person_id is None])
    ], total


def _earlier(of: Round, some: list[Reply]) -> dict[int | str, Reply]:
    """The forms of the round before, by person or village."""
    if of.before_id is None:
        return {}
    persons = Q(person__in=[one.person_id for one in some if one.person_id])
    own = Q(person=None, village__in=[one.village for one in some if not one.person_id])
    rows = Reply.objects.filter(persons | own, round=of.before_id)
    return {one.person_id or one.village: one for one in rows}


def _differs(at: Standing, reply: Reply, last: Reply | None) -> list[tuple[str, str, str]]:
    return [
        (text(item.label), _value(item, last.answers[name]), _value(item, reply.answers[name]))
        for name in reply.changed
        if last and (item := at.of.items.get(name)) and name in last.answers and name in reply.answers
    ]


@dataclass(frozen=True)
class Shown:
    """A round in a list."""

    round: Round
    place: str
    running: bool


def listed(actor: User) -> list[Shown]:
    found = rounds(actor)
    names = areas.names({one.area for one in found})
    today = clock.today()
    return [
        Shown(one, names.get(one.area, one.area), one.opens_on <= today <= one.closes_on) for one in found
    ]


__all__ = ["Form", "Sheet", "coverage", "left", "listed", "reply_for", "round_for", "sheet", "to_check"]
