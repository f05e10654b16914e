"""One action: everything that is known of it, and what its reader may do with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import keeping, origins
from actions.models import Action, Task
from actions.permissions import can_write_action
from actions.reading import due_in_words
from actions.services.tasks import MOST_TASKS
from actions.views.loading import action_or_404
from organisation.requests import SignedInRequest


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as the page shows it."""

    task: Task
    due: str
    is_overdue: bool


@require_safe
def action(request: SignedInRequest, pk: int) -> HttpResponse:
    """The action with its tasks, notes, origins, plans and related actions."""
    found = action_or_404(request, pk)
    today = timezone.localdate()
    tasks = [
        TaskLine(task, due_in_words(task), found.is_open and task.is_overdue(today))
        for task in found.tasks.select_related("done_by")
    ]
    context = {
        "action": found,
        "tasks": tasks,
        "is_overdue": any(line.is_overdue for line in tasks),
        "origins": origins.of_actions([found.pk]).get(found.pk, []),
        "plans": list(found.plans.all()),
        "related": list(Action.objects.visible_to(request.user).filter(related=found)),
        "notes": list(found.notes.select_related("by")),
        "may_write": can_write_action(request.user, found),
        "kept": keeping.why_kept(found.pk),
        "room_for_more_tasks": len(tasks) < MOST_TASKS,
    }
    return render(request, "actions/action.html", context)
