"""Making a paper final, publishing and withdrawing it, taking it back."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from organisation.requests import SignedInRequest
from papers.forms import PublishForm, ReasonForm
from papers.models import Paper
from papers.services import papers as services
from papers.views.loading import releasable_paper_or_404, writable_paper_or_404
from papers.views.papers import paper_page
from records.models import HeavyWork
from records.services import allowances

CANCELLED = "The making of the document is cancelled. The paper is still final."
PUBLISHED = "The paper is published. Panel members can read it now."
PUBLISHED_FOR_THE_BOARD = "The paper is published. Whoever reads the Board’s meetings can read it now."
NOTHING_TO_CANCEL = "Nothing was cancelled: the document was ready already, or nobody was making it."


def finalise(request: SignedInRequest, pk: int) -> HttpResponse:
    """Freeze the paper and have its document made."""
    paper = writable_paper_or_404(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
    try:
        services.finalise(paper=paper, by=request.user, at=timezone.now())
    except services.Refused as refusal:
        return paper_page(request, paper, refusal=str(refusal), status=422)
    messages.success(request, "The paper is final. Its document is being made.")
    return redirect("papers:paper", pk=pk)


def document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the document again after it has failed or was called off."""
    paper = writable_paper_or_404(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    allowances.spend(person=request.user, kind=HeavyWork.DOCUMENTS, at=timezone.now())
    try:
        services.request_document(paper=paper, by=request.user, at=timezone.now())
    except services.Refused as refusal:
        return paper_page(request, paper, refusal=str(refusal), status=422)
    return redirect("papers:paper", pk=pk)


def cancel_document(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call off the making of the document, by whoever may ask for it."""
    paper = writable_paper_or_404(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    cancelled = services.cancel_document(paper=paper, by=request.user, at=timezone.now())
    messages.success(request, CANCELLED if cancelled else NOTHING_TO_CANCEL)
    return redirect("papers:paper", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a final paper back to draft."""
    paper = writable_paper_or_404(request, pk)
    form = ReasonForm(request.POST or None, label="Why is the paper taken back to draft?")
    if _is_done(request, paper, form, services.reopen, "reason"):
        messages.success(request, "The paper is a draft again.")
        return redirect("papers:paper", pk=pk)
    return _act(request, paper, form, "papers/reopen.html")


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then let the panel read the paper."""
    paper = releasable_paper_or_404(request, pk)
    form = PublishForm(request.POST or None, initial={"seen_digest": paper.content_digest}, replaced=paper.replaces)
    answers = ("seen_digest", "because") if paper.replaces else ("seen_digest",)
    if _is_done(request, paper, form, services.publish, *answers):
        messages.success(request, PUBLISHED_FOR_THE_BOARD if paper.is_for_the_board else PUBLISHED)
        return redirect("papers:paper", pk=pk)
    return _act(request, paper, form, "papers/publish.html")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a published paper out of the panel's reach."""
    paper = releasable_paper_or_404(request, pk)
    form = ReasonForm(request.POST or None, label="Why is the paper withdrawn?")
    if _is_done(request, paper, form, services.withdraw, "reason"):
        messages.success(request, "The paper is withdrawn.")
        return redirect("papers:paper", pk=pk)
    return _act(request, paper, form, "papers/withdraw.html")


def _is_done(
    request: SignedInRequest, paper: Paper, form: forms.Form, act: Callable[..., Paper], *answers: str
) -> bool:
    """Do what the form asks, `answers` being the fields the act needs; a refusal becomes an error of the form."""
    if not form.is_valid():
        return False
    try:
        act(
            paper=paper, **{answer: form.cleaned_data[answer] for answer in answers}, by=request.user, at=timezone.now()
        )
    except services.Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _act(request: SignedInRequest, paper: Paper, form: forms.Form, template: str) -> HttpResponse:
    blocked = services.blocks_publishing(paper, by=request.user)
    context = {"paper": paper, "form": form, "cannot_publish": blocked}
    return render(request, template, context, status=422 if form.is_bound else 200)
