"""Lists in words: the state of each, its deliveries with what was damaged, its doubts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yice.areas import selectors as areas
from yice.exchange.agreements import selectors
from yice.exchange.agreements.periods import Period
from yice.exchange.agreements.receipts import Damage
from yice.exchange.agreements.selectors import Delivery, Line
from yice.exchange.models import Doubt, Why
from yice.rules.model import Plan
from yice.terms.messages import listed
from yice.web.desk.import_parts import label_of
from yice.web.ui import words
from yice.web.ui.parts import Chart, Series

# State → words, tone and shape: never a colour alone.
STATES: Mapping[str, tuple[Any, str, str]] = {
    selectors.LATE: (gettext_lazy("逾期未到"), "bad", "square"),
    selectors.EXPIRED: (gettext_lazy("有到期要删的"), "wait", "clock"),
    selectors.UNAGREED: (gettext_lazy("还没有约定"), "wait", "half"),
    selectors.DOUBTS: (gettext_lazy("有疑点待核验"), "odd", "half"),
    selectors.WAITING: (gettext_lazy("本期未到期"), "calm", "clock"),
    selectors.ON_TIME: (gettext_lazy("本期已收到"), "good", "check"),
    selectors.ENDED: (gettext_lazy("约定已结束"), "calm", "dash"),
    selectors.UNREAD: (gettext_lazy("还没有约定"), "calm", "dash"),
    selectors.NOT_USED: (gettext_lazy("没有政策要用"), "calm", "dash"),
    selectors.OPEN_SLOT: (gettext_lazy("文件未列名"), "calm", "dash"),
}
THOUSAND = 1000


@dataclass(frozen=True)
class BoardRow:
    line: Line
    state: str
    tone: str
    shape: str
    note: str
    place: str


def lines_of(lines: Sequence[Line], area: str) -> list[BoardRow]:
    others = {one.agreement.area for one in lines if one.agreement and one.agreement.area != area}
    names = areas.names(others) if others else {}
    return [
        BoardRow(
            one, *STATES[one.state], note_of(one), names.get(one.agreement.area, "") if one.agreement else ""
        )  # type: ignore[arg-type]
        for one in lines
    ]


def tags_of(line: Line) -> tuple[Any, str, str]:
    return STATES[line.state]


def note_of(line: Line) -> str:
    """What there is to say beside the state, in a few words."""
    said = []
    if line.late:
        said.append(
            _("{periods}没有到，应在{day}前").format(
                periods=listed(period_name(one) for one in line.late[:3]),
                day=words.day(line.late[0].due(line.agreement.due_days if line.agreement else 0)),
            )
        )
        if line.above:
            said.append(_("已报上一级"))
        if line.agreement and line.agreement.chases and line.agreement.chased_for == line.late[0].first:
            said.append(_("催过 {n} 次").format(n=line.agreement.chases))
    elif line.state in (selectors.WAITING, selectors.ON_TIME) and line.due:
        said.append(_("这一期{day}前到").format(day=words.day(line.due)))
    if line.expired:
        said.append(_("{n} 期的行到期要删").format(n=line.expired))
    if line.doubts:
        said.append(_("{n} 行有疑点").format(n=words.number(line.doubts)))
    if line.state == selectors.UNAGREED and line.last:
        said.append(_("已经在收，还没有写明依据和留存期"))
    if line.state == selectors.NOT_USED:
        said.append(_("不向任何部门要"))
    return listed(said, "；")


def period_name(one: Period) -> str:
    months = (one.last.year - one.first.year) * 12 + one.last.month - one.first.month + 1
    if months == 12:
        return _("{year} 年").format(year=one.first.year)
    if months == 3:
        return _("{year} 年第 {quarter} 季度").format(year=one.first.year, quarter=(one.first.month + 2) // 3)
    return str(words.month(one.first))


@dataclass(frozen=True)
class DeliveryRow:
    month: dt.date
    came: Any
    by: str
    rows: int
    refused: int
    damaged: str
    nameless: str
    unmatched: str
    unsure: str
    kept_until: dt.date
    state: str  # gone | expired | replaced | ""
    batch: Any


def deliveries_of(deliveries: Sequence[Delivery]) -> list[DeliveryRow]:
    found = []
    for one in deliveries:
        row, hurt = one.receipt, one.damage
        state = "gone" if row.emptied_on else "expired" if one.expired else "" if row.current else "replaced"
        by = row.batch.recorded_by.name if row.batch.recorded_by else "—"
        rates = [
            _rate(count, hurt.rows) for count in (hurt.damaged, hurt.nameless, hurt.unmatched, hurt.unsure)
        ]
        found.append(
            DeliveryRow(
                row.month,
                row.batch.committed_at,
                by,
                row.rows,
                hurt.refused,
                *rates,
                one.kept_until,
                state,
                row.batch.uuid,
            )
        )
    return found


def _rate(count: int | None, rows: int) -> str:
    """`12（1.4%）`; not counted is not none."""
    if count is None:
        return _("没有统计")
    return f"{words.number(count)}（{count / rows:.1%}）" if rows and count else words.number(count)


def damage_chart(deliveries: Sequence[Delivery]) -> Chart | None:
    """Of a thousand rows of each delivery how many are hurt, the oldest first."""
    shown = [one for one in deliveries if one.receipt.current or one.receipt.emptied_on][:12][::-1]
    if len(shown) < 2:
        return None
    kinds = (
        (_("证件号损坏"), "damaged"),
        (_("缺姓名"), "nameless"),
        (_("对不上人"), "unmatched"),
        (_("认不准"), "unsure"),
    )

    def share(hurt: Damage, name: str) -> int | None:
        found = Damage.share(getattr(hurt, name), hurt.rows)
        return None if found is None else round(found)

    return Chart(
        _("每一千行里有问题的行"),
        _("月份"),
        [str(words.month(one.receipt.month)) for one in shown],
        [Series(label, [share(one.damage, name) for one in shown]) for label, name in kinds],
        stacked=False,
    )


def columns_of(columns: Mapping[str, str], plan: Plan | None) -> list[tuple[str, str]]:
    return [(heading, label_of(name, plan)) for heading, name in columns.items()]


def reasons_of(reasons: Mapping[str, int]) -> list[tuple[Any, int]]:
    """How many rows wait for an answer by why, the most frequent first."""
    return [(Why(code).label, n) for code, n in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))]


def doubts_of(doubts: Sequence[Doubt]) -> list[tuple[Doubt, str]]:
    """A row in doubt by its place in the file; whose it is stands in the file for the sender, not here."""
    return [(one, listed((str(Why(code).label) for code in one.why), "；")) for one in doubts]
