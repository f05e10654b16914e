"""Raising, changing, closing and reopening actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from actions import keeping
from actions.models import Action, ActionStatus, NoteKind, ProgressNote, Task
from actions.reading import ROW_OF_THE_TASK, row_versions
from organisation.models import Unit, User
from records.edits import Conflict, Edit, next_versions, reconcile
from records.services import trail

WRITTEN = ("title", "measure", "baseline", "target", "result")
EDITABLE = {*WRITTEN, "status", *ROW_OF_THE_TASK}
TAKEN_UP_AGAIN = "Kept open by whoever changed it next."


class Refused(Exception):
    """The act is not possible as things stand; the text says why and what to do."""


@transaction.atomic
def raise_action(
    *,
    unit: Unit | None,
    title: str,
    lead: str,
    due_on: date | str | None,
    by: User,
    at: datetime,
    body: str = "",
    **more: Any,
) -> Action:
    """Write an action of one task, of a unit or else of a `body`.

    `due_on` is as Task.due; `more` is what else is said of the action or its task.
    """
    of_task = {name: more.pop(name) for name in ("supporters", "starts_on") if name in more}
    action = Action.objects.create(unit=unit, body=body, title=title, created_at=at, raised_by=by, **more)
    task = Task(action=action, number=1, lead=lead, **of_task)
    task.due = due_on
    task.save()
    trail.record(act="action.raised", thing=action, by=by, at=at)
    return action


@transaction.atomic
def change(*, action_id: int, edits: Mapping[str, Edit], by: User, at: datetime) -> tuple[Conflict, ...]:
    """Write the edits of an action and its first task that nobody has overtaken; return those that somebody has.

    `due_on` is the first task's day: where it is given, it takes the place of words or of on-going. A status may be
    edited to open or withdrawn. Closing asks what was achieved, so it has a verb of its own and is passed over here;
    so is every status of an action that the room which raised it keeps.
    """
    unknown = set(edits) - EDITABLE
    if unknown:
        raise ValueError(f"An action has no field {', '.join(sorted(unknown))}.")
    action = Action.objects.select_for_update(no_key=True).get(pk=action_id)
    task = action.tasks.select_for_update(no_key=True).get(number=1)
    values: dict[str, Any] = {name: getattr(action, name) for name in (*WRITTEN, "status")}
    values |= {name: getattr(task, name) for name in ROW_OF_THE_TASK}
    versions = {**action.field_versions, **row_versions(action.field_versions, task.field_versions)}
    wanted = {n: edit for n, edit in edits.items() if (n, edit.value) != ("status", ActionStatus.CLOSED)}
    if "status" in wanted and keeping.why_kept(action_id):
        del wanted["status"]
    result = reconcile(values=values, versions=versions, edits=wanted)
    if result.accepted:
        _write(action, task, result.accepted, by=by, at=at)
    return result.conflicts


def _write(action: Action, task: Task, accepted: Mapping[str, Any], *, by: User, at: datetime) -> None:
    on_the_task = {kept_as: accepted[name] for name, kept_as in ROW_OF_THE_TASK.items() if name in accepted}
    on_the_action = {name: value for name, value in accepted.items() if name not in ROW_OF_THE_TASK}
    if on_the_task:
        for name, value in on_the_task.items():
            setattr(task, name, value)
        task.field_versions = next_versions(task.field_versions, on_the_task)
        task.save()
    status = on_the_action.pop("status", action.status)
    for name, value in on_the_action.items():
        setattr(action, name, value)
    action.field_versions = next_versions(action.field_versions, on_the_action)
    action.changed_at, action.changed_by = at, by
    if status == action.status:
        action.save()
    elif status == ActionStatus.WITHDRAWN:
        _set_status(action, ActionStatus.WITHDRAWN, by=by, at=at)
    else:
        _set_status(action, ActionStatus.OPEN, text=TAKEN_UP_AGAIN, by=by, at=at)


# What each status is called as an act and as a note.
ACTS = {
    ActionStatus.OPEN: ("action.reopened", NoteKind.REOPENED),
    ActionStatus.CLOSED: ("action.closed", NoteKind.CLOSED),
    ActionStatus.WITHDRAWN: ("action.withdrawn", NoteKind.WITHDRAWN),
}


def _set_status(action: Action, status: ActionStatus, *, text: str = "", by: User, at: datetime) -> None:
    """Write the action with its new status, all that belongs to it, and a note of it where there is a text."""
    act, kind = ACTS[status]
    closed = status == ActionStatus.CLOSED
    action.status = status
    action.achieved = text if closed else ""  # what an earlier closing said stays in its note
    action.closed_at, action.closed_by = (at, by) if closed else (None, None)
    action.changed_at, action.changed_by = at, by
    action.field_versions = next_versions(action.field_versions, {"status": status})
    action.save()
    if text:
        ProgressNote.objects.create(action=action, kind=kind, text=text, by=by, at=at)
    trail.record(act=act, thing=action, by=by, at=at, words={"reason": text} if text else None)


def locked(action: Action, *statuses: ActionStatus) -> Action:
    """Lock the action and return it if it is in one of `statuses`; whose it is now is what the refusal says."""
    current = Action.objects.select_for_update(of=("self",), no_key=True).select_related("changed_by").get(pk=action.pk)
    if current.status not in statuses:
        whose = f" ({current.changed_by} changed it last)" if current.changed_by else ""
        state = current.get_status_display().lower()
        raise Refused(f"This action is {state} now{whose}, so nothing was changed. Open it again, then decide.")
    return current


def _not_kept(action: Action) -> None:
    if reason := keeping.why_kept(action.pk):
        raise Refused(reason)


def _said(text: str, refusal: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(refusal)
    return text


@transaction.atomic
def close(*, action: Action, achieved: str, by: User, at: datetime, for_its_keeper: bool = False) -> Action:
    """Close an open action with what was achieved. Raises Refused without that, and where it is not open now.

    One that a room keeps is closed by that room alone, which says so with `for_its_keeper`.
    """
    if not for_its_keeper:
        _not_kept(action)
    achieved = _said(achieved, "Say what was achieved.")
    current = locked(action, ActionStatus.OPEN)
    _set_status(current, ActionStatus.CLOSED, text=achieved, by=by, at=at)
    return current


@transaction.atomic
def reopen(*, action: Action, reason: str, by: User, at: datetime) -> Action:
    """Put a closed or withdrawn action back on the list, with the reason."""
    _not_kept(action)
    reason = _said(reason, "Say why the action is reopened.")
    current = locked(action, ActionStatus.CLOSED, ActionStatus.WITHDRAWN)
    _set_status(current, ActionStatus.OPEN, text=reason, by=by, at=at)
    return current


@transaction.atomic
def withdraw(*, action: Action, reason: str, by: User, at: datetime) -> Action:
    """Take an open action off the list, with the reason: it was not done and will not be."""
    _not_kept(action)
    reason = _said(reason, "Say why the action is withdrawn.")
    current = locked(action, ActionStatus.OPEN)
    _set_status(current, ActionStatus.WITHDRAWN, text=reason, by=by, at=at)
    return current


@transaction.atomic
def note(*, action: Action, text: str, by: User, at: datetime) -> ProgressNote:
    """Add a line to the action's history, whatever its status."""
    text = _said(text, "Write how the action stands.")
    return ProgressNote.objects.create(action=action, text=text, by=by, at=at)


@transaction.atomic
def relate(*, action: Action, to: Iterable[Action], by: User, at: datetime) -> None:
    """Say which actions of the same unit the action is related to; those are related to it in turn."""
    current = locked(action, *ActionStatus)
    related = list(to)
    if any(
        (other.unit_id, other.body) != (current.unit_id, current.body) or other.pk == current.pk for other in related
    ):
        raise Refused("An action can be related to other actions of its own unit, or of the same body.")
    current.related.set(related)
    current.changed_at, current.changed_by = at, by
    current.save(update_fields=["changed_at", "changed_by"])
