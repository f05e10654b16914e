"""The register, the heat map, and a risk's own page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from organisation.requests import SignedInRequest
from rendering.charts.scores import Score, scores_over_time
from risks import links, reading
from risks.heatmap import Scale
from risks.models import Risk, RiskStatus
from risks.permissions import (
    can_decide,
    can_list_group_risks,
    can_list_proposals,
    can_propose,
    can_read_learning,
    can_read_meetings,
    can_write_register,
    can_write_risk,
)
from risks.picture import drawn
from risks.services.assessing import place_of
from risks.timeline import timeline
from risks.views.loading import listing_or_404, risk_or_404, themes


@require_safe
def register(request: SignedInRequest) -> HttpResponse:
    """Every risk that the person reads; those of one status where that is asked for."""
    listing_or_404(request)
    asked = request.GET.get("status", "")
    status = asked if asked in RiskStatus.values else ""
    lines = reading.lines(Risk.objects.visible_to(request.user), today=timezone.localdate())
    context = {
        "lines": [line for line in lines if not status or line.risk.status == status],
        "status": status,
        "statuses": [(one, sum(line.risk.status == one for line in lines)) for one in RiskStatus],
        "total": len(lines),
        "to_look_at": [line for line in lines if line.review_is_due or line.is_stale],
        "may_propose": can_propose(request.user),
        "may_keep": can_write_register(request.user),
        "reads_proposals": can_list_proposals(request.user),
        "reads_meetings": can_read_meetings(request.user),
        "reads_group_risks": can_list_group_risks(request.user),
        "reads_learning": can_read_learning(request.user),
    }
    return render(request, "risks/register.html", context)


@require_safe
def heat_map(request: SignedInRequest) -> HttpResponse:
    """The open and emerging risks in a grid of likelihood and impact, and the table of them beside it."""
    listing_or_404(request)
    visible = Risk.objects.visible_to(request.user).on_the_map()
    lines = reading.lines(visible, today=timezone.localdate())
    found = reading.map_of(lines)
    context = {
        "map": found,
        "chart": mark_safe(drawn(found)) if found else "",  # noqa: S308  # rendering.charts escapes every word
        "lines": lines,
        "unplaced": [line for line in lines if line.place is None],
    }
    return render(request, "risks/heat_map.html", context)


@require_safe
def risk(request: SignedInRequest, reference: str) -> HttpResponse:
    """A risk: where it lies and how it moves, what keeps it down, and everything that has become of it."""
    found = risk_or_404(request, reference)
    line = reading.lines(Risk.objects.filter(pk=found.pk), today=timezone.localdate())[0]
    scale = reading.scale()
    context = {
        "risk": found,
        "line": line,
        "where": scale.in_words(line.place) if scale and line.place else "",
        "theme": dict(themes()).get(found.theme, ""),
        "groups": found.groups.order_by("name"),
        "leads": found.leads.select_related("person"),
        "controls": found.controls.filter(ended_at=None),
        "assessments": found.assessments.select_related("by", "withdrawn_by"),
        "updates": found.updates.select_related("meeting", "by"),
        "actions": reading.raised_actions(found.raised_actions, request.user),
        "timeline": timeline(found),
        "links": links.of_risk(found),
        "chart": mark_safe(_scores(found, scale)) if scale and line.place else "",  # noqa: S308  # escapes every word
        "may_write": can_write_risk(request.user, found),
        "may_keep": can_write_register(request.user),
        "may_decide": can_decide(request.user),
    }
    return render(request, "risks/risk.html", context)


def _scores(found: Risk, scale: Scale) -> str:
    """Return the risk’s scores over time as a drawing."""
    standing = found.assessments.standing().order_by("assessed_on", "pk")
    scores = [Score(one.assessed_on, place_of(one).score, scale.band(place_of(one).score).name) for one in standing]
    title = f"Score of risk {found.reference} over time"
    return scores_over_time(scores, target=found.target_score, chart_id="scores", title=title)
