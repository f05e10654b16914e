"""Raising an action, changing what it says, and saying which others it is related to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.forms import ActionForm, NewActionForm, RelatedForm
from actions.models import Action
from actions.permissions import can_list_actions, can_raise_actions, units_to_raise_for
from actions.services import actions as services
from actions.views.loading import in_words, writable_action_or_404
from organisation.requests import SignedInRequest
from organisation.versioned import TwoVersions, initial_of, labels_of, two_versions

ONLY_RAISERS = "You can read actions, but not raise any."
CLOSED = "This action is {state}, so it cannot be changed. Reopen it first if something has to be mended."


# --- A new one ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Raise an action for one of the units the person may raise one for."""
    if not can_raise_actions(request.user):
        if can_list_actions(request.user):
            raise PermissionDenied(ONLY_RAISERS)
        raise Http404
    units = units_to_raise_for(request.user).open_on(timezone.localdate()).order_by("name")
    if request.method != "POST":
        first_two = list(units[:2])
        only = first_two[0].slug if len(first_two) == 1 else request.GET.get("unit", "")
        return render(request, "actions/new.html", {"form": NewActionForm(units=units, initial={"unit": only})})
    form = NewActionForm(request.POST, units=units)
    if not form.is_valid():
        return render(request, "actions/new.html", {"form": form}, status=422)
    said = form.cleaned_data
    raised = services.raise_action(
        due_on=said["due"],
        **{name: said[name] for name in ("unit", "title", "lead", "supporters", "starts_on")},
        **{name: said[name] for name in ("measure", "baseline", "target")},
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, "Action raised.")
    return redirect("actions:action", raised.pk)


# --- What it says -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what the action says; its tasks have pages of their own."""
    found = writable_action_or_404(request, pk)
    if request.method == "POST":
        return _save(request, found)
    if not found.is_open:
        messages.info(request, CLOSED.format(state=found.get_status_display().lower()))
        return redirect("actions:action", pk)
    return _show(request, found, ActionForm(initial=initial_of(_values(found), found.field_versions)))


def _values(action: Action) -> dict[str, Any]:
    return {name: getattr(action, name) for name in ActionForm.answers}


def _save(request: SignedInRequest, action: Action) -> HttpResponse:
    form = ActionForm(request.POST)
    valid = form.is_valid()
    if not action.is_open:
        form.add_error(None, CLOSED.format(state=action.get_status_display().lower()))
        return _show(request, action, form, status=409)
    before = (action.changed_by, action.changed_at)
    conflicts = services.change(action_id=action.pk, edits=form.edits(), by=request.user, at=timezone.now())
    if valid and not conflicts:
        messages.success(request, "Action saved.")
        return redirect("actions:action", action.pk)
    current = Action.objects.get(pk=action.pk)
    form.settle(values=_values(current), versions=current.field_versions, conflicts=conflicts)
    both = two_versions(conflicts, labels=labels_of(form), by=before[0], at=before[1], in_words=in_words)
    return _show(request, action, form, conflicts=both, partly_saved=True, status=409 if both else 422)


def _show(
    request: SignedInRequest,
    action: Action,
    form: ActionForm,
    *,
    conflicts: Sequence[TwoVersions] = (),
    partly_saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"action": action, "form": form, "conflicts": conflicts, "partly_saved": partly_saved}
    return render(request, "actions/edit.html", context, status=status)


# --- Related actions ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def related(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose among the unit's actions: the open ones, and those that are related already."""
    found = writable_action_or_404(request, pk)
    others = Action.objects.visible_to(request.user).filter(unit=found.unit_id, body=found.body).exclude(pk=pk)
    choices = (others.open() | others.filter(related=found)).distinct().order_by("title", "pk")
    form = RelatedForm(choices=choices, initial={"related": found.related.all()})
    if request.method == "POST":
        form = RelatedForm(request.POST, choices=choices)
        if form.is_valid():
            chosen = form.cleaned_data["related"]
            services.relate(action=found, to=chosen, by=request.user, at=timezone.now())
            messages.success(request, "Related actions saved.")
            return redirect("actions:action", pk)
    context = {"action": found, "form": form, "has_choices": choices.exists()}
    return render(request, "actions/related.html", context, status=422 if form.is_bound else 200)
