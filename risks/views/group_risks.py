"""Business groups' own risks, and putting one before the Board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.models import BusinessGroup
from organisation.requests import SignedInRequest
from organisation.versioned import TwoVersions, initial_of, labels_of, two_versions
from risks import reading
from risks.forms.board import EscalationForm, GroupRiskForm
from risks.forms.risks import ReasonForm
from risks.models import GroupRisk
from risks.models.group_risk import GROUP_RISK_ANSWERS
from risks.permissions import can_list_group_risks, can_read_group_risk, can_write_group_risks
from risks.rules import Refused
from risks.services import group_risks as services
from risks.trend import Place
from risks.views.asking import POST_OR_LOOK, Asked, ask
from risks.views.loading import LARGEST_ID, posted

ONLY_LEADS = "Only the business group’s Chief Officer Group (COG) lead writes about its own risks. You can read them."


@require_safe
def group_risks(request: SignedInRequest) -> HttpResponse:
    """Business groups’ own risks that the person reads, the open ones first."""
    if not can_list_group_risks(request.user):
        raise Http404
    scale = reading.scale()
    found = GroupRisk.objects.visible_to(request.user).select_related("group", "escalated_as__risk")
    lines = [(one, scale.in_words(Place(one.likelihood, one.impact)) if scale else "") for one in found]
    groups = BusinessGroup.objects.order_by("name")
    context = {
        "open": [line for line in lines if line[0].closed_at is None],
        "closed": [line for line in lines if line[0].closed_at is not None],
        "groups_to_write": [group for group in groups if can_write_group_risks(request.user, group)],
    }
    return render(request, "risks/group_risks.html", context)


@require_http_methods(POST_OR_LOOK)
def new_group_risk(request: SignedInRequest, group: str) -> HttpResponse:
    """Enter a risk that a business group watches by itself."""
    found = BusinessGroup.objects.filter(slug=group).first()
    if found is None or not can_list_group_risks(request.user):
        raise Http404
    if not can_write_group_risks(request.user, found):
        raise PermissionDenied(ONLY_LEADS)
    form = GroupRiskForm(posted(request), scale=reading.scale())
    asked = _asked(f"Enter a risk of {found}", "Enter the risk", "The risk is entered.", found)

    def act() -> None:
        answers = {name: form.cleaned_data[name] for name in GROUP_RISK_ANSWERS}
        services.enter(group=found, answers=answers, by=request.user, at=timezone.now())

    return ask(request, form, act, asked)


@require_http_methods(POST_OR_LOOK)
def edit_group_risk(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what is said of a business group’s risk; two people’s different answers are both kept."""
    risk = _to_write_or_404(request, pk)
    scale = reading.scale()
    if request.method != "POST":
        initial = initial_of(_values(risk), risk.field_versions)
        return _show(request, risk, GroupRiskForm(initial=initial, scale=scale))
    form = GroupRiskForm(request.POST, scale=scale)
    valid, before = form.is_valid(), (risk.changed_by, risk.changed_at)
    try:
        conflicts = services.change(risk=risk, edits=form.edits(), by=request.user, at=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, risk, form, saved=False, status=409)
    if valid and not conflicts:
        messages.success(request, "Saved.")
        return redirect("risks:group_risks")
    current = GroupRisk.objects.get(pk=risk.pk)
    form.settle(values=_values(current), versions=current.field_versions, conflicts=conflicts)
    both = two_versions(conflicts, labels=labels_of(form), by=before[0], at=before[1], in_words=str)
    return _show(request, risk, form, conflicts=both, status=409 if both else 422)


def _values(risk: GroupRisk) -> dict[str, Any]:
    return {name: getattr(risk, name) for name in GROUP_RISK_ANSWERS}


def _show(
    request: SignedInRequest,
    risk: GroupRisk,
    form: GroupRiskForm,
    *,
    conflicts: Sequence[TwoVersions] = (),
    saved: bool = True,
    status: int = 200,
) -> HttpResponse:
    context = {"risk": risk, "form": form, "conflicts": conflicts, "partly_saved": form.is_bound and saved}
    return render(request, "risks/edit_group_risk.html", context, status=status)


@require_http_methods(POST_OR_LOOK)
def close_group_risk(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a business group’s risk."""
    risk = _to_write_or_404(request, pk)
    form = ReasonForm(posted(request))
    return ask(
        request,
        form,
        lambda: services.close(risk=risk, by=request.user, at=timezone.now(), **form.cleaned_data),
        _asked(f"Close: {risk.title}", "Close the risk", "The risk is closed.", risk.group),
    )


@require_http_methods(POST_OR_LOOK)
def escalate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a business group’s risk before the Board."""
    risk = _to_write_or_404(request, pk)
    form = EscalationForm(posted(request))
    return ask(
        request,
        form,
        lambda: services.escalate(risk=risk, by=request.user, at=timezone.now(), **form.cleaned_data),
        _asked(f"Put before the Board: {risk.title}", "Put it before the Board", "It is before the Board.", risk.group),
    )


def _asked(title: str, button: str, done: str, group: BusinessGroup) -> Asked:
    return Asked(title, button, done, str(group), reverse("risks:group_risks"), "Business groups’ own risks")


def _to_write_or_404(request: SignedInRequest, pk: int) -> GroupRisk:
    rows = GroupRisk.objects.select_related("group", "changed_by")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_group_risk(request.user, found):
        raise Http404
    if not can_write_group_risks(request.user, found.group):
        raise PermissionDenied(ONLY_LEADS)
    return found
