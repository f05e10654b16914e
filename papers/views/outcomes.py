"""What the panel made of a paper's recommendations: recording it, one recommendation at a time."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from organisation.requests import SignedInRequest
from papers.contents.layout import recommendations_in
from papers.forms import OutcomeForm
from papers.models import PanelOutcome
from papers.services import outcomes
from papers.services.papers import Refused
from papers.views.loading import releasable_paper_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Record what the panel made of a recommendation, or put right what was recorded."""
    paper = releasable_paper_or_404(request, pk)
    said = recommendations_in(paper.content) if paper.is_released else []
    if not 1 <= number <= len(said):
        raise Http404
    standing = PanelOutcome.objects.standing_of(paper).filter(number=number).first()
    form = OutcomeForm(request.POST or None, standing=standing)
    if form.is_valid():
        try:
            outcomes.record(paper=paper, number=number, by=request.user, at=timezone.now(), **form.cleaned)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The outcome of recommendation {number} is recorded.")
            return redirect("papers:paper", pk=pk)
    context = {"paper": paper, "number": number, "text": said[number - 1], "form": form, "standing": standing}
    return render(request, "papers/outcome.html", context, status=422 if form.is_bound else 200)
