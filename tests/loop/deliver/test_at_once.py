"""Two at the same moment: one application, one step; whoever comes second is told, and nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from tests import factories as make
from tests.cast import Cast
from tests.loop.deliver.walking import Subject

from yice.loop.deliver import services
from yice.loop.deliver.models import Case, StepRecord
from yice.loop.identify.enums import Channel
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
