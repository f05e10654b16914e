"""*My half*: a business group's half-year on one page, for whoever leads it and who supports them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assurance.models.rollup import groups_in_scope
from assurance.permissions import can_read_reviews
from home.half_reading import read_half
from organisation.models import BusinessGroup
from organisation.requests import SignedInRequest


@require_safe
def my_half(request: SignedInRequest) -> HttpResponse:
    """The half of the one group that the person follows, or the choice between several."""
    groups = list(groups_in_scope(request.user).order_by("name"))
    if not groups:
        raise Http404
    if len(groups) == 1:
        return _show(request, groups[0], has_others=False)
    return render(request, "home/my_halves.html", {"groups": groups})


@require_safe
def group_half(request: SignedInRequest, group: str) -> HttpResponse:
    """The half of one group."""
    found = get_object_or_404(BusinessGroup, slug=group)
    if not can_read_reviews(request.user, found):
        raise Http404
    return _show(request, found, has_others=groups_in_scope(request.user).exclude(pk=found.pk).exists())


def _show(request: SignedInRequest, group: BusinessGroup, *, has_others: bool) -> HttpResponse:
    half = read_half(group, request.user, today=timezone.localdate())
    return render(request, "home/my_half.html", {"page": half, "group": group, "has_others": has_others})
