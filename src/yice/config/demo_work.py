"""What the staff of a demo have begun: needs by several channels, cases at different steps, a visit list, registers.

Everything goes through the services a site uses; keys make each safe to repeat. Of a plan without such a service or
register, nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from yice.accounts.models import User
from yice.areas.models import Area, Tier
from yice.areas.selectors import below
from yice.loop.deliver import services as cases
from yice.loop.deliver.models import Case
from yice.loop.deliver.services import Subject
from yice.loop.identify.enums import AnsweredBy, Channel, FindingKind, NeedOutcome
from yice.loop.identify.models import Finding, Person
from yice.loop.identify.services.needs import answer_need, record_need, send_need
from yice.loop.identify.services.visits import make_visit_list
from yice.network.models import Of
from yice.network.services import Row, receive
from yice.rules.model import Plan
from yice.terms import clock
from yice.terms.money import format_fen

PAPERS = {"identity": "seen", "certificate": "seen", "account": "copy"}
APPLICATION = {"applied_by": "self", "account": "6200000000000000", "agreed": "true"}
# Kind, channel, what was said, and what was done with it.
NEEDS = (
    ("device", Channel.HOTLINE_12385, "轮椅的轮子坏了，出不了门", "open"),
    ("rehabilitation", Channel.WINDOW, "想问能不能做康复训练", "open"),
    ("employment", Channel.ONLINE, "想找一份能在家做的工作", "open"),
    ("education", Channel.VISIT, "孩子没有上学，想问送教上门", "education@county"),
    ("home_service", Channel.DEPARTMENT, "独居，需要有人上门做饭、打扫", "civil_affairs@county"),
    ("device", Channel.WINDOW, "助听器要换电池", "answered"),
)
# How far each application has come: the steps taken, by whom, with which outcome and form.
ROADS: dict[str, tuple[int, ...]] = {"living_subsidy": (0, 1, 1, 2, 3, 4), "nursing_subsidy": (2, 3)}


@dataclass
class Staff:
    """Who works in the demo, and a key of its own for each request."""

    users: dict[str, User]
    keys: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    def key(self) -> str:
        return f"demo-{self.keys()}"


def begin(county: Area, users: dict[str, User], plan: Plan) -> None:
    """All but the registers, after a first screening; `users` by the names of `accounts.demo.CAST`."""
    staff = Staff(users)
    street = next(iter(below(county.code, Tier.TOWNSHIP)[:1]), county)
    for service, roads in ROADS.items():
        if service in plan.services:
            _cases(staff, street, service, roads)
    _needs(staff, street)
    make_visit_list(actor=users["liang"], day=clock.today(), size=3)


def _cases(staff: Staff, street: Area, service: str, roads: tuple[int, ...]) -> None:
    """Applications of people whom the screening found entitled and without the subsidy."""
    gaps = Finding.objects.filter(
        benefit=service, kind=FindingKind.GAP, hukou__gte=street.code, hukou__lt=street.end, due_fen__gt=0
    )
    for finding, steps in zip(gaps.select_related("person").order_by("hukou", "id"), roads, strict=False):
        _walk(staff, service, finding, steps)


def _walk(staff: Staff, service: str, finding: Finding, steps: int) -> None:
    users = staff.users
    case = cases.open_case(
        actor=users["liang"],
        service=service,
        subject=Subject(person=finding.person),
        channel=Channel.WINDOW if steps % 2 else Channel.VISIT,
        key=staff.key(),
        finding=finding,
    )
    road: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("liang", "apply", "submitted", {"values": APPLICATION, "evidence": PAPERS}),
        ("liang", "first_check", "passed", {"values": {"papers_checked": "true", "income_checked": "meets"}}),
        ("he", "federation_check", "agreed", {}),
        ("luo", "decision", "approved", {"values": {"amount": format_fen(finding.due_fen or 0)}}),
    )
    for who, step, outcome, said in road[:steps]:
        case = _take(staff, users[who], case, step, outcome, said)


def _take(staff: Staff, actor: User, case: Case, step: str, outcome: str, said: dict[str, Any]) -> Case:
    case.refresh_from_db()
    return cases.take_step(
        actor=actor, case=case, step=step, version=case.version, outcome=outcome, key=staff.key(), **said
    )


def _needs(staff: Staff, street: Area) -> None:
    people = Person.objects.filter(hukou__gte=street.code, hukou__lt=street.end, removed_on=None)
    for person, (kind, channel, said, then) in zip(people.order_by("id"), NEEDS, strict=False):
        actor = staff.users["liang"]
        need = record_need(
            actor=actor, person=person, kind=kind, channel=channel, said=said, key=staff.key()
        ).need
        if then == "answered":
            answer_need(
                actor=actor, need=need, version=need.version, outcome=NeedOutcome.MET,
                answer="电池已当面换好，并说明了以后到哪里领", answered_by=AnsweredBy.FACE, key=staff.key(),
            )  # fmt: skip
        elif then != "open":
            send_need(actor=actor, need=need, version=need.version, office=then, key=staff.key())


def bring_registers(county: Area, actor: User, plan: Plan) -> None:
    """A centre in each street, a few places and two kinds of posts; said to be whole of the centres only."""
    streets = list(below(county.code, Tier.TOWNSHIP)) or [county]
    functions = ["day_care", "auxiliary_work", "rehabilitation", "skills", "recreation"]
    rows = [
        Row(
            "community_centre",
            f"{street.name}社区康园中心",
            street.code,
            {"functions": functions[: 5 - at % 2]},
        )
        for at, street in enumerate(streets)
    ]
    first = streets[0]
    rows += [
        Row("auxiliary_employment", f"{county.name}残疾人辅助性就业中心", first.code, {}),
        Row("care_day", f"{first.name}日间照料中心", first.code, {"beds": 20}),
        Row(
            "public_place", f"{county.name}政务服务中心", first.code, {"functions": ["parking", "accessible"]}
        ),
        Row("public_place", f"{county.name}文化馆", first.code, {"functions": ["accessible"]}),
    ]
    today = clock.today()
    receive(
        actor=actor, of=Of.ORGANISATION, area=county.code, as_of=today, rows=_known(rows, plan, "facility_kind"),
        whole=["community_centre"],
    )  # fmt: skip
    villages = list(below(county.code, Tier.VILLAGE)[:6])
    posts = [
        Row("commissioner", f"{village.name}专职委员", village.code, {"post_started_on": "2019-03-01"})
        for village in villages
    ]
    receive(actor=actor, of=Of.POST, area=county.code, as_of=today, rows=_known(posts, plan, "post_kind"))


def _known(rows: list[Row], plan: Plan, kind: str) -> list[Row]:
    return [row for row in rows if row.kind in plan.facts[kind].codes]
