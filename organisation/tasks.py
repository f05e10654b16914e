"""Doors for the worker."""

from celery import shared_task

from organisation.services import letters
from records.services import jobs


@shared_task(name=letters.SEND)
def send_letter(job_id: int) -> None:
    jobs.perform(job_id, letters.send)
