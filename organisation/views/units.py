"""The list of units, and the page of one: what it is, which groups it was in, what it came of, and its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from organisation.models import Appointment, RiskBand, Unit, UnitKind
from organisation.models.unit import UnitQuerySet
from organisation.permissions import (
    can_list_groups,
    can_list_units,
    can_read_unit,
    can_reorganise,
    visible_groups,
    visible_units,
)
from organisation.requests import SignedInRequest, address_without_page
from organisation.unit_forms import UnitFilterForm

PER_PAGE = 25
ONLY_ADMINISTRATORS = "Only an administrator opens, changes and closes units and business groups. You can read them."


@require_safe
def units(request: SignedInRequest) -> HttpResponse:
    """Every unit that the person may read, those that have ended too, by name."""
    if not can_list_units(request.user):
        raise Http404
    today = timezone.localdate()
    filters = UnitFilterForm(request.GET)
    boxes: dict[str, Any] = filters.fields
    boxes["group"].queryset = visible_groups(request.user)
    filters.is_valid()
    found = _filtered(visible_units(request.user), filters.cleaned_data, today).with_group_on(today)
    context = {
        "filters": filters,
        "stated": _in_words(filters),
        "page": Paginator(found.order_by("name", "opened_on", "pk"), PER_PAGE).get_page(request.GET.get("page")),
        "address": address_without_page(request),
        "today": today,
        "may_reorganise": can_reorganise(request.user),
        "lists_groups": can_list_groups(request.user),
    }
    return render(request, "organisation/units.html", context)


def _filtered(found: UnitQuerySet, wanted: dict[str, Any], today: date) -> UnitQuerySet:
    if wanted.get("text"):
        found = found.filter(name__icontains=wanted["text"])
    if wanted.get("group"):
        found = found.filter(pk__in=Unit.objects.in_group_on(wanted["group"], today).values("pk"))
    for name in ("kind", "risk_band"):
        if wanted.get(name):
            found = found.filter(**{name: wanted[name]})
    if wanted.get("state") == UnitFilterForm.OPEN:
        found = found.open_on(today)
    if wanted.get("state") == UnitFilterForm.CLOSED:
        found = found.filter(closed_on__lt=today)
    if wanted.get("state") == UnitFilterForm.PLANNED:
        found = found.filter(opened_on__gt=today)
    return found


def _in_words(filters: UnitFilterForm) -> list[str]:
    """Say what is filtered, for the line above the list."""
    wanted = filters.cleaned_data
    said = []
    if wanted.get("text"):
        said.append(f"name contains “{wanted['text']}”")
    if wanted.get("group"):
        said.append(f"business group is {wanted['group']}")
    if wanted.get("kind"):
        said.append(f"kind is {UnitKind(wanted['kind']).label}")
    if wanted.get("risk_band"):
        said.append(f"risk band is {RiskBand(wanted['risk_band']).label.lower()}")
    if wanted.get("state"):
        said.append(
            {
                UnitFilterForm.OPEN: "unit exists today",
                UnitFilterForm.CLOSED: "unit has ended",
                UnitFilterForm.PLANNED: "unit is not open yet",
            }[wanted["state"]]
        )
    return said


# --- One unit -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Relative:
    """A unit that this one came of or became. `readable`: its page may be opened; `shared`: by others as well."""

    unit: Unit
    readable: bool
    shared: bool


@require_safe
def unit(request: SignedInRequest, slug: str) -> HttpResponse:
    """What there is to know of a unit."""
    found = unit_or_404(request, slug)
    today = timezone.localdate()
    lineage = Unit.objects.lineage()
    before, after = lineage.all_predecessors(found.pk), lineage.all_successors(found.pk)
    shared = set(lineage.shared_predecessors(found.pk))
    relatives = Unit.objects.in_bulk([*before, *after])
    readable = set(visible_units(request.user).filter(pk__in=relatives).values_list("pk", flat=True))

    def as_relatives(numbers: Sequence[int]) -> list[Relative]:
        return [Relative(relatives[one], one in readable, one in shared) for one in numbers if one in relatives]

    appointed = Appointment.objects.filter(unit=found).select_related("person").order_by("role", "-starts_on", "pk")
    current = list(appointed.ahead_or_in_force(today))
    earlier = list(appointed.exclude(pk__in=[one.pk for one in current]))
    context = {
        "unit": found,
        "today": today,
        "memberships": found.memberships.select_related("group").order_by("-starts_on"),
        "before": as_relatives(before),
        "after": as_relatives(after),
        "became": [one.pk for one in found.successors.all()],
        "came_of": [one.pk for one in found.predecessors.all()],
        "current": current,
        "earlier": earlier,
        "may_reorganise": can_reorganise(request.user),
        "end_is_set": found.closed_on is not None,
        "has_ended": found.closed_on is not None and found.closed_on < today,
    }
    return render(request, "organisation/unit.html", context)


def unit_or_404(request: SignedInRequest, slug: str) -> Unit:
    """Return the unit where the person may read it."""
    found = Unit.objects.filter(slug=slug).first()
    if found is None or not can_read_unit(request.user, found):
        raise Http404
    return found


def unit_to_change_or_404(request: SignedInRequest, slug: str) -> Unit:
    """Return the unit where the person may reorganise it; whoever may only read it is refused with 403."""
    found = unit_or_404(request, slug)
    if not can_reorganise(request.user):
        raise PermissionDenied(ONLY_ADMINISTRATORS)
    return found
