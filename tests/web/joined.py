"""What joins people of other offices and organisations to somebody in Jianghai, as rows: cases, steps in hand, needs.

林小禾: three cases, each waiting step in the hands of one guest. 周大山: one case that waits at every department and
office above, a need that climbed to the city. 欧阳明: a restricted case at justice, a need sent to education. 吴外县, in the next county: nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.web.desk_world import PIXEL, World
from tests.web.roles import GUESTS, READERS, CaseFact, enlist, office

from yice.accounts.enums import Role
from yice.accounts.models import User
from yice.identifiers import sealing
from yice.loop.deliver.enums import FundSource, Mode, RecordKind
from yice.loop.deliver.models import Case, CaseFile, Delivery, Notice, OpenStep, Payment, StepOffice
from yice.loop.deliver.services import Subject, filling, open_case
from yice.loop.deliver.services.files import FIELD
from yice.loop.deliver.services.moving import enter, written
from yice.loop.deliver.services.standing import plan_of, service_of
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Need, Person
from yice.loop.identify.services.needs import record_need, send_need
from yice.terms import clock

SECRET = "某某诊断全文"  # on a sealed field
# Whose hands each waiting step of 林小禾's is in.
HANDS: dict[str, dict[str, Role]] = {
    "employment_chain": {
        "assess": Role.ASSESSOR, "training": Role.PROVIDER, "support": Role.VOLUNTEER, "again": Role.EMPLOYER,
        "career": Role.EVALUATOR,
    },
    "home_teaching": {"roll": Role.SCHOOL},
    "child_report": {"diagnose": Role.CLINIC},
}  # fmt: skip
BEFORE = {
    "employment_chain": ["ask"],
    "home_teaching": ["ask", "decide"],
    "child_report": ["report", "match"],
}
# The offices that may enter such a step for the guest, beside those that read every case of the area.
FOR_THEM = {"home_teaching": ("education@county",), "child_report": ("health@county",)}
# Who has a step of 周大山's.
OFFICES = (
    Role.FINANCE, Role.EDUCATION, Role.HEALTH, Role.HUMAN_RESOURCES, Role.MEDICAL_INSURANCE, Role.HOUSING,
    Role.RURAL_AFFAIRS, Role.JUSTICE, Role.COMMITTEE, Role.ARBITRATOR, Role.FEDERATION_ABOVE,
    Role.CIVIL_AFFAIRS_ABOVE,
)  # fmt: skip


def join(world: World) -> World:
    """The world with everybody in it, settled before anybody looks."""
    enlist()
    world.settled()
    handed = [_handed(world, service) for service in HANDS]
    world.joined.cases += [CaseFact(world.case), CaseFact(world.notice.case, whole=(world.notice.number,))]
    world.joined.cases += [*handed, _at_every_office(world), _restricted(world)]
    need = record_need(
        actor=world.cast.he, person=world.ouyang, kind="education", channel=Channel.VISIT, key="school"
    ).need
    sent = send_need(actor=world.cast.he, need=need, version=need.version, office="education@county")
    late = record_need(
        actor=world.cast.he, person=world.zhou, kind="housing", channel=Channel.VISIT, key="late"
    ).need
    Need.objects.filter(pk=late.pk).update(tier=2, climbed_on=clock.today())
    world.joined.needs += [Need.objects.get(pk=one.pk) for one in (world.need, sent, late)]
    return world


def _opened(world: World, actor: User, service: str, person: Person) -> Case:
    case = open_case(
        actor=actor, service=service, subject=Subject(person), channel=Channel.WINDOW,
        key=f"{service}-{person.pk}",
    )  # fmt: skip
    OpenStep.objects.filter(case=case).delete()
    return case


def _handed(world: World, service: str) -> CaseFact:
    """The steps before filled in by the county; every other in somebody's hands, each with a file of its own."""
    he = world.cast.he
    case = _opened(world, he, service, world.lin)
    found = CaseFact(case, waits=frozenset(FOR_THEM.get(service, ())), took=frozenset({"he"}))
    steps = service_of(case).steps
    for step in (*BEFORE[service], *HANDS[service]):
        found.said[step] = f"{service}/{step}的话"
        found.reads[step] = frozenset(steps[step].reads)
        form = plan_of(case).forms[steps[step].form or ""]
        texts = [one.id for one in form.fields.values() if one.type == "text" and not one.sealed]
        secret = {one.id: SECRET for one in form.fields.values() if one.sealed}
        values = filling.sealed(form, dict.fromkeys(texts[:1], found.said[step]) | secret)
        last = written(
            case, he, RecordKind.TAKEN, step=step, outcome=next(iter(steps[step].outcomes)), values=values,
            office="federation@county",
        )  # fmt: skip
        if not texts:
            del found.said[step]
        found.files[step] = _file(case, step, he)
    for step, role in HANDS[service].items():
        held = OpenStep.objects.filter(case=case, step=step).first() or enter(case, steps[step], sleeps=False)
        assert held is not None
        held.holder = User.objects.get(username=f"{role}.here")
        held.save()
        StepOffice.objects.get_or_create(open_step=held, office=str(role), role=role, area=case.area)
        found.held[step] = f"{role}.here"
    found.whole = (f"{service}的收款人", f"{service}的机构")
    given: dict[str, Any] = {
        "case": case,
        "record": last,
        "person": world.lin,
        "fund_source": FundSource.COUNTY,
    }
    Payment.objects.create(
        **given, amount_fen=1, mode=Mode.CASH, payee=found.whole[0], paid_on=clock.today(),
        month=dt.date(2020, 6, 1),
    )  # fmt: skip
    Delivery.objects.create(
        **given, day=clock.today(), what="服务", mode=Mode.PURCHASE, provider=found.whole[1]
    )
    found.notice = Notice.objects.create(
        number=f"N-{service}", case=case, record=last, kind=world.notice.kind, content=world.notice.content,
        made_at=clock.now(),
    )  # fmt: skip
    return found


def _file(case: Case, step: str, by: User) -> CaseFile:
    return CaseFile.objects.create(
        case=case, step=step, form="png", size=len(PIXEL), digest=step, sealed=sealing.seal_bytes(FIELD, PIXEL),
        added_at=clock.now(), added_by=by,
    )  # fmt: skip


def _waiting(case: Case, step: str, *offices: tuple[str, Role]) -> None:
    made = OpenStep.objects.create(case=case, step=step, area=case.area, tier=3, entered_at=clock.now())
    for name, role in offices:
        StepOffice.objects.create(open_step=made, office=name, role=role, area=case.area)


def _at_every_office(world: World) -> CaseFact:
    case = _opened(world, world.cast.he, "living_subsidy", world.zhou)
    at = {office(READERS[f"{role}.here"]): role for role in OFFICES}
    _waiting(case, "payment", *at.items())
    return CaseFact(case, waits=frozenset(at), took=frozenset({"he"}))


def _restricted(world: World) -> CaseFact:
    """Opened by the commissioner of 欧阳明's village; nobody else of the house reads it. Jianghai's pack has no service
    of this kind, so that the row is made as the engine would."""
    open_ = world.case
    case = Case(
        number="B440704-2020-90001", service=open_.service, pack=open_.pack, person=world.ouyang, restricted=True,
        **dict.fromkeys(("hukou", "residence", "area"), world.ouyang.hukou), channel=Channel.WINDOW,
        applied_on=clock.today(), opened_at=clock.now(), opened_by=world.cast.zhou, key="restricted",
    )  # fmt: skip
    written(case, world.cast.zhou, RecordKind.OPENED)
    _waiting(case, "decision", ("justice@county", Role.JUSTICE))
    return CaseFact(case, waits=frozenset({"justice@county"}), took=frozenset({"zhou"}))


assert set(GUESTS) == {role for hands in HANDS.values() for role in hands.values()}
