"""A yearly round for the demo: the county has opened it, the first village is half through, its township has begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from yice.accounts.models import User
from yice.areas.models import Area
from yice.areas.selectors import within
from yice.loop.identify.models import Reply, Round
from yice.loop.identify.rounds.checking import check_replies, return_reply
from yice.loop.identify.rounds.kept import hinted
from yice.loop.identify.rounds.opened import Standing, standing
from yice.loop.identify.rounds.opening import open_round, questionnaires
from yice.loop.identify.rounds.reading import Typed
from yice.loop.identify.rounds.saving import save_reply
from yice.loop.identify.rounds.standing import form
from yice.terms import clock

MOST = 40  # forms filled in; a visitor sees a village at work, not a night of typing
# What most people answer; an item that is not here takes its first code.
USUAL = {
    "R4": "2", "R7": "2", "R10": "3", "R13": "2", "R14": "0", "R16": "2", "R16a": "2", "R18": "4", "R19": "5",
    "R20": "6", "R21": "6", "R22": "4", "R23": "1", "R24": "2", "R25": "1", "R26": "2", "R27": "6", "R28": "4",
    "R29": "4", "R30": "4", "R32": "2", "R35": "6", "R36": "3", "R37": "6", "R38": "2", "R39": "9", "R40": "2",
    "R41": "1",
}  # fmt: skip


def fill_round(*, county: Area, users: Mapping[str, User]) -> Round | None:
    """Through the services, as people would; done before, it stays as it is."""
    if not questionnaires(county.code):
        return None
    opens = clock.today().replace(day=1)
    of = open_round(
        actor=users["he"],
        title=f"{opens.year} 年度动态更新",
        area=county.code,
        questionnaire=next(iter(questionnaires(county.code))),
        villages=next(iter(questionnaires(county.code, "village")), ""),
        opens_on=opens,
        closes_on=opens + dt.timedelta(days=91),
        key=f"demo-{opens.year}",
    )
    village = users["chen"].posts.get().area_id
    rows = Reply.objects.filter(within("village", str(village)), round=of).exclude(person=None)
    rows = rows.order_by("household_id", "id")
    at, replies = standing(of), list(rows.select_related("round__pack", "person").defer("round__pack__files"))
    done = [_fill(at, users["chen"], one) for one in replies[: min(MOST, len(replies) // 2)]]
    filled = [one for one in done if one.state == "filled"]
    if len(filled) > 4:
        chosen = [(one.uuid, one.version) for one in filled[:3]]
        check_replies(actor=users["liang"], of=of, chosen=chosen, key="demo-check")
        return_reply(
            actor=users["liang"], reply=filled[3], version=filled[3].version,
            note="联系电话打不通，请核对。", key="demo-return",
        )  # fmt: skip
    return of


def _fill(at: Standing, actor: User, reply: Reply) -> Reply:
    """One form with the usual answers; every eighth person was not found."""
    if reply.pk % 8 == 0:
        typed = Typed({"status": "3", "reason": "away"})
    else:
        typed = Typed(
            {"status": at.of.open_status, "mode": at.of.home or "", "declarant": "self", **_usual(at, reply)}
        )
    return save_reply(
        actor=actor, reply=reply, version=reply.version, typed=typed, key=f"demo-{reply.pk}"
    ).reply


def _usual(at: Standing, reply: Reply) -> dict[str, str]:
    said: dict[str, str] = {}
    shown = form(at, reply, None)
    known = {name: hinted(one.value) for name, one in shown.known.items()}
    while True:
        asked = at.asking.asked({**known, **said}, shown.facts)
        new = {
            name: USUAL.get(name) or next(iter(item.codes))
            for name, item in at.of.items.items()
            if item.codes and item.official and asked.applies[name] is True and name not in {**known, **said}
        }
        if not new:
            return said
        said |= new
