"""What this room holds about a person. What actions say is the unit's; who leads one is a post, in words."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from actions.models import Action, ProgressNote, Task
from records.holdings import AS_THE_RECORD, Held, Holding
from records.models import RecordClass

WHY = "An action says who raised it and who said that it is done."
HELD = (
    Held(
        "actions",
        "Actions that you raised, last changed or closed",
        WHY,
        AS_THE_RECORD,
        RecordClass.ACTIONS,
        Action,
        ("raised_by", "changed_by", "closed_by"),
        {
            "action": "pk",
            "unit": "unit__name",
            "raised at": "created_at",
            "changed at": "changed_at",
            "closed at": "closed_at",
        },
    ),
    Held(
        "actions-history",
        "Earlier texts of actions that were yours",
        WHY,
        AS_THE_RECORD,
        RecordClass.ACTIONS,
        apps.get_model("actions", "ActionEvent"),
        ("changed_by",),
        {"action": "pgh_obj_id", "changed at": "changed_at", "overwritten at": "pgh_created_at"},
    ),
    Held(
        "tasks",
        "Tasks that you said were done",
        WHY,
        AS_THE_RECORD,
        RecordClass.ACTIONS,
        Task,
        ("done_by",),
        {"action": "action", "task": "number", "unit": "action__unit__name", "done at": "done_at"},
    ),
    Held(
        "progress-notes",
        "Notes that you wrote on actions",
        WHY,
        AS_THE_RECORD,
        RecordClass.ACTIONS,
        ProgressNote,
        ("by",),
        {"action": "action", "unit": "action__unit__name", "kind": "kind", "written at": "at"},
    ),
)


def held_about(person: models.Model) -> Iterator[Holding]:
    """Yield what this room holds about a person."""
    for held in HELD:
        yield held.about(person)
