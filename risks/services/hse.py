"""Dealings with the Health and Safety Executive (HSE): entering, correcting, withdrawing, reporting, complying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from organisation.models import BusinessGroup, Unit, User
from organisation.periods import london_day
from records.canonical import normal
from records.services import trail
from rendering import formats
from risks.deadlines import last_day
from risks.models import EnforcementNotice, LiaisonEntry, LiaisonFile, LiaisonMeeting, NoticeKind, Notification
from risks.models import NotificationKind as Kind
from risks.rules import Refused
from risks.services import liaison_notices, taking_files
from risks.services.places import group_of

MOST_FILES = 50
IN_THE_FUTURE = "The day lies in the future. Say on which day it was."
AnEntry = TypeVar("AnEntry", LiaisonMeeting, EnforcementNotice, Notification)


@dataclass(frozen=True, slots=True)
class Instead(Generic[AnEntry]):
    """That an entry takes the place of another, and why."""

    of: AnEntry
    because: str


# --- Entering, and correcting -----------------------------------------------------------------------------------------


@transaction.atomic
def keep_meeting(
    *,
    held_on: date,
    office: str,
    about: str,
    outcome: str,
    by: User,
    at: datetime,
    instead: Instead[LiaisonMeeting] | None = None,
) -> LiaisonMeeting:
    """Enter a meeting with the HSE that was held."""
    _is_past(held_on, at)
    said = {"held_on": held_on, "office": office, "about": about, "outcome": outcome}
    return _keep(LiaisonMeeting, said, {}, instead, by=by, at=at)


@transaction.atomic
def keep_notice(
    *,
    kind: NoticeKind,
    served_on: date,
    reference: str,
    asks: str,
    unit: Unit | None,
    group: BusinessGroup | None,
    comply_by: date,
    by: User,
    at: datetime,
    instead: Instead[EnforcementNotice] | None = None,
) -> EnforcementNotice:
    """Enter a notice that the HSE has served. One that corrects another keeps how that was complied with."""
    _is_past(served_on, at)
    if comply_by < served_on:
        raise Refused(f"The notice was served on {formats.day(served_on)}. It cannot be due before that.")
    said = {
        "kind": kind,
        "served_on": served_on,
        "reference": reference,
        "asks": asks,
        "unit": unit,
        "group": group_of(unit, group, served_on),
        "comply_by": comply_by,
    }
    kept: dict[str, Any] = {}
    if instead is not None:
        old = _locked(EnforcementNotice, instead.of)
        if old.complied_on is not None and old.complied_on < served_on:
            raise Refused(f"It was complied with on {formats.day(old.complied_on)}. It was not served after that.")
        kept = {name: getattr(old, name) for name in ("complied_on", "complied_how", "complied_at", "complied_by")}
    return _keep(EnforcementNotice, said, kept, instead, by=by, at=at)


@transaction.atomic
def keep_notification(
    *,
    kind: Kind,
    event_on: date,
    description: str,
    unit: Unit | None,
    group: BusinessGroup | None,
    by: User,
    at: datetime,
    instead: Instead[Notification] | None = None,
) -> Notification:
    """Enter an event under RIDDOR. It is due within the days that its kind has now, or stays recorded only.

    One that corrects another keeps what that was reported as. A kind that was right keeps the days it had.
    """
    _is_past(event_on, at)
    days = kind.days
    kept: dict[str, Any] = {}
    if instead is not None:
        old = _locked(Notification, instead.of)
        days = old.days if old.kind_id == kind.pk else kind.days
        kept = _report_of(old, event_on, days)
    said = {
        "kind": kind,
        "event_on": event_on,
        "days": days,
        "due_on": last_day(event_on, days),
        "description": description,
        "unit": unit,
        "group": group_of(unit, group, event_on),
    }
    return _keep(Notification, said, kept, instead, by=by, at=at)


def _report_of(old: Notification, event_on: date, days: int | None) -> dict[str, Any]:
    """Return what the one that takes its place keeps of how `old` was reported."""
    if old.reported_on is not None and days is None:
        raise Refused("It has been reported, so it is of a kind that is. Choose that kind.")
    if old.reported_on is not None and old.reported_on < event_on:
        raise Refused(f"It was reported on {formats.day(old.reported_on)}. It did not happen after that.")
    return {name: getattr(old, name) for name in ("reported_on", "reference", "reported_at", "reported_by")}


def _keep(
    model: type[AnEntry],
    said: Mapping[str, Any],
    kept: Mapping[str, Any],
    instead: Instead[AnEntry] | None,
    *,
    by: User,
    at: datetime,
) -> AnEntry:
    said = {name: normal(value) if isinstance(value, str) else value for name, value in said.items()}
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # the same entry sent twice meets the first one
    old = _locked(model, instead.of) if instead else None
    standing: Any = model._default_manager
    if standing.standing().filter(**said).exists():
        raise Refused("This is entered already, so it was not entered again.")
    made = model._default_manager.create(
        **said,
        **kept,
        entered_at=at,
        entered_by=by,
        replaces=old,
        replaces_because=str(normal(instead.because)) if instead else "",
    )
    if old is None or instead is None:
        trail.record(act="hse.entered", thing=made, by=by, at=at)
        return made
    _carry_files(old, made)
    liaison_notices.settled(old, at=at)
    trail.record(act="hse.corrected", thing=made, by=by, at=at, words={"because": made.replaces_because}, of=old.pk)
    return made


def _carry_files(old: AnEntry, new: AnEntry) -> None:
    """Give the new entry the files of the one whose place it takes, as they were added."""
    of = file_of(new)
    LiaisonFile.objects.bulk_create(
        LiaisonFile(
            **of,
            blob_id=one.blob_id,
            name=one.name,
            title=one.title,
            added_at=one.added_at,
            added_by_id=one.added_by_id,
        )
        for one in old.files.all()
    )


def _is_past(day: date, at: datetime) -> None:
    if day > london_day(at):
        raise Refused(IN_THE_FUTURE)


def _locked(model: type[AnEntry], entry: AnEntry) -> AnEntry:
    """Lock an entry that stands for the rest of the transaction. Raises Refused where it stands no longer."""
    current = model._default_manager.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    if current.withdrawn_at is not None:
        raise Refused("This has been withdrawn. Enter it anew if it is to be there after all.")
    if not current.stands:
        raise Refused("Somebody has corrected this already. Look at the entry that has taken its place.")
    return current


# --- Withdrawing, reporting, complying --------------------------------------------------------------------------------


@transaction.atomic
def withdraw(*, entry: AnEntry, because: str, by: User, at: datetime) -> AnEntry:
    """Say that something need not be there after all, and why. It stays in the lists, marked so."""
    current = _locked(type(entry), entry)
    current.withdrawn_at, current.withdrawn_by, current.withdrawn_because = at, by, str(normal(because))
    current.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    liaison_notices.settled(current, at=at)
    trail.record(act="hse.withdrawn", thing=current, by=by, at=at, words={"because": current.withdrawn_because})
    return current


@transaction.atomic
def report(*, notification: Notification, reported_on: date, reference: str, by: User, at: datetime) -> Notification:
    """Record that an event was reported to the HSE. A wrong day is mended by correcting the entry."""
    current = _locked(Notification, notification)
    if current.due_on is None:
        raise Refused("This kind of event is recorded only. Correct the kind if it is to be reported.")
    if current.reported_on is not None:
        raise Refused(f"It was reported on {formats.day(current.reported_on)} already.")
    _is_past(reported_on, at)
    if reported_on < current.event_on:
        raise Refused(f"It happened on {formats.day(current.event_on)}. It was not reported before that.")
    current.reported_on, current.reference = reported_on, str(normal(reference))
    current.reported_at, current.reported_by = at, by
    current.save(update_fields=["reported_on", "reference", "reported_at", "reported_by"])
    liaison_notices.settled(current, at=at)
    trail.record(act="hse.reported", thing=current, by=by, at=at, on=reported_on.isoformat())
    return current


@transaction.atomic
def comply(*, notice: EnforcementNotice, complied_on: date, how: str, by: User, at: datetime) -> EnforcementNotice:
    """Record that a notice was complied with, and how."""
    current = _locked(EnforcementNotice, notice)
    if current.complied_on is not None:
        raise Refused(f"It was complied with on {formats.day(current.complied_on)} already.")
    _is_past(complied_on, at)
    if complied_on < current.served_on:
        raise Refused(f"It was served on {formats.day(current.served_on)}. It was not complied with before that.")
    current.complied_on, current.complied_how = complied_on, str(normal(how))
    current.complied_at, current.complied_by = at, by
    current.save(update_fields=["complied_on", "complied_how", "complied_at", "complied_by"])
    liaison_notices.settled(current, at=at)
    trail.record(act="hse.complied", thing=current, by=by, at=at, on=complied_on.isoformat())
    return current


# --- Files ------------------------------------------------------------------------------------------------------------


def file_of(entry: LiaisonEntry) -> dict[str, Any]:
    """Return which column of a file names the entry."""
    names = {LiaisonMeeting: "meeting", EnforcementNotice: "notice", Notification: "notification"}
    return {names[type(entry)]: entry}


def add_file(*, entry: AnEntry, file: UploadedFile[Any], title: str, by: User, at: datetime) -> LiaisonFile:
    """Keep a file of a meeting, a notice or a notification. Raises Refused with the reason and the mend."""
    taken = taking_files.take(file, of=entry, act="hse.file_infected", by=by, at=at)
    with transaction.atomic():
        current = _locked(type(entry), entry)
        if current.files.filter(blob=taken.blob).exists():
            raise Refused("This file is there already.")
        if current.files.count() >= MOST_FILES:
            raise Refused(f"At most {MOST_FILES} files go with one entry.")
        kept = LiaisonFile.objects.create(
            **file_of(current),
            blob=taken.blob,
            name=taken.name,
            title=str(normal(title.strip() or taken.name))[:200],
            added_at=at,
            added_by=by,
        )
        trail.record(act="hse.file_added", thing=kept, by=by, at=at, sha256=taken.blob.sha256)
        return kept


@transaction.atomic
def record_download(*, file: LiaisonFile, by: User, at: datetime) -> None:
    """Keep who took a file away."""
    trail.record(act="hse.file_downloaded", thing=file, by=by, at=at, sha256=file.blob.sha256)
