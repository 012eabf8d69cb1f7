"""What was typed on a form, item by item, in the form it is kept; every mistake named beside its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yice.loop.identify.enums import AnswerKind
from yice.loop.identify.models import Reply
from yice.loop.identify.rounds.enums import Declarant
from yice.loop.identify.rounds.kept import as_kept, codes, open_text
from yice.loop.identify.rounds.opened import Standing
from yice.loop.identify.rounds.standing import Form
from yice.policy.words import text
from yice.rules.questionnaires.asking import fact_of
from yice.rules.questionnaires.model import Item, Questionnaire
from yice.rules.values import decode, encode
from yice.terms.errors import Problem
from yice.terms.messages import Message, listed

TEXT_LIMIT = 200
NOT_SAID = (AnswerKind.DOES_NOT_KNOW, AnswerKind.REFUSES)


@dataclass(frozen=True)
class Typed:
    """What came in: the fields that were touched, by item or by a name of `Reply.FIELDS`."""

    values: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)  # item → does_not_know | refuses


def read(of: Questionnaire, typed: Typed) -> tuple[dict[str, Any], list[Problem]]:
    """The values as kept, and everything that is wrong with them."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in typed.values.items():
        try:
            values[name] = _field(of, name, value) if name in Reply.FIELDS else item_value(of, name, value)
        except Problem as problem:
            problem.field = name
            problems.append(problem)
    for name, kind in typed.said.items():
        if name not in of.items or kind not in NOT_SAID:
            problems.append(Problem("answer-kind", Message("请选择回答、不清楚或不愿回答。"), field=name))
    return values, problems


def item_value(of: Questionnaire, name: str, value: Any) -> Any:
    """One item's value as kept: a code, codes joined with `;`, true or false, a number, a day, a text."""
    item = of.items.get(name)
    if item is None:
        raise Problem("item-unknown", Message("调查表里没有这一项。"), field=name)
    if isinstance(value, list | tuple):
        value = ";".join(value)
    if item.type == "text":
        return as_kept(item, str(value).strip()[:TEXT_LIMIT])
    number = encode(fact_of(item), value)
    if number is None:
        raise Problem("item-empty", Message("“{item}”还没有填写。", item=text(item.label)), field=name)
    known = decode(fact_of(item), number)
    if item.type == "set":
        _alone(item, list(known))
        return ";".join(known)
    return known.isoformat() if item.type == "date" else known


def _alone(item: Item, chosen: list[str]) -> None:
    single = [code for code in chosen if code in item.alone]
    if not chosen:
        raise Problem("item-empty", Message("“{item}”还没有填写。", item=text(item.label)))
    if single and len(chosen) > 1:
        what = Message("选了“{code}”就不能再选别的。", code=text(item.codes[single[0]]))
        raise Problem("item-alone", what)


def _field(of: Questionnaire, name: str, value: Any) -> str:
    said = str(value).strip()
    known: dict[str, Any] = {
        "status": of.statuses,
        "mode": of.modes,
        "declarant": Declarant.values,
        "reason": {code for one in of.statuses.values() for code in one.reasons},
    }
    if name in known and said and said not in known[name]:
        raise Problem("field-code", Message("请从列出的各项中选择。"))
    return said[: 500 if name == "note" else 100]


def lacking(at: Standing, shown: Form, content: Mapping[str, Any], said: Mapping[str, str]) -> list[Problem]:
    """Everything that keeps a form from being handed in: fields of the form itself, items missing, what cannot be."""
    return [*_whole(at.of, content), *(_items(at, shown, said) if _opens(at.of, content) else ())]


def _opens(of: Questionnaire, content: Mapping[str, Any]) -> bool:
    status = of.statuses.get(str(content.get("status") or ""))
    return status is not None and status.opens


def _whole(of: Questionnaire, content: Mapping[str, Any]) -> Iterator[Problem]:
    status = of.statuses.get(str(content.get("status") or ""))
    if status is None:
        yield Problem("status-missing", Message("请选择人员状态。"), field="status")
    elif status.reasons and content.get("reason") not in status.reasons:
        yield Problem(
            "reason-missing", Message("请选择“{status}”的原因。", status=text(status.label)), field="reason"
        )
    if status is None or status.opens:
        if of.modes and not content.get("mode"):
            yield Problem("mode-missing", Message("请选择调查方式。"), field="mode")
        if of.about == "village":
            return
        if not content.get("declarant"):
            yield Problem("declarant-missing", Message("请选择谁申报。"), field="declarant")
        elif content["declarant"] != Declarant.SELF and not content.get("declarant_name"):
            yield Problem(
                "declarant-name", Message("不是本人申报的，请写明申报人姓名。"), field="declarant_name"
            )


def _items(at: Standing, shown: Form, said: Mapping[str, str]) -> Iterator[Problem]:
    for name, item in at.of.items.items():
        missing = shown.asked.applies[name] is True and name not in shown.known and name not in said
        if missing and item.required:
            yield Problem("item-missing", Message("请填写“{item}”。", item=text(item.label)), field=name)
    for check in at.asking.wrong(shown.asked, shown.facts):
        yield Problem(f"check-{check.id}", Message("{says}。", says=text(check.says)), field=check.item)


def words(item: Item, value: Any) -> str:
    """A kept value in words; sealed ones opened, and masked by the caller where the pack says so."""
    if item.type in ("code", "set"):
        return listed(text(item.codes[one]) for one in codes(value) if one in item.codes)
    if item.type == "bool":
        return str(Message("是") if value in (True, "true") else Message("否"))
    return str(open_text(value))
