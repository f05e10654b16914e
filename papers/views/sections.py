"""Writing a section: the page with what it will print beside it, saved by itself, and what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.autosaving import Answer, add_answers, fragment, is_of_somebody_else, show, somebody_else
from organisation.conflicts import TwoVersions, put_merged, settle, two_versions
from organisation.requests import SignedInRequest, address_without_page
from organisation.sessions import is_own_device
from papers.contents import layout, panel_paper
from papers.forms import SectionForm
from papers.models import Paper, PaperSection
from papers.services import papers as services
from papers.services.papers import Saved
from papers.skeleton import Section
from papers.timeline import text_at, timeline
from papers.views.loading import writable_paper_or_404
from papers.views.writing import no_draft
from records.edits import Edit

PER_PAGE = 25


@dataclass(frozen=True)
class Written:
    """A section of a paper, what the skeleton says of it, and its text as it is stored."""

    paper: Paper
    section: Section
    stored: PaperSection

    @property
    def name(self) -> str:
        return self.paper.structure.name_of(self.section.key)

    @property
    def url(self) -> str:
        return reverse("papers:section", args=[self.paper.pk, self.section.key])

    def form(self, data: Any = None, *, decided: list[str] | None = None, partial: bool = False) -> SectionForm:
        return SectionForm(
            data,
            label=self.name,
            hint=self.section.hint,
            stored=self.stored,
            decided=decided or (),
            partial=partial,
        )

    def begun_on(self, edit: Edit) -> str | None:
        """Return the text that somebody began on."""
        return text_at(self.stored, edit.base_version)


def written_or_404(request: SignedInRequest, pk: int, key: str) -> Written:
    paper = writable_paper_or_404(request, pk)
    section = paper.structure.prose.get(key)
    if section is None:
        raise Http404
    stored = PaperSection.objects.select_related("changed_by").filter(paper=paper, key=key).first()
    return Written(paper, section, stored or PaperSection(paper=paper, key=key))


# --- The whole page -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """Write one section. What was typed can also be looked at before it is saved."""
    written = written_or_404(request, pk, key)
    if request.method != "POST":
        return _page(request, written, written.form()) if written.paper.is_draft else no_draft(request, written.paper)
    form = written.form(request.POST, decided=request.POST.getlist("decided"))
    if not form.is_valid():
        return _page(request, written, form, status=422, unsaved="text")
    if request.POST.get("then") == "preview":
        return _page(request, written, form, unsaved="text")
    try:
        saved = _save(request, written, form)
    except services.Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, written, form, status=422, unsaved="text")
    if saved.conflicts:
        both = _both(written, form, saved)
        settle(form, form.edits(), saved)
        put_merged(form, both)
        return _page(request, written, form, status=409, unsaved="text", conflicts=both)
    messages.success(request, f"{written.name}: saved.")
    return redirect("papers:paper", pk=pk) if request.POST.get("then") != "save" else redirect(written.url)


def _save(request: SignedInRequest, written: Written, form: SectionForm) -> Saved:
    edit = form.edits().get("text")
    if edit is None:
        return Saved()
    return services.save_section(
        paper=written.paper, key=written.section.key, edit=edit, by=request.user, at=timezone.now()
    )


def _both(written: Written, form: SectionForm, saved: Saved) -> list[TwoVersions]:
    edits = form.edits()
    return two_versions(form, saved.conflicts, theirs=saved.before, begun_on=lambda name: written.begun_on(edits[name]))


def _page(
    request: SignedInRequest,
    written: Written,
    form: SectionForm,
    *,
    status: int = 200,
    unsaved: str = "",
    conflicts: Any = (),
) -> HttpResponse:
    context = {
        "paper": written.paper,
        "section": written.section,
        "name": written.name,
        "form": form,
        "conflicts": list(conflicts),
        "form_has_errors": bool(conflicts),
        "unsaved": unsaved,
        "token": uuid.uuid4(),
        "own_device": is_own_device(request),
        "comments": written.paper.comments.open().filter(key=written.section.key).select_related("written_by"),
        "marking": written.paper.marked,
        **_looked_at(written, str(form["text"].value() or "")),
    }
    return render(request, "papers/section.html", context, status=status)


# --- What it will print -------------------------------------------------------------------------------------------


def preview(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """What a text will print in this section, for htmx to put beside it. Nothing is saved."""
    written = written_or_404(request, pk, key)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = written.form(request.POST)
    if not form.is_valid():
        return render(request, "papers/_preview.html", {"too_long": form.errors["text"]})
    return render(request, "papers/_preview.html", _looked_at(written, form.cleaned_data["text"]))


def _looked_at(written: Written, text: str) -> dict[str, Any]:
    """Return a text as the paper will print it, with what the checkers say of it."""
    content = panel_paper.gather(written.paper, today=timezone.localdate(), typed={written.section.key: text})
    document = layout.laid_out(content)
    laid = document.section(written.section.key)
    return {"laid": laid, "notes": document.notes_of(laid), "looked_over": panel_paper.look_over(content, text)}


# --- While it is being written ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def autosave(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """Save what has been written so far."""
    if is_of_somebody_else(request):
        return somebody_else()
    written = written_or_404(request, pk, key)
    if not request.htmx or request.method != "POST":  # somebody who had to sign in first, or pressed "back"
        return redirect(written.url)
    form = written.form(request.POST, decided=request.POST.getlist("decided"), partial=True)
    form.is_valid()
    try:
        saved = _save(request, written, form)
    except services.Refused:
        written.paper.refresh_from_db(fields=["state"])
        context = {"paper": written.paper}
        return fragment(request, "papers/_autosave_stopped.html", context, outcome="stopped", status=409)
    answer, edits = Answer(), form.edits()
    add_answers(answer, form, edits, saved, begun_on=lambda name: written.begun_on(edits[name]))
    return show(request, answer)


# --- What became of it --------------------------------------------------------------------------------------------


@require_safe
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who did what to the paper and changed what from what, the latest first."""
    paper = writable_paper_or_404(request, pk)
    items = timeline(paper)
    page = Paginator(items, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "paper": paper,
        "page": page,
        "total": len(items),
        "address": address_without_page(request),
        "marking": paper.marked,
    }
    return render(request, "papers/history.html", context)
