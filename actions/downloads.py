"""Lists of actions as files: CSV for every program, XLSX with a second sheet for the tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from actions.models import Action, ActionStatus, Task
from actions.origins import Origin
from actions.reading import due_in_words, leads_of
from organisation.periods import london_day
from rendering import cells
from rendering.tables import Cell, Table, xlsx

Origins = Mapping[int, Sequence[Origin]]

# What each column is called, and how wide it is in a workbook.
ACTION_COLUMNS = {
    "Number": 9, "Unit": 28, "Action": 50, "Status": 12, "Overdue": 10, "Next due": 14, "Raised under": 40,
    "Raised on": 14, "Tasks": 8, "Tasks done": 8, "Led by": 30, "Supported by": 30, "Measure": 40, "Baseline": 20,
    "Target": 20, "Result": 20, "Closed on": 14, "Achieved": 50,
}  # fmt: skip
TASK_COLUMNS = {
    "Action number": 9, "Unit": 28, "Action": 50, "Task number": 8, "Task": 50, "Led by": 30, "Supported by": 30,
    "Starts on": 14, "Due": 16, "Overdue": 10, "Measure": 40, "Done on": 14,
}  # fmt: skip


def action_row(action: Any, origins: Origins) -> list[Cell]:
    """Return an action's cells, as ACTION_COLUMNS names them. `overdue` and `next_due_on` are annotated."""
    tasks = list(action.tasks.all())
    supporters = dict.fromkeys(task.supporters for task in tasks if task.supporters)
    return [
        action.pk,
        action.owner,
        action.title,
        action.get_status_display(),
        "Yes" if action.overdue else "No",
        action.next_due_on,
        ", ".join(origin.label for origin in origins.get(action.pk, ())),
        london_day(action.created_at),
        len(tasks),
        sum(task.done_at is not None for task in tasks),
        "; ".join(leads_of(tasks)),
        "; ".join(supporters),
        action.measure,
        action.baseline,
        action.target,
        action.result,
        london_day(action.closed_at) if action.closed_at else None,
        action.achieved,
    ]


def task_row(action: Action, task: Task, *, today: date) -> list[Cell]:
    """Return a task's cells, as TASK_COLUMNS names them."""
    return [
        action.pk,
        action.owner,
        action.title,
        task.number,
        task.title,
        task.lead,
        task.supporters,
        task.starts_on,
        task.due_on or due_in_words(task) or None,
        "Yes" if action.status == ActionStatus.OPEN and task.is_overdue(today) else "No",
        task.measure,
        london_day(task.done_at) if task.done_at else None,
    ]


def as_csv(actions: Iterable[Action], origins: Origins) -> bytes:
    """Return one line an action. It begins with the mark by which Excel knows UTF-8; days are written 2026-03-31."""
    return cells.csv_bytes(list(ACTION_COLUMNS), (action_row(action, origins) for action in actions))


def as_xlsx(actions: Iterable[Action], origins: Origins, *, today: date) -> bytes:
    """Return a workbook: a sheet with one row an action, and one with one row a task."""
    found = list(actions)
    rows = [action_row(action, origins) for action in found]
    tasks = [task_row(action, task, today=today) for action in found for task in action.tasks.all()]
    sheets = (("Actions", ACTION_COLUMNS, rows), ("Tasks", TASK_COLUMNS, tasks))
    return xlsx([Table(title, list(columns.items()), rows, kept="A2") for title, columns, rows in sheets], dated=today)
