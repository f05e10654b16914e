"""Long work, exactly once in effect: whoever dies, asks twice or finds the broker gone."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from celery import current_app
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from kombu import Connection

from records.models import Job, JobState, TrailEntry
from records.services import jobs, trail
from records.services.jobs import Claim, JobFailed, LeaseLost

pytestmark = pytest.mark.django_db

send_task = current_app.send_task
TASK = "records.ring_waiting_jobs"  # a task there is; these tests never let a worker have it


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """The messages sent, instead of a broker: a worker at the same broker must not hear of a test's jobs."""
    sent: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(current_app, "send_task", lambda task, args, **_: sent.append((task, args)))
    return sent


def request(key: str = "thing:1", **arguments: Any) -> Job:
    return jobs.request(task=TASK, key=key, by=None, at=timezone.now(), **arguments)


def claim(job: Job) -> Claim:
    """Take the job as a worker does, and keep it."""
    taken: list[Claim] = []

    def stop_halfway(claim: Claim) -> None:
        taken.append(claim)
        raise LeaseLost  # leaves the row as a killed worker would

    jobs.perform(job.pk, stop_halfway)
    return taken[0]


def let_the_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def finish(claim: Claim) -> None:
    """The worker's last step: an effect (a row of the trail), with *done*."""
    with jobs.finishing(claim) as now:
        trail.record(act="thing.built", thing=Job.objects.get(pk=claim.job_id), by=None, at=now, attempt=claim.attempt)


def effects() -> list[int]:
    return [entry.detail["attempt"] for entry in TrailEntry.objects.filter(act="thing.built")]


# --- Claiming -------------------------------------------------------------------------------------------------------


def test_a_job_done_leaves_its_effect_and_no_lease() -> None:
    job = request(rollup_id=7)
    seen: list[Claim] = []

    def work(claim: Claim) -> None:
        seen.append(claim)
        jobs.progress(claim, percent=40, step="Halfway")
        finish(claim)

    before = timezone.now()
    jobs.perform(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.progress, job.step, job.lease_until) == (JobState.DONE, 100, "", None)
    assert job.finished_at is not None
    assert (seen[0].arguments, seen[0].attempt) == ({"rollup_id": 7}, 1)
    assert before <= seen[0].claimed_at <= timezone.now()
    assert effects() == [1]


def test_while_it_runs_the_row_says_how_far_it_is() -> None:
    job = request()
    taken = claim(job)
    jobs.progress(taken, percent=40, step="Reading")
    job.refresh_from_db()
    assert (job.state, job.progress, job.step) == (JobState.RUNNING, 40, "Reading")
    assert job.lease_until is not None
    assert job.lease_until > timezone.now() + jobs.LEASE - timedelta(seconds=5)


def refuse_to_work(_: Claim) -> None:
    pytest.fail("work was done that should not have been")


def test_a_job_done_is_not_done_again() -> None:
    job = request()
    jobs.perform(job.pk, finish)
    jobs.perform(job.pk, refuse_to_work)
    assert effects() == [1]


def test_a_live_lease_keeps_others_away() -> None:
    job = request()
    claim(job)
    jobs.perform(job.pk, refuse_to_work)
    job.refresh_from_db()
    assert job.attempts == 1


def test_a_job_that_is_gone_is_nobodys() -> None:
    jobs.perform(123_456_789, refuse_to_work)


def test_after_the_lease_another_worker_takes_over_and_the_first_can_write_nothing() -> None:
    job = request()
    first = claim(job)
    let_the_lease_run_out(job)
    second = claim(job)
    assert (first.attempt, second.attempt) == (1, 2)
    with pytest.raises(LeaseLost):
        jobs.progress(first, percent=90, step="Too late")
    with pytest.raises(LeaseLost):
        finish(first)
    assert effects() == []
    finish(second)
    assert effects() == [2]


def test_a_worker_overtaken_after_the_end_leaves_the_result_alone() -> None:
    job = request()
    first = claim(job)
    let_the_lease_run_out(job)
    jobs.perform(job.pk, finish)
    with pytest.raises(LeaseLost):
        finish(first)
    job.refresh_from_db()
    assert (job.state, effects()) == (JobState.DONE, [2])


def test_a_failure_of_a_worker_overtaken_does_not_fail_the_job() -> None:
    job = request()

    def overtaken(_: Claim) -> None:
        let_the_lease_run_out(job)
        claim(job)
        raise JobFailed("The first worker's own trouble")

    jobs.perform(job.pk, overtaken)
    job.refresh_from_db()
    assert (job.state, job.error, job.attempts) == (JobState.RUNNING, "", 2)


def test_effect_and_done_stand_or_fall_together() -> None:
    job = request()

    def fails_after_its_effect(claim: Claim) -> None:
        with jobs.finishing(claim) as now:
            trail.record(act="thing.built", thing=job, by=None, at=now, attempt=claim.attempt)
            raise JobFailed("The disk is full. Make room, then try again.")

    jobs.perform(job.pk, fails_after_its_effect)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The disk is full. Make room, then try again.")
    assert effects() == []


@pytest.mark.django_db(transaction=True)
def test_finishing_holds_the_row_so_that_nobody_takes_over_meanwhile() -> None:
    """With two real connections: a sweep's worker waits for the commit, then finds the job done."""
    job = request()
    taken = claim(job)
    others: list[str] = []

    def other_worker() -> None:
        jobs.perform(job.pk, lambda _: others.append("claimed"))
        others.append("ended")
        connection.close()

    with jobs.finishing(taken):
        let_the_lease_run_out(job)
        thread = threading.Thread(target=other_worker)
        thread.start()
        time.sleep(0.3)
        assert others == []
    thread.join(10)
    assert others == ["ended"]


# --- Failing --------------------------------------------------------------------------------------------------------


def test_what_cannot_be_done_fails_with_its_reason() -> None:
    job = request()

    def work(_: Claim) -> None:
        raise JobFailed("The group has no units. Add one, then try again.")

    jobs.perform(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The group has no units. Add one, then try again.")
    assert (job.is_live, job.lease_until) == (False, None)


def test_an_unforeseen_failure_is_told_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    job = request()

    def work(_: Claim) -> None:
        raise ZeroDivisionError("division by zero")

    jobs.perform(job.pk, work)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert f"job {job.pk}" in job.error
    assert "division" not in job.error
    assert "ZeroDivisionError" in caplog.text


def test_work_that_keeps_killing_its_worker_is_given_up() -> None:
    job = request()
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        assert claim(job).attempt == attempt
        let_the_lease_run_out(job)
    jobs.perform(job.pk, refuse_to_work)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 5)
    assert job.error.startswith("The work was started 5 times and stopped each time before it was done.")


def test_a_failed_job_can_be_asked_for_again() -> None:
    first = request()
    jobs.perform(first.pk, lambda _: (_ for _ in ()).throw(JobFailed("No.")))
    second = request()
    assert second.pk != first.pk
    assert second.state == JobState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_that_fails_once_beats_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that restarts while the work goes on does not cost the lease."""
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.05)
    ours, beats = jobs._ours, []

    def ours_with_a_stumble(claim: Claim) -> Any:
        if threading.current_thread().name.startswith("lease of job"):
            beats.append(claim.attempt)
            if len(beats) == 1:
                raise DatabaseError("terminating connection due to administrator command")
        return ours(claim)

    monkeypatch.setattr(jobs, "_ours", ours_with_a_stumble)
    job = request()

    def work(_: Claim) -> None:
        let_the_lease_run_out(job)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            job.refresh_from_db()
            if job.lease_until is not None and job.lease_until > timezone.now():
                return
            time.sleep(0.05)
        pytest.fail("the lease was never renewed")

    jobs.perform(job.pk, work)
    assert len(beats) >= 2


# --- Cancelling -----------------------------------------------------------------------------------------------------


def cancel(job: Job) -> Job | None:
    return jobs.cancel(key=job.key, at=timezone.now())


def test_a_job_that_waits_can_be_cancelled_and_is_never_begun() -> None:
    job = request()
    assert cancel(job) == job
    jobs.perform(job.pk, refuse_to_work)
    assert jobs.ring_waiting(now=timezone.now() + timedelta(minutes=5)) == 0
    job.refresh_from_db()
    assert (job.state, job.is_live, job.lease_until) == (JobState.CANCELLED, False, None)
    assert job.finished_at is not None


def test_a_worker_finds_out_at_its_next_step_and_writes_nothing() -> None:
    job = request()

    def work(claim: Claim) -> None:
        jobs.progress(claim, percent=10, step="Reading")
        cancel(job)
        with pytest.raises(LeaseLost):
            jobs.progress(claim, percent=40, step="Laying out")
        finish(claim)

    jobs.perform(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.progress, job.step, job.error) == (JobState.CANCELLED, 10, "Reading", "")
    assert effects() == []


def test_what_fails_after_it_was_cancelled_stays_cancelled() -> None:
    job = request()

    def work(_: Claim) -> None:
        cancel(job)
        raise JobFailed("The disk is full.")

    jobs.perform(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.CANCELLED, "")


def test_what_is_over_cannot_be_cancelled_any_more() -> None:
    job = request()
    jobs.perform(job.pk, finish)
    assert cancel(job) is None
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_cancelled_job_can_be_asked_for_again_while_its_worker_still_goes_on() -> None:
    first = request()
    old = claim(first)
    cancel(first)
    second = request()
    assert second.pk != first.pk
    new = claim(second)
    with pytest.raises(LeaseLost):
        finish(old)
    finish(new)
    second.refresh_from_db()
    assert (second.state, effects()) == (JobState.DONE, [1])


@pytest.mark.django_db(transaction=True)
def test_cancelling_waits_for_a_worker_that_is_writing_its_effect_and_then_finds_nothing_left() -> None:
    """With two real connections: there is no moment in which both have their way."""
    job = request()
    taken = claim(job)
    answers: list[Job | None] = []

    def somebody() -> None:
        answers.append(cancel(job))
        connection.close()

    with jobs.finishing(taken):
        thread = threading.Thread(target=somebody)
        thread.start()
        time.sleep(0.3)
        assert answers == []
    thread.join(10)
    job.refresh_from_db()
    assert (answers, job.state) == ([None], JobState.DONE)


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_while_a_job_waits_or_runs_asking_again_returns_it() -> None:
    first = request()
    assert request().pk == first.pk
    claim(first)
    assert request().pk == first.pk
    assert request("thing:2").pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_ten_requests_at_once_are_one_job(bells: list[tuple[str, list[int]]]) -> None:
    together = threading.Barrier(10)

    def ask(_: int) -> int:
        try:
            together.wait(10)
            return request().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as people:
        found = set(people.map(ask, range(10)))
    assert len(found) == Job.objects.count() == 1
    assert bells == [(TASK, [found.pop()])]


def test_a_request_with_a_fault_of_its_own_is_told_so() -> None:
    """It is not mistaken for a live job of the same key, which would be asked for again without end."""
    with pytest.raises(IntegrityError, match="requested_at"):
        jobs.request(task=TASK, key="thing:1", by=None, at=None)  # type: ignore[arg-type]  # the fault
    assert not Job.objects.exists()


def test_the_bell_is_rung_when_the_request_is_committed(
    bells: list[tuple[str, list[int]]], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = request()
        assert bells == []
    assert bells == [(TASK, [job.pk])]
    job.refresh_from_db()
    assert job.dispatched_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_request_rolled_back_rings_no_bell(bells: list[tuple[str, list[int]]]) -> None:
    def act_that_fails() -> None:
        with transaction.atomic():
            request()
            raise JobFailed

    with pytest.raises(JobFailed):
        act_that_fails()
    assert bells == []
    assert not Job.objects.exists()


# --- The broker away ------------------------------------------------------------------------------------------------


@pytest.fixture
def refusing_broker() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{held.getsockname()[1]}/0"


@pytest.fixture
def hanging_broker() -> Iterator[str]:
    """A broker that takes calls and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.mark.parametrize("broker", ["refusing_broker", "hanging_broker"])
@pytest.mark.django_db(transaction=True)
def test_without_a_broker_the_request_stands_and_waits(
    broker: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = request.getfixturevalue(broker)
    options = current_app.conf.broker_transport_options
    away = Connection(address, transport_options=options, connect_timeout=current_app.conf.broker_connection_timeout)
    monkeypatch.setattr(current_app, "send_task", partial(send_task, connection=away))
    begun = time.monotonic()
    job = jobs.request(task=TASK, key="thing:1", by=None, at=timezone.now())
    assert time.monotonic() - begun < 10  # the goal is two seconds; the default would be minutes
    job.refresh_from_db()
    assert (job.state, job.dispatched_at) == (JobState.QUEUED, None)
    assert jobs.ring_waiting(now=timezone.now()) == 0


def test_the_sweep_rings_for_what_nobody_heard(bells: list[tuple[str, list[int]]]) -> None:
    now = timezone.now()
    unrung, lost, ringing, silent, working, done = (request(f"thing:{number}") for number in range(6))
    Job.objects.filter(pk=lost.pk).update(dispatched_at=now - timedelta(seconds=31))
    Job.objects.filter(pk=ringing.pk).update(dispatched_at=now - timedelta(seconds=29))
    claim(silent)
    let_the_lease_run_out(silent)
    claim(working)
    jobs.perform(done.pk, finish)
    assert jobs.ring_waiting(now=now) == 3
    assert [args for _, args in bells] == [[unrung.pk], [lost.pk], [silent.pk]]
    unrung.refresh_from_db()
    assert unrung.dispatched_at is not None


def test_the_sweep_stops_at_the_first_bell_that_does_not_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the broker away each bell costs half a second; a thousand jobs must not hold the sweep up."""
    tried: list[int] = []

    def away(_: str, args: list[int], **__: Any) -> None:
        tried.extend(args)
        raise ConnectionError("Connection refused")

    monkeypatch.setattr(current_app, "send_task", away)
    first, _, _ = (request(f"thing:{number}") for number in range(3))
    assert jobs.ring_waiting(now=timezone.now()) == 0
    assert tried == [first.pk]


def test_the_broker_carries_the_jobs_number(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """Through the real broker, on a queue of this test's own so that no worker hears it."""
    name = f"test-{uuid.uuid4()}"
    monkeypatch.setattr(current_app, "send_task", partial(send_task, queue=name))
    with django_capture_on_commit_callbacks(execute=True):
        job = request()
    job.refresh_from_db()
    assert job.dispatched_at is not None
    with current_app.connection_for_read() as broker, broker.SimpleQueue(name) as queue:
        message = queue.get(timeout=5)
        message.ack()
        queue.queue.delete()
    assert message.headers["task"] == TASK
    assert message.payload[0] == [job.pk]
