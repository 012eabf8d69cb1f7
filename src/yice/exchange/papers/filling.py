"""A paper filled: the pack's layout with what is known of its subject. Nothing is asked twice, a blank stays blank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yice.accounts.models import User
from yice.accounts.services import is_demo
from yice.exchange.papers import tables
from yice.exchange.papers.document import Document, Grid, Lines, Part, Sign, Table
from yice.exchange.papers.people import label, people
from yice.loop.deliver.models import Case
from yice.loop.identify.models import Person
from yice.loop.plan.models import HelpPlan
from yice.loop.plan.selectors import PlanView
from yice.loop.plan.selectors import view as plan_view
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.papers import OF, Paper, PaperPart
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message
from yice.terms.money import format_fen


@dataclass(frozen=True)
class About:
    """What a paper is about, with the plan of the place that lays it out and the person it names, if any."""

    plan: Plan
    person: Person | None
    case: Case | None = None
    help_plan: HelpPlan | None = None

    @property
    def people(self) -> list[Person]:
        """Everybody whose numbers may stand on it."""
        return [self.person] if self.person else []

    @property
    def area(self) -> str:
        if self.person is not None:
            return self.person.hukou
        return self.case.area if self.case else self.help_plan.hukou if self.help_plan else ""


def about_person(person: Person) -> About:
    return About(plan_at(person.hukou), person)


def about_plan(row: HelpPlan) -> About:
    return About(plan_at(row.hukou), next(iter(row.people()), None), help_plan=row)


def about_case(case: Case) -> About:
    first = case.person or (case.household.persons.order_by("id").first() if case.household else None)
    return About(policy.plan(case.pack), first, case=case)


def plan_at(area: str) -> Plan:
    """The plan that binds a place, else Problem "no-plan"."""
    pack = policy.pack_for(area)
    if pack is None:
        raise Problem("no-plan", Message("这个地方还没有启用的策略包，没有可打印的表。"))
    return policy.plan(pack)


def papers_of(of: About) -> list[Paper]:
    """The papers that the plan lays out for this subject."""
    kind = "case" if of.case else "plan" if of.help_plan else "person"
    return [
        one
        for one in of.plan.papers.values()
        if one.of == kind and (not one.services or (of.case is not None and of.case.service in one.services))
    ]


def filled(actor: User, paper: Paper, of: About, *, whole: bool) -> Document:
    """The paper with everything in it that the actor may read."""
    names = [name for part in paper.parts for name in part.grid]
    texts: dict[str, str] = {}
    if of.person is not None:
        texts |= people(of.plan, [of.person], names, whole=whole)[of.person.pk]
    lists: dict[str, Callable[..., Table]] = {}
    if of.help_plan is not None:
        shown = plan_view(actor, of.help_plan.uuid)
        texts |= _plan_texts(shown)
        lists = tables.of_plan(actor, shown)
    elif of.case is not None:
        texts |= _case_texts(of.case)
        lists = tables.of_case(actor, of.case, whole)
    elif of.person is not None:
        lists = tables.of_person(actor, of.person)
    parts = [
        (text(one.title), _part(one, texts, lists, lambda name: label(name, of.plan, OF[paper.of])))
        for one in paper.parts
    ]
    return document(paper, parts, caption=texts.get("plan_number") or texts.get("case_number") or "")


def document(paper: Paper, parts: list[tuple[str, Part]], caption: str = "") -> Document:
    """The frame around any paper: whose layout it is, what calls for it, the mark of a demo."""
    return Document(
        title=text(paper.title),
        parts=parts,
        caption=" ".join(filter(None, (caption, clock.today().isoformat()))),
        foot=foot(paper),
        mark=_("演示数据，人物均为虚构") if is_demo() else "",
        landscape=paper.landscape,
        language="en" if (get_language() or "").startswith("en") else "zh-CN",
    )


def foot(paper: Paper) -> str:
    layout = (
        _("表样依据：{source}").format(source=paper.source)
        if paper.source
        else _("表样由本系统拟定，非官方表样。")
    )
    called = _("设表依据：{clause}").format(clause=paper.clause) if paper.clause else ""
    blanks = _("空白表示不清楚，不表示没有。")
    return " ".join(filter(None, (called, layout, blanks)))


def _part(
    one: PaperPart,
    texts: Mapping[str, str],
    lists: Mapping[str, Callable[..., Table]],
    label_of: Callable[[str], str],
) -> Part:
    if one.grid:
        return Grid([(label_of(name), texts.get(name, "")) for name in one.grid], one.across)
    if one.table:
        return lists[one.table](one.step) if one.step else lists[one.table]()
    if one.sign:
        return Sign([text(who) for who in one.sign])
    return Lines(text(one.lines), one.room)


def _plan_texts(shown: PlanView) -> dict[str, str]:
    of, version = shown.plan, shown.version
    signed = ""
    if version.signed_on is not None:
        signed = " ".join(
            (version.signed_on.isoformat(), version.get_signed_as_display(), version.signed_by)
        ).strip()
    closed = f"{of.closed_on.isoformat()} {of.get_close_reason_display()}" if of.closed_on else ""
    return {
        "plan_number": of.number,
        "version": str(version.number),
        "goal": version.goal,
        "opened_on": of.opened_on.isoformat(),
        "review_on": of.review_on.isoformat() if of.review_on else "",
        "signed": signed,
        "closed": closed,
        "satisfied": str(of.satisfied or ""),
    }


def _case_texts(case: Case) -> dict[str, str]:
    return {
        "case_number": case.number,
        "service": text(tables.service_of(case).title),
        "applied_on": case.applied_on.isoformat(),
        "channel": case.get_channel_display(),
        "state": case.get_state_display(),
        "outcome": tables.end_of(case),
        "amount": format_fen(case.amount_fen) if case.amount_fen is not None else "",
        "from_month": case.from_month.strftime("%Y-%m") if case.from_month else "",
        "until_month": case.until_month.strftime("%Y-%m") if case.until_month else "",
    }
