"""Long work, exactly once in effect.

A request writes a row and rings the worker on commit. A worker claims the row, works with no transaction open, and
writes the effect together with *done* only if nobody has claimed the row since. Lost messages and dead workers are
found by the sweep (`ring_waiting`), which beat calls every fifteen seconds.

    jobs.request(task="assurance.build_rollup", key="rollup:4:2025/26-H1", by=user, at=now, rollup_id=7)
    jobs.perform(job_id, rollups.build)      # in tasks.py; build(claim) does the work
    with jobs.finishing(claim): ...          # in the service; the effect, written with *done*
    jobs.cancel(key="rollup:4:2025/26-H1", at=now)       # whoever is at it finds out at the next step
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import Error as AnyDatabaseError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from records.models import Job, JobState
from records.models.job import ONE_LIVE_JOB_PER_KEY

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
HEARTBEAT_SECONDS = 10
MOST_ATTEMPTS = 5
MESSAGE_EXPIRES_SECONDS = 120
WORKER_KEPT_DYING = (
    "The work was started {attempts} times and stopped each time before it was done. Ask the administrator to look at "
    "the worker’s log, then try again."
)
UNFORESEEN = (
    "Something went wrong that we did not foresee. What was there before is unchanged. Try again; if it fails again, "
    "give the administrator this number: job {number}."
)


class JobFailed(Exception):
    """The work cannot be done; the text says why and what to do, for the person who asked."""


class LeaseLost(Exception):
    """Another worker has claimed the job since, or it was cancelled; nothing of ours may be written."""


@dataclass(frozen=True)
class Claim:
    """The right to do a job: valid while the row's `attempts` is still `attempt`."""

    job_id: int
    attempt: int
    arguments: dict[str, Any]
    requested_by_id: int | None
    requested_at: datetime
    claimed_at: datetime


def request(*, task: str, key: str, by: AbstractBaseUser | None, at: datetime, **arguments: Any) -> Job:
    """Ask for work. While a job with this key waits or runs, that one is returned: two requests, one build."""
    try:
        with transaction.atomic():
            job = Job.objects.create(
                task=task,
                key=key,
                arguments=arguments,
                requested_by_id=by.pk if by else None,
                requested_at=at,
            )
    except IntegrityError as error:
        if not _is_about_a_live_job(error):
            raise
        live = Job.objects.live().filter(key=key).first()
        # The other one has finished between the two statements: what we ask for is newer than its result.
        return live or request(task=task, key=key, by=by, at=at, **arguments)
    transaction.on_commit(lambda: _ring(job.pk, task), robust=True)
    return job


def _is_about_a_live_job(error: IntegrityError) -> bool:
    """Whether the row was refused because a live job has its key, and not for a fault of the request's own."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == ONE_LIVE_JOB_PER_KEY


@transaction.atomic
def cancel(*, key: str, at: datetime) -> Job | None:
    """Call off the job with this key that waits or runs; return it, None where there is none any more.

    A worker that is at it finds out at its next step and writes nothing: what there was before stays. One that is
    just writing its effect is waited for, and then there is nothing left to cancel.
    """
    job = Job.objects.live().select_for_update(no_key=True).filter(key=key).first()
    if job is not None:
        job.state, job.finished_at, job.lease_until = JobState.CANCELLED, at, None
        job.save(update_fields=["state", "finished_at", "lease_until"])
    return job


def ring_waiting(*, now: datetime) -> int:
    """Ring for every job that waits unheard or whose worker fell silent; return how many bells were rung."""
    rung = 0
    for job_id, task in Job.objects.to_ring(now).order_by("id").values_list("id", "task"):
        if not _ring(job_id, task):
            break  # the broker is away; the next sweep tries again
        rung += 1
    return rung


def _ring(job_id: int, task: str) -> bool:
    """Send the message. A broker that is away costs a second and nothing else: the sweep rings again."""
    try:
        current_app.send_task(task, args=[job_id], expires=MESSAGE_EXPIRES_SECONDS)
    except Exception as error:  # whatever the broker's client raises, the request must go on
        logger.warning("Job %s waits for the broker: %s", job_id, error)
        return False
    Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(dispatched_at=timezone.now())
    return True


def perform(job_id: int, work: Callable[[Claim], None]) -> None:
    """Claim the job and do it. Returns without a word where it is done already or somebody else is at it."""
    claim = _claim(job_id, now=timezone.now())
    if claim is None:
        return
    with _kept_alive(claim):
        try:
            work(claim)
        except LeaseLost:
            logger.warning("Job %s was cancelled or taken over by another worker", job_id)
        except JobFailed as failure:
            _fail(claim, str(failure))
        except Exception:
            logger.exception("Job %s failed", job_id)
            _fail(claim, UNFORESEEN.format(number=job_id))


@transaction.atomic
def _claim(job_id: int, *, now: datetime) -> Claim | None:
    job = Job.objects.select_for_update(no_key=True).filter(pk=job_id).first()
    if job is None or not job.is_live:
        return None
    if job.lease_until is not None and job.lease_until > now:
        return None
    if job.attempts >= MOST_ATTEMPTS:
        job.state, job.finished_at = JobState.FAILED, now
        job.error = WORKER_KEPT_DYING.format(attempts=job.attempts)
        job.save(update_fields=["state", "finished_at", "error"])
        return None
    job.state, job.attempts, job.lease_until = JobState.RUNNING, job.attempts + 1, now + LEASE
    job.progress, job.step = 0, ""
    job.save(update_fields=["state", "attempts", "lease_until", "progress", "step"])
    return Claim(job.pk, job.attempts, job.arguments, job.requested_by_id, job.requested_at, now)


@contextmanager
def _kept_alive(claim: Claim) -> Iterator[None]:
    """Renew the lease from a thread of its own while the work goes on; a killed worker renews nothing."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(HEARTBEAT_SECONDS):
            try:
                _ours(claim).update(lease_until=timezone.now() + LEASE)
            except AnyDatabaseError as error:
                # A database that restarts must not cost the lease: the next beat comes before it runs out.
                logger.warning("The lease of job %s was not renewed: %s", claim.job_id, error)
                connection.close()
        connection.close()

    thread = threading.Thread(target=renew, name=f"lease of job {claim.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _ours(claim: Claim) -> Any:
    return Job.objects.filter(pk=claim.job_id, attempts=claim.attempt, state=JobState.RUNNING)


def progress(claim: Claim, *, percent: int, step: str) -> None:
    """Say how far the work is. Raises LeaseLost where somebody else has taken over, or the job was cancelled."""
    if not _ours(claim).update(progress=percent, step=step, lease_until=timezone.now() + LEASE):
        raise LeaseLost


@contextmanager
def finishing(claim: Claim) -> Iterator[datetime]:
    """Write the effect inside this block: it is committed with *done*, or not at all. Yields the moment."""
    with transaction.atomic():
        if not _ours(claim).select_for_update(no_key=True).exists():
            raise LeaseLost
        now = timezone.now()
        yield now
        _ours(claim).update(state=JobState.DONE, progress=100, step="", error="", finished_at=now, lease_until=None)


def _fail(claim: Claim, reason: str) -> None:
    _ours(claim).update(state=JobState.FAILED, error=reason, finished_at=timezone.now(), lease_until=None)
