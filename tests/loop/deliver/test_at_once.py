"""Two at the same moment: one application, one step; whoever comes second is told, and nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from tests import factories as make
from tests.cast import Cast
from tests.loop.deliver.walking import Subject, again, second_clerk, staff

from yice.accounts import glass
from yice.accounts.enums import Role
from yice.accounts.models import Glass
from yice.loop.deliver import emergency, services
from yice.loop.deliver.models import Case, OpenStep, StepOffice, StepRecord
from yice.loop.deliver.services.moving import enter
from yice.loop.deliver.services.standing import service_of
from yice.loop.identify.enums import Channel, PairState
from yice.loop.identify.models import Person
from yice.loop.identify.services.merging import decide_duplicate
from yice.loop.identify.services.needs import record_need
from yice.network import providers
from yice.terms import clock
from yice.terms.errors import Problem


def at_once(work: Callable[[int], Any], many: int = 4) -> list[Any]:
    """What each of `many` threads got, or the Problem it met."""
    got: list[Any] = [None] * many
    gate = threading.Barrier(many)

    def run(n: int) -> None:
        try:
            gate.wait()
            got[n] = work(n)
        except Problem as problem:
            got[n] = problem.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(many)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return got


@pytest.mark.django_db(transaction=True)
def test_two_windows_make_one_case_and_one_step(live_cast: Cast) -> None:
    make.jianghai()
    person = make.person("周大山")

    def open_(n: int) -> Any:
        return services.open_case(
            actor=live_cast.chen, service="living_subsidy", subject=Subject(person=person),
            channel=Channel.WINDOW, key=f"key-{n % 2}",
        ).pk  # fmt: skip

    got = at_once(open_)
    assert Case.objects.count() == 1
    assert {one for one in got if one != "case-open"} == {Case.objects.get().pk}
    case = Case.objects.get()
    form = {"applied_by": "self", "account": "6200000000000000"}
    papers = {"identity": "seen", "certificate": "seen", "account": "copy"}

    def take(n: int) -> Any:
        return services.take_step(
            actor=live_cast.chen, case=case, step="apply", version=case.version, outcome="submitted",
            values=form, evidence=papers, key=f"step-{n % 2}",
        ).version  # fmt: skip

    got = at_once(take)
    assert sorted(map(str, got)) == ["2", "2", "stale", "stale"]
    assert StepRecord.objects.filter(step="apply", kind="taken").count() == 1

    def with_that_key(**other: Any) -> None:
        asked = {
            "actor": live_cast.chen,
            "case": case,
            "step": "apply",
            "outcome": "submitted",
            "key": "step-0",
        }
        services.take_step(**{**asked, "version": case.version, **other})

    taken = StepRecord.objects.get(step="apply", kind="taken").key
    for other in ({"actor": live_cast.liang}, {"outcome": "withdrawn"}, {"step": "verify"}):
        with pytest.raises(Problem) as refused:
            with_that_key(key=taken, **other)
        assert refused.value.code == "key-reused"
    with pytest.raises(Problem) as refused:
        services.open_case(
            actor=live_cast.chen, service="living_subsidy", subject=Subject(person=make.person("林小禾")),
            channel=Channel.WINDOW, key=Case.objects.get().key,
        )  # fmt: skip
    assert refused.value.code == "key-reused"


FORM = {"applied_by": "self", "account": "6200000000000000"}
PAPERS = {"identity": "seen", "certificate": "seen", "account": "copy"}
WHY = "在街道大厅突发疾病，急需找到家里人"


def applied(cast: Cast, person: Person) -> Case:
    case = services.open_case(
        actor=cast.chen, service="living_subsidy", subject=Subject(person=person), channel=Channel.WINDOW,
        key=f"open-{person.pk}",
    )  # fmt: skip
    return services.take_step(
        actor=cast.chen, case=case, step="apply", version=case.version, outcome="submitted", values=FORM,
        evidence=PAPERS,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_step_is_refused_returned_or_handed_over_and_never_two_of_these(live_cast: Cast) -> None:
    make.jianghai()
    case, wen = applied(live_cast, make.person("周大山")), second_clerk()

    def decide(n: int) -> Any:
        actor = again((live_cast.liang, wen)[n % 2])
        said: dict[str, Any] = {
            "actor": actor,
            "case": case,
            "step": "first_check",
            "version": case.version,
            "note": "不符合",
        }
        if n < 2:
            return services.refuse(reasons=["income"], **said).version
        if n == 2:
            return services.return_for_correction(items=["户口簿"], **said).version
        return services.hand_over(to=live_cast.liang, **said).version

    got = at_once(decide)
    assert sorted(map(str, got)) == [str(case.version + 1), "stale", "stale", "stale"]
    assert StepRecord.objects.filter(step="first_check").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_a_provider_is_given_once(live_cast: Cast) -> None:
    make.jianghai()
    he, shi = live_cast.he, staff("shi", "施服务", Role.PROVIDER)
    made = providers.apply(
        actor=he, name="安居", area="440704000000", kind="", services=["employment_chain"], capacity=1
    )
    made = providers.admit(
        actor=he, provider=made, version=made.version, since=clock.today(), until=clock.today(), capacity=1
    )
    providers.attach(actor=he, provider=made, user=shi, version=made.version)
    cases = []
    for n in range(4):
        case = services.open_case(
            actor=he, service="employment_chain", subject=Subject(person=make.person(f"周大山{n}")),
            channel=Channel.WINDOW, key=f"chain-{n}",
        )  # fmt: skip
        OpenStep.objects.filter(case=case).delete()
        held = enter(case, service_of(case).steps["training"], sleeps=False)
        StepOffice.objects.get_or_create(
            open_step=held, office="provider", role=Role.PROVIDER, area=case.area
        )
        cases.append(case)

    def order(n: int) -> Any:
        case = cases[n]
        return services.hand_over(
            actor=again(he), case=case, step="training", version=case.version, to=again(shi)
        ).version

    got = at_once(order)
    assert sorted(map(str, got))[1:] == ["provider-full"] * 3
    assert OpenStep.objects.filter(holder=shi).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_emergency_is_judged_once_and_the_sixth_of_a_day_is_refused_though_asked_at_once(
    live_cast: Cast,
) -> None:
    make.jianghai()
    person = make.person("林小禾")

    def ask(_n: int) -> Any:
        return emergency.ask(actor=again(live_cast.pan), number=person.id_number, reason=WHY).until

    got = at_once(ask, many=glass.A_DAY + 3)
    assert got.count("glass-often") == 3 and Glass.objects.count() == glass.A_DAY
    one = Glass.objects.order_by("pk")[0]

    def judge(n: int) -> Any:
        return glass.review(
            actor=again(live_cast.tan), key=one.uuid, justified=bool(n % 2), note="已核实"
        ).uuid

    got = at_once(judge)
    assert sorted(map(str, got)) == sorted([str(one.uuid), *["glass-not-found"] * 3])
    own = Glass.objects.order_by("pk")[1]
    with pytest.raises(Problem):  # one's own, and a neighbour's
        glass.review(actor=again(live_cast.pan), key=own.uuid, justified=True, note="已核实")
    with pytest.raises(Problem):
        glass.review(actor=again(live_cast.he), key=own.uuid, justified=True, note="已核实")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_opened_for_a_record_that_is_merged_at_the_same_moment(live_cast: Cast) -> None:
    """It comes along, or whoever opens it is told; and one record is not merged into two."""
    make.jianghai()
    kept, other, third = (make.person("林小禾") for _ in range(3))
    pairs = [make.doubled(kept, other), make.doubled(third, other)]

    def work(n: int) -> Any:
        if n < 2:
            return decide_duplicate(
                actor=again(live_cast.he), pair=pairs[n], verdict=PairState.SAME, version=0
            ).state
        if n == 2:
            return services.open_case(
                actor=again(live_cast.chen), service="living_subsidy",
                subject=Subject(person=Person.objects.get(pk=other.pk)), channel=Channel.WINDOW, key="while-merging",
            ).number  # fmt: skip
        return record_need(
            actor=again(live_cast.chen), person=Person.objects.get(pk=other.pk), kind="device",
            channel=Channel.VISIT, key="while-merging",
        ).need.number  # fmt: skip

    got = at_once(work)
    assert sorted(map(str, got[:2])) == ["merged-already", "same"]
    assert not other.cases.exists() and not other.needs.exists()
    Person.objects.get(pk=other.pk, merged_into__isnull=False)
    for said in (got[2], got[3]):
        assert said == "person-merged" or said[0] in "BX"
