"""Filling in a statement's details: who completes it, and which meeting reviewed it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance.forms.statement import DetailsForm, initial_of
from assurance.models import Revision
from assurance.models.statement import DETAIL_ANSWERS
from assurance.rules import Refused
from assurance.services import saving, statements
from assurance.services.saving import LastChange
from assurance.views.loading import writable_revision_or_404
from assurance.views.moved_on import closed, is_the_one_on_the_page, moved_on
from assurance.views.presence import others_here
from organisation.autosaving import save_token
from organisation.conflicts import TwoVersions, put_in, put_merged, settle, two_versions
from organisation.periods import Quarter
from organisation.requests import SignedInRequest
from organisation.sessions import is_own_device
from records.edits import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Who completes the statement, and which meeting reviewed it."""
    revision = writable_revision_or_404(request, unit, quarter)
    if request.method == "POST":
        return _save_details(request, revision)
    if not revision.is_open:
        return closed(request, revision)
    form = DetailsForm(initial=_details_shown(revision))
    waiting = _waiting(request, revision, form)
    put = put_in([form], waiting, request.GET.get("put", ""))
    return _show_details(request, revision, form, waiting=waiting, unsaved=put)


def _details_shown(revision: Revision) -> dict[str, Any]:
    return initial_of({name: getattr(revision, name) for name in DETAIL_ANSWERS}, revision.field_versions)


def _waiting(request: SignedInRequest, revision: Revision, form: DetailsForm) -> list[TwoVersions]:
    """What the person wrote and could not save, beside what stands now; of several tries the last."""
    merges = saving.pending_merges(revision=revision, by=request.user)
    refused = {merge.field: saving.from_json(merge.mine) for merge in merges}
    conflicts = [
        Conflict(name, mine, getattr(revision, name), revision.field_versions.get(name, 0))
        for name, mine in refused.items()
        if mine != getattr(revision, name)
    ]
    changed = LastChange(revision.details_changed_by, revision.details_changed_at) if conflicts else LastChange()
    return two_versions(form, conflicts, theirs=changed)


def _save_details(request: SignedInRequest, revision: Revision) -> HttpResponse:
    form = DetailsForm(request.POST, initial=_details_shown(revision), decided=request.POST.getlist("decided"))
    if not is_the_one_on_the_page(request, revision):
        return moved_on(request, revision, [form])
    valid = form.is_valid()
    edits = form.edits()
    try:
        saved = statements.save_details(
            revision=revision, edits=edits, token=save_token(request), by=request.user, at=timezone.now()
        )
    except Refused:
        revision.refresh_from_db(fields=["state"])
        return moved_on(request, revision, [form])
    if valid and saved.is_complete:
        messages.success(request, "Details saved.")
        target = "assurance:check" if request.POST.get("then") == "continue" else "assurance:details"
        return redirect(target, revision.statement.unit.slug, revision.statement.quarter)
    both = two_versions(form, saved.conflicts, theirs=saved.before)
    settle(form, edits, saved)
    put_merged(form, both)
    unsaved = [*(one.answer for one in both), *(name for name in form.errors if name in form.answers)]
    return _show_details(
        request, revision, form, conflicts=both, unsaved=unsaved, partly_saved=True, status=409 if both else 422
    )


def _show_details(
    request: SignedInRequest,
    revision: Revision,
    form: DetailsForm,
    *,
    conflicts: Sequence[TwoVersions] = (),
    waiting: Sequence[TwoVersions] = (),
    unsaved: Sequence[str] = (),
    partly_saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    statement = revision.statement
    context = {
        "revision": revision,
        "statement": statement,
        "unit": statement.unit,
        "quarter": statement.quarter,
        "form": form,
        "conflicts": conflicts,
        "waiting": waiting,
        "unsaved": " ".join(unsaved),
        "partly_saved": partly_saved,
        "form_has_errors": bool(conflicts),
        "first_day": statement.quarter.first_day,
        "last_day": statement.quarter.last_day,
        "token": uuid.uuid4(),
        "own_device": is_own_device(request),
        **others_here(revision, None, by=request.user),
    }
    return render(request, "assurance/statement_details.html", context, status=status)
