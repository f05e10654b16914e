"""Who and what is missing all over the force, on one page and as a file."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from organisation.missing import ENDING_WITHIN, missing
from organisation.permissions import can_see_who_is_missing
from organisation.requests import SignedInRequest
from organisation.services import missing as services
from records.models import HeavyWork
from records.services import allowances

MOST_SHOWN = 50


@require_safe
def who_is_missing(request: SignedInRequest) -> HttpResponse:
    """Units without a SPOC or SLT lead, groups without a lead, qualifications, what ends soon, idle accounts."""
    if not can_see_who_is_missing(request.user):
        raise Http404
    today = timezone.localdate()
    sections = missing(today)
    if request.GET.get("format") == "csv":
        content = b""
        if request.method == "GET":  # a look at the headers takes nothing away
            allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=timezone.now())
            content = services.download(sections, by=request.user, at=timezone.now())
        name = f"missing-{today.isoformat()}.csv"
        return HttpResponse(
            content,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    context = {
        "sections": [(section, section.gaps[:MOST_SHOWN]) for section in sections],
        "total": sum(len(section.gaps) for section in sections),
        "most_shown": MOST_SHOWN,
        "within": ENDING_WITHIN.days,
    }
    return render(request, "organisation/missing.html", context)
