"""Whom news goes to: who holds which role today, over many units at once. Accounts that are closed are left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from organisation.models import Appointment, UnitMembership
from organisation.roles import Role

Holders = Mapping[int, Mapping[Role, Collection[int]]]


def holders(units: Collection[int], today: date) -> Holders:
    """Return who is SPOC and SLT lead of each unit today: one query."""
    found: dict[int, dict[Role, set[int]]] = defaultdict(lambda: {Role.SPOC: set(), Role.SLT_LEAD: set()})
    appointments = Appointment.objects.in_force(today).to({Role.SPOC, Role.SLT_LEAD})
    for unit, role, person in appointments.filter(unit__in=units, person__is_active=True).values_list(
        "unit_id", "role", "person_id"
    ):
        if unit is not None:
            found[unit][Role(role)].add(person)
    return found


def cog_leads(units: Collection[int], today: date) -> Mapping[int, Collection[int]]:
    """Return who leads the business group that each unit is in today: two queries."""
    memberships = UnitMembership.objects.in_force_on_or_at_the_units_end(today).filter(unit__in=units)
    appointments = Appointment.objects.in_force(today).to({Role.COG_LEAD}).filter(person__is_active=True)
    leads: dict[int, set[int]] = defaultdict(set)
    for group, person in appointments.filter(group__in=memberships.values("group")).values_list("group", "person"):
        leads[group].add(person)
    found: dict[int, set[int]] = defaultdict(set)
    for unit, group in memberships.values_list("unit", "group"):
        found[unit] = leads[group]
    return found


def leads_of_group(group: int, today: date) -> set[int]:
    """Return who leads a business group today: one query."""
    appointments = Appointment.objects.in_force(today).to({Role.COG_LEAD}).filter(person__is_active=True, group=group)
    return set(appointments.values_list("person_id", flat=True))


def all_in(role: Role, today: date) -> set[int]:
    """Return everybody who holds a role of the whole force today: one query."""
    appointments = Appointment.objects.in_force(today).to({role}).filter(person__is_active=True)
    return set(appointments.values_list("person_id", flat=True))
