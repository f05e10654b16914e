"""What pages show of dealings with the Health and Safety Executive (HSE): lines of lists, rows of an entry's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rendering.formats import day, so_many
from risks.deadlines import Stand
from risks.models import EnforcementNotice, LiaisonMeeting, Notification

AnEntry = LiaisonMeeting | EnforcementNotice | Notification
OF_NOTIFICATIONS = {
    Stand.RECORDED: "Recorded only",
    Stand.WAITING: "To be reported",
    Stand.OVERDUE: "Late: not reported",
    Stand.DONE: "Reported in time",
    Stand.DONE_LATE: "Reported late",
}
OF_NOTICES = {
    Stand.WAITING: "Open",
    Stand.OVERDUE: "Overdue",
    Stand.DONE: "Complied with",
    Stand.DONE_LATE: "Complied with late",
}
LATE = frozenset({Stand.OVERDUE, Stand.DONE_LATE})
NOT_DONE = (Stand.WAITING, Stand.OVERDUE)
TO_DO = frozenset(words[stand] for words in (OF_NOTIFICATIONS, OF_NOTICES) for stand in NOT_DONE)
NONE = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in a list: what its columns say, how it stands in words, and whether that is late."""

    entry: AnEntry
    cells: tuple[str, ...]
    stands: str
    is_late: bool


def in_days(days: int | None) -> str:
    """Return a period in words."""
    if days is None:
        return "recorded only"
    return "without delay" if days == 0 else f"within {so_many(days, 'day')}"


def stand_of(entry: AnEntry) -> tuple[str, bool]:
    """Return how an entry stands in words, and whether it is late: nothing, where there is nothing to be done."""
    if entry.withdrawn_at is not None:
        return "Withdrawn", False
    if isinstance(entry, LiaisonMeeting):
        return "", False
    words = OF_NOTICES if isinstance(entry, EnforcementNotice) else OF_NOTIFICATIONS
    return words[entry.stand], entry.stand in LATE


# What the columns of a list are called, behind the entry itself and how it stands. The first holds words; the last is
# left out of a list of what is not done.
COLUMNS = {
    "meetings": ("What it was about", "Held on"),
    "notices": ("Where", "Served on", "To be complied with by", "Complied with on"),
    "notifications": ("Where", "To be reported by", "Reported on"),
}


def lines(entries: Iterable[AnEntry]) -> list[Line]:
    """Return entries as a list shows them."""
    return [Line(one, _cells(one), *stand_of(one)) for one in entries]


def lines_to_do(entries: Iterable[AnEntry]) -> list[Line]:
    """Return entries about which something is still to be done as a list shows them."""
    return [Line(one, _cells(one)[:-1], *stand_of(one)) for one in entries]


def _cells(entry: AnEntry) -> tuple[str, ...]:
    match entry:
        case LiaisonMeeting():
            return entry.about, day(entry.held_on)
        case EnforcementNotice():
            return entry.where, day(entry.served_on), day(entry.comply_by), _day(entry.complied_on)
        case Notification():
            return entry.where, _day(entry.due_on), _day(entry.reported_on)


def rows(entry: AnEntry) -> Sequence[tuple[str, str]]:
    """Return what an entry's own page says, row by row."""
    match entry:
        case LiaisonMeeting():
            return (
                ("Held on", day(entry.held_on)),
                ("With", entry.office),
                ("What it was about", entry.about),
                ("What came of it", entry.outcome or "Nothing is written of that."),
            )
        case EnforcementNotice():
            return (
                ("What it is", str(entry.kind)),
                ("The HSE’s reference", entry.reference),
                ("Served on", day(entry.served_on)),
                ("Where", entry.where),
                ("What it asks", entry.asks),
                ("To be complied with by", day(entry.comply_by)),
                *_done((("Complied with on", entry.complied_on), ("How", entry.complied_how))),
            )
        case Notification():
            return (
                ("What kind of event", str(entry.kind)),
                ("Day of the event", day(entry.event_on)),
                ("Where", entry.where),
                ("What happened", entry.description),
                ("To be reported", _due(entry)),
                *_done((("Reported on", entry.reported_on), ("The HSE’s reference", entry.reference))),
            )


def _due(entry: Notification) -> str:
    if entry.due_on is None:
        return "No: this kind of event is recorded only"
    return f"By {day(entry.due_on)}: {in_days(entry.days)}, counted from the day of the event"


def _done(said: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, str]]:
    return ((label, day(value) if isinstance(value, date) else str(value)) for label, value in said if value)


def _day(value: date | None) -> str:
    return day(value) if value else NONE
