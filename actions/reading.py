"""Actions as others read them: the text that a signature freezes, and the row that stands on a theme's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from actions.models import Action, Task
from rendering import formats

# The answers of an action's row on a theme's page: those of the action itself, and those of its first task.
ROW_OF_THE_ACTION = ("title", "status")
ROW_OF_THE_TASK = {"lead": "lead", "due_on": "due"}  # by the name of the version that the task keeps


def action_content(action: Action, tasks: Iterable[Task] | None = None) -> dict[str, Any]:
    """Return all that the action says, dates as ISO texts.

    Its tasks are read from the action, which may have them prefetched; `tasks` are those of one not yet written.
    """
    return {
        "title": action.title,
        "status": str(action.status),
        "measure": action.measure,
        "baseline": action.baseline,
        "target": action.target,
        "result": action.result,
        "achieved": action.achieved,
        "tasks": [task_content(task) for task in (action.tasks.all() if tasks is None else tasks)],
    }


def task_content(task: Task) -> dict[str, Any]:
    """Return all that the task says, dates as ISO texts."""
    return {
        "title": task.title,
        "leads": task.lead,
        "supporters": task.supporters,
        "starts_on": task.starts_on.isoformat() if task.starts_on else None,
        "due_on": task.due_on.isoformat() if task.due_on else None,
        "ongoing": task.ongoing,
        "due_words": task.due_words,
        "measure": task.measure,
    }


def row_versions(action: Mapping[str, int], first_task: Mapping[str, int]) -> dict[str, int]:
    """Return the versions of a theme page's row from those of the action and of its first task."""
    of_action = {name: action.get(name, 0) for name in ROW_OF_THE_ACTION}
    return of_action | {name: first_task.get(kept_as, 0) for name, kept_as in ROW_OF_THE_TASK.items()}


def due_in_words(task: Task) -> str:
    """Return when the task is due as people read it; empty where nothing is said."""
    if task.ongoing:
        return "On-going"
    return formats.day(task.due_on) if task.due_on else task.due_words


def leads_of(tasks: Iterable[Task]) -> list[str]:
    """Return who leads the tasks, each as written and once."""
    return list(dict.fromkeys(task.lead for task in tasks if task.lead))
