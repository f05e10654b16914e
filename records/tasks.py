"""Doors for the worker."""

from celery import shared_task
from django.utils import timezone

from records.services import jobs


@shared_task(name="records.ring_waiting_jobs")
def ring_waiting_jobs() -> None:
    jobs.ring_waiting(now=timezone.now())
