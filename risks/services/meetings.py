"""The Board's meetings."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from organisation.models import User
from records.canonical import normal
from records.services import trail
from rendering import formats
from risks.models import AgendaItem, BoardMeeting, StandingItem
from risks.rules import Refused


@transaction.atomic
def plan(*, held_on: date, name: str, by: User, at: datetime) -> BoardMeeting:
    """Enter a meeting of the Board, past or to come, with the standing items as its agenda. One a day at most."""
    try:
        with transaction.atomic():
            meeting = BoardMeeting.objects.create(held_on=held_on, name=str(normal(name)), made_by=by, made_at=at)
    except IntegrityError as error:
        raise Refused(f"There is a meeting on {formats.day(held_on)} already.") from error
    standing = StandingItem.objects.values_list("title", flat=True)
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, number=number, title=title) for number, title in enumerate(standing, start=1)
    )
    trail.record(act="board-meeting.planned", thing=meeting, by=by, at=at, held_on=held_on.isoformat())
    return meeting
