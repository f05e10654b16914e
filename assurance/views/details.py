"""Filling in a statement's details: who completes it, and which meeting reviewed it."""

from __future__ import annotations

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
from assurance.services import statements
from assurance.views.conflicts import TwoVersions, closed, is_the_one_on_the_page, labels_of, moved_on, two_versions
from assurance.views.loading import SignedInRequest, writable_revision_or_404
from organisation.periods import Quarter


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Who completes the statement, and which meeting reviewed it."""
    revision = writable_revision_or_404(request, unit, quarter)
    if request.method == "POST":
        return _save_details(request, revision)
    if not revision.is_open:
        return closed(request, revision)
    return _show_details(request, revision, DetailsForm(initial=_details_shown(revision)))


def _detail_values(revision: Revision) -> dict[str, Any]:
    return {name: getattr(revision, name) for name in DETAIL_ANSWERS}


def _details_shown(revision: Revision) -> dict[str, Any]:
    return initial_of(_detail_values(revision), revision.field_versions)


def _save_details(request: SignedInRequest, revision: Revision) -> HttpResponse:
    form = DetailsForm(request.POST, initial=_details_shown(revision))
    if not is_the_one_on_the_page(request, revision):
        return moved_on(request, revision, [form])
    valid = form.is_valid()
    try:
        saved = statements.save_details(revision=revision, edits=form.edits(), by=request.user, at=timezone.now())
    except Refused:
        revision.refresh_from_db(fields=["state"])
        return moved_on(request, revision, [form])
    if valid and saved.is_complete:
        messages.success(request, "Details saved.")
        target = "assurance:check" if request.POST.get("then") == "continue" else "assurance:details"
        return redirect(target, revision.statement.unit.slug, revision.statement.quarter)
    current = Revision.objects.get(pk=revision.pk)
    form.settle(values=_detail_values(current), versions=current.field_versions, conflicts=saved.conflicts)
    both = two_versions(saved.conflicts, labels=labels_of(form), theirs=saved.before)
    return _show_details(request, revision, form, conflicts=both, partly_saved=True, status=409 if both else 422)


def _show_details(
    request: SignedInRequest,
    revision: Revision,
    form: DetailsForm,
    *,
    conflicts: Sequence[TwoVersions] = (),
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
        "partly_saved": partly_saved,
        "form_has_errors": bool(conflicts),
        "first_day": statement.quarter.first_day,
        "last_day": statement.quarter.last_day,
    }
    return render(request, "assurance/statement_details.html", context, status=status)
