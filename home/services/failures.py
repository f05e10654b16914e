"""Long work that failed: administrators are told once of each, and no more while the same fails again the same way.

Whoever asked for the work sees on its own page what happened and what to do, beside the result before. This is for the
people who can mend the machine. Whether somebody was told stands in the notices; what is to be told, in the jobs.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from home.work_in_words import LETTERS, in_words
from organisation.models import Appointment, User
from organisation.periods import london_day
from organisation.roles import Role
from records.models import Job, JobState, Notice
from records.models.job import JobQuerySet
from records.services import notices
from records.services.notices import News

FAILED = "job.failed"
# So far back a failure is told, listed and counted: what nobody asked for again within a week is no news.
TOLD_FOR = timedelta(days=7)


def failed_lately(*, now: datetime) -> JobQuerySet:
    """Failed jobs of the last week whose work has not been done since, the newest first."""
    done_since = Job.objects.filter(key=OuterRef("key"), pk__gt=OuterRef("pk"), state=JobState.DONE)
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gt=now - TOLD_FOR).exclude(task__in=LETTERS)
    return failed.exclude(Exists(done_since)).order_by("-pk")


@transaction.atomic
def tell_administrators(*, now: datetime) -> int:
    """Tell every administrator of what failed, take back what has been done since; return how many lines are new.

    Safe to run again, or twice at once. A fixed number of queries.
    """
    failed = failed_lately(now=now)
    _take_back(still_failed={key_of(pk) for pk in failed.values_list("pk", flat=True)}, at=now)
    before = Job.objects.filter(
        key=OuterRef("key"), pk__lt=OuterRef("pk"), state__in=[JobState.DONE, JobState.FAILED]
    ).order_by("-pk")
    told = failed.annotate(
        pk_before=Subquery(before.values("pk")[:1]),
        state_before=Subquery(before.values("state")[:1]),
        error_before=Subquery(before.values("error")[:1]),
    )
    lines = {
        pk: _line(pk, task, error)
        for pk, task, error, pk_before, state_before, error_before in told.values_list(
            "pk", "task", "error", "pk_before", "state_before", "error_before"
        )
        if state_before != JobState.FAILED or _reason(pk, error) != _reason(pk_before, error_before)
    }
    people = administrators(london_day(now)) if lines else []
    address = reverse("failed_work")
    return notices.tell_all(
        [News(person, FAILED, line, address, key_of(pk)) for pk, line in lines.items() for person in people], at=now
    )


def key_of(job: int) -> str:
    return f"job:{job}:failed"


def administrators(today: date) -> list[int]:
    """Return the ids of everybody who administers accounts today and can sign in."""
    appointed = Appointment.objects.in_force(today).to({Role.ADMINISTRATOR}).values("person")
    return list(User.objects.filter(is_active=True, pk__in=appointed).order_by("pk").values_list("pk", flat=True))


def _line(job: int, task: str, error: str) -> str:
    return f"{in_words(task)} has failed (job {job}). What was there before is unchanged.\n{error}"


def _reason(job: int, error: str) -> str:
    """Return why it failed, without the job's own number: the same fault of two nights reads the same."""
    return error.replace(f"job {job}", "the job")


def _take_back(*, still_failed: set[str], at: datetime) -> None:
    """Withdraw what no e-mail has carried yet and is not true any more: few lines, written within the last day."""
    waiting = Notice.objects.filter(kind=FAILED, sent_at=None, withdrawn_at=None)
    for key in set(waiting.values_list("key", flat=True)) - still_failed:
        notices.withdraw(key=key, at=at)
