"""Actions that a risk, a meeting of the Board or an investigation raises. They are kept with all others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from actions.models import Action
from actions.services import actions
from organisation.models import User
from records.canonical import normal
from risks.models import BoardMeeting, Investigation, RaisedAction, Risk
from risks.rules import Refused

BOARD, SHRMT = "Health, Safety and Wellbeing Board", "Safety and Health Risk Management Team (SHRMT)"
Of = Risk | BoardMeeting | Investigation

NAMED: dict[type[Of], str] = {Risk: "risk", BoardMeeting: "meeting", Investigation: "investigation"}


@transaction.atomic
def raise_action(
    *, of: Of, title: str, lead: str, due: date | str | None, by: User, at: datetime, **more: Any
) -> Action:
    """Raise an action of one task for a risk, a meeting or an investigation. `more` is what else is said of it."""
    current = type(of)._default_manager.select_for_update(no_key=True).get(pk=of.pk)
    title = str(normal(title))
    if current.raised_actions.filter(action__title=title, action__status="open").exists():
        raise Refused("There is an open action of these words already, so it was not raised again.")
    action = actions.raise_action(
        unit=None,
        body=SHRMT if isinstance(current, Investigation) else BOARD,
        title=title,
        lead=lead,
        due_on=due,
        by=by,
        at=at,
        **more,
    )
    RaisedAction.objects.create(action=action, **{NAMED[type(current)]: current})
    return action
