"""Doors for the worker."""

from celery import shared_task

from papers.services import packs, papers
from records.services import jobs


@shared_task(name=papers.BUILD)
def build_paper(job_id: int) -> None:
    jobs.perform(job_id, papers.build)


@shared_task(name=packs.BUILD)
def build_pack(job_id: int) -> None:
    jobs.perform(job_id, packs.build)
