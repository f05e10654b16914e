"""Business groups: the list, making one, and calling one something else."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from organisation.models import Appointment, BusinessGroup
from organisation.permissions import can_list_groups, can_read_group, can_reorganise, visible_groups
from organisation.requests import SignedInRequest
from organisation.roles import GROUP_ROLES
from organisation.rules import Refused
from organisation.services import units as services
from organisation.unit_forms import GroupForm
from organisation.views.units import ONLY_ADMINISTRATORS


@require_safe
def groups(request: SignedInRequest) -> HttpResponse:
    """The business groups that the person may read: how many units each has today, and who leads it."""
    if not can_list_groups(request.user):
        raise Http404
    today = timezone.localdate()
    in_it_today = Q(memberships__starts_on__lte=today) & (
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
    )
    held = Appointment.objects.in_force(today).to(GROUP_ROLES).filter(person__is_active=True)
    listed = (
        visible_groups(request.user)
        .annotate(units_today=Count("memberships", filter=in_it_today))
        .prefetch_related(
            Prefetch("appointments", held.select_related("person").order_by("role", "pk"), to_attr="people")
        )
        .order_by("name")
    )
    context = {"groups": listed, "may_reorganise": can_reorganise(request.user)}
    return render(request, "organisation/groups.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_group(request: SignedInRequest) -> HttpResponse:
    """Make a business group."""
    _refuse_others(request)
    form = GroupForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            group = services.make_group(name=form.cleaned_data["name"], by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{group.name} is made. Units move to it from their own pages.")
            return redirect("groups")
    context = {"form": form, "heading": "Make a business group", "button": "Make the group"}
    return render(request, "organisation/group_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rename_group(request: SignedInRequest, slug: str) -> HttpResponse:
    """Call a business group something else."""
    group = BusinessGroup.objects.filter(slug=slug).first()
    if group is None or not can_read_group(request.user, group):
        raise Http404
    _refuse_others(request)
    form = GroupForm(request.POST if request.method == "POST" else None, initial={"name": group.name})
    if form.is_valid():
        try:
            renamed = services.rename_group(
                group=group, name=form.cleaned_data["name"], by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{group.name} is called {renamed.name} now.")
            return redirect("groups")
    context = {"form": form, "heading": f"Rename {group.name}", "button": "Rename the group", "group": group}
    return render(request, "organisation/group_form.html", context, status=422 if form.is_bound else 200)


def _refuse_others(request: SignedInRequest) -> None:
    if not can_list_groups(request.user):
        raise Http404
    if not can_reorganise(request.user):
        raise PermissionDenied(ONLY_ADMINISTRATORS)
