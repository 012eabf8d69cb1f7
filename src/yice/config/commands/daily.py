"""每日例行：逾期的逐级上报，到期的评估转为待办，当天的审计锚"""

from __future__ import annotations

import typer
from rich.console import Console

from yice.config.commands import start_django, text
from yice.terms.messages import Message


def register(app: typer.Typer) -> None:
    app.command(
        help=text(
            "每日例行：逾期的逐级上报，到期的评估转为待办，记下当天的锚。每天运行一次；同一天再运行不会重复做。"
        )
    )(daily)


def daily() -> None:
    start_django()
    from yice.config import serving

    serving.require_current_tables()
    from yice.accounts import pace, sessions
    from yice.accounts.replies import forget
    from yice.config.record import keep_record
    from yice.exchange.agreements.services import climb_lists
    from yice.loop.assess.services import expire_assessments
    from yice.loop.deliver.services import climb, count_ledger
    from yice.loop.supervise.months import keep_months
    from yice.loop.supervise.targets.standing import keep_all
    from yice.terms import clock

    today = clock.today()
    climbed, expired, lists = climb(today), expire_assessments(today), climb_lists(today)
    said = Message(
        "{day}：上报逾期需求 {needs} 项、逾期步骤 {steps} 项、逾期名单 {lists} 份；待重新评估 {expired} 项。",
        day=today.isoformat(), expired=expired, lists=lists, **climbed,
    )  # fmt: skip
    count_ledger()
    keep_months()
    keep_all()
    keep_record(today)
    forget()
    sessions.forget()
    pace.forget_told()
    Console().print(str(said))
