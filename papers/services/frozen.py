"""Printing what is frozen in versions, agenda packs and public versions: asked for, called off, kept for good."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from organisation.models import User
from papers import documents
from papers.models import BoardPack, PublicVersion
from records.models import Job
from records.services import blobs, jobs, trail
from rendering import checking, pdf
from rendering.assets import Attachment

logger = logging.getLogger(__name__)

CANNOT_PRINT = "{error} What {what} says is kept, and can be printed again."

Frozen = TypeVar("Frozen", BoardPack, PublicVersion)


@transaction.atomic
def request_document(
    *, version: Frozen, request: Callable[[Frozen], Job], act: str, by: User, at: datetime
) -> Job | None:
    """Ask the worker again for a PDF, after it has failed or was called off; None where it is there.

    Two requests, one document.
    """
    current = type(version).objects.select_for_update(no_key=True).get(pk=version.pk)
    if current.pdf_id is not None:
        return None
    if live := Job.objects.live().filter(key=current.job_key).first():
        return live
    trail.record(act=act, thing=current, by=by, at=at)
    return request(current)


@transaction.atomic
def cancel_document(*, version: Frozen, act: str, by: User, at: datetime) -> bool:
    """Call off the making of the PDF; return whether it was being made. What was frozen stays."""
    job = jobs.cancel(key=version.job_key, at=at)
    if job is not None:
        trail.record(act=act, thing=version, by=by, at=at, job=job.pk)
    return job is not None


def build(
    claim: jobs.Claim,
    version: Frozen,
    lay_out: Callable[[Frozen], tuple[str, Sequence[Attachment]]],
    *,
    act: str,
    what: str,
) -> None:
    """Print what was frozen and keep the file for good. Does nothing where that has been done.

    `what` is what a version is called to whoever waits for it: “the pack”.
    """
    if version.pdf_id is not None:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=20, step="Laying out the document")
    html, attachments = lay_out(version)
    jobs.progress(claim, percent=50, step="Printing the document")
    try:
        # The moment of freezing, so that the same content gives the same file.
        content = pdf.render(html, assets=documents.assets(), attachments=attachments, created_at=version.made_at)
        jobs.progress(claim, percent=85, step="Checking the document")
        checking.check(content)
    except pdf.PrintingError as error:
        logger.exception("A document could not be printed")
        raise jobs.JobFailed(CANNOT_PRINT.format(error=error, what=what)) from error
    with jobs.finishing(claim) as now:
        blob = blobs.store(content=content, media_type="application/pdf", at=now)
        # Another claim on the same version may have finished in the meantime: the first file stands.
        if type(version).objects.filter(pk=version.pk, pdf=None).update(pdf=blob):
            digests = {"content_digest": version.content_digest, "sha256": blob.sha256}
            trail.record(act=act, thing=version, by=None, at=now, **digests)
