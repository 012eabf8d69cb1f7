"""A case as components show it: who it is about, the road, what waits, the log, the paper to the person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.exchange.papers import notices as papers
from yice.exchange.papers.notices import kind_of
from yice.loop.deliver.models import Case, CaseFile, Notice
from yice.loop.deliver.offices import Held
from yice.loop.deliver.selectors.case import CaseView, Filled, RoadStep, StepForm
from yice.loop.deliver.selectors.worklist import Row as Waiting
from yice.loop.deliver.services.files import paper_says
from yice.loop.identify.selectors.words import value as fact_words
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.services import Service
from yice.web.ui import words
from yice.web.ui.errors import say
from yice.web.ui.parts import Entry, Row, Step

STATES = {"done": "done", "now": "current", "asleep": "current", "coming": "next"}


def about(reader: User, case: Case) -> dict[str, str]:
    """Whom it is about, where, and the way to them for who may read them."""
    place = areas.names([case.area]).get(case.area, case.area)
    person = case.person
    known = person is not None and access.may(reader, Action.PERSON_READ, person).allowed
    href = reverse("desk:person-help", args=[person.uuid]) if person is not None and known else ""
    return {"name": name_of(case), "href": href, "place": place}


def name_of(case: Case) -> str:
    """Whom a line of a list is about."""
    return case.person.name if case.person else case.subject or _("家庭")


def waiting_row(row: Waiting, places: dict[str, str]) -> dict[str, Any]:
    return {
        "case": row.case,
        "name": name_of(row.case),
        "service": text(row.service.title),
        "step": text(row.step.title),
        "place": places.get(row.case.area, row.case.area),
        "due": row.due_on,
        "left": left_words(row.left),
        "late": row.overdue,
        "holder": row.holder.name if row.holder else "",
        "step_id": row.step.id,
    }


def covering(held: Held) -> str:
    """For whom the reader stands in, where."""
    return _("您正在代{who}办理{area}{role}的办件。").format(
        who=held.covering.name if held.covering else "", area=held.post.area.name,
        role=held.post.get_role_display(),
    )  # fmt: skip


def left_words(left: int | None) -> str:
    if left is None:
        return _("没有期限")
    if left < 0:
        return ngettext("逾期 {n} 个工作日", "逾期 {n} 个工作日", -left).format(n=-left)
    if not left:
        return _("今天到期")
    return ngettext("还有 {n} 个工作日", "还有 {n} 个工作日", left).format(n=left)


def road(shown: CaseView) -> list[Step]:
    return [Step(text(one.step.title), STATES[one.place], _note(one)) for one in shown.road]  # type: ignore[arg-type]


def now(shown: CaseView) -> list[dict[str, Any]]:
    """The open steps: who may take them, until when, and the way on for the reader."""
    return [
        {
            "title": text(one.step.title),
            "note": _note(one),
            "late": one.left is not None and one.left < 0,
            "why_not": one.why_not,
            "guess": one.guess,
            "missing": list(one.open_step.missing) if one.open_step else [],
            "href": reverse("desk:case-step", args=[shown.case.uuid, one.step.id])
            if one.mine is not None and one.place == "now"
            else "",
        }
        for one in shown.road
        if one.place in ("now", "asleep")
    ]


def _note(one: RoadStep) -> str:
    if one.place == "asleep" and one.open_step is not None and one.open_step.wakes_on is not None:
        return _("到 {day} 才能办").format(day=words.day(one.open_step.wakes_on))
    return left_words(one.left) if one.place == "now" else ""


def log(shown: CaseView) -> list[Entry]:
    return [
        Entry(one.text, one.at, by=one.by, text=words.listed([*one.details, *one.told], "；"))
        for one in shown.timeline
    ]


def known(plan: Plan, about: StepForm) -> list[Row]:
    """What the form asks and is known already: shown, never asked twice."""
    return [
        Row(
            text(one.field.label),
            fact_words(plan.facts[one.field.fact], one.value) if one.field.fact else str(one.value),
        )
        for one in about.fields
        if one.known
    ]


def filled(rows: list[Filled]) -> list[tuple[str, list[Row]]]:
    """What was filled in, step by step."""
    return [
        (
            text(one.step.title),
            [Row(label, said or "—") for label, said in one.answers],
        )
        for one in rows
    ]


def blocks(about: StepForm) -> list[tuple[str, list[str]]]:
    """Outcomes that something stands in the way of, each with all that does."""
    return [
        (text(about.step.outcomes[name].says), [say(one) for one in problems])
        for name, problems in about.blocks.items()
        if problems
    ]


def notice(one: Notice) -> dict[str, Any]:
    """What, why in words, from when, whom to ask, how to object: the sentences of the paper."""
    content = one.content
    return {
        "notice": one,
        "kind": kind_of(one),
        "told": papers.told(one),
        "why": papers.why_of(content),
        "why_head": papers.why_head(one),
        "clause": content["clause"],
        "on": dt.date.fromisoformat(content["on"]),
        "who": papers.whom(content),
        "objecting": papers.objecting(one),
    }


def files(rows: list[CaseFile], service: Service) -> list[dict[str, Any]]:
    """What was sent as files: which paper, of what kind and size, by whom and when."""
    return [
        {
            "file": one,
            "paper": paper_says(service, one),
            "kind": one.form.upper(),
            "size": filesizeformat(one.size),
            "step": text(service.steps[one.step].title) if one.step in service.steps else "",
        }
        for one in rows
    ]
