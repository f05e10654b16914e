"""What stands behind a digest: a file of a meeting of the Board, or of what there is with the HSE."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from organisation.permissions import Person
from records.verification import Match, Matched, finding_on_bytes
from rendering import formats
from risks.models import LiaisonFile, MeetingFile
from risks.permissions import can_read_liaison, can_read_meetings

STANDS = "It is kept as it was added."


def find_by_digest(digest: str, *, reader: Person) -> list[Match]:
    """Return the files that have the digest and that `reader` may download."""
    return [*_of_meetings(digest, reader), *_of_the_hse(digest, reader)]


def _of_meetings(digest: str, reader: Person) -> Iterator[Match]:
    if not can_read_meetings(reader):
        return
    files = MeetingFile.objects.filter(blob__sha256=digest)
    for file in files.select_related("blob", "meeting", "added_by"):
        address = reverse("risks:meeting", args=[file.meeting_id])
        yield _match(file, f"The file “{file.title}” of the {file.meeting}", address)


def _of_the_hse(digest: str, reader: Person) -> Iterator[Match]:
    files = LiaisonFile.objects.filter(blob__sha256=digest)
    for file in files.select_related("blob", "added_by", "meeting", "notice__group", "notification__group"):
        if can_read_liaison(reader, file.of):
            yield _match(file, f"The file “{file.title}” about the Health and Safety Executive", reverse("risks:hse"))


def _match(file: MeetingFile | LiaisonFile, thing: str, address: str) -> Match:
    return Match(
        matched=Matched.FILE,
        thing=thing,
        address=address,
        facts=(("Added", f"{formats.day(file.added_at)} by {file.added_by}"),),
        standing=STANDS,
        stands=True,
        findings=(finding_on_bytes(file.blob),),
    )
