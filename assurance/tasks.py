"""Doors for the worker and its beat."""

from celery import shared_task
from django.utils import timezone

from assurance.services import (
    audit_notices,
    audit_reports,
    documents,
    information_requests,
    issuing,
    nightly,
    notices,
    opening,
    rollups,
)
from organisation.periods import Quarter
from records.services import jobs


@shared_task(name="assurance.open_statements")
def open_statements() -> None:
    """Open this quarter's statements where they are missing: on its first day, or when the worker is back."""
    now = timezone.now()
    opening.open_quarter(quarter=Quarter.of(timezone.localdate(now)), at=now)


@shared_task(name="assurance.remind")
def remind() -> None:
    """Remind whoever's turn it is, then tell those further up: once for each stage, on its first day or whichever the
    worker is back on."""
    now = timezone.now()
    notices.remind(now=now)
    notices.escalate(now=now)
    notices.tell_of_infected_files(now=now)
    audit_notices.escalate(now=now)


@shared_task(name="assurance.build_draft_rollups")
def build_draft_rollups() -> None:
    """Ask for tonight's draft roll-ups where nobody has yet: after midnight, or when beat is back."""
    nightly.build_drafts(at=timezone.now())


@shared_task(name=rollups.BUILD)
def build_rollup(job_id: int) -> None:
    jobs.perform(job_id, rollups.build)


@shared_task(name=issuing.PRINT)
def print_issued_rollup(job_id: int) -> None:
    jobs.perform(job_id, issuing.build_document)


@shared_task(name=audit_reports.PRINT)
def print_audit_report(job_id: int) -> None:
    jobs.perform(job_id, audit_reports.build_document)


@shared_task(name=documents.PRINT)
def print_statement(job_id: int) -> None:
    jobs.perform(job_id, documents.build)


@shared_task(name=documents.PRINT_BLANK)
def print_blank_form(job_id: int) -> None:
    jobs.perform(job_id, documents.build_blank)


@shared_task(name=information_requests.PRINT)
def print_release(job_id: int) -> None:
    jobs.perform(job_id, information_requests.build)
