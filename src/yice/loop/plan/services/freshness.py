"""A page of a plan that is out of date is told what changed since."""

from __future__ import annotations

from yice.loop.plan.enums import CloseReason, MeasureState, PlanState
from yice.loop.plan.models import HelpPlan, Progress
from yice.terms.errors import Problem, stale
from yice.terms.messages import Message


def _stale(why: Message) -> Problem:
    return stale(Message("您打开页面之后，这份方案已经有了变化。"), why)


def refuse_stale(plan: HelpPlan, version: int) -> None:
    """The plan, locked, is open and at the version that the page showed; else Problem "stale"."""
    if plan.state == PlanState.CLOSED:
        raise _stale(Message("方案已经结束：{reason}。", reason=CloseReason(plan.close_reason).label))
    if plan.version != version:
        last = plan.versions.order_by("-number").select_related("made_by").first()
        who = last.made_by.name if last else "—"
        raise _stale(Message("{who}写了第 {number} 版。", who=who, number=plan.version))


def refuse_unseen(last: Progress | None, seen: int | None) -> None:
    """What the page showed of a measure is still the last that was said of it; `seen` None asks nothing."""
    if seen is not None and last is not None and last.pk != seen:
        state = MeasureState(last.state).label
        raise _stale(Message("{who}已登记这项措施：{state}。", who=last.by.name, state=state))
