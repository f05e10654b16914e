"""The front page: what waits for the person who is signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from home.waiting import waiting_for
from organisation.permissions import appointments_today
from organisation.roles import INSIDE_THE_FORCE, Role


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader's roles of today, or say that they have none."""
    appointments = list(appointments_today(request.user).select_related("unit", "group").order_by("pk"))
    parts = waiting_for(appointments, today=timezone.localdate())
    has_dates = any(Role(held.role) in INSIDE_THE_FORCE for held in appointments)
    return render(request, "home/home.html", {"parts": parts, "appointments": appointments, "has_dates": has_dates})
