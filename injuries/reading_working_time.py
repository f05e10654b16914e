"""Readings of working time and targets as plain values, for the page and its files: a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from injuries.compliance import Reading, Target
from injuries.models import StaffGroup, WorkingTimeReading, WorkingTimeTarget

_COLUMNS = ("day", "in_scope", "opted_out", "not_opted_out", "weeks", "hours", "note")


@dataclass(frozen=True, slots=True)
class Ended:
    """A reading that counts no more: what it said, whether another took its place, when, and why."""

    said: Reading
    was_corrected: bool
    ended_at: datetime
    because: str


def staff_group(code: str | None) -> StaffGroup | None:
    """Return the staff group of that code; the first, police officers as shipped, where none is named."""
    groups = StaffGroup.objects.all()
    return groups.filter(code=code).first() if code else groups.first()


def readings(group: StaffGroup) -> list[Reading]:
    """Return the readings of a staff group that count."""
    rows = WorkingTimeReading.objects.standing().filter(staff_group=group).order_by("day")
    return [Reading(**row) for row in rows.values(*_COLUMNS, key=F("pk"))]


def targets(group: StaffGroup) -> list[Target]:
    """Return the targets of a staff group that count, by the day that each begins."""
    rows = WorkingTimeTarget.objects.standing().filter(staff_group=group).order_by("from_on")
    return [Target(*row) for row in rows.values_list("from_on", "share", "endorsed_by")]


def ended(group: StaffGroup) -> QuerySet[WorkingTimeReading]:
    """Return the readings of a staff group that were corrected or withdrawn, the last one first."""
    found: QuerySet[WorkingTimeReading] = WorkingTimeReading.objects.filter(staff_group=group).exclude(ended_at=None)
    return found.annotate(corrected_because=F("corrected_by__because")).order_by("-ended_at", "-pk")


def in_words(row: WorkingTimeReading) -> Ended:
    """Return one of `ended` as plain values."""
    corrected: str | None = row.corrected_because  # type: ignore[attr-defined]  # annotated above
    assert row.ended_at is not None  # noqa: S101  # as filtered above
    said = Reading(**{name: getattr(row, name) for name in _COLUMNS}, key=row.pk)
    return Ended(
        said, corrected is not None, row.ended_at, corrected if corrected is not None else row.withdrawn_because
    )


def all_targets(group: StaffGroup) -> QuerySet[WorkingTimeTarget]:
    """Return the targets of a staff group, the latest day first, also those whose place another has taken."""
    return WorkingTimeTarget.objects.filter(staff_group=group).order_by(
        "-from_on", F("ended_at").desc(nulls_first=True)
    )
