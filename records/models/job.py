from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q


class JobState(models.TextChoices):
    QUEUED = "queued", "Waiting to start"
    RUNNING = "running", "Running"
    DONE = "done", "Ready"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


ONE_LIVE_JOB_PER_KEY = "one_live_job_per_key"
LIVE = [JobState.QUEUED.value, JobState.RUNNING.value]
# A bell rung this long ago and not heard was lost: with an emptied broker, or a worker killed between the two.
BELL_LOST_AFTER = timedelta(seconds=30)


class JobQuerySet(models.QuerySet["Job"]):
    def live(self) -> JobQuerySet:
        return self.filter(state__in=LIVE)

    def to_ring(self, now: datetime) -> JobQuerySet:
        """Jobs that wait with no message under way, or whose worker has fallen silent."""
        return self.filter(
            Q(state=JobState.QUEUED, dispatched_at=None)
            | Q(state=JobState.QUEUED, dispatched_at__lt=now - BELL_LOST_AFTER)
            | Q(state=JobState.RUNNING, lease_until__lt=now)
        )


class Job(models.Model):
    """One piece of long work: the truth about it. The queue is only a bell."""

    task = models.CharField(max_length=100, help_text="The Celery task's name.")
    key = models.CharField(max_length=200, help_text="What is being built; one live job for each.")
    arguments = models.JSONField(default=dict)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    dispatched_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(
        default=0, help_text="Also the fencing token: who holds the newest may write."
    )
    lease_until = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Per cent.")
    step = models.CharField(max_length=200, blank=True, help_text="What is being done, in words.")
    error = models.TextField(blank=True, help_text="What happened and what to do, for the person who asked.")
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("key", condition=Q(state__in=LIVE), name=ONE_LIVE_JOB_PER_KEY),
            models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_is_per_cent"),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, finished_at=None) | (~Q(state__in=LIVE) & Q(finished_at__isnull=False)),
                name="job_finished_when_not_live",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING) | Q(lease_until__isnull=False),
                name="running_job_has_a_lease",
            ),
        ]
        indexes = [models.Index(fields=["key", "-id"], name="job_by_key")]

    def __str__(self) -> str:
        return f"{self.task} {self.key}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE
