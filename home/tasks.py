"""Doors for the worker and its beat."""

from celery import shared_task
from django.utils import timezone

from home.services import digests, failures, personal_data, retention
from records.services import jobs


@shared_task(name="home.ask_for_digests")
def ask_for_digests() -> None:
    digests.ask_for_due(now=timezone.now())


@shared_task(name=digests.SEND)
def send_digest(job_id: int) -> None:
    jobs.perform(job_id, digests.send)


@shared_task(name="home.tell_of_failed_work")
def tell_of_failed_work() -> None:
    failures.tell_administrators(now=timezone.now())


@shared_task(name="home.keep_to_retention")
def keep_to_retention() -> None:
    """Delete working data that is past its period and under no hold."""
    retention.keep_to(now=timezone.now())


@shared_task(name=personal_data.BUILD)
def build_personal_export(job_id: int) -> None:
    jobs.perform(job_id, personal_data.build)
