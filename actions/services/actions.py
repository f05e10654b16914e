"""Raising and changing actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from actions.models import Action, ActionStatus, Task
from organisation.models import Unit, User
from records.edits import Conflict, Edit, next_versions, reconcile
from records.services import trail

ON_THE_TASK = {"lead", "due_on"}
EDITABLE = {"title", "status"} | ON_THE_TASK


@transaction.atomic
def raise_action(*, unit: Unit, title: str, lead: str, due_on: date | None, by: User, at: datetime) -> Action:
    """Write an action of one task."""
    action = Action.objects.create(unit=unit, title=title, created_at=at)
    Task.objects.create(action=action, number=1, lead=lead, due_on=due_on)
    trail.record(act="action.raised", thing=action, by=by, at=at)
    return action


@transaction.atomic
def change(*, action_id: int, edits: Mapping[str, Edit], by: User, at: datetime) -> tuple[Conflict, ...]:
    """Write the edits of an action and its first task that nobody has overtaken; return those that somebody has."""
    unknown = set(edits) - EDITABLE
    if unknown:
        raise ValueError(f"An action has no field {', '.join(sorted(unknown))}.")
    action = Action.objects.select_for_update().get(pk=action_id)
    task = action.tasks.select_for_update().get(number=1)
    values = {"title": action.title, "status": action.status, "lead": task.lead, "due_on": task.due_on}
    result = reconcile(values=values, versions=action.field_versions, edits=edits)
    if result.accepted:
        for name, value in result.accepted.items():
            setattr(task if name in ON_THE_TASK else action, name, value)
        action.field_versions = next_versions(action.field_versions, result.accepted)
        action.changed_at, action.changed_by = at, by
        action.save()
        task.save()
        if result.accepted.get("status") == ActionStatus.WITHDRAWN:
            trail.record(act="action.withdrawn", thing=action, by=by, at=at)
    return result.conflicts
