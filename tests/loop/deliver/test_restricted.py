"""A restricted service: only those whose step it is or was read of it, and nothing stands on the person's timeline."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from tests import factories as make
from tests.cast import VILLAGE, Cast
from tests.loop.deliver.walking import Subject, Walk, again, second_clerk, staff

from yice.accounts import selectors as record
from yice.accounts.access import Forbidden
from yice.accounts.enums import Role
from yice.accounts.models import User
from yice.audit.models import Event
from yice.loop.deliver import services
from yice.loop.deliver.selectors import case as reading
from yice.loop.deliver.services import naming, reaching
from yice.loop.deliver.services.standing import service_of
from yice.loop.identify.rights import copying
from yice.loop.identify.rights.enums import GivenBy
from yice.policy import services as policy
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
SERVICE = """
rights:
  title: {zh: 侵权案件, en: violation of rights}
  clause: GF-2015-52 三
  basis: residence
  restricted: true
  start: report
  steps:
    report:
      title: {zh: 报告, en: report}
      clause: GF-2015-52 三
      who: commissioner@village
      duty: request
      outcomes: {told: {says: {zh: 已报告, en: told}, next: handle}}
    handle:
      title: {zh: 处理, en: handle}
      clause: GF-2015-52 三
      who: clerk@township
      outcomes: {settled: {says: {zh: 已处理, en: settled}, next: settled}}
  ends: {settled: {says: {zh: 办结, en: settled}, kind: met}}
"""


@pytest.fixture
def walk(cast: Cast, tmp_path: Path) -> Walk:
    pack = tmp_path / "trial"
    (pack / "services").mkdir(parents=True)
    (pack / "services/rights.yaml").write_text(SERVICE.lstrip(), "utf-8")
    (pack / "pack.yaml").write_text(
        'id: trial\nversion: "1"\ntitle: {zh: 试, en: trial}\nauthority: 区残联\nextends: [cn]\n'
        'areas: ["440704000000"]\n',
        "utf-8",
    )
    policy.install(actor=None, path=pack)
    made = Walk.open(cast.chen, "rights", Subject(person=make.person("林小禾")))
    made.take(cast.chen, "report", "told")
    return made


def test_only_those_whose_step_it_is_or_was_read_it(cast: Cast, walk: Walk) -> None:
    for reader in (cast.chen, cast.liang):
        assert reading.case(again(reader), walk.case.uuid) == walk.case
    with pytest.raises(Problem) as told:
        reading.case(again(cast.he), walk.case.uuid)
    assert told.value.code == "case-not-found"


def test_nothing_of_it_stands_on_the_persons_timeline(cast: Cast, walk: Walk) -> None:
    assert walk.case.person is not None
    events = Event.objects.filter(code__startswith="case.")
    assert events.exists() and not events.filter(subject_id=walk.case.person.uuid).exists()


def test_whoever_may_not_read_it_learns_of_it_by_no_record_contact_name_or_refusal(
    cast: Cast, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The county reads the record of its area, and everybody the person's timeline; both without it."""
    he, liang, person = again(cast.he), again(cast.liang), walk.case.person
    assert person is not None

    def told(actor: User) -> str:
        return " ".join(row.text for row in record.events(actor).rows)

    case = walk.case
    monkeypatch.setattr(reaching, "may_reach", lambda _actor, _case: True)
    reaching.reach(actor=liang, case=case)
    naming.named(
        actor=again(cast.pan), service=replace(service_of(case), anywhere=True), number=person.id_number, name=person.name
    )  # fmt: skip
    assert case.number not in told(he) and "侵权" not in told(he) and "查看了电话和住址" in told(he)
    assert case.number in Event.objects.filter(subject_id=case.uuid).first().values["case"]  # type: ignore[union-attr]
    with pytest.raises(Problem) as refused:
        Walk.open(
            staff("wen", "文专委", Role.VILLAGE_COMMISSIONER, VILLAGE), "rights", Subject(person=person)
        )
    assert case.number not in str(refused.value)
    type(case).objects.update(restricted=False)
    assert case.number in told(he)


def test_it_is_in_no_copy_of_the_record_even_of_those_who_read_it(cast: Cast, walk: Walk) -> None:
    """Whoever takes the copy home may be the one it is about."""
    person = walk.case.person
    assert person is not None
    table = copying.copy_of_record(actor=again(cast.liang), person=person, given_to=GivenBy.PERSON).table
    text = " ".join(str(value) for column in table.columns for value in column.to_pylist())
    assert walk.case.number not in text and "侵权" not in text
    type(walk.case).objects.update(restricted=False)
    table = copying.copy_of_record(actor=again(cast.liang), person=person, given_to=GivenBy.PERSON).table
    assert walk.case.number in str(table.to_pydict()) and "已报告" in str(table.to_pydict())


def test_who_may_not_read_it_may_not_move_it(cast: Cast, walk: Walk) -> None:
    he, version = again(cast.he), walk.case.version
    with pytest.raises(Problem):
        services.hand_over(actor=he, case=walk.case, step="handle", version=version, to=second_clerk())
    with pytest.raises(Problem):
        services.withdraw(actor=he, case=walk.case, version=version, note="撤")
    with pytest.raises(Forbidden):
        services.take_step(actor=he, case=walk.case, step="handle", version=version, outcome="settled")


def test_a_deputy_covers_one_post_and_not_the_person(cast: Cast, walk: Walk) -> None:
    """梁经办 is away as a clerk; what is in hand by another post of theirs is not the deputy's."""
    wen = staff("wen", "文经办", Role.VILLAGE_COMMISSIONER, "440704001001")
    walk.hand(cast.liang, "handle", cast.liang)
    other = again(cast.liang).posts.create(role=Role.VILLAGE_COMMISSIONER, area_id="440704001002")
    services.cover_post(
        actor=again(cast.liang), post=other, deputy=wen, since=clock.today(), until=dt.date(2020, 7, 3)
    )
    with pytest.raises(Forbidden):
        walk.take(wen, "handle", "settled")
