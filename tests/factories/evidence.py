"""Links and files as evidence for tests: given through the services, as people give them."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assurance.models import Entry, EvidenceFile, EvidenceItem, Revision
from assurance.services import evidence
from organisation.models import Unit, User
from organisation.roles import Role
from records.models import Verdict
from records.services import blobs
from records.services.scanning import Scan
from tests.factories import files
from tests.factories.organisation import make_person


def entry_of(revision: Revision, identity: str = "leadership") -> Entry:
    return revision.entries.get(theme__identity=identity)


def sent(content: bytes | None = None, name: str = "minutes.pdf") -> SimpleUploadedFile:
    """A file as it comes from a browser; what the browser says of its type is wrong on purpose."""
    return SimpleUploadedFile(name, files.pdf() if content is None else content, content_type="text/html")


def make_file(
    unit: Unit,
    content: bytes | None = None,
    *,
    name: str = "minutes.pdf",
    by: User | None = None,
    at: datetime | None = None,
    verdict: Verdict = Verdict.NOT_SCANNED,
) -> EvidenceFile:
    """A file that the unit has, with the verdict on it; not given as evidence for anything yet."""
    upload, at = sent(content, name), at or timezone.now()
    blob = blobs.store_file(
        file=upload, media_type="application/pdf", at=at, scan=Scan(verdict, at if verdict in SCANNED else None)
    )
    by = by or make_person(Role.SPOC, unit)
    return EvidenceFile.objects.create(unit=unit, blob=blob, name=name, uploaded_at=at, uploaded_by=by)


SCANNED = (Verdict.CLEAN, Verdict.INFECTED)


def give_file(
    revision: Revision,
    identity: str = "leadership",
    *,
    file: EvidenceFile | None = None,
    name: str = "minutes.pdf",
    by: User | None = None,
) -> EvidenceItem:
    """Give a file as evidence for a theme of the open revision."""
    unit = revision.statement.unit
    by = by or make_person(Role.SPOC, unit)
    file = file or make_file(unit, name=name, by=by)
    return evidence.attach(entry=entry_of(revision, identity), file=file, by=by, at=timezone.now())


def give_link(
    revision: Revision,
    identity: str = "leadership",
    *,
    url: str = "https://intranet.example/walk-rounds",
    title: str = "Log of walk-rounds",
    of_on: date | None = None,
    by: User | None = None,
) -> EvidenceItem:
    """Give a link as evidence for a theme of the open revision."""
    by = by or make_person(Role.SPOC, revision.statement.unit)
    entry = entry_of(revision, identity)
    return evidence.add_link(entry=entry, title=title, url=url, of_on=of_on, by=by, at=timezone.now())
