"""A risk beside the injuries that bear on it: how they moved, and whether that is more than chance."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from injuries.models import Indicator
from injuries.permissions import can_read_figures
from injuries.reading import comparison, last_twelve
from insight.forms import IndicatorsForm
from organisation.requests import SignedInRequest
from risks import reading
from risks.models import Risk
from risks.permissions import can_write_risk
from risks.services import register as services
from risks.views.loading import risk_or_404, risk_to_write_or_404


@require_safe
def risk_injuries(request: SignedInRequest, reference: str) -> HttpResponse:
    """The indicators that bear on a risk in the last twelve months and the twelve before, beside its trend."""
    risk = _readable_or_404(request, reference)
    codes = list(risk.indicators.values_list("code", flat=True))
    later = last_twelve(timezone.localdate()) if codes else None
    context = {
        "risk": risk,
        "line": reading.lines(Risk.objects.filter(pk=risk.pk), today=timezone.localdate())[0],
        "has_indicators": bool(codes),
        "table": comparison(later, later.before(), latest=later.last, codes=codes) if later else None,
        "may_write": can_write_risk(request.user, risk),
    }
    return render(request, "insight/risk_injuries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_indicators(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say which indicators bear on a risk."""
    _readable_or_404(request, reference)
    risk = risk_to_write_or_404(request, reference)
    choices = list(Indicator.objects.values_list("code", "name"))
    initial = {"indicators": list(risk.indicators.values_list("code", flat=True))}
    form = IndicatorsForm(request.POST if request.method == "POST" else None, choices=choices, initial=initial)
    if form.is_valid():
        chosen = form.cleaned_data["indicators"]
        services.link_indicators(risk=risk, codes=chosen, by=request.user, at=timezone.now())
        messages.success(request, "The indicators are linked to the risk.")
        return redirect("insight:risk_injuries", risk.reference)
    context = {"risk": risk, "form": form}
    return render(request, "insight/choose_indicators.html", context, status=422 if form.is_bound else 200)


def _readable_or_404(request: SignedInRequest, reference: str) -> Risk:
    risk = risk_or_404(request, reference)
    if not can_read_figures(request.user):
        raise Http404
    return risk
