"""The options of a block, with what it will print by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from organisation.requests import SignedInRequest
from papers.contents.blocks import BLOCKS
from papers.contents.choices import choices_for
from papers.contents.preview import previewed
from papers.forms import OptionsForm
from papers.models import Paper
from papers.options import Codes, Endings, Name, OnOff
from papers.services import papers as services
from papers.skeleton import Section
from papers.views.loading import writable_paper_or_404
from papers.views.writing import ShownConflict

OVERTAKEN = "Somebody else changed what this block prints while you were choosing. Compare both, then save again."


@require_http_methods(["GET", "HEAD", "POST"])
def block(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """Choose what a block prints. “Show”, and htmx on each change, prints it without saving."""
    paper = writable_paper_or_404(request, pk)
    section = _block_or_404(paper, key)
    if request.method != "POST":
        if paper.is_draft:
            return _page(request, paper, section, _form(paper, section), shown=section.options)
        messages.info(request, f"This paper is {paper.get_state_display().lower()}, so its blocks cannot be changed.")
        return redirect("papers:paper", pk=pk)
    form = _form(paper, section, request.POST)
    if not form.is_valid():
        return _page(request, paper, section, form, shown=section.options, status=422)
    if "show" in request.POST:
        return _page(request, paper, section, form, shown=form.chosen)
    return _saved(request, paper, section, form)


def _saved(request: SignedInRequest, paper: Paper, section: Section, form: OptionsForm) -> HttpResponse:
    key = section.key
    try:
        conflicts = services.save_options(paper=paper, key=key, edit=form.edit, by=request.user, at=timezone.now())
    except services.Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, paper, section, form, shown=section.options, status=422)
    if not conflicts:
        messages.success(request, f"{paper.structure.name_of(key)}: what it prints is saved.")
        return redirect("papers:paper", pk=paper.pk)
    paper.refresh_from_db()
    form.takes_version(conflicts[0].their_version)
    form.add_error(None, OVERTAKEN)
    mine, theirs = (_in_words(form, options) for options in (conflicts[0].mine, conflicts[0].theirs))
    label = paper.structure.name_of(key)
    shown = ShownConflict(label, mine, theirs, str(paper.changed_by or ""), paper.changed_at)
    return _page(request, paper, section, form, shown=form.chosen, conflict=shown, status=409)


def _block_or_404(paper: Paper, key: str) -> Section:
    section = paper.structure.blocks.get(key)
    if section is None or section.kind not in BLOCKS:
        raise Http404
    return section


def _form(paper: Paper, section: Section, said: Any = None) -> OptionsForm:
    declared = BLOCKS[section.kind].options
    version = paper.field_versions.get(services.version_of_options(section.key), 0)
    return OptionsForm(said, declared=declared, choices=choices_for(declared), options=section.options, version=version)


def _in_words(form: OptionsForm, options: Mapping[str, Any]) -> str:
    """Options as people compare them, one a line."""
    return "\n".join(f"{option.label}: {_value_in_words(form, option, option.of(options))}" for option in form.declared)


def _value_in_words(form: OptionsForm, option: Any, value: Any) -> str:
    if isinstance(option, OnOff):
        return "yes" if value else "no"
    if isinstance(option, Codes | Name):
        names = dict(form.fields[option.name].choices)  # type: ignore[attr-defined]  # of a field with choices
        codes = [value] if isinstance(value, str) else value
        return ", ".join(str(names.get(code, code)) for code in codes if code) or "none chosen"
    if isinstance(option, Endings):
        return ", ".join(value) or "none chosen"
    return str(value)


def _page(
    request: SignedInRequest,
    paper: Paper,
    section: Section,
    form: OptionsForm,
    *,
    shown: Mapping[str, Any],
    conflict: ShownConflict | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "paper": paper,
        "section": section,
        "drawn": BLOCKS[section.kind],
        "name": paper.structure.name_of(section.key),
        "form": form,
        "conflicts": [conflict] if conflict else [],
        "preview": previewed(paper, section.key, shown, today=timezone.localdate()),
    }
    template = "papers/_block_preview.html" if request.htmx else "papers/block.html"
    return render(request, template, context, status=status)
