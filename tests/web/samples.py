"""A sample of every address: filled in with something of the small county's, and who stands within reach of that.

Who does is said by plain facts (tests/web/roles.py), never by the selector whose page is asked.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cast import COUNTY
from tests.web.desk_world import World
from tests.web.roles import CaseFact, Reader, holds, overlaps, reaches_row, reads_need

from yice.accounts.access import Place
from yice.accounts.enums import Action, Line

Within = Callable[[Reader, tuple[Action, ...]], bool]


@dataclass(frozen=True)
class Sample:
    """An address filled in, and whether a reader who may do the action stands within reach of what it shows."""

    kwargs: dict[str, Any] = field(default_factory=dict)
    within: Within = lambda reader, actions: True


def of_row(row: Any, line: Line | None = None) -> Within:
    return lambda reader, actions: any(reaches_row(reader, action, row, line) for action in actions)


def of_person(person: Any) -> Within:
    """Whoever has no register reads nobody's pages: a department meets people in its needs and steps."""
    return lambda reader, actions: (
        reaches_row(reader, Action.PERSON_READ, person) and of_row(person)(reader, actions)
    )


def touching(area: str) -> Within:
    return lambda reader, _actions: overlaps(reader.area, area)


def of_need(world: World) -> Within:
    return lambda reader, _actions: reads_need(reader, world.need)


def of_case(fact: CaseFact) -> Within:
    return lambda reader, _actions: fact.open_to(reader)


def whole(fact: CaseFact) -> Within:
    return lambda reader, _actions: fact.open_to(reader) and not reader.guest


def at_step(fact: CaseFact, step: str) -> Within:
    """A guest is at the steps in their hands alone."""
    return lambda reader, _actions: (
        fact.open_to(reader) and (not reader.guest or step in fact.steps_of(reader))
    )


def of_file(fact: CaseFact, step: str) -> Within:
    return lambda reader, _actions: (
        fact.open_to(reader) and (not reader.guest or step in fact.needed_by(reader))
    )


def samples(world: World) -> dict[str, Sample]:
    person = Sample({"person": world.lin.uuid}, of_person(world.lin))
    report = Sample({"report": world.report.uuid}, of_row(world.report))
    county = Sample({"area": COUNTY}, of_row(Place(COUNTY)))
    figure = Sample({"area": COUNTY, "figure": "gaps"}, of_row(Place(COUNTY), Line.ENTITLEMENT))
    batch = Sample({"batch": world.batch.uuid}, of_row(world.batch))
    job = Sample(
        {"job": world.job.uuid}, lambda reader, _actions: reader.username == world.job.owner.username
    )
    pack = Sample({"digest": world.run.pack.hash}, touching(COUNTY))
    chen = Sample({"account": world.cast.chen.pk}, of_row(Place(world.cast.chen.posts.get().area_id)))
    plan = Sample({"plan": world.plan.uuid}, of_row(world.plan))
    asked, refused = of_case(CaseFact(world.case)), whole(CaseFact(world.notice.case))
    with_field = Sample({**person.kwargs, "field": "phone"}, person.within)
    fact = Sample({**person.kwargs, "fact": "long_term_care_need"}, person.within)
    return {
        **dict.fromkeys(
            ("person", "person-work", "person-why", "person-facts", "person-log", "ask", "contact"), person
        ),
        "correct": fact,
        "unmask": with_field,
        **dict.fromkeys(("finding", "undo"), Sample({"finding": world.gap.uuid}, of_row(world.gap))),
        **dict.fromkeys(
            ("visit-list", "visits-typed"), Sample({"uuid": world.visits.uuid}, of_row(world.visits))
        ),
        "visit": Sample({"uuid": world.visits.uuid, "position": 1}, of_row(world.visits)),
        "visit-image": Sample(
            {"uuid": world.visits.uuid, "position": 1, "image": world.photo.pk}, of_row(world.visits)
        ),
        **dict.fromkeys(("report", "comparison", "changes-export", "report-targets"), report),
        **dict.fromkeys(("county-at", "county-export", "targets-at", "targets-export"), county),
        "network-of": Sample({"of": "post"}),
        "target": Sample({"area": COUNTY, "target": "JH-2.2"}, of_row(Place(COUNTY))),
        **dict.fromkeys(
            ("target-people", "target-people-export"),
            Sample(
                {"area": COUNTY, "target": "JH-2.2", "part": "counted"},
                of_row(Place(COUNTY), Line.ENTITLEMENT),
            ),
        ),
        **dict.fromkeys(("figure", "figure-export"), figure),
        "import": batch,
        **dict.fromkeys(
            ("import-refused", "import-columns"),
            Sample(
                batch.kwargs,
                lambda reader, _actions: reaches_row(reader, Action.IMPORT_REGISTRY, world.batch),
            ),
        ),
        **dict.fromkeys(("job", "job-progress"), job),
        "screening": Sample({"run": world.run.uuid}, of_row(world.run)),
        **dict.fromkeys(
            ("pack", *(f"policy-{part}" for part in ("groups", "benefits", "sources", "settings", "cases"))),
            pack,
        ),
        **dict.fromkeys(("account", "account-access"), chen),
        **dict.fromkeys(("person-help", "person-access", "need-new", "case-open"), person),
        **dict.fromkeys(("person-rights", "person-guardian", "record-copy", "person-erase"), person),
        "person-consent": Sample({**person.kwargs, "purpose": "photo"}, person.within),
        "objection": Sample({"objection": world.objection.uuid}, of_row(world.objection)),
        "consented": Sample({"purpose": "photo"}),
        "consented-export": Sample(
            {"purpose": "photo"}, lambda reader, _actions: holds(reader, Action.CONSENT_RECORD)
        ),
        **dict.fromkeys(("plan-new", "person-assessments", "determine"), person),
        "papers": Sample({"of": "person", "subject": world.lin.uuid}, person.within),
        "ledger-card": person,
        **dict.fromkeys(("ledger-at", "ledger-export"), county),
        "assess": Sample({**person.kwargs, "scale": "barthel"}, person.within),
        **dict.fromkeys(("plan", "plan-revise"), plan),
        "plan-versions": Sample({**plan.kwargs, "old": 1, "new": 1}, plan.within),
        "plan-progress": Sample(
            {**plan.kwargs, "measure": world.plan.versions.get().measures.get().uuid}, plan.within
        ),
        "assessment": Sample({"assessment": world.assessed.uuid}, of_row(world.assessed)),
        "need": Sample({"need": world.need.uuid}, of_need(world)),
        "round-form": Sample({"reply": world.reply.uuid}, of_row(world.reply)),
        "round-photo": Sample({"photo": uuid.UUID(int=0)}, lambda reader, actions: False),
        **dict.fromkeys(
            ("round", "round-left", "round-check", "round-lock", "round-official", "round-export"),
            Sample({"round": world.reply.round.uuid}, touching(COUNTY)),
        ),
        "case": Sample({"case": world.case.uuid}, asked),
        "case-step": Sample({"case": world.case.uuid, "step": "apply"}, asked),
        "case-file": Sample({"case": world.case.uuid, "file": world.paper.uuid}, asked),
        "case-turn": Sample({"case": world.case.uuid}, asked),
        # Nothing to assess in this one: a person who may read it is told so.
        "case-assess": Sample({"case": world.case.uuid, "step": "apply"}, lambda reader, _actions: False),
        "case-together": Sample({"service": "nursing_subsidy", "step": "decision"}),
        "case-public": Sample({"service": "nursing_subsidy", "step": "publicity"}),
        "provider": Sample({"provider": world.provider.uuid}, of_row(world.provider)),
        # Nobody's: only who broke it reads it (tests/loop/deliver/test_emergency.py).
        "emergency-of": Sample({"glass": uuid.UUID(int=1)}, lambda reader, _actions: False),
        "notice-export": Sample({"case": world.notice.case.uuid, "notice": world.notice.uuid}, refused),
        "notice": Sample({"case": world.notice.case.uuid, "notice": world.notice.uuid}, refused),
        "list-new": Sample({"slot": "other"}),
        **dict.fromkeys(
            ("list", "list-agree", "list-answers"),
            Sample({"list": world.agreement.uuid}, of_row(world.agreement)),
        ),
        "list-doubts-export": Sample(
            {"list": world.agreement.uuid, "inquiry": world.inquiry.uuid}, of_row(world.agreement)
        ),
        "review-person": person,
        **dict.fromkeys(
            ("duplicate", "duplicate-undo"), Sample({"pair": world.double.uuid}, of_row(world.double))
        ),
        **dict.fromkeys(("pair", "pair-undo"), Sample({"pair": world.pair.uuid}, of_row(world.pair))),
        "whatif-ask": pack,
        **dict.fromkeys(
            ("whatif", "whatif-people"),
            Sample({"comparison": world.comparison.uuid}, of_row(world.comparison)),
        ),
    }
