"""The tasks of an action: a page for each, and what is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.forms import TaskForm
from actions.models import Action, Task
from actions.services import tasks as services
from actions.services.actions import Refused
from actions.views.loading import in_words, posted, task_or_404, writable_action_or_404
from organisation.requests import SignedInRequest
from organisation.versioned import TwoVersions, labels_of, two_versions

DUE = ("due", "When it is due")


@require_http_methods(["GET", "HEAD", "POST"])
def new_task(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a task to the action."""
    action = writable_action_or_404(request, pk)
    form = TaskForm(posted(request), needs_title=True)
    if request.method == "POST" and form.is_valid():
        try:
            services.add(action=action, answers=form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Task added.")
            return redirect("actions:action", pk)
    return _show(request, action, None, form, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def task(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Change a task."""
    action = writable_action_or_404(request, pk)
    found = task_or_404(action, task)
    needs_title = action.tasks.count() > 1
    if request.method != "POST":
        initial = TaskForm.initial_for(_values(found), found.field_versions)
        return _show(request, action, found, TaskForm(needs_title=needs_title, initial=initial))
    form = TaskForm(request.POST, needs_title=needs_title)
    valid = form.is_valid()
    try:
        changed = services.change(task=found, edits=form.edits(), by=request.user, at=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, action, found, form, status=409)
    if valid and not changed.conflicts:
        messages.success(request, f"Task {found.number} saved.")
        return redirect("actions:action", pk)
    current = Task.objects.get(pk=found.pk)
    form.settle(values=_values(current), versions=current.field_versions, conflicts=changed.conflicts)
    both = two_versions(
        changed.conflicts, labels=labels_of(form, [DUE]), by=changed.by, at=changed.at, in_words=in_words
    )
    return _show(request, action, found, form, conflicts=both, partly_saved=True, status=409 if both else 422)


def _values(task: Task) -> dict[str, Any]:
    return {name: getattr(task, name) for name in TaskForm.answers}


def _show(
    request: SignedInRequest,
    action: Action,
    task: Task | None,
    form: TaskForm,
    *,
    conflicts: Sequence[TwoVersions] = (),
    partly_saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"action": action, "task": task, "form": form, "conflicts": conflicts, "partly_saved": partly_saved}
    return render(request, "actions/task.html", context, status=status)


def done(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Mark a task as done, or as not done after all."""
    action = writable_action_or_404(request, pk)
    found = task_or_404(action, task)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    act = services.take_up if request.POST.get("done") == "no" else services.finish
    try:
        act(task=found, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("actions:action", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Ask, then remove a task."""
    action = writable_action_or_404(request, pk)
    found = task_or_404(action, task)
    if request.method == "POST":
        try:
            services.remove(task=found, by=request.user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Task removed.")
        return redirect("actions:action", pk)
    return render(request, "actions/remove_task.html", {"action": action, "task": found})
