"""Long work that failed lately, for whoever looks after the machine."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from home.permissions import can_read_failed_work
from home.services import failures
from home.work_in_words import in_words
from organisation.requests import SignedInRequest

MOST = 100


@require_safe
def failed_work(request: SignedInRequest) -> HttpResponse:
    """What failed in the last week and was not done since: when, what happened, and what to do."""
    if not can_read_failed_work(request.user):
        raise Http404
    failed = failures.failed_lately(now=timezone.now())
    context = {"lines": [(in_words(job.task), job) for job in failed[:MOST]], "number": failed.count(), "most": MOST}
    return render(request, "home/failed_work.html", context)
