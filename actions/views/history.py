"""What became of an action: who did what, and who changed what from what, when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from actions.timeline import timeline
from actions.views.loading import action_or_404
from organisation.requests import SignedInRequest, address_without_page

PER_PAGE = 30


@require_safe
def history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that became of the action, the latest first, for whoever reads it."""
    found = action_or_404(request, pk)
    items = timeline(found)
    page = Paginator(items, PER_PAGE).get_page(request.GET.get("page"))
    context = {"action": found, "page": page, "total": len(items), "address": address_without_page(request)}
    return render(request, "actions/timeline.html", context)
