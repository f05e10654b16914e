"""Recommendations of issued audits: the list, one with its checks, saying that it is done, and checking that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assurance.audit_permissions import (
    can_ask_for_closure,
    can_check_closure,
    can_list_recommendations,
    can_plan_audits,
    can_read_audit,
    can_read_recommendation,
)
from assurance.forms.recommendation import CONFIRM, CheckForm, DoneForm
from assurance.models import ClosureCheck, ClosureFile, Recommendation
from assurance.models.audit import READS_ALL_AUDITS
from assurance.models.recommendation import RecommendationQuerySet
from assurance.services import recommendations as services
from assurance.views.deciding import LARGEST_ID, is_done, refuse_unless
from organisation.files import hand_out, spend_on
from organisation.permissions import roles_anywhere
from organisation.requests import SignedInRequest
from records.filetypes import MOST_BYTES

PER_PAGE = 25
ONLY_THE_UNIT = (
    "Only the single point of contact (SPOC) and the Senior Leadership Team (SLT) lead of the unit say that it is "
    "done. You can read it."
)
ONLY_AUDITORS = (
    "Only an auditor of the Safety and Health Risk Management Team (SHRMT) who is independent of the unit checks "
    "whether it is done. You can read it."
)
either = require_http_methods(["GET", "HEAD", "POST"])


# --- The list -----------------------------------------------------------------------------------------------------


@require_safe
def recommendations(request: SignedInRequest) -> HttpResponse:
    """What audits recommended, as far as the person reads it: one kind at a time, the next due first."""
    if not can_list_recommendations(request.user):
        raise Http404
    shown = request.GET.get("show", "")
    visible = Recommendation.objects.visible_to(request.user)
    kinds = _kinds(visible, decides_on_repeats=bool(roles_anywhere(request.user) & READS_ALL_AUDITS))
    shown = shown if shown in kinds else "open"
    found = kinds[shown][1].with_standing().select_related("audit", "unit").defer("audit__content")
    page = Paginator(found.order_by("due_on", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "shown": shown,
        "label": kinds[shown][0],
        "kinds": [(key, label, rows.count()) for key, (label, rows) in kinds.items()],
        "today": timezone.localdate(),
    }
    return render(request, "assurance/recommendations.html", context)


def _kinds(
    visible: RecommendationQuerySet, *, decides_on_repeats: bool
) -> dict[str, tuple[str, RecommendationQuerySet]]:
    """Return what the list may be narrowed to, by the key in its address."""
    kinds = {
        "open": ("Open", visible.open()),
        "overdue": ("Overdue", visible.overdue(timezone.localdate())),
        "waiting": ("Waiting for a check", visible.waiting_for_a_check()),
        "repeat": ("Proposing a repeat audit", visible.proposing_a_repeat()),
        "closed": ("Closed", visible.closed()),
    }
    if not decides_on_repeats:
        del kinds["repeat"]
    return kinds


# --- One of them --------------------------------------------------------------------------------------------------


def _recommendation_or_404(request: SignedInRequest, pk: int) -> Recommendation:
    rows = Recommendation.objects.with_standing().select_related(
        "audit__unit", "audit__group", "verdict__theme", "unit", "action"
    )
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_recommendation(request.user, found):
        raise Http404
    return found


@require_safe
def recommendation(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is to be done, every check of it, and what its reader may do next."""
    found = _recommendation_or_404(request, pk)
    return render(request, "assurance/recommendation.html", _about(request, found))


def _about(request: SignedInRequest, found: Recommendation) -> dict[str, Any]:
    user = request.user
    return {
        "recommendation": found,
        "audit": found.audit,
        "unit": found.unit,
        "checks": list(_checks(found)),
        "is_overdue": not found.is_closed and found.due_on < timezone.localdate(),  # type: ignore[attr-defined]  # annotated
        "reads_report": can_read_audit(user, found.audit),
        "may_ask": can_ask_for_closure(user, found),
        "may_check": can_check_closure(user, found),
        "may_plan": can_plan_audits(user),
        "proposes_a_repeat": bool(roles_anywhere(user) & READS_ALL_AUDITS)
        and Recommendation.objects.proposing_a_repeat().filter(pk=found.pk).exists(),
    }


def _checks(recommendation: Recommendation) -> QuerySet[ClosureCheck]:
    rows = recommendation.checks.select_related("asked_by", "checked_by").prefetch_related("files__blob")
    return rows.order_by("-number")


@either
def done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say for the unit that it is done, with what shows it."""
    found = _recommendation_or_404(request, pk)
    refuse_unless(can_ask_for_closure(request.user, found), request, ONLY_THE_UNIT)
    form = DoneForm(request.POST, request.FILES) if request.method == "POST" else DoneForm()
    if request.FILES:
        spend_on(request, request.FILES.getlist("uploads"))
    if form.is_bound and form.is_valid():
        given = {"evidence": form.cleaned_data["evidence"], "files": form.cleaned_data["uploads"]}
        if is_done(form, services.ask_for_closure, recommendation=found, **given, request=request):
            messages.success(request, "An auditor is asked to look at it. You are told what they find.")
            return redirect("assurance:recommendation", pk)
    too_large = any((file.size or 0) > MOST_BYTES for file in request.FILES.getlist("uploads"))
    status = 413 if too_large else 422 if form.is_bound else 200
    return render(
        request, "assurance/recommendation_done.html", {**_about(request, found), "form": form}, status=status
    )


@either
def check(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Look at what the unit says, then confirm it or say what is missing."""
    found = _recommendation_or_404(request, pk)
    refuse_unless(can_check_closure(request.user, found), request, ONLY_AUDITORS)
    asked = _checks(found).filter(number=number).first() if number <= LARGEST_ID else None
    if asked is None:
        raise Http404
    form = CheckForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        confirms = form.cleaned_data["decision"] == CONFIRM
        act = services.confirm if confirms else services.reopen
        if is_done(form, act, check=asked, reasons=form.cleaned_data["reasons"], request=request):
            messages.success(request, "It is closed." if confirms else "It is open again. The unit is told why.")
            return redirect("assurance:recommendation", pk)
    context = {**_about(request, found), "form": form, "check": asked}
    return render(request, "assurance/recommendation_check.html", context, status=422 if form.is_bound else 200)


# --- Its files ----------------------------------------------------------------------------------------------------


@require_safe
def closure_file(request: SignedInRequest, pk: int, file: int) -> HttpResponseBase:
    """Download a file with which a unit shows that it is done, for whoever may read the recommendation."""
    found = _recommendation_or_404(request, pk)
    rows = ClosureFile.objects.filter(closure_check__recommendation=found).select_related("blob")
    given = rows.filter(pk=file).first() if file <= LARGEST_ID else None
    if given is None:
        raise Http404
    return hand_out(
        request,
        given.blob,
        name=given.name,
        record=lambda: services.record_download(file=given, by=request.user, at=timezone.now()),
        withheld=lambda status: render(
            request, "assurance/recommendation_withheld.html", _about(request, found), status=status
        ),
    )
