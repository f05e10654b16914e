"""How long what is kept, what is past its period, and the legal holds that keep it whatever its period says."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from home import past_period
from home.periods_in_words import periods
from home.permissions import (
    can_decide_on_lifting,
    can_list_holds,
    can_place_holds,
    can_read_hold,
    can_read_records_past_their_period,
    can_read_retention,
    holds_visible_to,
)
from home.privacy_forms import HoldForm, LiftForm
from home.services import holding
from organisation.requests import SignedInRequest
from organisation.views.loading import LARGEST_ID, posted
from records.models import LegalHold
from records.services import holds as services
from records.services.holds import Refused

PER_PAGE = 25
ONLY_THE_HEAD = "Only the Head of Safety, Health and Wellbeing places legal holds."
A_SECOND_PERSON = "A second person agrees to lift a hold, or keeps it: not whoever asked, and only once somebody has."


@require_safe
def retention(request: SignedInRequest) -> HttpResponse:
    """The periods as they are set, and what is past them."""
    if not can_read_retention(request.user):
        raise Http404
    now = timezone.now()
    past = [past_period.accounts(now)]
    if can_read_records_past_their_period(request.user):
        past += past_period.records(now)
    context = {"periods": periods(), "past": past, "shown": past_period.SHOWN}
    return render(request, "home/retention.html", context)


@require_safe
def holds(request: SignedInRequest) -> HttpResponse:
    """The legal holds, those in force first."""
    if not can_list_holds(request.user):
        raise Http404
    found = holds_visible_to(request.user).select_related("placed_by").order_by("-lifted_at", "-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(hold, holding.name_of_scope(hold)) for hold in page.object_list]
    context = {"page": page, "lines": lines, "places": can_place_holds(request.user), "address": "?"}
    return render(request, "home/holds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_hold(request: SignedInRequest) -> HttpResponse:
    """Place a legal hold. It works at once."""
    if not can_list_holds(request.user):
        raise Http404
    if not can_place_holds(request.user):
        raise PermissionDenied(ONLY_THE_HEAD)
    form = HoldForm(posted(request))
    if form.is_valid():
        hold = services.place(by=request.user, at=timezone.now(), **form.terms())
        messages.success(request, "The hold is placed. Nothing that it covers is deleted until it is lifted.")
        return redirect("hold", hold.pk)
    return render(request, "home/new_hold.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def hold(request: SignedInRequest, pk: int) -> HttpResponse:
    """One hold: what it covers, on whose authority, why, and whether it is to be lifted."""
    return _show(request, _hold_or_404(request, pk))


def _hold_or_404(request: SignedInRequest, pk: int) -> LegalHold:
    rows = LegalHold.objects.select_related("placed_by", "lift_asked_by", "lifted_by")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None or not can_read_hold(request.user, found):
        raise Http404
    return found


def _show(
    request: SignedInRequest, found: LegalHold, *, form: LiftForm | None = None, status: int = 200
) -> HttpResponse:
    asks = can_place_holds(request.user) and found.is_in_force and not found.waits_for_a_second_person
    context: dict[str, Any] = {
        "hold": found,
        "whose": holding.name_of_scope(found),
        "form": (form or LiftForm()) if asks or form else None,
        "decides": can_decide_on_lifting(request.user, found),
        "asked_oneself": found.waits_for_a_second_person and found.lift_asked_by_id == request.user.pk,
    }
    return render(request, "home/hold.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_to_lift_hold(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask that a hold be lifted."""
    found = _hold_or_404(request, pk)
    if not can_place_holds(request.user):
        raise PermissionDenied(ONLY_THE_HEAD)
    if request.method != "POST":
        return redirect("hold", pk)
    form = LiftForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    try:
        services.ask_to_lift(hold=found, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, _hold_or_404(request, pk), form=form, status=409)
    messages.success(request, "You have asked to lift the hold. It stays in force until another person agrees.")
    return redirect("hold", pk)


@require_POST
def decide_on_hold(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agree that a hold is lifted, or keep it."""
    found = _hold_or_404(request, pk)
    if not can_decide_on_lifting(request.user, found):
        raise PermissionDenied(A_SECOND_PERSON)
    lifts = request.POST.get("decision") == "lift"
    try:
        (services.lift if lifts else services.keep)(hold=found, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The hold is lifted." if lifts else "The hold is kept.")
    # Whoever is no Head reads a hold only while it waits for them.
    return redirect("hold", pk) if can_place_holds(request.user) else redirect("holds")
