"""What became of an action, in order: the acts, and what was changed in it and in its tasks from what to what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from actions.acts import ACTS
from actions.models import Action, ActionStatus, Task
from actions.models.action import TASK_COLUMNS, WRITTEN_COLUMNS
from organisation.models import User
from records.histories import (
    Change,
    Field,
    Item,
    ShownField,
    Source,
    What,
    changes,
    in_one_go,
    item_of,
    kept_by_row,
    latest_first,
)
from records.timelines import NOBODY, acts_about
from rendering import formats

NAMES = {
    "title": "Title",
    "status": "Status",
    "measure": "Performance measure",
    "baseline": "At the start",
    "target": "Target",
    "result": "Result",
    "achieved": "What was achieved",
    "lead": "Led by",
    "supporters": "Supported by",
    "starts_on": "Starts",
    "due_on": "Due",
    "ongoing": "On-going",
    "due_words": "Due, in words",
    "done_at": "Done",
}
LONG_TEXTS = frozenset({"measure", "achieved"})


def timeline(action: Action) -> list[Item]:
    """Return everything that became of the action and its tasks, the latest first."""
    return latest_first([*acts_about("actions.Action", action.pk, acts=ACTS), *_changes(action)])


def _changes(action: Action) -> Iterator[Item]:
    found = [*_of_itself(action), *_of_tasks(action)]
    wanted = {change.by for change, *_ in found if change.by is not None}
    people = dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    for change, what, place in found:
        # The acts tell how its status changed, unless it was not by one.
        fields = [_in_words(one) for one in change.fields if one.name != "status" or change.source == Source.OUTSIDE]
        if fields or change.what != What.OVERWRITTEN:
            yield item_of(change, what, people=people, fields=fields, system=NOBODY, place=place)


Found = tuple[Change, str, str]


def _of_itself(action: Action) -> Iterator[Found]:
    kept = kept_by_row(_events(Action).filter(pgh_obj=action.pk), WRITTEN_COLUMNS).get(action.pk, [])
    now = {name: getattr(action, name) for name in WRITTEN_COLUMNS}
    for change in in_one_go(changes(action.pk, kept, now=now)):
        yield change, "the action", ""


def _of_tasks(action: Action) -> Iterator[Found]:
    tasks = {task.pk: task for task in action.tasks.all()}
    events = list(_events(Task).filter(action=action.pk))
    numbers = {event.pgh_obj_id: event.number for event in events} | {pk: task.number for pk, task in tasks.items()}
    for pk, kept in kept_by_row(events, TASK_COLUMNS).items():
        now = {name: getattr(tasks[pk], name) for name in TASK_COLUMNS} if pk in tasks else None
        for change in in_one_go(changes(pk, kept, now=now)):
            yield change, "a task", f"Task {numbers[pk]}"


def _events(model: Any) -> QuerySet[Any]:
    """What the database's triggers kept of the model's rows, also of those that are gone."""
    kept: QuerySet[Any] = model.events.rel.related_model.objects.select_related("pgh_context")
    return kept


def _in_words(field: Field) -> ShownField:
    before, after = (_words(field.name, value) for value in (field.before, field.after))
    return ShownField(NAMES.get(field.name, field.name), before, after, field.name in LONG_TEXTS)


def _words(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "status":
        return ActionStatus(value).label if value in ActionStatus else str(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return formats.day_and_clock(value)
    return formats.day(value) if isinstance(value, date) else str(value)
