"""What a meeting of the Board deals with: its agenda, the papers it awaits, what it decided, and its minutes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from organisation.models import BusinessGroup, User
from organisation.periods import london_day
from records.canonical import normal
from records.services import trail
from rendering import formats
from risks.models import AgendaItem, BoardMeeting, BoardPaper, MeetingFile, MeetingRecord, PaperKind
from risks.rules import Refused
from risks.services import taking_files

MOST_FILES = 50


def locked(meeting: BoardMeeting) -> BoardMeeting:
    """Lock a meeting for the rest of the transaction."""
    return BoardMeeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)


# --- Agenda -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_item(*, meeting: BoardMeeting, title: str, lead: str, by: User, at: datetime) -> AgendaItem:
    """Put something on the agenda, behind what is there."""
    current = locked(meeting)
    title = str(normal(title))
    if current.items.filter(title=title).exists():
        raise Refused("This is on the agenda already.")
    last = current.items.aggregate(last=Max("number"))["last"] or 0
    item = AgendaItem.objects.create(meeting=current, number=last + 1, title=title, lead=str(normal(lead)))
    trail.record(act="board-meeting.item-added", thing=current, by=by, at=at, number=item.number)
    return item


@transaction.atomic
def remove_item(*, item: AgendaItem, by: User, at: datetime) -> None:
    """Take something off the agenda under which nothing has been recorded; what is behind it moves up."""
    current = locked(item.meeting)
    there = current.items.filter(pk=item.pk).first()
    if there is None:
        return  # gone already is what was wanted
    if there.records.exists():
        raise Refused("Something has been recorded under this item, so it stays on the agenda.")
    there.delete()
    current.items.filter(number__gt=there.number).update(number=F("number") - 1)
    trail.record(act="board-meeting.item-removed", thing=current, by=by, at=at, words={"item": there.title})


# --- Papers -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def await_paper(
    *,
    meeting: BoardMeeting,
    kind: PaperKind,
    title: str,
    group: BusinessGroup | None,
    due_on: date,
    by: User,
    at: datetime,
) -> BoardPaper:
    """Say which paper a meeting awaits, and by when."""
    current = locked(meeting)
    if due_on > current.held_on:
        raise Refused(f"The Board meets on {formats.day(current.held_on)}. The paper cannot be due after that.")
    try:
        with transaction.atomic():
            paper = BoardPaper.objects.create(
                meeting=current,
                kind=kind,
                title=str(normal(title)),
                group=group,
                due_on=due_on,
                asked_at=at,
                asked_by=by,
            )
    except IntegrityError as error:
        raise Refused("The meeting awaits this paper already.") from error
    trail.record(act="board-meeting.paper-awaited", thing=paper, by=by, at=at, due_on=due_on.isoformat())
    return paper


@transaction.atomic
def receive(*, paper: BoardPaper, received_on: date, by: User, at: datetime) -> BoardPaper:
    """Record that a paper has come in."""
    locked(paper.meeting)
    current = BoardPaper.objects.select_for_update(of=("self",), no_key=True).select_related("meeting").get(pk=paper.pk)
    if current.received_on is not None:
        raise Refused(f"This paper was received on {formats.day(current.received_on)} already.")
    if received_on > london_day(at):
        raise Refused("The day lies in the future. Say on which day the paper came in.")
    current.received_on, current.received_by = received_on, by
    current.save(update_fields=["received_on", "received_by"])
    trail.record(act="board-meeting.paper-received", thing=current, by=by, at=at, on=received_on.isoformat())
    return current


# --- What was decided, and the minutes --------------------------------------------------------------------------------


@transaction.atomic
def record(
    *,
    meeting: BoardMeeting,
    item: AgendaItem | None,
    minute: str,
    text: str,
    by: User,
    at: datetime,
    replaces: MeetingRecord | None = None,
) -> MeetingRecord:
    """Record what a meeting that was held decided or noted. One that `replaces` another corrects it."""
    current = locked(meeting)
    if current.held_on > london_day(at):
        raise Refused("The meeting has not been held yet, so nothing was decided at it.")
    said = {"minute": str(normal(minute)), "text": str(normal(text))}
    standing = current.records.filter(replaced_by=None)
    if standing.filter(**said).exists():
        raise Refused("This is recorded already, so it was not recorded again.")
    if replaces is not None and not standing.filter(pk=replaces.pk).exists():
        raise Refused("Somebody has corrected this already. Look at the meeting again.")
    made = MeetingRecord.objects.create(meeting=current, item=item, by=by, at=at, replaces=replaces, **said)
    trail.record(act="board-meeting.recorded", thing=made, by=by, at=at, minute=made.minute)
    return made


def add_file(
    *,
    meeting: BoardMeeting,
    file: UploadedFile[Any],
    title: str,
    paper: BoardPaper | None = None,
    by: User,
    at: datetime,
) -> MeetingFile:
    """Keep the minutes, or a paper, as a file. Raises Refused with the reason and the mend."""
    taken = taking_files.take(file, of=meeting, act="board-meeting.file-infected", by=by, at=at)
    with transaction.atomic():
        current = locked(meeting)
        if current.files.filter(blob=taken.blob).exists():
            raise Refused("The meeting has this file already.")
        if current.files.count() >= MOST_FILES:
            raise Refused(f"A meeting takes at most {MOST_FILES} files.")
        kept = MeetingFile.objects.create(
            meeting=current,
            paper=paper,
            blob=taken.blob,
            name=taken.name,
            title=str(normal(title.strip() or taken.name))[:200],
            added_at=at,
            added_by=by,
        )
        trail.record(act="board-meeting.file-added", thing=kept, by=by, at=at, sha256=taken.blob.sha256)
        return kept


@transaction.atomic
def record_download(*, file: MeetingFile, by: User, at: datetime) -> None:
    """Keep who took a file away."""
    trail.record(act="board-meeting.file-downloaded", thing=file, by=by, at=at, sha256=file.blob.sha256)
