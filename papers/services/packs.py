"""Having the agenda pack of a meeting made: what is frozen, its versions, its document."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from organisation.models import User
from organisation.periods import london_day
from papers import documents
from papers.contents import board_pack
from papers.models import BoardPack
from papers.services import frozen
from records.canonical import content_digest, normal
from records.models import Job
from records.services import jobs, trail
from risks.models import BoardMeeting
from risks.services.board import locked

BUILD = "papers.build_pack"


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


def request_document(*, pack: BoardPack, by: User, at: datetime) -> Job | None:
    """Ask the worker again for the PDF of a pack, after it has failed or was called off; None where it is there."""
    act = "board-pack.document_requested"
    return frozen.request_document(
        version=pack, request=lambda current: _request(current, by=by, at=at), act=act, by=by, at=at
    )


def _request(pack: BoardPack, *, by: User, at: datetime) -> Job:
    return jobs.request(task=BUILD, key=pack.job_key, by=by, at=at, pack_id=pack.pk)


def cancel_document(*, pack: BoardPack, by: User, at: datetime) -> bool:
    """Call off the making of the PDF; return whether it was being made. What the pack says stays."""
    return frozen.cancel_document(version=pack, act="board-pack.document_cancelled", by=by, at=at)


def build(claim: jobs.Claim) -> None:
    """Print what was frozen and keep the file for good. Does nothing where that has been done."""
    pack = BoardPack.objects.select_related("meeting").get(pk=claim.arguments["pack_id"])
    frozen.build(claim, pack, lambda one: (documents.pack_html(one), ()), act="board-pack.built", what="the pack")


@transaction.atomic
def record_download(*, pack: BoardPack, by: User, at: datetime) -> None:
    """Keep who took the document of a pack away."""
    sha256 = pack.pdf.sha256 if pack.pdf else ""
    trail.record(act="board-pack.downloaded", thing=pack, by=by, at=at, number=pack.number, sha256=sha256)
