"""Plans and assessments that the staff of a demo have begun: one signed and under way, one a household's, one a draft.

Everything goes through the services a site uses; begun once.
"""

from __future__ import annotations

import datetime as dt

from yice.accounts.models import User
from yice.areas.models import Area, Tier
from yice.areas.selectors import below
from yice.loop.assess.services import record_assessment
from yice.loop.identify.models import Need, Person
from yice.loop.plan.enums import MeasureState, Signer
from yice.loop.plan.models import HelpPlan
from yice.loop.plan.services import MeasureLine, record_progress, sign_plan, write_plan
from yice.rules.model import Plan
from yice.terms import clock

ALMOST_A_YEAR = dt.timedelta(days=350)
# Kind, what, department, who is responsible, result, in how many days, fen and its source.
WHEELCHAIR = ("device", "适配轮椅", "federation@county", "he", "能独立出门", 60, 120_000, "county")
CARE = ("home_service", "每周两次上门照料", "clerk@township", "liang", "家里不断照料", 30, 240_000, "lottery")
WORK = ("employment", "介绍一份居家就业", "federation@county", "he", "有稳定收入", 90, None, "")


def begin_plans(county: Area, users: dict[str, User], plan: Plan) -> None:
    """In the first village of the county, with those whose needs are open first."""
    village = next(iter(below(county.code, Tier.VILLAGE)[:1]), county)
    people = _people(village)
    if len(people) < 4 or HelpPlan.objects.exists():
        return
    one, home, draft, *_rest = people
    signed = _written(users, one, "demo-plan-1", [WHEELCHAIR, CARE])
    sign_plan(actor=users["liang"], plan=signed, version=1, signed_as=Signer.PERSON)
    first = signed.versions.get().measures.order_by("id")[0]
    record_progress(
        actor=users["he"],
        plan=signed,
        measure=first.uuid,
        state=MeasureState.UNDER_WAY,
        note="轮椅已经选好，等到货",
    )
    joint = _written(users, home, "demo-plan-2", [CARE], household=True)
    sign_plan(actor=users["liang"], plan=joint, version=1, signed_as=Signer.GUARDIAN, signed_by="户主")
    _written(users, draft, "demo-plan-3", [WORK])
    for key, (person, kind, on) in enumerate(
        ((one, "barthel", clock.today()), (home, "wg_ss", clock.today() - ALMOST_A_YEAR))
    ):
        scale = plan.scales.get(kind)
        if scale is not None:
            answers = {item.id: item.scores[len(item.scores) // 2] for item in scale.items}
            record_assessment(
                actor=users["chen"], person=person, kind=kind, key=f"demo-scale-{key}", on=on, answers=answers
            )


def _people(village: Area) -> list[Person]:
    """Those with needs first; the second of them keeps house with somebody."""
    here = Person.objects.filter(hukou=village.code, residence=village.code, removed_on=None)
    asked = Need.objects.filter(person__in=here).values("person")
    found = [*here.filter(pk__in=asked).order_by("id"), *here.exclude(pk__in=asked).order_by("id")[:40]]
    home = next((one for one in found[1:] if one.household_id is not None), None)
    return [found[0], home, *(one for one in found[1:] if one != home)] if home is not None else []


def _written(
    users: dict[str, User],
    person: Person,
    key: str,
    measures: list[tuple[object, ...]],
    household: bool = False,
) -> HelpPlan:
    lines = [
        MeasureLine(
            kind=str(kind), what=str(what), department=str(office), result=str(result),
            by=clock.today() + dt.timedelta(days=int(str(days))), responsible=users[str(who)],
            fen=fen if isinstance(fen, int) else None, fund_source=str(source),
        )
        for kind, what, office, who, result, days, fen, source in measures
    ]  # fmt: skip
    return write_plan(
        actor=users["liang"],
        measures=lines,
        key=key,
        person=None if household else person,
        household=person.household if household else None,
        goal="日子过得下去，出得了门",
        review_on=clock.today() + dt.timedelta(days=7 if household else 0),
    ).plan
