from actions.models.action import DUE_ALL_THE_TIME, Action, ActionStatus, Task
from actions.models.note import NoteKind, ProgressNote
from actions.models.plan import Plan, PlanItem

__all__ = [
    "DUE_ALL_THE_TIME",
    "Action",
    "ActionStatus",
    "NoteKind",
    "Plan",
    "PlanItem",
    "ProgressNote",
    "Task",
]
