"""Figures: targets of a place, the ledger rolled up, the lists that are agreed and received."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from yice.accounts.enums import Action
from yice.api.door import ApiRequest, operation
from yice.api.shapes import Area, In, Listed, Out, listed
from yice.exchange.agreements import selectors as agreements
from yice.loop.deliver.selectors.ledger import Sums
from yice.loop.identify.looking import LIST
from yice.loop.supervise import ledger as ledger_views
from yice.loop.supervise.targets import selectors as targets_of
from yice.loop.supervise.targets import words
from yice.rules.targets.verdict import Figure, Span

router = Router(tags=["figures"])


class SpanOut(Out):
    yes: int = Field(description="known for certain")
    most: int | None = Field(description="with all that is not known; null: no bound")


class TargetOut(Out):
    id: str
    title: str
    clause: str
    group: str
    unit: str
    low: float | None
    high: float | None = Field(description="equal to low where everything is known")
    numerator: SpanOut | None
    denominator: SpanOut | None
    figure: str = Field(description="as the page writes it")
    threshold: str
    verdict: str
    verdict_name: str
    by: dt.date | None
    missing: list[str]


class Targets(Listed):
    area: str
    plan: str = Field(description="hash of the pack it was counted under; empty: not screened yet")
    as_of: dt.date
    stands_until: dt.date | None = Field(description="as in the ledger")
    items: list[TargetOut]


class TargetQuery(In):
    plan: str = Field("", max_length=64, description="hash of a pack, where several bind the place")


class LedgerLine(Out):
    name: str
    code: str
    person: UUID | None
    sums: dict[str, int | None] = Field(description="null: withheld, or nothing known")
    withheld: list[str]


class Ledger(Listed):
    area: str
    name: str
    total: LedgerLine
    counted_at: dt.datetime | None = Field(description="null: now, or nothing was counted for me yet")
    stands_until: dt.date | None = Field(
        description="whoever sees no names reads what stands for a month; null: now"
    )
    least: int = Field(description="numbers below it are withheld from me; 0: none is")
    items: list[LedgerLine]


class ListOut(Out):
    number: int | None
    title: str
    sender: str
    state: str
    agreement: UUID | None
    due: dt.date | None
    late: int = Field(description="periods that are late")
    last_month: dt.date | None
    doubts: int


class Lists(Listed):
    area: str
    items: list[ListOut]


@operation(router, "GET", "/targets/{area}", Action.REPORT_READ, answers=Targets)
def targets(request: ApiRequest, area: Area, asked: Query[TargetQuery]) -> dict[str, Any]:
    """The targets of a place under the plan last counted there, each between its bounds, with its verdict."""
    shown = targets_of.targets_page(request.user, area, asked.plan)
    return {
        **listed([_target(one) for one in shown.measures]),
        "area": shown.area,
        "plan": shown.digest,
        "as_of": shown.as_of,
        "stands_until": shown.stands.until if shown.stands else None,
    }


@operation(router, "GET", "/ledger/{area}", Action.REPORT_READ, answers=Ledger, shows=LIST)
def ledger(request: ApiRequest, area: Area) -> dict[str, Any]:
    """The ledger of a place: a line for each place below, in a village for each household."""
    shown = ledger_views.ledger(request.user, area)
    total = {"name": shown.area.name, "code": shown.area.code, "person": None}
    return {
        **listed(
            [
                {"name": one.name, "code": one.code, "person": one.person, **_sums(one.sums, one.hidden)}
                for one in shown.lines
            ]
        ),
        "area": shown.area.code,
        "name": shown.area.name,
        "total": {**total, **_sums(shown.sum, shown.hidden)},
        "counted_at": shown.counted_at,
        "stands_until": shown.stands.until if shown.stands else None,
        "least": shown.least,
    }


@operation(router, "GET", "/lists", Action.LIST_READ, answers=Lists)
def lists(request: ApiRequest) -> dict[str, Any]:
    """Lists that other departments send: agreed or not, late, received, doubted; first what needs doing."""
    area, lines = agreements.board(request.user)
    return {
        **listed(
            [
                {
                    **{
                        name: getattr(one, name)
                        for name in ("number", "title", "sender", "state", "due", "doubts")
                    },
                    "agreement": one.agreement.uuid if one.agreement else None,
                    "late": len(one.late),
                    "last_month": one.last.month if one.last else None,
                }
                for one in lines
            ]
        ),
        "area": area,
    }


def _sums(sums: Sums, hidden: frozenset[str]) -> dict[str, Any]:
    shown = {name: None if name in hidden else value for name, value in asdict(sums).items()}
    return {"sums": shown, "withheld": sorted(hidden)}


def _target(one: targets_of.Measure) -> dict[str, Any]:
    target, figure = one.target, one.figure
    return {
        "id": target.id,
        "title": str(target.title),
        "clause": target.clause,
        "group": one.group,
        "unit": words.unit_text(target),
        **_figure(figure),
        "figure": words.figure_text(target, figure),
        "threshold": words.threshold_text(target),
        "verdict": figure.verdict,
        "verdict_name": str(words.VERDICTS[figure.verdict]),
        "by": target.by,
        "missing": [str(words_) for words_ in one.missing],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    def span(of: Span | None) -> dict[str, Any] | None:
        return asdict(of) if of is not None else None

    return {
        "low": None if figure.low is None else float(figure.low),
        "high": None if figure.high is None else float(figure.high),
        "numerator": span(figure.numerator),
        "denominator": span(figure.denominator),
    }
