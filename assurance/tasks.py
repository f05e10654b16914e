"""Doors for the worker and its beat."""

from celery import shared_task
from django.utils import timezone

from assurance.services import rollups, statements
from organisation.periods import Quarter
from records.services import jobs


@shared_task(name="assurance.open_statements")
def open_statements() -> None:
    """Open this quarter's statements where they are missing: on its first day, or when the worker is back."""
    now = timezone.now()
    statements.open_quarter(quarter=Quarter.of(timezone.localdate(now)), at=now)


@shared_task(name=rollups.BUILD)
def build_rollup(job_id: int) -> None:
    jobs.perform(job_id, rollups.build)
