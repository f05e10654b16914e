"""What is done with an action as a whole: closing, reopening and withdrawing it, and noting how it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.forms import AchievedForm, NoteForm, ReasonForm
from actions.models import Action, ActionStatus
from actions.services import actions as services
from actions.services.actions import Refused
from actions.views.loading import posted, writable_action_or_404
from organisation.requests import SignedInRequest

either = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that asks one question and does one thing. `done` is said afterwards, `now` why it cannot be done."""

    heading: str
    explanation: str
    button: str
    done: str
    possible_when: tuple[str, ...]
    is_warning: bool = False


CLOSE = Asked(
    "Close the action",
    "A closed action leaves the unit’s list of what is open. It can be reopened.",
    "Close the action",
    "Action closed.",
    (ActionStatus.OPEN,),
)
REOPEN = Asked(
    "Reopen the action",
    "It goes back on the unit’s list. What was said when it was closed stays among its notes.",
    "Reopen the action",
    "Action reopened.",
    (ActionStatus.CLOSED, ActionStatus.WITHDRAWN),
)
WITHDRAW = Asked(
    "Withdraw the action",
    "A withdrawn action was not done and will not be. Statements that are signed from now on leave it out.",
    "Withdraw the action",
    "Action withdrawn.",
    (ActionStatus.OPEN,),
    is_warning=True,
)
NOTE = Asked(
    "Add a note",
    "Say what has been done and what is still to come.",
    "Add the note",
    "Note added.",
    tuple(ActionStatus),
)


@either
def close(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Ask what was achieved, then close."""
    found = writable_action_or_404(request, pk)
    form = AchievedForm(posted(request))
    return _ask(request, found, CLOSE, form, services.close)


@either
def reopen(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Ask why, then reopen."""
    found = writable_action_or_404(request, pk)
    form = ReasonForm(posted(request), label="Why is it reopened?", missing="Say why the action is reopened.")
    return _ask(request, found, REOPEN, form, services.reopen)


@either
def withdraw(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Ask why, then withdraw."""
    found = writable_action_or_404(request, pk)
    form = ReasonForm(posted(request), label="Why is it withdrawn?", missing="Say why the action is withdrawn.")
    return _ask(request, found, WITHDRAW, form, services.withdraw)


@either
def note(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Ask how it stands, then keep that."""
    found = writable_action_or_404(request, pk)
    return _ask(request, found, NOTE, NoteForm(posted(request)), services.note)


def _ask(
    request: SignedInRequest, action: Action, asked: Asked, form: forms.Form, act: Callable[..., object]
) -> HttpResponse:
    """Show the question; on its answer do the act and go back to the action."""
    if request.method != "POST":
        if action.status not in asked.possible_when:
            messages.info(request, f"This action is {action.get_status_display().lower()} now.")
            return redirect("actions:action", action.pk)
        return _show(request, action, asked, form)
    if form.is_valid():
        try:
            act(action=action, **form.cleaned_data, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, asked.done)
            return redirect("actions:action", action.pk)
    return _show(request, action, asked, form, status=422)


def _show(
    request: SignedInRequest, action: Action, asked: Asked, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    return render(request, "actions/ask.html", {"action": action, "asked": asked, "form": form}, status=status)
