"""The audited claims behind every count of agreement, each beside its verdict."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assurance.audit_permissions import can_list_agreement, can_read_agreement
from assurance.forms.agreement import ClaimsFilterForm
from assurance.services import agreement_exports
from assurance.services.agreement import JudgedClaim, Scope, Wanted, judged_claims, theme_names
from organisation.requests import SignedInRequest, address_without_page
from records.models import HeavyWork
from records.services import allowances
from rendering.tables import MEDIA_TYPES

PER_PAGE = 50


@require_safe
def agreement_claims(request: SignedInRequest) -> HttpResponse:
    """Every claim of an issued audit that the person may read: those of their own units or groups, or all."""
    filters = _filters_or_404(request)
    reads_the_force = can_read_agreement(request.user)
    page = Paginator(_chosen(request, filters), PER_PAGE).get_page(request.GET.get("page"))
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


@require_safe
def agreement_claims_csv(request: SignedInRequest) -> HttpResponse:
    return _as_file(request, "csv")


@require_safe
def agreement_claims_workbook(request: SignedInRequest) -> HttpResponse:
    return _as_file(request, "xlsx")


def _as_file(request: SignedInRequest, file_format: str) -> HttpResponse:
    """Exactly what the filters show, all pages of it, for those who read the whole force's."""
    filters = _filters_or_404(request)
    if not can_read_agreement(request.user):
        raise Http404
    now, content = timezone.now(), b""
    if request.method == "GET":  # a look at the headers takes nothing away
        allowances.spend(person=request.user, kind=HeavyWork.EXPORTS, at=now)
        content = agreement_exports.download(
            claims=[JudgedClaim(*row) for row in _chosen(request, filters)],
            file_format=file_format,
            said=filters.in_words(),
            by=request.user,
            at=now,
        )
    name = f"audited-claims-{timezone.localdate(now).isoformat()}.{file_format}"
    return HttpResponse(
        content,
        content_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _filters_or_404(request: SignedInRequest) -> ClaimsFilterForm:
    if not can_list_agreement(request.user):
        raise Http404
    filters = ClaimsFilterForm(request.GET, themes=theme_names(), compares_auditors=can_read_agreement(request.user))
    filters.is_valid()
    return filters


def _chosen(request: SignedInRequest, filters: ClaimsFilterForm) -> QuerySet[Any, Any]:
    asked = filters.cleaned_data
    scope = Scope(
        timezone.localdate(),
        group=asked.get("group"),
        theme=asked.get("theme") or "",
        auditor=asked.get("auditor"),
        unit=asked.get("unit"),
        half=asked.get("half"),
    )
    wanted = Wanted(claim=asked.get("claim"), found=asked.get("found"), outcome=asked.get("outcome"))
    return judged_claims(scope, wanted, reader=request.user)
