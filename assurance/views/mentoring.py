"""Asking the unit's adviser from a theme's page; the list of questions and advice; one record with its answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance.forms.mentoring import AdviceForm, MentoringFilterForm, NoteForm, QuestionForm
from assurance.models import MentoringRecord, UnitAdviser
from assurance.models.mentoring import MentoringQuerySet
from assurance.permissions import (
    can_advise,
    can_appoint_advisers,
    can_ask_adviser,
    can_list_mentoring,
    can_read_mentoring,
)
from assurance.rules import Refused
from assurance.services import mentoring as services
from assurance.views.loading import revision_or_404
from maturity.models import Edition, Theme
from organisation.models import Unit, User
from organisation.periods import Quarter
from organisation.requests import SignedInRequest, address_without_page

PER_PAGE = 20
EARLIER_SHOWN = 5
ONLY_THE_UNIT = "Only the unit’s SPOC and SLT lead ask its adviser. You can read what they asked."
ONLY_SHRMT = "Only SHRMT gives advice. You can read it."


# --- Asking -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def ask_adviser(request: SignedInRequest, unit: str, quarter: Quarter, theme: str) -> HttpResponse:
    """Ask the unit's adviser about one theme."""
    statement = revision_or_404(request, unit, quarter).statement
    chosen = Theme.objects.filter(edition=statement.edition_id, identity=theme).first()
    if chosen is None:
        raise Http404
    if not can_ask_adviser(request.user, statement.unit):
        raise PermissionDenied(ONLY_THE_UNIT)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.ask(unit=statement.unit, theme=chosen, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("question", str(refusal))
        else:
            messages.success(request, "Your question is sent. You will be told when it is answered.")
            return redirect("assurance:theme", unit, quarter, theme)
    earlier = MentoringRecord.objects.filter(unit=statement.unit, theme__identity=theme).unanswered_first()
    context = {
        "form": form,
        "statement": statement,
        "unit": statement.unit,
        "quarter": quarter,
        "theme": chosen,
        "advisers": _advisers_of(statement.unit),
        "earlier": earlier.select_related("asked_by", "advised_by")[:EARLIER_SHOWN],
    }
    return render(request, "assurance/ask_adviser.html", context, status=422 if form.is_bound else 200)


def _advisers_of(unit: Unit) -> list[User]:
    """Who advises the unit today, each once."""
    acting = UnitAdviser.objects.acting(timezone.localdate()).filter(unit=unit).select_related("adviser")
    return list(dict.fromkeys(one.adviser for one in acting))


# --- The list -----------------------------------------------------------------------------------------------------


@require_safe
def mentoring(request: SignedInRequest) -> HttpResponse:
    """Every question and advice that the person may read, open questions first."""
    if not can_list_mentoring(request.user):
        raise Http404
    advises = can_advise(request.user)
    filters = MentoringFilterForm(request.GET)
    filters.is_valid()
    visible = MentoringRecord.objects.visible_to(request.user)
    found = _filtered(visible, filters.cleaned_data, adviser=request.user).unanswered_first()
    page = Paginator(found.select_related("unit", "theme", "asked_by", "advised_by"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "filters": filters,
        "stated": _in_words(filters),
        "page": page,
        "address": address_without_page(request),
        "advises": advises,
        "appoints": can_appoint_advisers(request.user),
    }
    return render(request, "assurance/mentoring.html", context)


def _filtered(found: MentoringQuerySet, wanted: dict[str, Any], *, adviser: User) -> MentoringQuerySet:
    if wanted.get("unit"):
        found = found.filter(unit__name__icontains=wanted["unit"])
    if wanted.get("state") == MentoringFilterForm.WAITING:
        found = found.unanswered()
    if wanted.get("state") == MentoringFilterForm.ANSWERED:
        found = found.filter(advised_at__isnull=False)
    if wanted.get("whose"):
        found = found.of_units_advised_by(adviser, day=timezone.localdate())
    return found


def _in_words(filters: MentoringFilterForm) -> list[str]:
    """Say what is filtered, for the line above the list."""
    wanted = filters.cleaned_data
    said = []
    if wanted.get("unit"):
        said.append(f"unit’s name contains “{wanted['unit']}”")
    if wanted.get("state") == MentoringFilterForm.WAITING:
        said.append("question waits for an answer")
    if wanted.get("state") == MentoringFilterForm.ANSWERED:
        said.append("advice is given")
    if wanted.get("whose"):
        said.append("unit is one you advise")
    return said


# --- One record, and advice without a question --------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def mentoring_record(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read a question and its answer; SHRMT answers here."""
    record = _record_or_404(request, pk)
    if request.method == "POST" and not can_advise(request.user):
        raise PermissionDenied(ONLY_SHRMT)
    form = AdviceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.answer(record=record, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("advice", str(refusal))
            record = _record_or_404(request, pk)
        else:
            messages.success(request, "The answer is recorded, and whoever asked is told.")
            return redirect("assurance:mentoring_record", pk)
    may_answer = record.advised_at is None and can_advise(request.user)
    context = {
        "record": record,
        "form": form if may_answer or form.is_bound else None,
        "may_answer": may_answer,
        "advisers": _advisers_of(record.unit),
    }
    return render(request, "assurance/mentoring_record.html", context, status=422 if form.is_bound else 200)


def _record_or_404(request: SignedInRequest, pk: int) -> MentoringRecord:
    record = (
        MentoringRecord.objects.select_related("unit", "theme__edition", "asked_by", "advised_by").filter(pk=pk).first()
    )
    if record is None or not can_read_mentoring(request.user, record):
        raise Http404
    return record


@require_http_methods(["GET", "HEAD", "POST"])
def new_mentoring(request: SignedInRequest) -> HttpResponse:
    """Record advice that was given without a question."""
    if not can_list_mentoring(request.user):
        raise Http404
    if not can_advise(request.user):
        raise PermissionDenied(ONLY_SHRMT)
    today = timezone.localdate()
    edition = Edition.objects.in_force(today)
    themes = {theme.identity: theme for theme in Theme.objects.filter(edition=edition).order_by("number")}
    form = NoteForm(
        request.POST if request.method == "POST" else None,
        units=Unit.objects.open_on(today),
        themes={identity: theme.name for identity, theme in themes.items()},
    )
    if form.is_valid():
        wanted = form.cleaned_data | {"theme": themes[form.cleaned_data["theme"]]}
        try:
            record = services.note(by=request.user, at=timezone.now(), **wanted)
        except Refused as refusal:
            form.add_error("advice", str(refusal))
        else:
            messages.success(request, "The advice is recorded.")
            return redirect("assurance:mentoring_record", record.pk)
    return render(request, "assurance/mentoring_new.html", {"form": form}, status=422 if form.is_bound else 200)
