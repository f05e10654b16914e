"""Who advises which unit: the list, naming somebody, and letting somebody go."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from assurance.forms.mentoring import AdviserForm
from assurance.models import UnitAdviser
from assurance.permissions import can_appoint_advisers, can_list_mentoring
from assurance.rules import Refused
from assurance.services import mentoring as services
from organisation.models import Appointment, Unit, User
from organisation.requests import SignedInRequest
from organisation.roles import Role
from rendering.formats import day

PER_PAGE = 25
ONLY_SHRMT = "Only SHRMT and the Head of Safety, Health and Wellbeing say who advises which unit."


@require_http_methods(["GET", "HEAD", "POST"])
def advisers(request: SignedInRequest) -> HttpResponse:
    """Every unit with its advisers; naming one."""
    _refuse_others(request)
    today = timezone.localdate()
    units = Unit.objects.open_on(today)
    in_shrmt = Appointment.objects.in_force(today).to({Role.SHRMT})
    form = AdviserForm(
        request.POST if request.method == "POST" else None,
        units=units,
        advisers=User.objects.filter(is_active=True, pk__in=in_shrmt.values("person")).order_by("name"),
        initial={"starts_on": today},
    )
    if form.is_valid():
        try:
            named = services.appoint_adviser(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("adviser", str(refusal))
        else:
            messages.success(request, f"{named.adviser} advises {named.unit} from {day(named.starts_on)}.")
            return redirect("assurance:advisers")
    advising = UnitAdviser.objects.exclude(ends_on__lt=today).select_related("adviser").order_by("starts_on", "pk")
    listed = units.prefetch_related(Prefetch("advisers", advising, to_attr="advised_by"))
    context = {
        "form": form,
        "page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")),
        "without": units.exclude(pk__in=UnitAdviser.objects.acting(today).values("unit")).count(),
        "today": today,
    }
    return render(request, "assurance/advisers.html", context, status=422 if form.is_bound else 200)


@require_POST
def end_adviser(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody advise a unit only to the end of today."""
    _refuse_others(request)
    named = get_object_or_404(UnitAdviser.objects.select_related("unit", "adviser"), pk=pk)
    today = timezone.localdate()
    try:
        services.end_adviser(named=named, ends_on=today, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{named.adviser} advises {named.unit} to the end of today.")
    return redirect("assurance:advisers")


def _refuse_others(request: SignedInRequest) -> None:
    if not can_list_mentoring(request.user):
        raise Http404
    if not can_appoint_advisers(request.user):
        raise PermissionDenied(ONLY_SHRMT)
