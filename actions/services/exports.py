"""Taking a list of actions away as a file."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from actions import downloads, origins
from actions.models.action import ActionQuerySet
from organisation.models import User
from organisation.periods import london_day
from records.services import trail


@transaction.atomic
def download(*, found: ActionQuerySet, file_format: str, said: list[str], by: User, at: datetime) -> bytes:
    """Return the actions as a file, and keep who took how many, chosen how (`said`: the filters in words)."""
    actions = list(found)
    raised_by = origins.of_actions(action.pk for action in actions)
    words = {"where": "; ".join(said)} if said else None  # what was looked for may be a name
    trail.record(
        act="actions.downloaded", thing=by, by=by, at=at, words=words, actions=len(actions), format=file_format
    )
    if file_format == "csv":
        return downloads.as_csv(actions, raised_by)
    return downloads.as_xlsx(actions, raised_by, today=london_day(at))
