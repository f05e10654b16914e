"""Having the agenda pack of a meeting made: what is frozen, its versions, its document."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from organisation.models import User
from organisation.periods import london_day
from papers import documents
from papers.contents import board_pack
from papers.models import BoardPack
from records.canonical import content_digest, normal
from records.models import Job
from records.services import blobs, jobs, trail
from rendering import pdf
from risks.models import BoardMeeting
from risks.services.board import locked

logger = logging.getLogger(__name__)

BUILD = "papers.build_pack"
CANNOT_PRINT = "{error} What the pack says is kept, and can be printed again."


@transaction.atomic
def make(*, meeting: BoardMeeting, by: User, at: datetime) -> tuple[BoardPack, bool]:
    """Freeze what a pack of the meeting says now, ask the worker for its PDF; return the version and whether it is new.

    Where it would say what the newest version says, that one is returned; its PDF is asked for again if it is missing.
    """
    current = locked(meeting)
    content = normal(board_pack.gather(current, today=london_day(at)))
    digest = content_digest(content)
    newest = current.packs.first()
    if newest is not None and newest.content_digest == digest:
        request_document(pack=newest, by=by, at=at)
        return newest, False
    pack = BoardPack.objects.create(
        meeting=current,
        number=newest.number + 1 if newest else 1,
        content=content,
        content_digest=digest,
        made_at=at,
        made_by=by,
    )
    trail.record(act="board-pack.made", thing=pack, by=by, at=at, number=pack.number, content_digest=digest)
    _request(pack, by=by, at=at)
    return pack, True


@transaction.atomic
def request_document(*, pack: BoardPack, by: User, at: datetime) -> Job | None:
    """Ask the worker again for the PDF of a pack, after it has failed or was called off; None where it is there.

    Two requests, one document.
    """
    current = BoardPack.objects.select_for_update(no_key=True).get(pk=pack.pk)
    if current.pdf_id is not None:
        return None
    if live := Job.objects.live().filter(key=current.job_key).first():
        return live
    trail.record(act="board-pack.document_requested", thing=current, by=by, at=at)
    return _request(current, by=by, at=at)


def _request(pack: BoardPack, *, by: User, at: datetime) -> Job:
    return jobs.request(task=BUILD, key=pack.job_key, by=by, at=at, pack_id=pack.pk)


@transaction.atomic
def cancel_document(*, pack: BoardPack, by: User, at: datetime) -> bool:
    """Call off the making of the PDF; return whether it was being made. What the pack says stays."""
    job = jobs.cancel(key=pack.job_key, at=at)
    if job is not None:
        trail.record(act="board-pack.document_cancelled", thing=pack, by=by, at=at, job=job.pk)
    return job is not None


def build(claim: jobs.Claim) -> None:
    """Print what was frozen and keep the file for good. Does nothing where that has been done."""
    pack = BoardPack.objects.select_related("meeting").get(pk=claim.arguments["pack_id"])
    if pack.pdf_id is not None:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=20, step="Laying out the pack")
    html = documents.pack_html(pack)
    jobs.progress(claim, percent=50, step="Printing the pack")
    try:
        # The moment of freezing, so that the same content gives the same file.
        content = pdf.render(html, assets=documents.assets(), created_at=pack.made_at)
    except pdf.PrintingError as error:
        logger.exception("An agenda pack could not be printed")
        raise jobs.JobFailed(CANNOT_PRINT.format(error=error)) from error
    with jobs.finishing(claim) as now:
        blob = blobs.store(content=content, media_type="application/pdf", at=now)
        # Another claim on the same version may have finished in the meantime: the first file stands.
        if BoardPack.objects.filter(pk=pack.pk, pdf=None).update(pdf=blob):
            digests = {"content_digest": pack.content_digest, "sha256": blob.sha256}
            trail.record(act="board-pack.built", thing=pack, by=None, at=now, **digests)


@transaction.atomic
def record_download(*, pack: BoardPack, by: User, at: datetime) -> None:
    """Keep who took the document of a pack away."""
    sha256 = pack.pdf.sha256 if pack.pdf else ""
    trail.record(act="board-pack.downloaded", thing=pack, by=by, at=at, number=pack.number, sha256=sha256)
