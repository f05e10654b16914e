"""Investigations of the Safety and Health Risk Management Team (SHRMT)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from actions.forms import RaisedForm
from organisation.requests import SignedInRequest, address_without_page
from organisation.versioned import TwoVersions, initial_of, labels_of, two_versions
from records.edits import Conflict
from rendering import formats
from risks import theme_units
from risks.forms.investigations import CompletedForm, InvestigationForm, ShareForm
from risks.forms.risks import ReasonForm
from risks.investigation_history import history
from risks.models import Investigation
from risks.models.investigation import INVESTIGATION_WRITTEN
from risks.permissions import (
    can_conclude_investigations,
    can_list_investigations,
    can_read_investigation,
    can_write_investigations,
)
from risks.reading import raised_actions
from risks.rules import Refused
from risks.services import investigations as services
from risks.services import raising
from risks.views.asking import POST_OR_LOOK, Asked, ask, raised
from risks.views.loading import LARGEST_ID, posted, themes

PER_PAGE = 50
ONLY_WRITERS = (
    "Only the Safety and Health Risk Management Team (SHRMT) and the Head of Safety, Health and Wellbeing write "
    "investigations. You can read this one."
)
ONLY_HEAD = (
    "Only the Head of Safety, Health and Wellbeing completes and reopens investigations, and shares what is learnt of "
    "them."
)


@require_safe
def investigations(request: SignedInRequest) -> HttpResponse:
    """The investigations that the person reads, the latest first."""
    _listing_or_404(request)
    found = Investigation.objects.visible_to(request.user).with_state().select_related("unit", "group")
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "address": address_without_page(request),
        "may_write": can_write_investigations(request.user),
    }
    return render(request, "risks/investigations.html", context)


@require_safe
def investigation(request: SignedInRequest, pk: int) -> HttpResponse:
    """An investigation: what happened, what was found, what is learnt, and with whom that was shared."""
    found = _investigation_or_404(request, pk)
    shares = found.shares.annotate(asked=Count("units"), answered=Count("units__acknowledged_at"))
    completed = found.completed_on is not None
    concludes = can_conclude_investigations(request.user)
    names = dict(themes())
    context = {
        "investigation": found,
        "theme": names.get(found.theme, ""),
        "history": history(found, themes=names),
        "shares": shares.select_related("by"),
        "actions": raised_actions(found.raised_actions, request.user),
        "may_raise": can_write_investigations(request.user),
        "may_edit": can_write_investigations(request.user) and not completed,
        "may_complete": concludes and not completed,
        "may_share": concludes and completed,
    }
    return render(request, "risks/investigation.html", context)


@require_http_methods(POST_OR_LOOK)
def raise_action(request: SignedInRequest, pk: int) -> HttpResponse:
    """Raise an action that follows from the investigation."""
    found = _investigation_or_404(request, pk)
    if not can_write_investigations(request.user):
        raise PermissionDenied(ONLY_WRITERS)
    form = RaisedForm(posted(request))
    asked = Asked(
        title="Raise an action",
        button="Raise the action",
        done="The action is raised, and stands in the list of actions.",
        caption=found.title,
        back=reverse("risks:investigation", args=[found.pk]),
        back_label="Investigation",
    )
    return ask(
        request,
        form,
        lambda: raising.raise_action(of=found, by=request.user, at=timezone.now(), **raised(form)),
        asked,
    )


@require_http_methods(POST_OR_LOOK)
def new_investigation(request: SignedInRequest) -> HttpResponse:
    """Enter an investigation of an event."""
    _listing_or_404(request)
    if not can_write_investigations(request.user):
        raise PermissionDenied(ONLY_WRITERS)
    form = InvestigationForm(posted(request), themes=themes())
    if form.is_valid():
        answers = {name: form.cleaned_data[name] for name in INVESTIGATION_WRITTEN}
        try:
            made = services.commission(answers=answers, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The investigation is entered.")
            return redirect("risks:investigation", made.pk)
    context = {"form": form, "investigation": None}
    return render(request, "risks/investigation_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(POST_OR_LOOK)
def edit_investigation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what is said of an investigation; two people's different answers are both kept."""
    found = _investigation_or_404(request, pk)
    if not can_write_investigations(request.user):
        raise PermissionDenied(ONLY_WRITERS)
    if request.method != "POST":
        initial = initial_of(_values(found), found.field_versions)
        return _show(request, found, InvestigationForm(initial=initial, themes=themes()))
    form = InvestigationForm(request.POST, themes=themes())
    valid = form.is_valid()
    try:
        conflicts = services.change(investigation=found, edits=form.edits(), by=request.user, at=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, found, form, saved=False, status=409)
    if valid and not conflicts:
        messages.success(request, "Saved.")
        return redirect("risks:investigation", found.pk)
    current = Investigation.objects.get(pk=found.pk)
    form.settle(values=_values(current), versions=current.field_versions, conflicts=conflicts)
    both = _both(form, conflicts, found)
    return _show(request, found, form, conflicts=both, status=409 if both else 422)


def _values(one: Investigation) -> dict[str, Any]:
    return {name: getattr(one, name) for name in INVESTIGATION_WRITTEN}


def _both(form: InvestigationForm, conflicts: Sequence[Conflict], found: Investigation) -> list[TwoVersions]:
    """Return the conflicts in words: of a unit, a business group or a theme, its name."""
    said: list[TwoVersions] = []
    for one in conflicts:
        words = _in_words(dict(getattr(form.fields[one.field], "choices", ())))
        by, at = found.changed_by, found.changed_at
        said += two_versions([one], labels=labels_of(form), by=by, at=at, in_words=words)
    return said


def _in_words(names: Mapping[Any, str]) -> Callable[[Any], str]:
    def in_words(value: Any) -> str:
        if isinstance(value, date):
            return formats.day(value)
        return str(names.get("" if value is None else value, value))

    return in_words


def _show(
    request: SignedInRequest,
    found: Investigation,
    form: InvestigationForm,
    *,
    conflicts: Sequence[TwoVersions] = (),
    saved: bool = True,
    status: int = 200,
) -> HttpResponse:
    context = {"investigation": found, "form": form, "conflicts": conflicts, "partly_saved": form.is_bound and saved}
    return render(request, "risks/investigation_edit.html", context, status=status)


# --- Completing, and sharing ------------------------------------------------------------------------------------------


@require_http_methods(POST_OR_LOOK)
def complete_investigation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that an investigation is completed."""
    found = _to_conclude_or_404(request, pk)
    form = CompletedForm(posted(request))
    return _ask_of(
        request,
        found,
        form,
        lambda: services.complete(investigation=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Complete the investigation",
        button="Complete it",
        done="The investigation is completed.",
    )


@require_http_methods(POST_OR_LOOK)
def reopen_investigation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let what a completed investigation says be written again."""
    found = _to_conclude_or_404(request, pk)
    form = ReasonForm(posted(request))
    return _ask_of(
        request,
        found,
        form,
        lambda: services.reopen(investigation=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Reopen the investigation",
        button="Reopen it",
        done="The investigation is open again.",
    )


@require_http_methods(POST_OR_LOOK)
def share_learning(request: SignedInRequest, pk: int) -> HttpResponse:
    """Share what is learnt of an investigation with units."""
    found = _to_conclude_or_404(request, pk)
    today, names = timezone.localdate(), dict(themes())
    low = theme_units.low_in(found.theme, today) if found.theme in names else set()
    form = ShareForm(posted(request), today=today, low=low, theme=names.get(found.theme, ""))
    return _ask_of(
        request,
        found,
        form,
        lambda: services.share(investigation=found, by=request.user, at=timezone.now(), **form.cleaned_data),
        title="Share what is learnt",
        button="Share it",
        done="It is shared. The Senior Leadership Team (SLT) leads of the units are told.",
    )


# --- Loading ----------------------------------------------------------------------------------------------------------


def _ask_of(
    request: SignedInRequest,
    found: Investigation,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    title: str,
    button: str,
    done: str,
) -> HttpResponse:
    back = reverse("risks:investigation", args=[found.pk])
    return ask(request, form, act, Asked(title, button, done, str(found), back, str(found)))


def _listing_or_404(request: SignedInRequest) -> None:
    if not can_list_investigations(request.user):
        raise Http404


def _investigation_or_404(request: SignedInRequest, pk: int) -> Investigation:
    """Return the investigation where the person may read it."""
    rows = Investigation.objects.select_related("unit", "group", "changed_by", "completed_by")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_investigation(request.user, found):
        raise Http404
    return found


def _to_conclude_or_404(request: SignedInRequest, pk: int) -> Investigation:
    found = _investigation_or_404(request, pk)
    if not can_conclude_investigations(request.user):
        raise PermissionDenied(ONLY_HEAD)
    return found
