"""The list of people: who there is, what they are appointed to today, and whose account is closed."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from organisation.models import Appointment, BusinessGroup, Unit, UnitMembership, User
from organisation.models.appointment import AppointmentQuerySet
from organisation.models.unit import UnitMembershipQuerySet
from organisation.models.user import UserQuerySet
from organisation.people_forms import PeopleFilterForm
from organisation.permissions import can_list_people, can_manage_people
from organisation.requests import SignedInRequest, address_without_page

PER_PAGE = 25


@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """Everybody whom the reader may see, by name."""
    if not can_list_people(request.user):
        raise Http404
    today = timezone.localdate()
    # Filters look only at what the reader may read: else they would tell what else somebody is appointed to.
    readable = Appointment.objects.visible_to(request.user).in_force(today)
    memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(today)
    of_units = memberships.filter(unit__in=readable.values("unit"))
    filters = PeopleFilterForm(
        request.GET,
        units=Unit.objects.filter(pk__in=readable.values("unit")),
        groups=BusinessGroup.objects.filter(Q(pk__in=readable.values("group")) | Q(pk__in=of_units.values("group"))),
    )
    filters.is_valid()
    found = _filtered(User.objects.visible_to(request.user), filters.cleaned_data, readable, memberships)
    held = Prefetch("appointments", readable.select_related("unit", "group").order_by("pk"), to_attr="held")
    context = {
        "filters": filters,
        "stated": filters.in_words(),
        "page": Paginator(found.order_by("name", "pk").prefetch_related(held), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "address": address_without_page(request),
        "manages": can_manage_people(request.user),
    }
    return render(request, "organisation/people.html", context)


def _filtered(
    found: UserQuerySet, wanted: dict[str, Any], readable: AppointmentQuerySet, memberships: UnitMembershipQuerySet
) -> UserQuerySet:
    """Narrow the people down; all that is asked about appointments is asked of one and the same appointment."""
    if text := wanted.get("text"):
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    asked = readable
    if role := wanted.get("role"):
        asked = asked.filter(role=role)
    if unit := wanted.get("unit"):
        asked = asked.filter(unit=unit)
    if group := wanted.get("group"):
        asked = asked.filter(Q(group=group) | Q(unit__in=memberships.filter(group=group).values("unit")))
    if asked is not readable:
        found = found.filter(pk__in=asked.values("person"))
    state = wanted.get("state")
    if state:
        found = found.filter(is_active=state != PeopleFilterForm.CLOSED)
    return found.exclude(pk__in=readable.values("person")) if state == PeopleFilterForm.WITHOUT else found
