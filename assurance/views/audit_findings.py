"""What audits found in a half-year, summed up for the Board: counts by theme, and how the recommendations stand."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assurance.audit_findings import counted
from assurance.audit_permissions import can_read_findings
from assurance.models import Audit, Recommendation
from assurance.models.audit import OUT
from organisation.periods import LONDON, HalfYear, NotAPeriod
from organisation.requests import SignedInRequest

# So many half-years are offered, the running one first.
HALVES = 6


@require_safe
def findings(request: SignedInRequest) -> HttpResponse:
    """The findings of audits whose reports were issued in the half-year that is asked for; in the running one else."""
    if not can_read_findings(request.user):
        raise Http404
    half = _asked_half(request)
    begins = datetime.combine(half.first_day, time(0), tzinfo=LONDON)
    ends = datetime.combine(half.last_day + timedelta(days=1), time(0), tzinfo=LONDON)
    issued = Audit.objects.out().filter(issued_at__gte=begins, issued_at__lt=ends)
    recommended = Recommendation.objects.filter(audit__state__in=OUT)
    context = {
        "half": half,
        "halves": _halves_offered(),
        "findings": counted(issued.order_by("issued_at").values_list("content__themes", flat=True)),
        "recommended": recommended.filter(audit__in=issued).count(),
        "open": recommended.open().count(),
        "overdue": recommended.overdue(timezone.localdate()).count(),
        "waiting": recommended.waiting_for_a_check().count(),
        "today": timezone.localdate(),
    }
    return render(request, "assurance/audit_findings.html", context)


def _asked_half(request: SignedInRequest) -> HalfYear:
    asked = request.GET.get("half", "")
    if not asked:
        return HalfYear.of(timezone.localdate())
    try:
        return HalfYear.parse(asked)
    except NotAPeriod as error:
        raise Http404 from error


def _halves_offered() -> list[HalfYear]:
    halves = [HalfYear.of(timezone.localdate())]
    while len(halves) < HALVES:
        halves.append(halves[-1].previous())
    return halves
