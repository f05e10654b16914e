"""The audited claims behind every count of agreement, each beside its verdict."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assurance.audit_permissions import can_list_agreement, can_read_agreement
from assurance.forms.agreement import ClaimsFilterForm
from assurance.services.agreement import JudgedClaim, Scope, Wanted, judged_claims, theme_names
from organisation.requests import SignedInRequest, address_without_page

PER_PAGE = 50


@require_safe
def agreement_claims(request: SignedInRequest) -> HttpResponse:
    """Every claim of an issued audit that the person may read: those of their own units or groups, or all."""
    if not can_list_agreement(request.user):
        raise Http404
    reads_the_force = can_read_agreement(request.user)
    filters = ClaimsFilterForm(request.GET, themes=theme_names(), compares_auditors=reads_the_force)
    filters.is_valid()
    scope, wanted = _asked(filters.cleaned_data)
    rows = judged_claims(scope, wanted, reader=request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "shown_filters": [filters[name] for name in filters.chosen],
        "kept_filters": [filters[name] for name in filters.kept if filters.cleaned_data.get(name)],
        "stated": filters.in_words(),
        "page": page,
        "claims": [JudgedClaim(*row) for row in page],
        "address": address_without_page(request),
        "reads_the_force": reads_the_force,
    }
    return render(request, "assurance/agreement_claims.html", context)


def _asked(asked: dict[str, Any]) -> tuple[Scope, Wanted]:
    scope = Scope(
        timezone.localdate(),
        group=asked.get("group"),
        theme=asked.get("theme") or "",
        auditor=asked.get("auditor"),
        unit=asked.get("unit"),
        half=asked.get("half"),
    )
    return scope, Wanted(claim=asked.get("claim"), found=asked.get("found"), outcome=asked.get("outcome"))
