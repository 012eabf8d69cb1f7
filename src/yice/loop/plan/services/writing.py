"""A plan is written and signed, version by version."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from django.db import transaction

from yice.accounts import access
from yice.accounts.access import AreaFields
from yice.accounts.enums import Action
from yice.accounts.models import User
from yice.audit.services import record
from yice.loop.assess.models import Determination
from yice.loop.identify.models import Household, Need, Person
from yice.loop.identify.rights.guardians import require_guardian
from yice.loop.identify.services.numbering import next_number
from yice.loop.identify.services.ties import refuse_kin
from yice.loop.plan.enums import PlanState, Signer
from yice.loop.plan.models import HelpPlan, Measure, PlanVersion
from yice.loop.plan.services.freshness import refuse_stale
from yice.loop.plan.services.groups import update_groups
from yice.loop.plan.services.summing import sum_up
from yice.rules.services import NEEDS, OFFICES, FundName, ModeName
from yice.terms import clock
from yice.terms.errors import Problem, Problems
from yice.terms.messages import Message
from yice.terms.once import require_same


@dataclass(frozen=True)
class MeasureLine:
    """One measure of a version. `uuid`: the same one carried on from the version before."""

    kind: str  # a kind of need
    what: str
    department: str  # an office of packs: "education@county"
    result: str
    by: dt.date
    responsible: User | None = None
    responsible_name: str = ""
    fen: int | None = None
    fund_source: str = ""
    mode: str = ""
    provider: str = ""
    need: Need | None = None
    uuid: uuid.UUID | None = None


@dataclass(frozen=True)
class Whose:
    """A person's or a household's place, as the policy judges it."""

    hukou: str
    residence: str
    ACCESS = AreaFields(hukou="hukou", residence="residence")


def write_plan(
    *,
    actor: User,
    measures: Sequence[MeasureLine],
    key: str,
    person: Person | None = None,
    household: Household | None = None,
    plan: HelpPlan | None = None,
    version: int = 0,
    goal: str = "",
    why: str = "",
    review_on: dt.date | None = None,
    determination: Determination | None = None,
) -> PlanVersion:
    """Write the first version of a plan for `person` or `household`, or the next one of `plan` seen at `version`.

    It is in force once it is signed; until then the version before it holds. Everything wrong is told at once.
    """
    whose = _whose(person, household, plan)
    access.require(actor, Action.PLAN_WRITE, whose)
    problems = list(faults(measures, review_on))
    if problems:
        raise Problems(problems)
    with transaction.atomic():
        row = _plan(actor, person, household, plan, version, key, whose)
        if isinstance(row, PlanVersion):
            return row
        if problems := list(_of_others(row, measures)):
            raise Problems(problems)
        row.version += 1
        row.review_on = review_on or row.review_on
        row.save()
        made = PlanVersion.objects.create(
            plan=row, number=row.version, determination=determination, goal=goal, why=why,
            made_at=clock.now(), made_by=actor,
        )  # fmt: skip
        Measure.objects.bulk_create(_measures(made, measures))
        sum_up(HelpPlan.objects.filter(pk=row.pk))
        subject = row.person or row
        values = {"plan": row.number, "number": made.number, "measures": len(measures)}
        record(actor=actor, code="plan.written", subject=subject, area=row.hukou, values=values)
    return made


def _whose(person: Person | None, household: Household | None, plan: HelpPlan | None) -> Whose:
    if plan is not None:
        return Whose(plan.hukou, plan.residence)
    if person is not None:
        return Whose(person.hukou, person.residence)
    if household is not None:  # where its people are: a household itself is only known by county
        first = household.persons.filter(removed_on=None).order_by("id").first()
        return Whose(first.hukou, first.residence) if first else Whose(household.area, household.area)
    raise TypeError("a plan is somebody's")


def _plan(
    actor: User,
    person: Person | None,
    household: Household | None,
    plan: HelpPlan | None,
    version: int,
    key: str,
    whose: Whose,
) -> HelpPlan | PlanVersion:
    """The plan locked, new or going on; a version where this very request was carried out already."""
    if plan is None:
        for one in [person] if person else household.persons.order_by("id") if household else []:
            refuse_kin(actor, one)
        before = HelpPlan.objects.filter(key=key).first()
        if before is not None:
            first = before.versions.get(number=1)
            sent = (person, household, actor.pk)
            require_same((before.person, before.household, first.made_by_id), sent)
            return first
        held = HelpPlan.objects.exclude(state=PlanState.CLOSED).filter(person=person, household=household)
        if held.exists():
            raise Problem("plan-open", Message("已经有一份没有结束的方案，请在那份上修订。"))
        return HelpPlan(
            number=next_number("F", whose.hukou), person=person, household=household, hukou=whose.hukou,
            residence=whose.residence, opened_on=clock.today(), key=key,
        )  # fmt: skip
    row = HelpPlan.objects.select_for_update(of=("self",)).select_related("person").get(pk=plan.pk)
    for one in row.people():
        refuse_kin(actor, one)
    refuse_stale(row, version)
    return row


def _measures(version: PlanVersion, lines: Sequence[MeasureLine]) -> Iterator[Measure]:
    for line in lines:
        yield Measure(
            uuid=line.uuid or uuid.uuid4(),
            version=version,
            need=line.need,
            kind=line.kind,
            what=line.what,
            department=line.department,
            responsible=line.responsible,
            responsible_name=line.responsible_name or (line.responsible.name if line.responsible else ""),
            result=line.result,
            by=line.by,
            fen=line.fen,
            fund_source=line.fund_source,
            mode=line.mode,
            provider=line.provider,
        )


def faults(lines: Sequence[MeasureLine], review_on: dt.date | None) -> Iterator[Problem]:
    """Each measure has its five: department, person responsible, result, date, and the money's source if any."""
    if not lines:
        yield Problem("measures-missing", Message("方案至少要有一项措施。"), field="measures")
    if review_on is not None and review_on < clock.today():
        yield Problem("review-past", Message("回访日期已经过去。"), field="review_on")
    for at, line in enumerate(lines, start=1):
        where = Message("第 {n} 项措施", n=at)
        office, _, tier = line.department.partition("@")
        checks = (
            (line.kind in NEEDS, "kind", Message("请选择是哪一类需求。")),
            (bool(line.what.strip()), "what", Message("请写明做什么。")),
            (tier in OFFICES.get(office, ()), "department", Message("请选择负责的部门。")),
            (line.responsible is not None or bool(line.responsible_name.strip()), "responsible",
             Message("请写明责任人。")),
            (bool(line.result.strip()), "result", Message("请写明预期结果。")),
            (line.uuid is not None or line.by >= clock.today(), "by", Message("完成日期已经过去。")),
            (line.fen is None or (line.fen > 0 and line.fund_source in get_args(FundName)), "fund_source",
             Message("有金额的要写明资金来源，金额要大于零。")),
            (line.mode in ("", *get_args(ModeName)), "mode", Message("请选择怎样提供。")),
        )  # fmt: skip
        for good, field, what in checks:
            if not good:
                yield Problem("measure", what, where=where, field=f"measures.{at - 1}.{field}")


def _of_others(plan: HelpPlan, lines: Sequence[MeasureLine]) -> Iterator[Problem]:
    """A measure goes on from one of this plan and answers a need of its own people."""
    known = (
        set(Measure.objects.filter(version__plan=plan.pk).values_list("uuid", flat=True))
        if plan.pk
        else set()
    )
    people = {one.pk for one in plan.people()}
    for at, line in enumerate(lines, start=1):
        where, field = Message("第 {n} 项措施", n=at), f"measures.{at - 1}"
        if line.uuid is not None and line.uuid not in known:
            yield Problem("measure", Message("这项措施不在这份方案里。"), where=where, field=f"{field}.what")
        if line.need is not None and line.need.person_id not in people:
            yield Problem("measure", Message("这项需求是另一个人的。"), where=where, field=f"{field}.need")


def sign_plan(
    *,
    actor: User,
    plan: HelpPlan,
    version: int,
    signed_as: Signer,
    signed_by: str = "",
    signed_on: dt.date | None = None,
) -> HelpPlan:
    """The person or the guardian agreed to this version: it is in force. Signed twice it changes nothing."""
    access.require(actor, Action.PLAN_WRITE, plan)
    day = signed_on or clock.today()
    if day > clock.today():
        raise Problem("date-future", Message("签字日期在今天之后。"), field="signed_on")
    if signed_as == Signer.GUARDIAN and not signed_by.strip():
        raise Problem("signer-missing", Message("请写明监护人姓名。"), field="signed_by")
    with transaction.atomic():
        row = HelpPlan.objects.select_for_update(of=("self",)).select_related("person").get(pk=plan.pk)
        made = row.versions.get(number=row.version)
        refuse_stale(row, version)
        if made.signed_on is not None:
            return row
        if signed_as == Signer.GUARDIAN and row.person is not None:
            signed_by = require_guardian(row.person, signed_by, day).name
        made.signed_on, made.signed_as, made.signed_by = day, signed_as, signed_by
        made.save(update_fields=["signed_on", "signed_as", "signed_by"])
        row.state = PlanState.IN_FORCE
        row.save(update_fields=["state"])
        values = {"plan": row.number, "number": made.number}
        record(actor=actor, code="plan.signed", subject=row.person or row, area=row.hukou, values=values)
        for one in row.people():
            update_groups(one)
    return row
