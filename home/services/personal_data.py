"""All that is held about a person, made as a file by the worker and taken by whoever asked for it.

The person asks for their own; the Head, or an administrator, answers a request with it. An administrator's file leaves
out what administrators do not read. The file lies in its row and is deleted after some days.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from home import personal_file
from home.holdings import held_about
from organisation.models import User
from records.models import Job, PersonalExport
from records.services import jobs, trail

BUILD = "home.build_personal_export"
MEDIA_TYPE = "application/zip"


@transaction.atomic
def request(*, person: User, complete: bool, by: User, at: datetime) -> PersonalExport:
    """Ask for the file; one that is being made already is enough."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # the same button pressed twice makes one file
    waiting = PersonalExport.objects.filter(person=person, requested_by=by, complete=complete, made_at=None).first()
    if waiting is not None and (job := job_of(waiting)) is not None and job.is_live:
        return waiting
    export = PersonalExport.objects.create(person=person, requested_by=by, requested_at=at, complete=complete)
    jobs.request(task=BUILD, key=export.job_key, by=by, at=at, export_id=export.pk)
    trail.record(act="account.data_asked_for", thing=person, by=by, at=at, complete=complete)
    return export


def job_of(export: PersonalExport) -> Job | None:
    """Return the newest job that makes the file."""
    return Job.objects.filter(key=export.job_key).order_by("-id").first()


def build(claim: jobs.Claim) -> None:
    """Gather and keep the file. Does nothing where it was made, or is not wanted any more."""
    export = PersonalExport.objects.select_related("person").filter(pk=claim.arguments["export_id"]).first()
    if export is None or export.made_at is not None:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=20, step="Gathering what is held")
    content = gathered(person=export.person, complete=export.complete, at=timezone.now())
    with jobs.finishing(claim) as now:
        # Bytes in the row and not in a file: what removes the row removes them.
        PersonalExport.objects.filter(pk=export.pk, made_at=None).update(
            content=content, sha256=hashlib.sha256(content).hexdigest(), made_at=now
        )


@transaction.atomic
def gathered(*, person: User, complete: bool, at: datetime) -> bytes:
    """Return the file of a person as things stand."""
    holdings = [one for one in held_about(person) if complete or one.administrators_read_it]
    about = personal_file.About(person.name, person.pk, at, complete)
    return personal_file.written(about, holdings)


@transaction.atomic
def take(*, export: PersonalExport, by: User, at: datetime) -> bytes:
    """Return the file, and keep who took it."""
    trail.record(act="account.data_taken", thing=export.person, by=by, at=at, sha256=export.sha256)
    return bytes(export.content or b"")
