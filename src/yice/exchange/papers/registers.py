"""The registers that a community keeps, by filter: as a workbook that can be imported again, as Word and as PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import pyarrow as pa
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.areas import selectors as areas
from yice.exchange.exports import made
from yice.exchange.papers.document import Document, Table
from yice.exchange.papers.filling import document, foot, plan_at
from yice.exchange.papers.people import Values, label, people
from yice.exchange.papers.tables import money, result_of
from yice.exchange.papers.villages import villages
from yice.exchange.vocabulary import fields
from yice.loop.deliver.services.standing import office_name
from yice.loop.identify.models import Person, Visit
from yice.loop.identify.selectors.exports import Export
from yice.loop.plan.enums import PlanState
from yice.loop.plan.models import HelpPlan
from yice.loop.plan.selectors import view as plan_view
from yice.policy import selectors as policy
from yice.policy.words import text
from yice.rules.model import Plan
from yice.rules.papers import IDENTITY, ROWS, Paper
from yice.terms.errors import Problem
from yice.terms.messages import Message

MOST_PRINTED = 500  # rows on paper; a workbook takes more
MOST = 20_000


@dataclass(frozen=True)
class Chosen:
    """Who stands in a register: of which place, and what else was chosen."""

    area: str
    category: str = ""
    grade: str = ""

    def values(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


def registers(area: str) -> list[Paper]:
    """The registers that the plan of a place lays out; none where no plan is in force."""
    pack = policy.pack_for(area)
    return [one for one in policy.plan(pack).papers.values() if one.of == "register"] if pack else []


def sheet(
    actor: User, paper: Paper, chosen: Chosen, *, whole: bool
) -> tuple[int, Callable[[], Document], Callable[[], bytes]]:
    """How many rows, and the ways to write them: on paper, as a workbook."""
    plan = plan_at(chosen.area)
    rows = _rows(actor, paper, plan, chosen, whole)
    lines = [[row.get(name, "") for name in paper.columns] for row in rows]

    def on_paper() -> Document:
        if len(lines) > MOST_PRINTED:
            raise Problem(
                "register-long",
                Message("有 {count} 行，打印不超过 {most} 行。", count=len(lines), most=MOST_PRINTED),
                fix=Message("请选到一个村（社区），或者用 Excel。"),
                field="area",
            )
        heads = [label(name, plan, ROWS[paper.rows]) for name in paper.columns]
        numbered = [[str(n), *line] for n, line in enumerate(lines, start=1)]
        place = areas.names([chosen.area]).get(chosen.area, "")
        return document(paper, [("", Table([_("序号"), *heads], numbered))], caption=place)

    def workbook() -> bytes:
        names = list(paper.columns)
        heads = [_heading(name, plan, paper) for name in names]
        columns = {
            name: pa.array([line[at] or None for line in lines], pa.string()) for at, name in enumerate(names)
        }
        export = Export(paper.id, pa.table(columns), dict(zip(names, heads, strict=True)))
        with made(export, "xlsx", title=text(paper.title), about=[(_("说明"), foot(paper))]).file as file:
            return file.read()

    return len(lines), on_paper, workbook


def _heading(name: str, plan: Plan, paper: Paper) -> str:
    """A fact's column has the word by which an import knows it again."""
    known = fields().get(name)
    chinese = not (get_language() or "").startswith("en")
    if chinese and known is not None and name not in IDENTITY and name not in ROWS[paper.rows]:
        return known.zh
    return label(name, plan, ROWS[paper.rows])


def _rows(actor: User, paper: Paper, plan: Plan, chosen: Chosen, whole: bool) -> list[Values]:
    names = list(paper.columns)
    if paper.rows == "areas":
        return villages(actor, paper, plan, chosen.area)
    persons = _persons(actor, chosen)
    if paper.rows == "persons":
        return list(people(plan, _limited(persons), names, whole=whole, who=paper.who).values())
    if paper.rows == "visits":
        return _visits(plan, persons, names, whole)
    return _measures(actor, plan, persons, names, whole)


def _persons(actor: User, chosen: Chosen) -> list[Person]:
    rows = access.scope(actor, Action.PERSON_READ, Person.objects.filter(removed_on=None))
    rows = rows.filter(areas.within("hukou", chosen.area))
    if chosen.category:
        rows = rows.filter(facts__category=chosen.category)
    if chosen.grade:
        rows = rows.filter(facts__grade=int(chosen.grade))
    return list(rows.select_related("household").order_by("hukou", "id")[: MOST + 1])


def _limited(rows: list[Person]) -> list[Person]:
    if len(rows) > MOST:
        raise Problem(
            "register-long", Message("一次最多导出 {most} 人，请选小一点的地方。", most=MOST), field="area"
        )
    return rows


def _joined(
    plan: Plan, of: Sequence[tuple[Person, Mapping[str, str]]], names: Sequence[str], whole: bool
) -> list[Values]:
    unique = {one.pk: one for one, _more in of}
    found = people(plan, list(unique.values()), names, whole=whole)
    return [{**found[one.pk], **more} for one, more in of]


def _visits(plan: Plan, persons: list[Person], names: Sequence[str], whole: bool) -> list[Values]:
    by_key = {one.pk: one for one in _limited(persons)}
    rows = Visit.objects.filter(person__in=by_key, typed_at__isnull=False).select_related("list__made_by")
    lines = [
        (
            by_key[one.person_id],
            {
                "visit_day": one.list.day.isoformat(),
                "visited_by": one.list.made_by.name,
                "visit_result": result_of(one),
                "visit_note": one.note,
                "next_on": one.next_on.isoformat() if one.next_on else "",
            },
        )
        for one in rows.order_by("list__day", "id")[:MOST]
    ]
    return _joined(plan, lines, names, whole)


def _measures(
    actor: User, plan: Plan, persons: list[Person], names: Sequence[str], whole: bool
) -> list[Values]:
    by_key = {one.pk: one for one in _limited(persons)}
    by_home: dict[int, Person] = {}
    for one in persons:
        if one.household_id is not None:
            by_home.setdefault(one.household_id, one)
    live = HelpPlan.objects.filter(state=PlanState.IN_FORCE)
    held = [
        *live.filter(person__in=by_key).order_by("id"),
        *live.filter(household__in=by_home).order_by("id"),
    ]
    lines = []
    for row in held[:MOST_PRINTED]:
        whose = by_key[row.person_id] if row.person_id else by_home[row.household_id or 0]
        for one in plan_view(actor, row.uuid).measures:
            of = one.measure
            lines.append((whose, {
                "what": of.what, "department": office_name(of.department), "responsible": of.responsible_name,
                "result": of.result, "by": of.by.isoformat(), "money": money(of.fen, of.fund_source, of.mode),
                "state": str(one.state.label), "done": one.last.result if one.last else "",
            }))  # fmt: skip
    return _joined(plan, lines, names, whole)
