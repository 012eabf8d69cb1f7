"""The round in the national system's own columns: out of what is known here, in what was filled in there.

Nothing is typed twice and nothing is overwritten in silence: an empty place takes what comes in, the same is left
alone, what differs is kept beside what stands until somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from django.utils.translation import override

from yice.accounts import access
from yice.accounts.access import Place
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.audit.services import record
from yice.identifiers import citizen_id, sealing
from yice.identifiers.division import normalise
from yice.loop.identify.models import Certificate, Reply, ReplyChange, ReplyDispute, Round
from yice.loop.identify.rounds.enums import DONE, Declarant, How, ReplyState
from yice.loop.identify.rounds.kept import Held, codes, laid, open_text, same
from yice.loop.identify.rounds.opened import Standing, standing
from yice.loop.identify.rounds.reading import Typed, item_value, lacking, read, words
from yice.loop.identify.rounds.saving import learn, states_of
from yice.loop.identify.rounds.standing import before, form, holdings
from yice.loop.identify.selectors.exports import Export
from yice.policy.words import text
from yice.rules.questionnaires.model import Column, Item
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message

STRETCH = 500
MOST = 200  # refused rows told
NOTHING = (None, "")  # nobody has said anything; nought and no are answers
_WRITTEN = ("status", "mode", "declarant")


@override("zh-hans")  # the national system's words, whoever reads
def official_rows(actor: User, of: Round, *, villages: bool = False) -> Export:
    """Everybody of the round, or every village's own return; of those not handed in only who they are. Full numbers:
    for the county alone."""
    access.require(actor, Action.ROUND_MANAGE, Place(of.area))
    at = standing(of, villages=villages)
    columns = at.of.official.columns
    cells: list[list[str | None]] = [[] for _one in columns]
    rows = Reply.objects.filter(round=of, person__isnull=villages).select_related("person", "filled_by")
    rows = rows.order_by("village", "id")
    start = 0
    while part := list(rows[start : start + STRETCH]):
        start += STRETCH
        numbers = {
            one.person_id: one.number
            for one in Certificate.objects.filter(
                current=True, person__in=[reply.person_id for reply in part]
            ).order_by("id")
        }
        names = areas.names({one.village for one in part})
        for reply in part:
            for into, column in zip(cells, columns, strict=True):
                into.append(_cell(at, column, reply, numbers.get(reply.person_id or 0, ""), names))
    table = pa.table({f"c{n}": pa.array(values, pa.string()) for n, values in enumerate(cells)})
    return Export("round_official", table, {f"c{n}": column.heading for n, column in enumerate(columns)})


def _cell(at: Standing, column: Column, reply: Reply, number: str, names: Mapping[str, str]) -> str | None:
    done = reply.state in DONE
    match column.of:
        case "certificate":
            return number
        case "area":
            return reply.village
        case "name":
            return reply.name
        case "village":
            return names.get(reply.village, reply.village)
        case "filled_by":
            return reply.filled_by.name if done and reply.filled_by else None
        case "filled_on":
            return reply.filled_at.date().isoformat() if done and reply.filled_at else None
        case "status" | "mode" | "declarant":
            code = str(getattr(reply, column.of))
            if not done or not code:
                return None
            return str(_labels(at, column.of).get(code, code)) if column.labels else code
    item = at.of.items[str(column.item)]
    value = reply.answers.get(item.id)
    if not done or value is None:
        return None
    value = open_text(value)
    if item.type in ("code", "set"):
        chosen = [text(item.codes[one]) if column.labels else one for one in codes(value)]
        return at.of.official.between.join(chosen)
    if item.type == "bool":
        return words(item, value) if column.labels else "1" if value else "0"
    return str(value)


def _labels(at: Standing, of: str) -> dict[str, str]:
    if of == "status":
        return {code: text(one.label) for code, one in at.of.statuses.items()}
    if of == "mode":
        return {code: text(one) for code, one in at.of.modes.items()}
    return {code: str(label) for code, label in Declarant.choices}


@dataclass
class Received:
    """What a file did. `refused`: row of the file and why, without a word of what stood there."""

    rows: int = 0
    changed: int = 0  # fields taken
    disputed: int = 0  # fields kept beside what stands
    closed: int = 0  # fields that differ on forms already checked or locked: left alone
    unchanged: int = 0  # rows that say what is known
    refused: list[tuple[int, str]] = field(default_factory=list)

    def as_counts(self) -> dict[str, Any]:
        return {**self.__dict__, "refused": self.refused[:MOST], "refusals": len(self.refused)}


Line = tuple[int, Mapping[str, str]]  # row number in the file, heading → cell


@override("zh-hans")
def take_official(*, actor: User, of: Round, lines: Sequence[Line]) -> Received:
    """Take a file of the national system in. Called within a transaction; the same file again changes nothing."""
    access.require(actor, Action.ROUND_MANAGE, Place(of.area))
    at, done = _which(of, lines), Received(rows=len(lines))
    for start in range(0, len(lines), STRETCH):
        _stretch(actor, at, lines[start : start + STRETCH], done)
    values = {"round": of.title, "changed": done.changed, "disputed": done.disputed}
    record(actor=actor, code="round.received", subject=of, area=of.area, values=values)
    return done


def _which(of: Round, lines: Sequence[Line]) -> Standing:
    """Whose lines these are, the persons' or the villages': by the column that names them."""
    both = [standing(of), *([standing(of, villages=True)] if of.villages else ())]
    for at in both:
        if lines and at.of.key.heading in lines[0][1]:
            return at
    heads = "、".join(at.of.key.heading for at in both)
    what = Message("文件里没有“{heading}”这一列，认不出是谁。", heading=heads)
    fix = Message("请用国家系统导出的原表，或从这里导出的表。")
    raise Problem("official-columns", what, fix=fix, field="file")


def _stretch(actor: User, at: Standing, lines: Sequence[Line], done: Received) -> None:
    forms = _forms_of(at, lines, done)
    held = holdings(at, [reply for _row, reply, _cells in forms])
    news: dict[Reply, tuple[dict[str, Any], dict[str, str]]] = {}
    for row, reply, cells in forms:
        typed, problems = _typed(at, cells)
        values, more = read(at.of, typed)
        if problems or more:
            done.refused.append((row, str(Problems([*problems, *more]))))
            continue
        changes = _take(actor, at, reply, values, done)
        if changes:
            _settle(actor, at, reply, held.get(reply.pk, ({}, {})))
            reply.save()
            ReplyChange.objects.bulk_create(changes)
            news[reply] = states_of(at, changes), {}
    learn(actor, at, news)


def _forms_of(
    at: Standing, lines: Sequence[Line], done: Received
) -> list[tuple[int, Reply, Mapping[str, str]]]:
    found, seen = [], set[int]()
    for row, cells, reply in _named(at, lines):
        if reply is None:
            unknown = (
                Message("这一轮里没有这个村（社区）。")
                if at.of.about == "village"
                else Message("这一轮里没有这个证号的人。")
            )
            done.refused.append((row, str(unknown)))
        elif reply.pk in seen:
            twice = (
                Message("同一个村（社区）在文件里出现了两次。")
                if at.of.about == "village"
                else Message("同一个人在文件里出现了两次。")
            )
            done.refused.append((row, str(twice)))
        else:
            seen.add(reply.pk)
            found.append((row, reply, cells))
    return found


def _named(at: Standing, lines: Sequence[Line]) -> Iterator[tuple[int, Mapping[str, str], Reply | None]]:
    """Each line with the form it names, under lock."""
    key = at.of.key.heading
    rows = (
        Reply.objects.select_for_update(of=("self",))
        .select_related("person", "round__pack")
        .defer("round__pack__files")
    )
    rows = rows.filter(round=at.round).order_by("pk")
    if at.of.about == "village":
        said = {row: _code(cells.get(key) or "") for row, cells in lines}
        own = {one.village: one for one in rows.filter(person=None, village__in=set(said.values()))}
        yield from ((row, cells, own.get(said[row])) for row, cells in lines)
        return
    marks = {
        row: sealing.marks("certificate", citizen_id.clean(cells.get(key) or "")) for row, cells in lines
    }
    persons = dict(
        Certificate.objects.filter(number_index__in=[one for some in marks.values() for one in some])
        .order_by("current", "id")
        .values_list("number_index", "person_id")
    )
    by_mark = {sealing.marked_anew(mark): person for mark, person in persons.items()}
    replies = {one.person_id: one for one in rows.filter(person__in=list(by_mark.values()))}
    for row, cells in lines:
        newest = next(iter(marks[row]), b"")
        yield row, cells, replies.get(by_mark.get(newest, 0))


def _code(said: str) -> str:
    try:
        return normalise(said)
    except Problem:  # no code of any place: refused as one that is not of this round
        return ""


def _typed(at: Standing, cells: Mapping[str, str]) -> tuple[Typed, list[Problem]]:
    """A row as what somebody typed; blanks say nothing."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column in at.of.official.columns:
        said = (cells.get(column.heading) or "").strip()
        if not said:
            continue
        if column.of in _WRITTEN:
            back = {label: code for code, label in _labels(at, str(column.of)).items()}
            values[str(column.of)] = back.get(said, said)
        elif column.item is not None:
            item = at.of.items[column.item]
            try:
                values[item.id] = _read(item, said, at.of.official.between)
                item_value(at.of, item.id, values[item.id])
            except Problem:
                what = Message("“{heading}”的写法不在代码表里。", heading=column.heading)
                problems.append(Problem("official-cell", what))
                values.pop(item.id, None)
    return Typed(values), problems


def _read(item: Item, said: str, between: str) -> str:
    if item.type == "bool":
        return {"1": "true", "0": "false", words(item, True): "true", words(item, False): "false"}.get(
            said, said
        )
    if item.type not in ("code", "set"):
        return said
    back = {text(label): code for code, label in item.codes.items()}
    parts = said.split(between) if item.type == "set" else [said]
    return ";".join(back.get(one.strip(), one.strip()) for one in parts if one.strip())


def _take(
    actor: User, at: Standing, reply: Reply, values: Mapping[str, Any], done: Received
) -> list[ReplyChange]:
    content = reply.content()
    new = {name: value for name, value in values.items() if content.get(name) in NOTHING}
    other = {
        name: value for name, value in values.items() if name not in new and not same(content[name], value)
    }
    if not new and not other:
        done.unchanged += 1
        return []
    if reply.state in (ReplyState.CHECKED, ReplyState.LOCKED):
        done.closed += len(new) + len(other)
        return []
    done.disputed += _dispute(actor, reply, content, other)
    done.changed += len(new)
    reply.answers = dict(reply.answers)
    for name, value in new.items():
        if name in Reply.FIELDS:
            setattr(reply, name, value)
        else:
            reply.answers[name] = value
    if not new:
        return []
    reply.version += 1
    return [
        ReplyChange(
            reply=reply, item=name, after=laid(name, value), version=reply.version, how=How.OFFICIAL,
            at=clock.now(), by=actor,
        )
        for name, value in new.items()
    ]  # fmt: skip


def _dispute(actor: User, reply: Reply, content: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """What differs and was not brought before by a file: the same file again asks nothing again."""
    asked: dict[str, list[Any]] = {}
    for item, mine in reply.disputes.filter(how=How.OFFICIAL).order_by("id").values_list("item", "mine"):
        asked.setdefault(item, []).append(open_text(mine))
    fresh = {name: value for name, value in other.items() if open_text(value) not in asked.get(name, [])}
    ReplyDispute.objects.bulk_create(
        ReplyDispute(
            reply=reply,
            item=name,
            now=laid(name, content[name]),
            mine=laid(name, value),
            how=How.OFFICIAL,
            at=clock.now(),
            by=actor,
        )
        for name, value in fresh.items()
    )
    if fresh:
        reply.disputed += len(fresh)
        reply.save(update_fields=["disputed"])
    return len(fresh)


def _settle(actor: User, at: Standing, reply: Reply, held: Held) -> None:
    """A form that lacks nothing any more is handed in; another one has been begun."""
    if reply.state not in (ReplyState.WAITING, ReplyState.STARTED):
        return
    after = form(at, reply, before(reply), held)
    if lacking(at, after, reply.content(), reply.said):
        reply.state = ReplyState.STARTED
        return
    reply.state, reply.filled_by, reply.filled_at = ReplyState.FILLED, actor, clock.now()


def read_lines(
    headings: Sequence[str], columns: Sequence[Sequence[str | None]], rows: Sequence[int]
) -> Iterator[Line]:
    """A sheet as lines: row number in the file and heading → cell."""
    for number, cells in zip(rows, zip(*columns, strict=True), strict=True):
        yield int(number), {head: cell for head, cell in zip(headings, cells, strict=True) if cell}
