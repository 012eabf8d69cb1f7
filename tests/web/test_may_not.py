"""Who may not: the actors of the five documents, each with what is denied them, tried for real and with the wall away.

Each row is tried by a page's address, a form that is sent, and an operation of the API, as that role inside the area
and outside. Then the wall that stands there is taken away on purpose, and the same attempt must get through: a row that
cannot fail proves nothing. What Yice has no such actor or thing for stands in `NOT_HERE`, with why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.cast import Cast
from tests.web import attempts as at
from tests.web.desk_world import World, at_work
from tests.web.joined import join
from tests.web.roles import READERS

from yice.accounts.enums import Action, Role
from yice.loop.deliver.services import stepping
from yice.loop.identify.models import Facts
from yice.policy import proposals

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class MayNot:
    actor: str
    what: str
    source: str  # the table of actors and its clause, or the field's list of roles
    who: tuple[str, ...]  # readers of tests/web/roles.py; the first is let in when the wall is away
    tried: Callable[[World, str], at.Breach]
    away: Callable[[World, at.Patch], None]


R = "requirements 6"
F = "domain 8"
TABLE = (
    MayNot("village commissioner", "decide grants", f"{R}, BJ-6.3.2.Q2", ("chen", "zhou"), at.decides, at.anybodys_step),
    MayNot("village commissioner", "see numbers whole", F, ("chen", "zhou"), at.whole_numbers, at.unmasked),
    MayNot("village and its institution", "see psychiatric notes", f"{R}, NM-3.3.6", ("chen", "provider.here"), at.restricted_notes, at.no_restriction),
    MayNot("community health institution", "see income", f"{R}, NM-3.3.1", ("clinic.here", "clinic.there"), at.incomes, at.granting(Action.PERSON_READ)),
    MayNot("hospital's doctor", "see whom they were not sent", F, ("clinic.here", "clinic.there"), at.cases_of_others, at.every_case),
    MayNot("township clerk", "decide what the county decides", f"{R}, BJ-6.3.2.Q3", ("liang", "township_clerk.there"), at.decides, at.anybodys_step),
    MayNot("township clerk", "handle their own application", F, ("liang",), at.own_matter, at.setting(stepping, "refuse_conflict", lambda *_: None)),
    MayNot("county federation", "change rules above it", f"{R}, BJ-5.1.3", ("he", "pan"), at.rules_above, at.setting(proposals, "_require", lambda *_: None)),
    MayNot("county federation", "handle another's line of work", F, ("he", "pan"), at.other_line, at.granting(Action.FINDING_HANDLE)),
    MayNot("county federation", "unmask without a reason", F, ("he",), at.unasked, at.no_reason),
    MayNot("county department", "see unrelated sensitive facts", R, ("education.here", "education.there", "housing.here", "health.here"), at.of_other_offices, at.granting(Action.PERSON_READ)),
    MayNot("province and city", "see persons where totals do", R, ("sheng", "federation_above.there"), at.names, at.granting(Action.PERSON_READ)),
    MayNot("province and city", "edit local records", R, ("federation_above.here", "civil_affairs_above.here", "sheng"), at.corrects, at.granting(Action.PERSON_READ, Action.PERSON_CORRECT)),
    MayNot("working committee", "see persons by default", f"{R}, JH-7.1.1", ("committee.here", "committee.there"), at.names, at.granting(Action.PERSON_READ)),
    MayNot("provider", "see others' cases", f"{R}, HN-3.2.12", ("provider.here", "provider.there", "provider.free"), at.cases_of_others, at.every_case),
    MayNot("provider", "see income", F, ("provider.here", "provider.there"), at.incomes, at.granting(Action.PERSON_READ)),
    MayNot("employer", "see more of a disability than the step needs", R, ("employer.here", "employer.there"), at.assessments, at.guests_read_whole),
    MayNot("volunteer", "see assessments", R, ("volunteer.here", "volunteer.there"), at.assessments, at.guests_read_whole),
    MayNot("volunteer", "see numbers", F, ("volunteer.here",), at.whole_numbers, at.granting(Action.PERSON_READ, Action.PERSON_UNMASK)),
    MayNot("finance", "change cases", R, ("finance.here", "finance.there"), at.changes_cases, at.anybodys_turn),
    MayNot("any department", "end an application that waits at it", R, ("housing.here", "education.there"), at.changes_cases, at.anybodys_turn),
    MayNot("audit administrator", "read or change cases", R, ("shen",), at.cases, at.granting(Action.CASE_READ, Action.CASE_STEP)),
    MayNot("audit administrator", "delete the record", F, ("shen",), at.deletes, at.forgotten_events),
    MayNot("system administrator", "read cases", R, ("admin",), at.cases, at.granting(Action.CASE_READ, Action.CASE_STEP)),
    MayNot("security administrator", "read cases", F, ("an",), at.cases, at.granting(Action.CASE_READ, Action.CASE_STEP)),
    MayNot("one officer", "check and decide the same case", F, ("luo",), at.two_duties, at.setting(stepping, "refuse_conflict", lambda *_: None)),
    MayNot("donor, citizen", "see identity", R, ("nobody",), at.strangers_read, at.everybody_is_somebody),
)  # fmt: skip
# Rows of the tables that no account of Yice stands for, or that deny nothing; and where another test has them.
NOT_HERE = {
    ("disabled person, guardian", "see others"): "no account: pages for the public are not built; a copy taken home names nobody else (tests/loop/test_rights.py)",
    ("village committee, its chair", "see psychiatric notes"): "no post of its own: reads as the commissioner does, or not at all",
    ("township", "approve adaptation"): "Beijing's service alone: the approval is the district's step; as above, by the office of a step",
    ("prefecture", "exist in Beijing"): "no tier, no post: a post is given at tiers that the area has (tests/accounts/test_give_post.py)",
    ("assessor", "accept what they assessed and built"): "by duty, as one officer below: assessing, building and accepting are apart in a case",
    ("provider", "change ratings"): "the rating is the applicant's step, entered by the commissioner: as above, by the office of a step",
    ("provider", "see anybody after the contract"): "tests/loop/deliver/test_rights_that_ended.py",
    ("evaluator", "-"): "denies nothing; that a sample ends: tests/loop/deliver/test_rights_that_ended.py",
    ("arbitration group", "-"): "denies nothing",
    ("school", "-"): "denies nothing; own pupils alone: the walk",
    ("special association", "-"): "denies nothing, and no account",
}  # fmt: skip


def test_every_row_is_a_role_that_is_walked() -> None:
    assert {who for row in TABLE for who in row.who} <= set(READERS)
    assert len({(row.actor, row.what) for row in TABLE} | set(NOT_HERE)) == len(TABLE) + len(NOT_HERE)
    assert {"disabled_person", "guardian", "association", "donor"}.isdisjoint(set(Role))


@pytest.fixture
def world(cast: Cast, tmp_path: Path) -> World:
    made = join(at_work(cast, tmp_path))
    facts = Facts.objects.get(person=made.lin)
    facts.rest["income_pc_month"] = int(at.INCOME[0])
    facts.save()
    return made


def test_nobody_gets_what_they_may_not_have_and_everybody_would_without_the_wall(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert at.incomes(world, "he"), "a mark that nobody meets proves nothing"
    wrong: dict[str, Any] = {}
    for row in TABLE:
        said = f"{row.actor}: {row.what}"
        for who in row.who:
            with transaction.atomic():
                if breach := row.tried(world, who):
                    wrong[f"{said} ({who})"] = breach[:5]
                transaction.set_rollback(True)
        with transaction.atomic(), monkeypatch.context() as patch:
            row.away(world, patch)
            if not row.tried(world, row.who[0]):
                wrong[f"{said}: not even without the wall"] = row.who[0]
            transaction.set_rollback(True)
    assert wrong == {}
