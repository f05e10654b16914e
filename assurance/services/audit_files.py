"""Files and photos that auditors take as evidence for a verdict: added and taken back while the audit is in writing,
then as fixed as the rest. Whoever may read the audit may download them."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assurance.models import AuditFile, ThemeVerdict
from assurance.rules import Refused
from assurance.services.auditing import locked_verdict
from organisation.models import User
from records.canonical import normal
from records.services import intake, trail

logger = logging.getLogger(__name__)

MOST_FILES = 50
FULL = f"A theme of an audit takes at most {MOST_FILES} files. Remove some that show the same, then add this."
HAS_IT_ALREADY = "This theme of the audit has this file already."


def add_file(*, verdict: ThemeVerdict, file: UploadedFile[Any], title: str = "", by: User, at: datetime) -> AuditFile:
    """Take a file or photo as evidence for a verdict. Raises Refused with the reason and the mend."""
    try:
        taken = intake.take(file, at=at)
    except intake.Infected as refusal:
        _record_infection(verdict, refusal.name, refusal.finding, by=by, at=at)
        raise Refused(str(refusal)) from refusal
    except intake.NotKept as refusal:
        raise Refused(str(refusal)) from refusal
    with transaction.atomic():
        current = locked_verdict(verdict)
        if current.files.filter(blob=taken.blob).exists():
            raise Refused(HAS_IT_ALREADY)
        if current.files.count() >= MOST_FILES:
            raise Refused(FULL)
        added = AuditFile.objects.create(
            verdict=current,
            blob=taken.blob,
            name=taken.name,
            title=normal(title.strip() or taken.name)[:200],
            added_at=at,
            added_by=by,
        )
        trail.record(act="audit.file_added", thing=added, by=by, at=at, **_details(added))
        return added


@transaction.atomic
def remove_file(*, file: AuditFile, by: User, at: datetime) -> None:
    """Take a file back from a verdict. Gone already is what was wanted."""
    current = locked_verdict(file.verdict).files.filter(pk=file.pk).select_related("blob").first()
    if current is not None:
        trail.record(act="audit.file_removed", thing=current, by=by, at=at, **_details(current))
        current.delete()


@transaction.atomic
def record_download(*, file: AuditFile, by: User, at: datetime) -> None:
    """Keep who took a file away."""
    trail.record(act="audit.file_downloaded", thing=file, by=by, at=at, **_details(file))


def _details(file: AuditFile) -> dict[str, Any]:
    place = {"theme": file.verdict.theme.identity, "audit": file.verdict.audit.reference}
    return place | {"words": {"title": file.title, "name": file.name}, "sha256": file.blob.sha256}


@transaction.atomic
def _record_infection(verdict: ThemeVerdict, name: str, finding: str, *, by: User, at: datetime) -> None:
    logger.error("An infected file was refused: %s, sent by user %s for verdict %s", finding, by.pk, verdict.pk)
    trail.record(act="audit.file_infected", thing=verdict, by=by, at=at, words={"name": name}, finding=finding)
