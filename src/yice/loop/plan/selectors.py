"""Plans as they stand, within the actor's scope."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.identifiers.division import ancestors
from yice.loop.identify.models import Person
from yice.loop.plan.enums import MeasureState, PlanState
from yice.loop.plan.models import GroupStay, HelpPlan, Measure, PlanVersion, Progress, Review
from yice.terms import clock
from yice.terms.errors import Problem
from yice.terms.messages import Message


def plan_in_force(person: Person) -> HelpPlan | None:
    """The person's own plan that is signed and in force, else that of the household."""
    own = Q(person=person)
    if person.household_id is not None:
        own |= Q(household_id=person.household_id)
    return (
        HelpPlan.objects.filter(own, state=PlanState.IN_FORCE)
        .order_by(F("household_id").asc(nulls_first=True), "id")
        .first()
    )


@dataclass(frozen=True)
class MeasureRow:
    measure: Measure
    state: MeasureState
    last: Progress | None
    overdue: bool


@dataclass(frozen=True)
class PlanView:
    """The last version, or the one asked for, with how each measure stands."""

    plan: HelpPlan
    version: PlanVersion
    in_force: PlanVersion | None  # the last one that was signed
    measures: list[MeasureRow]
    versions: list[PlanVersion]  # the newest first
    progress: list[Progress]  # the newest first
    reviews: list[Review]  # the newest first
    groups: list[GroupStay]  # of everybody of the plan, those held first
    people: list[Person]


def plan(actor: User, plan_uuid: UUID) -> HelpPlan:
    """A plan the actor may read, else Problem "plan-not-found"."""
    rows = HelpPlan.objects.select_related("person", "household")
    found = access.scope(actor, Action.PLAN_READ, rows).filter(uuid=plan_uuid).first()
    if found is None:
        raise Problem("plan-not-found", Message("没有这份方案，或不在您负责的范围内。"))
    return found


def view(actor: User, plan_uuid: UUID, number: int | None = None) -> PlanView:
    row = plan(actor, plan_uuid)
    versions = list(row.versions.select_related("made_by", "determination").order_by("-number"))
    shown = next((one for one in versions if one.number == (number or row.version)), None)
    if shown is None:
        raise Problem("plan-not-found", Message("没有这一版方案。"))
    signed = next((one for one in versions if one.signed_on is not None), None)
    progress = list(row.progress.select_related("by").order_by("-id"))
    last = {one.measure: one for one in reversed(progress)}
    measures = [
        _measure(one, last.get(one.uuid))
        for one in shown.measures.select_related("responsible", "need").order_by("by", "id")
    ]
    people = row.people()
    stays = GroupStay.objects.filter(person__in=people).select_related("person")
    return PlanView(
        row,
        shown,
        signed,
        measures,
        versions,
        progress,
        list(row.reviews.select_related("by").order_by("-id")),
        sorted(stays.order_by("-entered_on", "id"), key=lambda stay: stay.left_on is not None),
        people,
    )


@dataclass(frozen=True)
class Beside:
    """One measure in two versions; None where a version has it not."""

    old: Measure | None
    new: Measure | None

    @property
    def changed(self) -> list[str]:
        """The names of what differs."""
        if self.old is None or self.new is None:
            return []
        return [name for name in COMPARED if getattr(self.old, name) != getattr(self.new, name)]


COMPARED = (
    "kind", "what", "department", "responsible_name", "result", "by", "fen", "fund_source", "mode", "provider",
)  # fmt: skip


def beside(actor: User, plan_uuid: UUID, old: int, new: int) -> tuple[PlanVersion, PlanVersion, list[Beside]]:
    """Two versions of a plan side by side, measure by measure."""
    row = plan(actor, plan_uuid)
    found = {one.number: one for one in row.versions.select_related("made_by").filter(number__in=(old, new))}
    if old not in found or new not in found:
        raise Problem("plan-not-found", Message("没有这一版方案。"))
    sides = [{one.uuid: one for one in found[n].measures.order_by("by", "id")} for n in (old, new)]
    keys = dict.fromkeys((*sides[1], *sides[0]))
    return found[old], found[new], [Beside(sides[0].get(key), sides[1].get(key)) for key in keys]


def _measure(row: Measure, last: Progress | None) -> MeasureRow:
    state = MeasureState(last.state) if last else MeasureState.OPEN
    settled = state in (MeasureState.DONE, MeasureState.DROPPED)
    return MeasureRow(row, state, last, not settled and row.by < clock.today())


def plans_of(actor: User, person: Person) -> list[HelpPlan]:
    """Every plan of a person and of their household, open ones first."""
    own = Q(person=person)
    if person.household_id is not None:
        own |= Q(household_id=person.household_id)
    rows = access.scope(actor, Action.PLAN_READ, HelpPlan.objects.filter(own))
    return sorted(rows.order_by("-id"), key=lambda row: row.state == PlanState.CLOSED)


def to_review(actor: User, *, until: dt.date | None = None, limit: int = 200) -> list[HelpPlan]:
    """Plans whose follow-up is due by `until` (today), the longest overdue first."""
    rows = HelpPlan.objects.filter(state=PlanState.IN_FORCE, review_on__lte=until or clock.today())
    found = access.scope(actor, Action.PLAN_READ, rows.select_related("person", "household"))
    return list(found.order_by("review_on", "id")[:limit])


@dataclass(frozen=True)
class PlanFilters:
    """Narrow a list of plans; empty fields leave it as it is."""

    state: str = "live"  # live | draft | in_force | closed | "" for all
    review: bool = False  # the follow-up is due
    overdue: bool = False  # a measure is past its day
    mine: bool = False  # a measure is in my hands


def plans(actor: User, filters: PlanFilters | None = None) -> QuerySet[HelpPlan]:
    """Plans as a list, those whose follow-up is due first; page it."""
    chosen = filters or PlanFilters()
    every = HelpPlan.objects.select_related("person", "household").prefetch_related("household__persons")
    rows = access.scope(actor, Action.PLAN_READ, every)
    if chosen.state == "live":
        rows = rows.exclude(state=PlanState.CLOSED)
    elif chosen.state:
        rows = rows.filter(state=chosen.state)
    if chosen.review:
        rows = rows.filter(state=PlanState.IN_FORCE, review_on__lte=clock.today())
    if chosen.overdue:
        rows = rows.filter(pk__in=_open_measures().filter(by__lt=clock.today()).values("version__plan"))
    if chosen.mine:
        rows = rows.filter(pk__in=_open_measures().filter(responsible=actor).values("version__plan"))
    return rows.order_by(F("review_on").asc(nulls_last=True), "id")


def measures_in_hand() -> QuerySet[Measure]:
    """Measures of the last version of every plan, each with how it was `said` to stand last."""
    said = Progress.objects.filter(plan=OuterRef("version__plan"), measure=OuterRef("uuid")).order_by("-id")
    rows = Measure.objects.filter(version__number=F("version__plan__version"))
    return rows.annotate(said=Subquery(said.values("state")[:1]))


def _open_measures() -> QuerySet[Measure]:
    """Measures in hand of plans in force that are neither done nor dropped."""
    rows = measures_in_hand().filter(version__plan__state=PlanState.IN_FORCE)
    return rows.filter(Q(said=None) | Q(said__in=(MeasureState.OPEN, MeasureState.UNDER_WAY)))


@dataclass(frozen=True)
class PlanTally:
    reviews: int  # follow-ups due
    oldest: dt.date | None  # since when
    measures: int  # of mine, past their day


def tally(actor: User) -> PlanTally:
    """What waits in plans: follow-ups due within reach, and one's own measures past their day. Two queries."""
    due = HelpPlan.objects.filter(state=PlanState.IN_FORCE, review_on__lte=clock.today())
    found = access.scope(actor, Action.PLAN_READ, due).aggregate(n=Count("pk"), oldest=Min("review_on"))
    late = _open_measures().filter(responsible=actor, by__lt=clock.today()).count()
    return PlanTally(found["n"], found["oldest"], late)


def staff_called(name: str, place: str) -> User | None:
    """The one colleague of this name with a post at `place` or above it; None for none or several."""
    over = [place, *ancestors(place)]
    found = User.objects.filter(name=name.strip(), is_active=True, posts__area__in=over).distinct()[:2]
    return found[0] if len(found) == 1 else None
