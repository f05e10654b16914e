"""Preparing a paper: starting it, and its title block. Its sections: sections.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from organisation.periods import HalfYear
from organisation.requests import SignedInRequest
from papers.forms import DetailsForm, NewPaperForm
from papers.models import Paper, PaperSection, PaperTemplate
from papers.permissions import can_write_papers
from papers.services import papers as services
from papers.views.loading import writable_paper_or_404
from records.edits import Conflict
from rendering.formats import day

HALVES_OFFERED = 6
USUAL_TEMPLATE = "panel"


@dataclass(frozen=True)
class ShownConflict:
    """A conflict as components/conflict.html shows it."""

    label: str
    mine: str
    theirs: str
    who: str
    when: datetime | None


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Start a paper."""
    if not can_write_papers(request.user):
        raise Http404
    half = HalfYear.of(timezone.localdate())
    halves = [half]
    while len(halves) < HALVES_OFFERED:
        halves.append(halves[-1].previous())
    # The half that has just ended is the one a paper is usually about.
    initial = {"half": str(half.previous()), "template": USUAL_TEMPLATE}
    form = NewPaperForm(request.POST or None, halves=halves, initial=initial)
    if form.is_valid():
        paper = services.create(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"“{paper.title}” is started.")
        return redirect("papers:paper", pk=paper.pk)
    context = {"form": form, "templates": PaperTemplate.objects.filter(is_offered=True)}
    return render(request, "papers/new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def details(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the title block."""
    paper = writable_paper_or_404(request, pk)
    if request.method != "POST":
        return _form(request, paper, DetailsForm(paper=paper)) if paper.is_draft else no_draft(request, paper)
    form = DetailsForm(request.POST, paper=paper)
    if not form.is_valid():
        return _form(request, paper, form, status=422)
    try:
        conflicts = services.save_details(paper=paper, edits=form.edits(), by=request.user, at=timezone.now())
    except services.Refused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, paper, form, status=422)
    if conflicts:
        paper.refresh_from_db()
        form.takes_versions(conflicts)
        for conflict in conflicts:
            form.add_error(conflict.field, "Somebody else changed this while you were writing. Compare both versions.")
        shown = [_shown(conflict, str(form.fields[conflict.field].label), paper) for conflict in conflicts]
        return _form(request, paper, form, status=409, conflicts=shown)
    messages.success(request, "The details are saved.")
    return redirect("papers:paper", pk=pk)


def _shown(conflict: Conflict, label: str, changed: Paper | PaperSection) -> ShownConflict:
    mine, theirs = map(_in_words, (conflict.mine, conflict.theirs))
    return ShownConflict(label, mine, theirs, str(changed.changed_by or ""), changed.changed_at)


def _in_words(value: str | date | Paper | None) -> str:
    if isinstance(value, Paper):
        return f"{value.title} ({day(value.meeting_on)})"
    return day(value) if isinstance(value, date) else value or "None"


def _form(
    request: SignedInRequest, paper: Paper, form: DetailsForm, *, status: int = 200, conflicts: Any = ()
) -> HttpResponse:
    context = {"paper": paper, "form": form, "conflicts": list(conflicts)}
    return render(request, "papers/details.html", context, status=status)


def no_draft(request: SignedInRequest, paper: Paper) -> HttpResponse:
    messages.info(request, f"This paper is {paper.get_state_display().lower()}, so its text cannot be changed.")
    return redirect("papers:paper", pk=paper.pk)
