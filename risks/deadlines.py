"""Days by which something is due, and how that stands. Pure: no clock, no Django.

Periods are in calendar days from the day of the event, which is day 0: of something on 1 March, what is due within 10
days is in time on 11 March and late on 12 March. Weekends and bank holidays count.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

# People are told so many days before the last day on which something is in time.
TOLD_DAYS_BEFORE = 3


class Stand(StrEnum):
    """How something stands that is due by a day, or (RECORDED) by none."""

    RECORDED = "recorded"
    WAITING = "waiting"
    OVERDUE = "overdue"
    DONE = "done"
    DONE_LATE = "done-late"


class Stage(StrEnum):
    """How near its last day something is that is not done."""

    SOON = "soon"
    OVERDUE = "overdue"


def last_day(event_on: date, days: int | None) -> date | None:
    """Return the last day that is in time; None where there is no period: it is recorded only."""
    return None if days is None else event_on + timedelta(days=days)


def stand(due_on: date | None, done_on: date | None, today: date) -> Stand:
    """Return how something stands on `today`: what was done on its last day was in time."""
    if due_on is None:
        return Stand.RECORDED
    if done_on is not None:
        return Stand.DONE if done_on <= due_on else Stand.DONE_LATE
    return Stand.WAITING if today <= due_on else Stand.OVERDUE


def stage(due_on: date, today: date) -> Stage | None:
    """Return what people are to have been told by `today` of something that is not done; None while it is far off."""
    if today > due_on:
        return Stage.OVERDUE
    return Stage.SOON if today >= due_on - timedelta(days=TOLD_DAYS_BEFORE) else None
