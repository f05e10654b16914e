"""Doors for the worker."""

from celery import shared_task
from django.utils import timezone

from records.services import allowances, blobs, jobs, scanning


@shared_task(name="records.ring_waiting_jobs")
def ring_waiting_jobs() -> None:
    jobs.ring_waiting(now=timezone.now())


@shared_task(name="records.scan_waiting_files")
def scan_waiting_files() -> None:
    scanning.release_waiting(at=timezone.now())


@shared_task(name="records.take_away_leftovers")
def take_away_leftovers() -> None:
    blobs.take_away_leftovers()


@shared_task(name="records.forget_allowances")
def forget_allowances() -> None:
    allowances.forget(now=timezone.now())
