"""A case as it stands: its service, where it is, who may take the step, and whether the page was fresh."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yice.accounts import access
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.accounts.offices import GUEST_ROLES, fits, party, role_of
from yice.loop.deliver.enums import CaseState, RecordKind
from yice.loop.deliver.models import Case, OpenStep, StepOffice, StepRecord
from yice.loop.deliver.offices import Held, held_posts
from yice.loop.deliver.selectors.scope import guest_hands_of, read_whole, readable
from yice.loop.identify.models import Person
from yice.loop.identify.services.ties import refuse_kin
from yice.policy import selectors as policy
from yice.rules.model import Plan
from yice.rules.services import SEPARATE, Service, Step
from yice.rules.words import Words
from yice.terms.errors import Problem, stale
from yice.terms.messages import Message
from yice.terms.once import require_same


def plan_of(case: Case) -> Plan:
    """The plan the case was opened under; newer versions do not change it."""
    return policy.plan(case.pack)


def service_of(case: Case) -> Service:
    return plan_of(case).services[case.service]


def on_to(service: Service, went: Iterable[str]) -> list[Words]:
    """Where a step led: the steps that wait then, or how it ended."""
    steps, ends = service.steps, service.ends
    known = [one for one in went if one in steps or one in ends]
    return [steps[one].title if one in steps else ends[one].says for one in known]


@dataclass(frozen=True)
class As:
    """As whom somebody takes a step: the office, for whom outside it is entered, and whom they stand in for."""

    office: str
    for_whom: str = ""
    covering: User | None = None


def lock(case: Case) -> Case:
    """The case locked. Its pack's files are left out: the plan is kept by hash."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("person", "pack").defer("pack__files")
    return rows.get(pk=case.pk)


def done_before(case: Case, key: str, actor: User | None, *what: str) -> bool:
    """Whether this very request was carried out already; `what`: its step and outcome, where it has them."""
    before = StepRecord.objects.filter(key=key).first() if key else None
    if before is None:
        return False
    taken = (before.step, before.outcome)[: len(what)]
    by = actor.pk if actor is not None else None
    require_same((before.case_id, before.by_id, *taken), (case.pk, by, *what))
    return True


def open_step(case: Case, step: str, version: int) -> OpenStep:
    """The step while it waits and the page is fresh; else Problem "stale" with what changed since."""
    found = OpenStep.objects.select_related("holder").filter(case=case, step=step).first()
    if found is None or case.version != version or case.state != CaseState.OPEN:
        raise stale_case(changed_since(case, version) or _taken_before(case, step))
    return found


def stale_case(why: Message | None) -> Problem:
    return stale(Message("您打开页面之后，这个办件已经有了变化。"), why)


def _taken_before(case: Case, step: str) -> Message | None:
    """Who took the step that waits no longer: for whoever sends it again, having seen all that changed."""
    row = StepRecord.objects.filter(case=case, step=step).select_related("by").order_by("-version").first()
    return Message("{what}。", what=str(_said(row, service_of(case)))) if row else None


def changed_since(case: Case, version: int) -> Message | None:
    """What happened after the version somebody looked at, in words."""
    service = service_of(case)
    rows = StepRecord.objects.filter(case=case, version__gt=version).select_related("by").order_by("version")
    said = [str(_said(row, service)) for row in rows[:5]]
    return Message("{what}。", what="；".join(said)) if said else None


def _said(row: StepRecord, service: Service) -> Message:
    who = row.by.name if row.by else "—"
    step = service.steps.get(row.step)
    outcome = step.outcomes.get(row.outcome) if step else None
    if row.kind == RecordKind.TAKEN and step and outcome:
        return Message("{who}办理了“{step}”：{outcome}", who=who, step=step.title, outcome=outcome.says)
    what = RecordKind(row.kind).label
    if step:
        return Message("{who}：{what}（{step}）", who=who, what=what, step=step.title)
    return Message("{who}：{what}", who=who, what=what)


def as_whom(actor: User, case: Case, waiting: OpenStep) -> As:
    """As whom `actor` may take the step, else Forbidden with whose step it is.

    A step that somebody has in hand is theirs, or their deputy's; one that a guest has in hand may also be entered
    for the guest. Anybody whose post holds one of its offices may take a free one.
    """
    if waiting.holder is not None and waiting.holder_id != actor.pk:
        for held in held_posts(actor):
            if held.covering is not None and held.covering.pk == waiting.holder_id:
                found = _as(held, case, waiting)
                if found is not None:
                    return found
    guests_hands = waiting.holder is not None and _held_as_guest(waiting)
    if waiting.holder_id not in (None, actor.pk) and not guests_hands:
        who = waiting.holder.name if waiting.holder else ""
        raise access.Forbidden(Message("这一步正由{who}办理。", who=who))
    for held in held_posts(actor):
        found = _as(held, case, waiting)
        if found is not None:
            return found
    titles = "、".join(office_name(one.office) for one in waiting.offices.order_by("id"))
    raise access.Forbidden(Message("这一步由{who}办理。", who=titles))


def _held_as_guest(waiting: OpenStep) -> bool:
    offices = {one.role for one in waiting.offices.all()} & GUEST_ROLES
    return waiting.holder is not None and any(post.role in offices for post in waiting.holder.posts_on())


def _as(held: Held, case: Case, waiting: OpenStep) -> As | None:
    for office in waiting.offices.order_by("id"):
        of = party(office.office)
        if not fits(
            held.post, of, held.post.area.code if opener(held.post.user, case, waiting.step) else office.area
        ):
            continue
        if role_of(of) in GUEST_ROLES and waiting.holder_id not in (
            held.post.user_id,
            held.covering.pk if held.covering else None,
        ):
            continue  # a guest takes only what was handed to them
        return As(office.office, office.records_for, held.covering)
    return None


def opener(user: User, case: Case, step: str) -> bool:
    """Whether `user` took the application at a window elsewhere, and this is still the application."""
    service = service_of(case)
    return service.anywhere and step == service.start and case.opened_by_id == user.pk


def guest_hands(user: User, case: Case) -> frozenset[str] | None:
    """The steps of a case that are in a guest's hands; None for whoever reads it as the house does. One with a post of
    either kind is a guest wherever only the guest's reaches."""
    if not any(post.role in GUEST_ROLES for post in user.posts_on()) or read_whole(user, case):
        return None
    rows = StepOffice.objects.filter(guest_hands_of(user), open_step__case=case)
    return frozenset(rows.values_list("open_step__step", flat=True))


def office_name(text: str) -> str:
    """An office in words."""
    return str(role_of(party(text)).label)


def refuse_conflict(actor: User, case: Case, step: Step, as_: As) -> None:
    """Nobody takes a step of their own or a relative's case, nor two duties of one case."""
    for person in people_of(case):
        refuse_kin(actor, person)
    if step.duty not in SEPARATE or as_.for_whom:
        return
    held = StepRecord.objects.filter(case=case, by=actor, kind__in=(RecordKind.TAKEN, RecordKind.REFUSED))
    others = held.filter(for_whom="", duty__in=[duty for duty in SEPARATE if duty != step.duty])
    other = others.order_by("id").first()
    if other is not None:
        before = service_of(case).steps[other.step].title
        raise Problem(
            "duties-apart",
            Message("您已经办理过这个办件的“{before}”，不能再办“{step}”。", before=before, step=step.title),
            why=Message("受理、审批、支付、评估、实施和验收要由不同的人办理。"),
            fix=Message("请转交同事办理。"),
        )


def people_of(case: Case) -> list[Person]:
    """The persons a case is about."""
    if case.person is not None:
        return [case.person]
    if case.household_id is not None:
        return list(Person.objects.filter(household_id=case.household_id, removed_on=None).order_by("id"))
    return []


def require_reading(actor: User, case: Case) -> None:
    """What may not be read may not be acted upon either: a restricted case, one of another office."""
    if not readable(actor).filter(pk=case.pk).exists():
        raise Problem("case-not-found", Message("没有这个办件，或不在您负责的范围内。"))


def require_step(actor: User, case: Case, step: str) -> None:
    """Somebody with a post for steps in the area, standing in for one, or the window that took the application."""
    if opener(actor, case, step):
        access.require(actor, Action.CASE_STEP)
        return
    if access.may(actor, Action.CASE_STEP, case).allowed:
        return
    if any(held.covering is not None for held in held_posts(actor)):
        return
    access.require(actor, Action.CASE_STEP, case)
