"""Links and files as evidence for a theme: given and taken back while the revision is open, then as fixed as the rest.

A file belongs to the unit that sent it and may serve several of its themes and quarters; the bytes are stored once for
everybody. Whoever may read the statement may download what is given in it, and nobody else learns that it exists.
"""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from assurance.models import Entry, EvidenceFile, EvidenceItem
from assurance.rules import Refused
from assurance.services.statements import locked_entry, refuse_unless_open
from organisation.models import Unit, User
from records.canonical import normal
from records.models import Blob, Verdict
from records.services import intake, trail

logger = logging.getLogger(__name__)

MOST_ITEMS = 50
FULL = f"A theme takes at most {MOST_ITEMS} links and files. Remove some that say the same, then add this."
HAS_IT_ALREADY = "This theme has this file already."


@transaction.atomic
def add_link(*, entry: Entry, title: str, url: str, of_on: date | None, by: User, at: datetime) -> EvidenceItem:
    """Give an address as evidence for a theme. Raises Refused where the revision is closed or the theme is full."""
    if not url.lower().startswith(("http://", "https://")):
        raise Refused("A link has to begin with https:// or http://.")
    current = _open_entry(entry, by=by)
    if current.evidence_items.filter(url=url).exists():
        raise Refused("This theme has this link already.")
    return _add(current, title=title, of_on=of_on, by=by, at=at, url=url)


def upload(
    *, entry: Entry, file: UploadedFile[Any], title: str = "", of_on: date | None, by: User, at: datetime
) -> EvidenceItem:
    """Take a file as evidence for a theme: look through it, have it scanned, keep it.

    Raises Refused with the reason and the mend where it is not taken, or where the revision is closed. What the
    antivirus finds is refused and kept in the trail; what it could not look at yet waits, withheld.
    """
    try:
        taken = intake.take(file, at=at)
    except intake.Infected as refusal:
        _record_infection(entry, refusal.name, refusal.finding, by=by, at=at)
        raise Refused(str(refusal)) from refusal
    except intake.NotKept as refusal:
        raise Refused(str(refusal)) from refusal
    with transaction.atomic():
        current = _open_entry(entry, by=by)
        unit = current.revision.statement.unit
        kept = _file_of_unit(unit, taken.blob, name=taken.name, by=by, at=at)
        return _attach(current, kept, title=title or taken.name, of_on=of_on, by=by, at=at)


@transaction.atomic
def attach(*, entry: Entry, file: EvidenceFile, by: User, at: datetime) -> EvidenceItem:
    """Give a file that the unit has already as evidence for this theme too, titled and dated as it was last.

    Raises Refused where it cannot be given, or the revision is closed.
    """
    current = _open_entry(entry, by=by)
    if file.unit_id != current.revision.statement.unit_id:
        raise Refused("This file does not belong to the unit.")
    if file.blob.verdict == Verdict.INFECTED:
        raise Refused("The antivirus has found something in this file since, so it cannot be used.")
    if file.blob.removed_at is not None:
        raise Refused("This file was taken out because the law asked for it, so it cannot be used again.")
    last = file.items.order_by("-pk").first()
    title, of_on = (last.title, last.of_on) if last else (file.name, None)
    return _attach(current, file, title=title, of_on=of_on, by=by, at=at)


@transaction.atomic
def remove(*, item: EvidenceItem, by: User, at: datetime) -> None:
    """Take a link or file back from a theme. The file stays the unit’s: other themes and quarters may refer to it."""
    current = _open_entry(item.entry, by=by)
    found = current.evidence_items.filter(pk=item.pk).select_related("file__blob").first()
    if found is None:
        return  # somebody has removed it already: that is what was wanted
    trail.record(act="evidence.removed", thing=found, by=by, at=at, **_details(found, current))
    found.delete()


@transaction.atomic
def record_download(*, item: EvidenceItem, by: User, at: datetime) -> None:
    """Keep who took a file away."""
    trail.record(act="evidence.downloaded", thing=item, by=by, at=at, **_details(item, item.entry))


# --- Steps --------------------------------------------------------------------------------------------------------


def _open_entry(entry: Entry, *, by: User) -> Entry:
    current = locked_entry(entry, by=by)
    refuse_unless_open(current.revision)
    return current


def _add(current: Entry, *, title: str, of_on: date | None, by: User, at: datetime, **given: Any) -> EvidenceItem:
    if current.evidence_items.count() >= MOST_ITEMS:
        raise Refused(FULL)
    item = EvidenceItem.objects.create(
        entry=current, title=normal(title.strip())[:200], of_on=of_on, added_at=at, added_by=by, **given
    )
    trail.record(act="evidence.added", thing=item, by=by, at=at, **_details(item, current))
    return item


def _attach(
    current: Entry, file: EvidenceFile, *, title: str, of_on: date | None, by: User, at: datetime
) -> EvidenceItem:
    if current.evidence_items.filter(file__blob=file.blob_id).exists():
        raise Refused(HAS_IT_ALREADY)
    return _add(current, title=title, of_on=of_on, by=by, at=at, file=file)


def _details(item: EvidenceItem, entry: Entry) -> dict[str, Any]:
    place = {"theme": entry.theme.identity, "statement": str(entry.revision)}
    if item.file is None:
        return place | {"words": {"title": item.title, "url": item.url}}
    return place | {"words": {"title": item.title, "name": item.file.name}, "sha256": item.file.blob.sha256}


def _file_of_unit(unit: Unit, blob: Blob, *, name: str, by: User, at: datetime) -> EvidenceFile:
    """The unit’s own row for these bytes: the one it has, under the name it had then, or a new one."""
    known = EvidenceFile.objects.filter(unit=unit, blob=blob).first()
    return known or EvidenceFile.objects.create(unit=unit, blob=blob, name=name, uploaded_at=at, uploaded_by=by)


@transaction.atomic
def _record_infection(entry: Entry, name: str, finding: str, *, by: User, at: datetime) -> None:
    logger.error("An infected file was refused: %s, sent by user %s as evidence in entry %s", finding, by.pk, entry.pk)
    trail.record(act="evidence.infected", thing=entry, by=by, at=at, words={"name": name}, finding=finding)
