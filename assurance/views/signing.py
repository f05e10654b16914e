"""Closing a statement: check your answers and complete, reopen, sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assurance import rules
from assurance.forms.statement import CompleteForm, ReasonForm, SignForm
from assurance.models import Revision, RevisionState, Statement
from assurance.permissions import can_reopen, can_sign, can_write_statement, is_barred_as_completer
from assurance.reading import read
from assurance.rules import Refused
from assurance.services import statements
from assurance.services.content import content_of
from assurance.views.loading import level_names, revision_or_404, writable_revision_or_404
from organisation.periods import Quarter
from organisation.permissions import DECIDES_NOTHING, administers
from organisation.requests import SignedInRequest
from records.canonical import content_digest

# Radio buttons carry the number of the option in their id; a link to the question goes to the first.
ANCHORS = {
    "level_answer": "id_level_answer_0",
    "held_without_shrmt": "id_held_without_shrmt_0",
    "evidence_items": "links-and-files",
    "carried": "carried",  # the banner that offers to confirm it
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the error summary that leads to the page and field where something is missing."""

    text: str
    href: str


def _back(revision: Revision) -> HttpResponse:
    return redirect("assurance:statement", revision.statement.unit.slug, revision.statement.quarter)


def _why_not(request: SignedInRequest, usually: str) -> str:
    return DECIDES_NOTHING if administers(request.user) else usually


# --- Check your answers -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """All answers on one page, what is still missing, and the button that closes the statement to changes."""
    revision = writable_revision_or_404(request, unit, quarter)
    if not revision.is_open:
        messages.info(request, f"This statement is {revision.get_state_display().lower()} already.")
        return _back(revision)
    if request.method != "POST":
        return _show_check(request, revision, CompleteForm())
    form = CompleteForm(request.POST)
    if not form.is_valid():
        return _show_check(request, revision, form, status=422)
    try:
        statements.complete(revision=revision, by=request.user, at=timezone.now())
    except Refused as refusal:
        revision.refresh_from_db(fields=["state"])
        if not revision.is_open:
            messages.info(request, f"This statement is {revision.get_state_display().lower()} already.")
            return _back(revision)
        form.add_error(None, str(refusal))
        return _show_check(request, revision, form, status=422)
    messages.success(request, "Statement completed. The unit’s SLT lead can sign it now.")
    return _back(revision)


def _show_check(request: SignedInRequest, revision: Revision, form: CompleteForm, *, status: int = 200) -> HttpResponse:
    statement = revision.statement
    blockers = rules.blocks_completion(statements.facts_of(revision, today=timezone.localdate()))
    context = {
        "revision": revision,
        "statement": statement,
        "unit": statement.unit,
        "quarter": statement.quarter,
        "content": read(content_of(revision), level_names(statement.edition)),
        "missing": [_problem(statement, blocker) for blocker in blockers],
        "form": form,
        "may_change": True,
    }
    return render(request, "assurance/statement_check.html", context, status=status)


def _problem(statement: Statement, blocker: rules.Blocker) -> Problem:
    place = [statement.unit.slug, statement.quarter]
    page = (
        reverse("assurance:theme", args=[*place, blocker.theme])
        if blocker.theme
        else reverse("assurance:details", args=place)
    )
    return Problem(blocker.message, f"{page}#{ANCHORS.get(blocker.field, f'id_{blocker.field}')}")


# --- Reopening ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Open a completed statement again, or start the next revision of a signed one; either with a reason."""
    revision = revision_or_404(request, unit, quarter)
    if revision.is_open and can_write_statement(request.user, revision.statement):
        messages.info(request, "This statement is open already.")
        return _back(revision)
    if not can_reopen(request.user, revision):
        raise PermissionDenied(_why_not(request, "You cannot reopen this statement. Ask the unit’s SLT lead."))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            statements.reopen(revision=revision, reason=reason, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Statement reopened. It can be changed now.")
            return _back(revision)
    statement = revision.statement
    context = {
        "revision": revision,
        "statement": statement,
        "unit": statement.unit,
        "quarter": statement.quarter,
        "form": form,
    }
    return render(request, "assurance/statement_reopen.html", context, status=422 if form.is_bound else 200)


# --- Signing ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """The whole text for the SLT lead, with the signature under it: what is shown is what is frozen."""
    revision = revision_or_404(request, unit, quarter)
    if not can_sign(request.user, revision.statement):
        raise PermissionDenied(_why_not(request, "Only the unit’s SLT lead signs its statement."))
    if revision.state != RevisionState.COMPLETED and request.method != "POST":
        messages.info(
            request,
            f"This statement is {revision.get_state_display().lower()}. Only a completed statement can be signed.",
        )
        return _back(revision)
    statement = revision.statement
    named = {"unit": statement.unit.name, "quarter": statement.quarter.name}
    if request.method != "POST":
        return _show_sign(request, revision, SignForm(initial={"signer_name": request.user.name}, **named))
    form = SignForm(request.POST, **named)
    if form.is_valid():
        try:
            statements.sign(
                revision=revision,
                seen_digest=form.cleaned_data["digest"],
                signer_name=form.cleaned_data["signer_name"],
                signer_position=form.cleaned_data["signer_position"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Statement signed. The COG lead of the business group can review it now.")
            return _back(revision)
    revision.refresh_from_db(fields=["state"])
    return _show_sign(request, revision, form, status=422)


def _show_sign(request: SignedInRequest, revision: Revision, form: SignForm, *, status: int = 200) -> HttpResponse:
    statement = revision.statement
    content = content_of(revision)
    # Of what is on this very page: where the content has changed since, the person reads it again and decides anew.
    digest = content_digest(content)
    changed = form.is_bound and form.data.get("digest") != digest
    if changed:
        posted: Any = request.POST.copy()
        posted.pop("confirmed", None)
        form.data = posted
    context = {
        "revision": revision,
        "statement": statement,
        "unit": statement.unit,
        "quarter": statement.quarter,
        "content": read(content, level_names(statement.edition)),
        "digest": digest,
        "changed": changed,
        "form": form,
        "is_completer": is_barred_as_completer(request.user, revision),
        "can_be_signed": revision.state == RevisionState.COMPLETED,
    }
    return render(request, "assurance/statement_sign.html", context, status=status)
