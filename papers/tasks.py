"""Doors for the worker."""

from celery import shared_task

from papers.services import packs, papers, public_versions
from records.services import jobs


@shared_task(name=papers.BUILD)
def build_paper(job_id: int) -> None:
    jobs.perform(job_id, papers.build)


@shared_task(name=packs.BUILD)
def build_pack(job_id: int) -> None:
    jobs.perform(job_id, packs.build)


@shared_task(name=public_versions.BUILD)
def build_public_version(job_id: int) -> None:
    jobs.perform(job_id, public_versions.build)
