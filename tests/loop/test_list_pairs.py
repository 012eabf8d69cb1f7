"""A row of a list that number and name do not settle: who may decide it, what follows, and how it is taken back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests import factories as make
from tests.cast import COUNTY, VILLAGE, Cast
from tests.exchange import import_cast as people

from yice.accounts.access import Forbidden
from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.accounts.services import install
from yice.audit.models import Event
from yice.loop.identify.enums import PairState
from yice.loop.identify.models import Finding, ListLink, ListReceipt, Pair
from yice.loop.identify.pairing.sampling import Measured
from yice.loop.identify.selectors import pairs as selectors
from yice.loop.identify.services import pairs as services
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
SAME, DIFFERENT, CANNOT_TELL = services.VERDICTS
JUNE, JULY = dt.date(2020, 6, 1), dt.date(2020, 7, 1)


@pytest.fixture(autouse=True)
def _registered(cast: Cast, tmp_path: Path) -> None:
    install(demo=True)
    make.jianghai()
    people.bring_in(cast.he, tmp_path, people.everybody())


def subsistence(cast: Cast, folder: Path, *rows: dict[str, Any], month: dt.date = JUNE) -> None:
    """The county's list of subsistence."""
    people.bring_in(cast.luo, folder, rows, "subsistence", month=month, whole=True)


def payroll(cast: Cast, folder: Path, *rows: dict[str, Any], month: dt.date = JUNE) -> None:
    rows = tuple({"补贴金额": "150.00", **row} for row in rows)
    people.bring_in(cast.luo, folder, rows, "nursing_subsidy", month=month, whole=True)


def died(cast: Cast, folder: Path, *rows: dict[str, Any], month: dt.date = JUNE) -> None:
    rows = tuple({"死亡日期": "2020-05-20", **row} for row in rows)
    people.bring_in(cast.luo, folder, rows, "deaths_registered", month=month)


def row(name: str, number: str = "", **more: Any) -> dict[str, Any]:
    return {"姓名": name, "身份证号": number, **more}


OTHER_NAME = row("周建国", people.LIN)  # 林小禾's number beside somebody else's name


def waiting() -> Pair:
    return Pair.objects.get(state__in=(PairState.PROPOSED, PairState.SECOND))


def link_of(pair: Pair) -> tuple[str, str]:
    link = ListLink.objects.get(entry=pair.entry, person=pair.person)
    return link.state, link.how


def said(actor: User, pair: Pair, verdict: PairState) -> Pair:
    pair.refresh_from_db()
    return services.decide(actor=actor, pair=pair, verdict=verdict, version=pair.version)


def taken_back(actor: User, pair: Pair) -> Pair:
    pair.refresh_from_db()
    return services.undo(actor=actor, pair=pair, version=pair.version, reason="看错了行")


def colleague(role: Role) -> User:
    made = User.objects.create_user("second", "a long password", name="钱复核")
    Post.objects.create(user=made, role=role, area_id=COUNTY)
    return made


def test_a_number_beside_another_name_waits_and_keeps_its_evidence(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    pair = waiting()
    assert (pair.person.name, pair.reason, pair.pass_number, pair.line) == (
        "林小禾", "id_other_name", 1, "entitlement",
    )  # fmt: skip
    assert pair.rules and pair.evidence and link_of(pair) == ("possible", "id_other_name")


def test_the_same_links_by_a_person_and_is_on_record(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    done = said(cast.he, waiting(), SAME)
    assert (done.state, done.decided_by) == ("same", cast.he)
    assert link_of(done) == ("same", "person")
    assert Event.objects.get(code="pair.decided").values["verdict"] == "same"


def test_different_refuses_the_link(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    assert link_of(said(cast.he, waiting(), DIFFERENT)) == ("refused", "person")


def test_a_refused_pair_does_not_come_back_with_the_next_month(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    said(cast.he, waiting(), DIFFERENT)
    subsistence(cast, tmp_path, OTHER_NAME, month=JULY)
    assert not Pair.objects.filter(state=PairState.PROPOSED).exists()
    assert not ListLink.objects.filter(entry__month=JULY).exists()


def test_new_evidence_brings_a_refused_pair_back(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    said(cast.he, waiting(), DIFFERENT)
    subsistence(cast, tmp_path, row("林小禾", people.LIN), month=JULY)
    assert ListLink.objects.get(entry__month=JULY).state == "same"


def test_what_a_person_decided_holds_for_the_next_month(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    said(cast.he, waiting(), SAME)
    subsistence(cast, tmp_path, OTHER_NAME, month=JULY)
    later = Pair.objects.get(ListReceipt.objects.get(month=JULY).holds("entry__"))
    assert (later.state, later.decided_by) == ("same", cast.he)
    assert link_of(later) == ("same", "person")


def test_what_nobody_can_tell_is_not_asked_again(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    said(cast.he, waiting(), CANNOT_TELL)
    subsistence(cast, tmp_path, OTHER_NAME, month=JULY)
    later = Pair.objects.get(ListReceipt.objects.get(month=JULY).holds("entry__"))
    assert (later.state, link_of(later)[0]) == ("cannot_tell", "possible")


def test_the_same_list_again_asks_the_same_question_once(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    asked = waiting().uuid
    subsistence(cast, tmp_path, OTHER_NAME)
    assert waiting().uuid == asked


def test_a_link_taken_back_ends_and_is_never_made_again(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, row("林晓禾", people.LIN))
    pair = Pair.objects.get()
    assert (pair.state, pair.automatic, link_of(pair)) == ("same", True, ("same", "id_and_sound"))
    done = taken_back(cast.he, pair)
    assert (done.state, link_of(done)) == ("undone", ("refused", "person"))
    subsistence(cast, tmp_path, row("林晓禾", people.LIN), month=JULY)
    assert not ListLink.objects.filter(entry__month=JULY).exists()


def test_number_and_name_in_full_can_be_taken_back_too(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, row("林小禾", people.LIN))
    taken_back(cast.he, Pair.objects.get(sampled=True))
    subsistence(cast, tmp_path, row("林小禾", people.LIN), month=JULY)
    assert not ListLink.objects.filter(entry__month=JULY, state="same").exists()


def test_a_refusal_taken_back_is_open_again(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    done = taken_back(cast.he, said(cast.he, waiting(), DIFFERENT))
    assert (done.state, done.decided_by, link_of(done)[0]) == ("proposed", None, "possible")


def test_a_death_needs_two_people(cast: Cast, tmp_path: Path) -> None:
    died(cast, tmp_path, OTHER_NAME)
    pair = waiting()
    assert pair.takes_away and pair.line == "payment"
    half = said(cast.luo, pair, SAME)
    assert (half.state, link_of(half)[0]) == ("second", "possible")
    with pytest.raises(Problem) as refused:
        said(cast.luo, pair, SAME)
    assert refused.value.code == "second-reader"
    done = said(colleague(Role.COUNTY_CIVIL_AFFAIRS), pair, SAME)
    assert (done.state, link_of(done)) == ("same", ("same", "person"))


def test_entitlement_is_the_federations_and_payment_civil_affairs(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    with pytest.raises(Forbidden):
        said(cast.luo, waiting(), SAME)
    Pair.objects.all().delete()
    payroll(cast, tmp_path, OTHER_NAME)
    with pytest.raises(Forbidden):
        said(cast.he, waiting(), SAME)


def test_the_queue_is_only_of_ones_own_place_and_line(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    mine = {name: selectors.queue(getattr(cast, name)).count() for name in ("he", "luo", "pan", "chen")}
    assert mine == {"he": 1, "luo": 0, "pan": 0, "chen": 0}


def test_what_may_end_something_comes_first(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, OTHER_NAME)
    died(cast, tmp_path, row("欧建国", people.OUYANG))
    assert [pair.kind for pair in selectors.queue(cast.luo) if not pair.sampled] == [
        "deaths_registered",
        "nursing_subsidy",
    ]


def test_a_stale_page_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    pair = waiting()
    said(cast.he, pair, CANNOT_TELL)
    with pytest.raises(Problem) as refused:
        services.decide(actor=cast.he, pair=pair, verdict=SAME, version=0)
    assert refused.value.code == "stale"


def test_nobody_decides_about_themselves(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, OTHER_NAME)
    User.objects.filter(pk=cast.he.pk).update(name="林小禾")
    cast.he.refresh_from_db()
    with pytest.raises(Problem) as refused:
        said(cast.he, waiting(), SAME)
    assert refused.value.code == "own-or-kin"


def by_weight(**more: Any) -> dict[str, Any]:
    """林小禾 without a number: name, birth date, sex, village and phone agree."""
    return row(
        "林小禾",
        出生日期="1990-03-15",
        性别="女",
        户籍区划=VILLAGE,
        联系电话="11100000001",
        住址="江南社区 1 号",
        **more,
    )


def test_weight_alone_opens_a_fact_and_ends_nothing(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, by_weight())
    pair = Pair.objects.get()
    assert (pair.pass_number, pair.state, pair.automatic) == (4, "same", True)
    died(cast, tmp_path, by_weight())
    death = Pair.objects.get(kind="deaths_registered")
    assert (death.state, link_of(death)[0]) == ("proposed", "possible")


def test_weight_alone_asks_where_the_person_is_paid(cast: Cast, tmp_path: Path) -> None:
    payroll(cast, tmp_path, row("林小禾", people.LIN))
    subsistence(cast, tmp_path, by_weight())
    pair = Pair.objects.get(kind="subsistence")
    assert (pair.state, pair.takes_away) == ("proposed", True)


def test_weight_alone_asks_where_another_row_holds_the_person(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, row("林小禾", people.LIN), by_weight())
    pair = Pair.objects.get(sampled=False)
    assert (pair.state, pair.reason) == ("proposed", "taken")


def test_a_sample_of_what_was_linked_is_put_to_somebody_and_measured(cast: Cast, tmp_path: Path) -> None:
    subsistence(cast, tmp_path, row("林小禾", people.LIN), row("周大山", people.ZHOU))
    asked = list(selectors.queue(cast.he))
    assert {(pair.sampled, pair.state) for pair in asked} == {(True, "same")}
    said(cast.he, asked[0], SAME)
    said(cast.he, asked[1], DIFFERENT)
    plain, other = selectors.measured(cast.he)
    assert plain == Measured(right=1, read=2) and other is None
    assert link_of(asked[1])[0] == "refused"


def test_the_interval_is_honest_about_few_rows() -> None:
    low, high = Measured(10, 10).interval
    assert (round(low, 3), round(high, 3)) == (0.722, 1.0)


def test_what_a_list_says_holds_from_the_decision_on_and_ends_with_it(cast: Cast, tmp_path: Path) -> None:
    for kind in ("living_subsidy", "nursing_subsidy", "low_income", "extreme_hardship"):
        make.received(kind)
    subsistence(cast, tmp_path, OTHER_NAME)
    make.screened(cast)

    def gaps() -> set[str]:
        rows = Finding.objects.filter(person__name="林小禾", kind="gap", benefit="living_subsidy")
        return set(rows.exclude(state="closed").values_list("benefit", flat=True))

    assert gaps() == set()
    done = said(cast.he, waiting(), SAME)
    assert gaps() == {"living_subsidy"}
    taken_back(cast.he, done)
    assert gaps() == set()
