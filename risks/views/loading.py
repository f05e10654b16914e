"""Loading what a page is about, for somebody who may see it. A stranger gets 404, a reader who may not write 403."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from maturity.models import Theme
from organisation.requests import SignedInRequest
from risks.models import Risk, RiskProposal
from risks.permissions import (
    can_decide,
    can_list_risks,
    can_read_proposal,
    can_read_risk,
    can_write_register,
    can_write_risk,
)

ONLY_LEADS = (
    "Only the Head of Safety, Health and Wellbeing, the Board’s secretary and whoever leads a risk write about it. "
    "You can read it."
)
ONLY_KEEPERS = (
    "Only the Head of Safety, Health and Wellbeing and the Board’s secretary maintain the register. You can read it."
)
ONLY_SECRETARY = "Only the Board’s secretary records what the Board decides. You can read it."
LARGEST_ID = 2**63 - 1


def listing_or_404(request: SignedInRequest) -> None:
    """Let on whoever reads any risk."""
    if not can_list_risks(request.user):
        raise Http404


def risk_or_404(request: SignedInRequest, reference: str) -> Risk:
    """Return the risk where the person may read it."""
    found = Risk.objects.filter(reference=reference).select_related("changed_by").first()
    if found is None or not can_read_risk(request.user, found):
        raise Http404
    return found


def risk_to_write_or_404(request: SignedInRequest, reference: str) -> Risk:
    """Return the risk where the person may assess it and write how it stands."""
    found = risk_or_404(request, reference)
    if not can_write_risk(request.user, found):
        raise PermissionDenied(ONLY_LEADS)
    return found


def risk_to_keep_or_404(request: SignedInRequest, reference: str) -> Risk:
    """Return the risk where the person may change what the register says of it."""
    found = risk_or_404(request, reference)
    if not can_write_register(request.user):
        raise PermissionDenied(ONLY_KEEPERS)
    return found


def risk_to_decide_or_404(request: SignedInRequest, reference: str) -> Risk:
    """Return the risk where the person may record what the Board decides of it."""
    found = risk_or_404(request, reference)
    if not can_decide(request.user):
        raise PermissionDenied(ONLY_SECRETARY)
    return found


def proposal_or_404(request: SignedInRequest, pk: int) -> RiskProposal:
    """Return the proposed risk where the person may read it."""
    rows = RiskProposal.objects.select_related("proposed_by", "decided_by", "meeting", "risk")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_proposal(request.user, found):
        raise Http404
    return found


def part_or_404(parts: Any, pk: int) -> Any:
    """Return something that belongs to the risk (a lead, a control, an assessment) by its number."""
    if pk > LARGEST_ID:
        raise Http404
    return get_object_or_404(parts, pk=pk)


def posted(request: HttpRequest) -> QueryDict | None:
    """What the page's form was sent with; None where it is only to be shown."""
    return request.POST if request.method == "POST" else None


def themes() -> list[tuple[str, str]]:
    """Return the themes of the newest edition, by identity, as a form offers them."""
    rows = Theme.objects.order_by("identity", "-edition__starts_on").distinct("identity")
    return sorted(rows.values_list("identity", "name"), key=lambda one: one[1])
