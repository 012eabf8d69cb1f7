"""A yearly round at work: 林小禾's form begun by two who do not agree, 周大山 lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.cast import COUNTY

from yice.loop.identify.models import Reply
from yice.loop.identify.rounds.opening import open_round
from yice.loop.identify.rounds.reading import Typed
from yice.loop.identify.rounds.saving import save_reply
from yice.terms import clock


def begun(world: Any) -> Reply:
    """林小禾's form."""
    opened = open_round(
        actor=world.cast.he,
        title="2020 年度动态更新",
        area=COUNTY,
        questionnaire="dynamic_1_2018_g",
        villages="dynamic_2_2018",
        opens_on=clock.today(),
        closes_on=clock.today() + dt.timedelta(days=60),
        key="round",
    )
    reply = opened.replies.get(person=world.lin)
    for actor, said in ((world.cast.chen, "2"), (world.cast.liang, "4")):
        save_reply(actor=actor, reply=reply, version=0, typed=Typed({"R4": said}), key=said, hand_in=False)
    lost = Typed({"status": "3", "reason": "away"})
    save_reply(
        actor=world.cast.he, reply=opened.replies.get(person=world.ouyang), version=0, typed=lost, key="lost"
    )
    save_reply(
        actor=world.cast.he, reply=opened.replies.get(person=world.zhou), version=0, typed=lost, key="lost"
    )
    return opened.replies.select_related("round").get(person=world.lin)
