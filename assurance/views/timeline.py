"""What became of a statement: who did what, and who changed what from what, when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assurance.timeline import timeline as timeline_of
from assurance.views.loading import revision_or_404
from organisation.periods import Quarter
from organisation.requests import SignedInRequest, address_without_page

PER_PAGE = 30


@require_safe
def timeline(request: SignedInRequest, unit: str, quarter: Quarter) -> HttpResponse:
    """Everything that became of the statement, the latest first, for whoever reads it."""
    statement = revision_or_404(request, unit, quarter).statement
    found = timeline_of(statement)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "unit": statement.unit,
        "quarter": statement.quarter,
        "page": page,
        "total": len(found),
        "address": address_without_page(request),
    }
    return render(request, "assurance/timeline.html", context)
