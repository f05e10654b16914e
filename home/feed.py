"""Days as a calendar that other programs subscribe to (iCalendar, RFC 5545). Pure: days in, bytes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vDuration

PRODUCT = "-//Truelevel//Dates of statements and roll-ups//EN"
ASK_AGAIN_AFTER = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Day:
    """A whole day of the calendar. `name` stays the same whatever else changes: programs know the day by it.

    `changed_at` is when what stands here last changed; `sequence` counts up with it (RFC 5545 §3.8.7.4).
    """

    name: str
    on: date
    title: str
    link: str
    changed_at: datetime
    sequence: int = 0


def written(days: Iterable[Day], *, title: str, host: str) -> bytes:
    """Return the calendar: the same bytes for the same days."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(ASK_AGAIN_AFTER))
    for day in sorted(days, key=lambda one: (one.on, one.name)):
        event = Event()
        event.add("uid", f"{day.name}@{host}")
        # Without a METHOD, DTSTAMP is when the entry was last revised (§3.8.7.2).
        event.add("dtstamp", day.changed_at.astimezone(UTC))
        event.add("last-modified", day.changed_at.astimezone(UTC))
        event.add("sequence", day.sequence)
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))  # the first moment after it (§3.6.1)
        event.add("summary", day.title)
        event.add("url", day.link)
        event.add("transp", "TRANSPARENT")  # a day to know of: nobody is busy because of it
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text
