"""What reviewers say of a draft: all of it, that of one section, saying something, settling it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.requests import SignedInRequest
from papers.forms import CommentForm, SettleForm
from papers.models import Paper, SectionComment, Settled
from papers.services import comments as services
from papers.services.papers import Refused
from papers.views.loading import writable_paper_or_404


@dataclass(frozen=True)
class Said:
    """What was said about one section, in order."""

    key: str
    name: str
    comments: tuple[SectionComment, ...]


@require_safe
def comments(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything said about the paper, section by section."""
    paper = writable_paper_or_404(request, pk)
    found = {key: tuple(group) for key, group in groupby(_said(paper).order_by("key", "pk"), lambda one: one.key)}
    structure = paper.structure
    sections = [
        Said(section.key, structure.name_of(section.key), found[section.key])
        for section in structure.sections
        if section.key in found
    ]
    context = {"paper": paper, "sections": sections, "marking": paper.marked}
    return render(request, "papers/comments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """What was said about one section, and saying more."""
    paper = writable_paper_or_404(request, pk)
    if key not in {one.key for one in paper.structure.sections}:
        raise Http404
    form = CommentForm(request.POST or None)
    if form.is_valid():
        try:
            services.add(paper=paper, key=key, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your comment is kept with the section.")
            return redirect("papers:section_comments", pk, key)
    return _section(request, paper, key, form)


def _section(request: SignedInRequest, paper: Paper, key: str, form: CommentForm, *, refusal: str = "") -> HttpResponse:
    prose = paper.structure.prose
    context = {
        "paper": paper,
        "key": key,
        "name": paper.structure.name_of(key),
        "comments": _said(paper).filter(key=key),
        "text": paper.sections.values_list("text", flat=True).filter(key=key).first() if key in prose else None,
        "form": form,
        "refusal": refusal,
        "marking": paper.marked,
    }
    status = 422 if form.is_bound or refusal else 200
    return render(request, "papers/section_comments.html", context, status=status)


def settle(request: SignedInRequest, comment: int) -> HttpResponse:
    """Answer a comment, take a suggestion over, or decline it."""
    found = get_object_or_404(SectionComment.objects.select_related("paper"), pk=comment)
    paper = writable_paper_or_404(request, found.paper_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _section(request, paper, found.key, CommentForm(), refusal=" ".join(_errors(form)))
    how = Settled(form.cleaned_data["how"])
    try:
        services.settle(comment=found, how=how, answer=form.cleaned_data["answer"], by=request.user, at=timezone.now())
    except Refused as refusal:
        return _section(request, paper, found.key, CommentForm(), refusal=str(refusal))
    messages.success(request, f"{how.label}.")
    return redirect("papers:section_comments", paper.pk, found.key)


def _said(paper: Paper) -> QuerySet[SectionComment]:
    return paper.comments.select_related("written_by", "settled_by")


def _errors(form: SettleForm) -> list[str]:
    return [str(text) for errors in form.errors.values() for text in errors]
