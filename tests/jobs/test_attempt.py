"""One attempt, and how it ends. Every end is told by a code and sentences, never by a value."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from django.utils import timezone, translation
from tests.cast import COUNTY, Cast

from yice.accounts.access import Forbidden
from yice.areas.models import Area
from yice.jobs import registry
from yice.jobs.leases import Lease, claim, prove, renew
from yice.jobs.models import Job, State
from yice.jobs.registry import Work, handler
from yice.jobs.runner import attempt
from yice.jobs.selectors import job_of, jobs_of, problem_of, progress_of
from yice.jobs.services import cancel, enqueue
from yice.jobs.work import LeaseLostError
from yice.terms.errors import Problem
from yice.terms.messages import Message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_HANDLERS", {})


def ask(cast: Cast, kind: str = "test") -> Job:
    return enqueue(actor=cast.he, kind=kind, arguments={"batch": 7}, area=COUNTY)


def do_next() -> Job:
    """Let a worker take the next job, and read how it ended."""
    job = claim("a worker")
    assert job is not None
    attempt(job)
    job.refresh_from_db()
    return job


def past_retry_delay() -> None:
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))


def test_a_handler_gets_its_arguments_and_leaves_its_result(live_cast: Cast) -> None:
    @handler("test")
    def count(work: Work) -> None:
        assert (work.arguments, work.actor, work.area, work.attempt) == (
            {"batch": 7},
            live_cast.he,
            COUNTY,
            1,
        )
        work.progress(3, 3, "写入人员")
        work.result(rows=3)

    ask(live_cast)
    job = do_next()
    assert (job.state, job.result, job.done, job.stage) == (State.DONE, {"rows": 3}, 3, "写入人员")


def test_jobs_are_taken_in_the_order_they_were_asked_for_each_once(live_cast: Cast) -> None:
    first, second = ask(live_cast), ask(live_cast)
    assert claim("one") == first
    assert claim("another") == second
    assert claim("a third") is None


def test_a_problem_ends_the_job_at_once_and_is_told_in_the_readers_language(live_cast: Cast) -> None:
    @handler("test")
    def refuse(work: Work) -> None:
        raise Problem("sheet-missing", Message("工作簿里没有第 {sheet} 张表。", sheet=2))

    ask(live_cast)
    job = do_next()
    assert (job.state, job.attempts, job.error) == (State.FAILED, 1, "sheet-missing")
    with translation.override("zh-hans"):
        assert str(problem_of(job)) == "工作簿里没有第 2 张表。"


def test_a_job_that_fails_three_times_is_failed_with_a_code_and_without_values(
    live_cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    @handler("test")
    def stumble(work: Work) -> None:
        raise ValueError("440799199001011234")

    job = ask(live_cast)
    with caplog.at_level(logging.ERROR):
        for _ in (1, 2):
            assert do_next().state == State.WAITING
            past_retry_delay()
        job = do_next()
    assert (job.state, job.attempts, job.error) == (State.FAILED, 3, "internal:ValueError")
    assert "internal:ValueError" in str(problem_of(job))
    assert "440799" not in caplog.text + str(job.error_text)


def test_a_job_whose_three_workers_all_died_is_failed(live_cast: Cast) -> None:
    ask(live_cast)
    for _ in range(3):
        assert claim("doomed") is not None
        past_retry_delay()
        assert claim("the next one only suspects") is None
        past_retry_delay()
    assert claim("the fourth") is None
    job = Job.objects.get()
    assert (job.state, job.error) == (State.FAILED, "job-worker-lost")


def test_what_a_lost_lease_wrote_is_undone_at_its_commit(live_cast: Cast) -> None:
    ask(live_cast)
    job = claim("sleeper")
    assert job is not None
    work = Work(job)
    with pytest.raises(LeaseLostError), work.commit():
        Area.objects.filter(code=COUNTY).update(name="half")
        Job.objects.update(fence=job.fence + 1)
    assert Area.objects.get(code=COUNTY).name == "江海区"


def test_only_the_current_fence_may_renew_or_prove(live_cast: Cast) -> None:
    ask(live_cast)
    job = claim("one")
    assert job is not None
    assert renew(Lease(job.pk, job.fence)) is False
    assert renew(Lease(job.pk, job.fence - 1)) is None
    assert prove(Lease(job.pk, job.fence - 1)) is None


def test_nothing_is_committed_once_a_cancel_was_asked(live_cast: Cast) -> None:
    @handler("test")
    def write(work: Work) -> None:
        with work.commit():
            Area.objects.filter(code=COUNTY).update(name="written")
            Job.objects.update(cancel_asked=True)

    ask(live_cast)
    assert do_next().state == State.CANCELLED
    assert Area.objects.get(code=COUNTY).name == "江海区"


def test_a_waiting_job_is_cancelled_at_once_by_its_owner_only(live_cast: Cast) -> None:
    job = ask(live_cast)
    with pytest.raises(Forbidden):
        cancel(actor=live_cast.pan, job_id=job.uuid)
    assert cancel(actor=live_cast.he, job_id=job.uuid).state == State.CANCELLED
    assert claim("anybody") is None
    with pytest.raises(Problem, match="已经结束"):
        cancel(actor=live_cast.he, job_id=job.uuid)


def test_everybody_sees_their_own_jobs_only(live_cast: Cast) -> None:
    job = ask(live_cast)
    assert list(jobs_of(actor=live_cast.he)) == [job]
    assert list(jobs_of(actor=live_cast.pan)) == []
    with pytest.raises(Problem, match="没有这项任务"):
        job_of(actor=live_cast.pan, job_id=job.uuid)


def test_the_estimate_follows_the_rate_of_the_present_stage(live_cast: Cast) -> None:
    job = ask(live_cast)
    assert progress_of(job).remaining is None
    ask(live_cast)
    assert progress_of(Job.objects.latest("id")).ahead == 1
    job.state, job.done, job.total = State.RUNNING, 200, 1000
    job.stage_at = timezone.now() - dt.timedelta(seconds=10)
    progress = progress_of(job)
    assert progress.percent == 20
    assert progress.rate == pytest.approx(20, rel=0.05)
    assert progress.remaining is not None
    assert progress.remaining.total_seconds() == pytest.approx(40, abs=2)


def test_a_kind_that_nobody_registered_fails_with_a_sentence(live_cast: Cast) -> None:
    ask(live_cast, "test.nobody")
    assert do_next().error == "job-kind-unknown"


def test_a_clock_put_back_holds_no_job_of_a_dead_worker_and_takes_none_from_a_living_one(
    live_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(live_cast)
    job = claim("a worker")
    assert job is not None and job.pk == asked.pk
    yesterday = timezone.now() - dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: yesterday)
    assert claim("another") is None  # suspected only: whoever lives renews
    assert renew(Lease(job.pk, job.fence)) is False
    assert claim("another") is None
    Job.objects.update(lease_until=yesterday + dt.timedelta(days=1))  # and here nobody does
    assert claim("another") is None
    Job.objects.update(lease_until=yesterday)
    taken = claim("another")
    assert taken is not None and taken.fence == job.fence + 1
    assert renew(Lease(job.pk, job.fence)) is None


def test_nothing_is_done_in_the_name_of_an_account_that_was_closed(live_cast: Cast) -> None:
    """A leaver's waiting job ends told why; opened again, and asked again, it is done."""
    ran: list[int] = []

    @handler("test")
    def count(work: Work) -> None:
        ran.append(work.attempt)

    ask(live_cast)
    type(live_cast.he).objects.filter(pk=live_cast.he.pk).update(is_active=False)
    job = do_next()
    assert (job.state, job.error, ran) == (State.FAILED, "job-owner-left", [])
    type(live_cast.he).objects.filter(pk=live_cast.he.pk).update(is_active=True)
    ask(live_cast)
    assert do_next().state == State.DONE and ran == [1]
