"""Printing statements: the PDF of a signed revision, made once and kept, and the blank form of a statement."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from assurance import documents
from assurance.models import BlankForm, Revision, Statement, StatementDocument
from assurance.services import printing
from organisation.models import User
from records.models import Blob, Job
from records.services import blobs, jobs, trail

PRINT = "assurance.print_statement"
PRINT_BLANK = "assurance.print_blank_form"
CANNOT_PRINT = "It could not be printed; the statement itself is unchanged. Show this to the administrator: {error}"


class NotSigned(Exception):
    """Only what is signed is kept as a PDF: a draft may still change."""


def statement_key(revision: Revision) -> str:
    """The key of the job that prints the revision."""
    return f"statement-pdf:{revision.pk}"


def blank_key(statement: Statement) -> str:
    """The key of the job that prints the statement's blank form."""
    return f"statement-blank:{statement.pk}"


def document_of(revision: Revision) -> StatementDocument | None:
    """Return the revision's PDF where it has been printed."""
    return StatementDocument.objects.filter(revision=revision).select_related("blob").first()


def blank_form_of(statement: Statement) -> BlankForm | None:
    """Return the statement's blank form where it has been printed under the unit's name of today."""
    forms = BlankForm.objects.filter(statement=statement, unit_name=statement.unit.name)
    return forms.select_related("blob").first()


@transaction.atomic
def request(*, revision: Revision, by: User | None, at: datetime) -> Job | None:
    """Ask for the revision's PDF; None where it exists. Two requests, one document. Raises NotSigned for a draft."""
    if not revision.is_frozen:
        raise NotSigned(f"{revision} is not signed, so it has no PDF that could be kept.")
    if document_of(revision) is not None:
        return None
    return jobs.request(task=PRINT, key=statement_key(revision), by=by, at=at, revision_id=revision.pk)


@transaction.atomic
def request_blank(*, statement: Statement, by: User | None, at: datetime) -> Job | None:
    """Ask for the statement's blank form; None where it exists."""
    if blank_form_of(statement) is not None:
        return None
    return jobs.request(task=PRINT_BLANK, key=blank_key(statement), by=by, at=at, statement_id=statement.pk)


def build(claim: jobs.Claim) -> None:
    """Print a signed revision and keep the file for good. Does nothing where that has been done."""
    revision = Revision.objects.select_related("statement__unit", "statement__edition").get(
        pk=claim.arguments["revision_id"], signed_at__isnull=False
    )
    if document_of(revision) is not None:
        with jobs.finishing(claim):
            return
    jobs.progress(claim, percent=20, step="Laying out the statement")
    html = documents.statement_html(revision)
    jobs.progress(claim, percent=50, step="Printing the statement")
    # The moment of the signature, so that the same content gives the same file.
    content = printing.printed(html, created_at=revision.signed_at, failing=CANNOT_PRINT)
    with jobs.finishing(claim) as now:
        blob = _stored(content, at=now)
        # Another claim on the same revision may have finished in the meantime: the first file stands.
        _, is_new = StatementDocument.objects.get_or_create(
            revision=revision, defaults={"blob": blob, "printed_at": now}
        )
        if is_new:
            digests = {"content_digest": revision.content_digest, "sha256": blob.sha256}
            trail.record(act="statement.printed", thing=revision, by=None, at=now, **digests)


def build_blank(claim: jobs.Claim) -> None:
    """Print a statement's blank form. It is no record: under a new name of the unit it is printed anew."""
    statement = Statement.objects.select_related("unit", "edition").get(pk=claim.arguments["statement_id"])
    jobs.progress(claim, percent=20, step="Laying out the form")
    html = documents.blank_html(statement)
    jobs.progress(claim, percent=50, step="Printing the form")
    content = printing.printed(html, created_at=statement.opened_at, failing=CANNOT_PRINT)
    with jobs.finishing(claim) as now:
        printed = {"unit_name": statement.unit.name, "blob": _stored(content, at=now), "printed_at": now}
        BlankForm.objects.update_or_create(statement=statement, defaults=printed)


@transaction.atomic
def record_download(*, revision: Revision, blob: Blob, by: User, at: datetime) -> None:
    """Keep who took a statement's PDF with them, and which one."""
    trail.record(act="statement.downloaded", thing=revision, by=by, at=at, form="pdf", sha256=blob.sha256)


def _stored(content: bytes, *, at: datetime) -> Blob:
    return blobs.store(content=content, media_type="application/pdf", at=at)
