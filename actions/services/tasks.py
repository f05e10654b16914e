"""The tasks of an action: adding, changing, finishing and removing them. Each is edited by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from actions.models import Action, ActionStatus, Task
from actions.services.actions import Refused, locked
from organisation.models import User
from records.edits import Conflict, Edit, write_onto
from records.services import trail

EDITABLE = ("title", "lead", "supporters", "starts_on", "due", "measure")
MOST_TASKS = 30
GONE = "This task has been removed meanwhile, so nothing was changed."


@dataclass(frozen=True)
class Changed:
    """What a change of a task could not write, since somebody else had changed it; who that was, as far as is known."""

    conflicts: tuple[Conflict, ...] = ()
    by: User | None = None
    at: datetime | None = None


@transaction.atomic
def add(*, action: Action, answers: Mapping[str, Any], by: User, at: datetime) -> Task:
    """Add a task at the end of an open action."""
    current = locked(action, ActionStatus.OPEN)
    last = current.tasks.last()
    number = last.number + 1 if last else 1
    if number > MOST_TASKS:
        raise Refused(f"An action takes at most {MOST_TASKS} tasks. Put some together, or raise another action.")
    task = Task(action=current, number=number)
    for name in EDITABLE:
        setattr(task, name, answers[name])
    task.save()
    _touch(current, by=by, at=at)
    return task


@transaction.atomic
def change(*, task: Task, edits: Mapping[str, Edit], by: User, at: datetime) -> Changed:
    """Write the edits of a task that nobody has overtaken; return those that somebody has."""
    unknown = set(edits) - set(EDITABLE)
    if unknown:
        raise ValueError(f"A task has no field {', '.join(sorted(unknown))}.")
    action, current = _locked_task(task)
    result = write_onto(current, names=EDITABLE, edits=edits)
    before = Changed(result.conflicts, action.changed_by, action.changed_at)
    if result.accepted:
        current.save()
        _touch(action, by=by, at=at)
    return before


@transaction.atomic
def finish(*, task: Task, by: User, at: datetime) -> Task:
    """Mark the task as done. Where it is done already, what was said then stands."""
    action, current = _locked_task(task)
    if current.done_at is None:
        current.done_at, current.done_by = at, by
        current.save(update_fields=["done_at", "done_by"])
        _touch(action, by=by, at=at)
    return current


@transaction.atomic
def take_up(*, task: Task, by: User, at: datetime) -> Task:
    """Mark the task as not done after all."""
    action, current = _locked_task(task)
    if current.done_at is not None:
        current.done_at, current.done_by = None, None
        current.save(update_fields=["done_at", "done_by"])
        _touch(action, by=by, at=at)
    return current


@transaction.atomic
def remove(*, task: Task, by: User, at: datetime) -> None:
    """Remove a task; those after it move up. What it said stays in its history. An action keeps one at least."""
    action, current = _locked_task(task)
    following = list(action.tasks.filter(number__gt=current.number))
    if current.number == 1 and not following:
        raise Refused("An action has at least one task. Change this one, or withdraw the action.")
    trail.record(
        act="action.task_removed", thing=action, by=by, at=at, task=current.number, words={"title": current.title}
    )
    current.delete()
    if current.number == 1:  # whoever has its answers open as the action’s first task’s must not overwrite another’s
        following[0].field_versions = _after_both(current, following[0])
    for each in following:  # one by one and upwards, so that no two have the same number on the way
        each.number -= 1
        each.save(update_fields=["number", "field_versions"])
    _touch(action, by=by, at=at)


def _after_both(one: Task, other: Task) -> dict[str, int]:
    """Return versions of a task’s fields that no page shows yet, of either task."""
    shown = (one.field_versions, other.field_versions)
    return {name: max(versions.get(name, 0) for versions in shown) + 1 for name in EDITABLE}


def _locked_task(task: Task) -> tuple[Action, Task]:
    """Lock the task's action, which must be open, then the task; always in this order."""
    action = locked(task.action, ActionStatus.OPEN)
    current = action.tasks.select_for_update(of=("self",), no_key=True).filter(pk=task.pk).first()
    if current is None:
        raise Refused(GONE)
    return action, current


def _touch(action: Action, *, by: User, at: datetime) -> None:
    action.changed_at, action.changed_by = at, by
    action.save(update_fields=["changed_at", "changed_by"])
