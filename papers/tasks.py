"""Doors for the worker."""

from celery import shared_task

from papers.services import papers
from records.services import jobs


@shared_task(name=papers.BUILD)
def build_paper(job_id: int) -> None:
    jobs.perform(job_id, papers.build)
