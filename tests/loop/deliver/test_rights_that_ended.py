"""What somebody reads ends with what it rested on: a contract, a post, a deputyship, a hand. The page may be open still."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import Q
from tests import factories as make
from tests.cast import COUNTY, OTHER_STREET, OUTSIDE_COUNTY, STREET, VILLAGE, Cast
from tests.loop.deliver.walking import Subject, Walk, again, second_clerk, staff

from yice.accounts.access import Forbidden
from yice.accounts.enums import Role
from yice.accounts.models import Post, User
from yice.accounts.services import end_post
from yice.loop.deliver import services
from yice.loop.deliver.models import Cover, OpenStep, StepOffice
from yice.loop.deliver.selectors import case as reading
from yice.loop.deliver.selectors import worklist
from yice.loop.deliver.services.following import follow_moves
from yice.loop.deliver.services.moving import enter
from yice.loop.deliver.services.standing import guest_hands, service_of
from yice.loop.identify.enums import Channel
from yice.loop.identify.models import Person
from yice.loop.identify.selectors import needs
from yice.loop.identify.services.needs import record_need
from yice.network import providers
from yice.network.models import Provider
from yice.terms import clock
from yice.terms.errors import Problem

pytestmark = pytest.mark.django_db
TODAY = dt.date(2020, 6, 30)
YESTERDAY = dt.date(2020, 6, 29)
At = Callable[[dt.date | str], None]


@pytest.fixture
def lin(cast: Cast) -> Person:
    make.jianghai()
    return make.person("林小禾")


def in_hands(cast: Cast, person: Person, step: str, role: Role, holder: User) -> Walk:
    """A step of the person's case, in the hands of a guest."""
    walk = Walk.open(cast.he, "employment_chain", Subject(person))
    OpenStep.objects.filter(case=walk.case).delete()
    held = enter(walk.case, service_of(walk.case).steps[step], sleeps=False)
    assert held is not None
    held.holder = holder
    held.save()
    StepOffice.objects.get_or_create(open_step=held, office=str(role), role=role, area=walk.case.area)
    return walk


def reads(user: User, walk: Walk) -> bool:
    """The case by its address, and its line in the list of work: both or neither."""
    actor = again(user)
    listed = worklist.waiting(actor).filter(case=walk.case).exists()
    try:
        found = reading.view(actor, walk.case.uuid).case == walk.case
    except Problem as problem:
        assert problem.code == "case-not-found"
        found = False
    assert found or not listed
    return found


def contracted(cast: Cast, user: User) -> Provider:
    made = providers.apply(actor=cast.he, name="安居", area=COUNTY, kind="", services=["employment_chain"])
    made = providers.admit(
        actor=cast.he, provider=made, version=made.version, since=dt.date(2020, 1, 1), until=TODAY,
        capacity=None,
    )  # fmt: skip
    return providers.attach(actor=cast.he, provider=made, user=user, version=made.version)


def test_an_order_is_read_while_the_providers_contract_stands(cast: Cast, lin: Person, clock_at: At) -> None:
    """Suspended, what is in hand goes on; over, it is not read, taken or listed any more, and the county may enter it."""
    shi = staff("shi", "施服务", Role.PROVIDER)
    contract = contracted(cast, shi)
    walk = in_hands(cast, lin, "training", Role.PROVIDER, shi)
    assert reads(shi, walk) and guest_hands(again(shi), walk.case) == frozenset({"training"})
    contract = providers.suspend(actor=cast.he, provider=contract, version=contract.version, note="整改")
    assert reads(shi, walk)
    clock_at(TODAY + dt.timedelta(days=1))
    assert not reads(shi, walk)
    clock_at(TODAY)
    providers.end(actor=cast.he, provider=contract, version=contract.version, note="不再合作")
    assert not reads(shi, walk)
    outcome = next(iter(service_of(walk.case).steps["training"].outcomes))
    with pytest.raises(Forbidden):
        walk.take(shi, "training", outcome)
    with pytest.raises(Forbidden):
        services.reach(actor=again(shi), case=walk.case)


def test_a_guests_step_is_read_by_the_post_it_was_handed_to(cast: Cast, lin: Person) -> None:
    """A sample that is over is not read by another post of the same person."""
    yan = staff("yan", "严评价", Role.EVALUATOR)
    walk = in_hands(cast, lin, "career", Role.EVALUATOR, yan)
    assert reads(yan, walk)
    Post.objects.create(user=yan, role=Role.VOLUNTEER, area_id=COUNTY)
    assert reads(yan, walk)
    end_post(actor=cast.an, post=yan.posts.get(role=Role.EVALUATOR), last_day=YESTERDAY)
    assert not reads(yan, walk)


def test_who_has_a_post_of_the_house_elsewhere_is_a_guest_here(cast: Cast, lin: Person) -> None:
    """An assessor who is a commissioner in another county sees no more of the case than an assessor."""
    ping = staff("ping", "平评估", Role.ASSESSOR)
    walk = in_hands(cast, lin, "assess", Role.ASSESSOR, ping)
    Post.objects.create(user=ping, role=Role.COUNTY_FEDERATION, area_id=OUTSIDE_COUNTY)
    assert reads(ping, walk)
    assert not reading.view(again(ping), walk.case.uuid).whole
    with pytest.raises(Forbidden):
        reading.whole_case(again(ping), walk.case.uuid)
    with pytest.raises(Problem, match="没有这一步"):
        reading.case_at(again(ping), walk.case.uuid, "ask")
    with pytest.raises(Forbidden):
        walk.hand(ping, "assess", cast.he)
    Post.objects.create(user=ping, role=Role.COUNTY_FEDERATION, area_id=COUNTY)
    assert reading.view(again(ping), walk.case.uuid).whole  # here they are of the house


def applied(cast: Cast, lin: Person) -> Walk:
    walk = Walk.open(cast.chen, "living_subsidy", Subject(lin))
    form = {"applied_by": "self", "account": "6200000000000000", "agreed": "true"}
    papers = dict.fromkeys(("identity", "certificate", "account"), "seen")
    walk.take(cast.chen, "apply", "submitted", values=form, evidence=papers)
    return walk


@pytest.mark.parametrize("restricted", [False, True])
def test_what_was_worked_on_stays_with_the_post(cast: Cast, lin: Person, restricted: bool) -> None:
    """Who is moved to another county, or to other work in this one, takes no case along."""
    walk = applied(cast, lin)
    type(walk.case).objects.update(restricted=restricted)
    assert reads(cast.chen, walk)
    end_post(actor=cast.an, post=cast.chen.posts.get(), last_day=YESTERDAY)
    moved = Post.objects.create(
        user=cast.chen, role=Role.COUNTY_FEDERATION, area_id=OUTSIDE_COUNTY, since=TODAY
    )
    type(walk.case).objects.update(opened_at=clock.now() - dt.timedelta(days=3))
    walk.case.records.update(at=clock.now() - dt.timedelta(days=3))
    assert not reads(cast.chen, walk)
    Post.objects.filter(pk=moved.pk).update(role=Role.HOUSING, area_id=COUNTY)
    assert not reads(cast.chen, walk)
    Post.objects.filter(user=cast.chen).delete()
    Post.objects.create(user=cast.chen, role=Role.VILLAGE_COMMISSIONER, area_id=VILLAGE, since=TODAY)
    assert reads(cast.chen, walk)


def covered(absent: Post, deputy: User) -> Cover:
    return Cover.objects.create(
        post=absent, deputy=deputy, since=TODAY, until=TODAY, by=absent.user, at=clock.now()
    )


def test_a_deputy_reads_and_takes_to_the_last_day_and_not_what_they_took_after(
    cast: Cast, lin: Person
) -> None:
    walk = applied(cast, lin)
    su = staff("su", "苏业务", Role.VILLAGE_COMMISSIONER, "440704001002")
    cover = covered(cast.chen.posts.get(), su)
    type(walk.case).objects.update(restricted=True)
    walk.case.records.filter(kind="taken").update(by=su, covering=cast.chen)
    assert reads(su, walk)
    services.end_cover(actor=cast.chen, cover=cover)
    assert not reads(su, walk)


def test_who_could_not_be_named_a_deputy_any_more_is_none(cast: Cast, lin: Person) -> None:
    """The deputy was moved to another county, or has other work, before the last day."""
    walk, wen = applied(cast, lin), second_clerk()
    walk.hand(cast.liang, "first_check", cast.liang)
    covered(cast.liang.posts.get(), wen)
    assert reads(wen, walk)
    own = wen.posts.get()
    for role, area in (
        (Role.TOWNSHIP_CLERK, "440703001000"),
        (Role.EDUCATION, COUNTY),
        (Role.SCHOOL, COUNTY),
    ):
        Post.objects.filter(pk=own.pk).update(role=role, area_id=area)
        assert not reads(wen, walk), role
        with pytest.raises(Forbidden):
            walk.take(wen, "first_check", "passed")


def test_guests_stand_in_for_nobody(cast: Cast, lin: Person) -> None:
    """Another provider's people would read an order that is not theirs."""
    shi, other = staff("shi", "施服务", Role.PROVIDER), staff("bie", "别服务", Role.PROVIDER)
    walk = in_hands(cast, lin, "training", Role.PROVIDER, shi)
    with pytest.raises(Problem, match="不能代这个班"):
        services.cover_post(
            actor=again(shi), post=shi.posts.get(), deputy=again(other), since=TODAY, until=TODAY
        )
    covered(shi.posts.get(), other)  # however it came there
    assert reads(shi, walk) and not reads(other, walk)


def test_a_deputys_list_has_only_the_work_of_the_post_they_cover(cast: Cast, lin: Person) -> None:
    """What the absent colleague has in hand by another post of theirs is not on it."""
    walk = applied(cast, lin)
    walk.hand(cast.liang, "first_check", cast.liang)
    second = Post.objects.create(user=cast.liang, role=Role.TOWNSHIP_CLERK, area_id=OTHER_STREET)
    far = staff("far", "外海经办", Role.TOWNSHIP_CLERK, OTHER_STREET)
    covered(second, far)
    assert not worklist.waiting(again(far)).exists() and not reads(far, walk)
    covered(Post.objects.get(user=cast.liang, area_id=STREET), second_clerk())
    assert worklist.waiting(again(User.objects.get(username="wen"))).exists()


def test_a_need_is_its_owners_while_their_post_reaches_it(cast: Cast, lin: Person) -> None:
    need = record_need(
        actor=cast.chen, person=lin, kind="device", channel=Channel.VISIT, key="wheelchair"
    ).need
    assert need.owner == cast.chen and list(needs.readable(again(cast.chen))) == [need]
    Post.objects.filter(user=cast.chen).update(area_id="440703001001")
    assert not needs.readable(again(cast.chen)).exists()


def test_the_case_of_who_moved_away_goes_to_the_new_place_and_stays_with_nobody_of_the_old(
    cast: Cast, lin: Person
) -> None:
    """Not even with those who worked on it; a window elsewhere keeps what it took for the person."""
    walk = applied(cast, lin)
    assert reads(cast.chen, walk) and reads(cast.liang, walk) and reads(cast.he, walk)
    Person.objects.filter(pk=lin.pk).update(hukou="440703001001", residence="440703001001")
    assert follow_moves(Q(hukou__startswith="440704")) == 1
    walk.case.records.filter(kind="opened").update(by=cast.zhou)
    for user in (cast.chen, cast.liang, cast.he, cast.luo):
        assert not reads(user, walk), user
    assert reads(cast.pan, walk) and reads(cast.zhou, walk)
    Post.objects.filter(user=cast.zhou).update(since=TODAY + dt.timedelta(days=-1))
    walk.case.records.update(at=clock.now() - dt.timedelta(days=9))
    assert not reads(cast.zhou, walk)  # taken by another post than today's
