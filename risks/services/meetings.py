"""The Board's meetings."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from organisation.models import User
from records.canonical import normal
from records.services import trail
from rendering import formats
from risks.models import BoardMeeting
from risks.rules import Refused


@transaction.atomic
def plan(*, held_on: date, name: str, by: User, at: datetime) -> BoardMeeting:
    """Enter a meeting of the Board, past or to come. There is one a day at most."""
    try:
        with transaction.atomic():
            meeting = BoardMeeting.objects.create(held_on=held_on, name=str(normal(name)), made_by=by, made_at=at)
    except IntegrityError as error:
        raise Refused(f"There is a meeting on {formats.day(held_on)} already.") from error
    trail.record(act="board-meeting.planned", thing=meeting, by=by, at=at, held_on=held_on.isoformat())
    return meeting
